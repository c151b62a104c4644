"""The server under test: the built-in sandbox on a real port, or any other NDEx server.

For another server set ``NDEX_SYNC_TEST_SERVER``, ``NDEX_SYNC_TEST_USER`` and
``NDEX_SYNC_TEST_PASSWORD``, and for the tests that need a second account
``NDEX_SYNC_TEST_SECOND_USER`` and ``NDEX_SYNC_TEST_SECOND_PASSWORD``. What the tests create there
they remove again.
"""

from __future__ import annotations

import os
from collections.abc import Iterator

import httpx
import pytest

from tests.contract.calls import Account, Server, create_cx2
from tests.contract.made import Made
from tests.contract.sandboxes import running_sandbox


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    url = os.environ.get("NDEX_SYNC_TEST_SERVER")
    if url:
        yield _other_server(url)
        return
    with running_sandbox() as found:
        yield found


@pytest.fixture(autouse=True)
def spared(request: pytest.FixtureRequest, server: Server) -> None:
    """Skip what is not to be done to a server of somebody else."""
    mark = request.node.get_closest_marker("sandbox_only")
    if mark is not None and not server.is_sandbox:
        pytest.skip(mark.args[0])


@pytest.fixture(scope="session")
def made() -> Made:
    """What ``client`` made; a test that creates by other means adds to it."""
    return Made()


@pytest.fixture(scope="session")
def client(server: Server, made: Made) -> Iterator[httpx.Client]:
    """Logged in as the owner of all that the tests create."""
    yield from _leaving_nothing(server, server.owner, made)


@pytest.fixture(scope="session")
def stranger(server: Server) -> Iterator[httpx.Client]:
    """Logged in as somebody without rights to what ``client`` creates."""
    if server.stranger is None:
        pytest.skip("needs a second account: set NDEX_SYNC_TEST_SECOND_USER and _PASSWORD")
    yield from _leaving_nothing(server, server.stranger, Made())


@pytest.fixture(scope="session")
def anonymous(server: Server) -> Iterator[httpx.Client]:
    with server.connect() as found:
        yield found


@pytest.fixture
def network(client: httpx.Client) -> str:
    """A private network that is loaded; the test may change it."""
    return create_cx2(client)


def _other_server(url: str) -> Server:
    second = os.environ.get("NDEX_SYNC_TEST_SECOND_USER")
    return Server(
        url.rstrip("/"),
        Account(os.environ["NDEX_SYNC_TEST_USER"], os.environ["NDEX_SYNC_TEST_PASSWORD"]),
        Account(second, os.environ["NDEX_SYNC_TEST_SECOND_PASSWORD"]) if second else None,
        is_sandbox=False,
    )


def _leaving_nothing(server: Server, account: Account, made: Made) -> Iterator[httpx.Client]:
    with server.connect(account) as found:
        found.event_hooks["response"] = [made.note]
        yield found
        found.event_hooks["response"] = []
        made.remove(found)
