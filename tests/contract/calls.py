"""The everyday calls that the contract tests are made of, and the checks on their answers."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field

import httpx
import pytest

from tests.contract.documents import Document, Json, cx1, cx2, unique

DEADLINE_S = 90.0
POLL_S = 0.02
JSON_BODY = {"Content-Type": "application/json"}
UNKNOWN = "6b8f0a3e-0b5e-11f0-9806-005056aecf54"
"""A well-formed version-1 UUID that no server has."""


@dataclass(frozen=True, slots=True)
class Account:
    """Who logs in."""

    user: str
    password: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Server:
    """The NDEx server under test; ``stranger`` is a second account, None if there is none."""

    url: str
    owner: Account
    stranger: Account | None
    is_sandbox: bool

    def connect(self, account: Account | None = None) -> httpx.Client:
        """A plain client of this server, anonymous without an account."""
        auth = (account.user, account.password) if account else None
        return httpx.Client(base_url=self.url, auth=auth, timeout=60, trust_env=False)


def create_cx2(client: httpx.Client, document: Document | None = None, **query: str) -> str:
    """Create a network from CX2, wait until it is loaded, and return its id."""
    document = cx2(unique()) if document is None else document
    answer = client.post("/v3/networks", params=query, json=document)
    assert answer.status_code == 201, answer.text
    return _loaded(client, str(answer.json()["uuid"]))


def create_cx1(client: httpx.Client, document: Document | None = None, **query: str) -> str:
    """Create a network from CX1, wait until it is loaded, and return its id."""
    document = cx1(unique()) if document is None else document
    answer = client.post("/v2/network", params=query, json=document)
    assert answer.status_code == 201, answer.text
    return _loaded(client, last_segment(answer.text))


def upload_cx2(client: httpx.Client, body: bytes) -> Json:
    """Create a network from what may be no valid CX2; the v2 summary once loading has ended."""
    answer = client.post("/v3/networks", content=body, headers=JSON_BODY)
    assert answer.status_code == 201, answer.text
    return wait_until_loaded(client, str(answer.json()["uuid"]))


def wait_until_loaded(client: httpx.Client, network_id: str, since_ms: int = 0) -> Json:
    """The v2 summary when loading has ended, well or badly, by the wait rule of contract 3.3."""

    def ended(seen: Json) -> bool:
        loaded = seen["completed"] and seen["isValid"] and seen["modificationTime"] >= since_ms
        return "errorMessage" in seen or loaded

    return wait_for(lambda: summary(client, network_id), ended)


def wait_for(look: Callable[[], Json], is_so: Callable[[Json], bool]) -> Json:
    """What ``look`` returns as soon as ``is_so`` holds for it; fails at the deadline."""
    deadline = time.monotonic() + DEADLINE_S
    while not is_so(seen := look()):
        if time.monotonic() > deadline:
            pytest.fail(f"still waiting after {DEADLINE_S:.0f} s; last seen: {seen}")
        time.sleep(POLL_S)
    return seen


def summary(client: httpx.Client, network_id: str) -> Json:
    """The v2 summary of a network that can be read."""
    return _body(client.get(f"/v2/network/{network_id}/summary"))


def stored_properties(client: httpx.Client, network_id: str) -> dict[str, str | None]:
    """Name to stored text, as the v2 summary has them."""
    items = summary(client, network_id)["properties"]
    return {item["predicateString"]: item["value"] for item in items}


def content_cx2(client: httpx.Client, network_id: str) -> Document:
    """The whole network as CX2."""
    answer = client.get(f"/v3/networks/{network_id}")
    assert answer.status_code == 200, answer.text
    document: Document = answer.json()
    return document


def make_folder(client: httpx.Client, name: str | None = None, **more: str | None) -> str:
    """Create a folder and return its id."""
    answer = client.post("/v3/files/folders", json={"name": name or unique("folder"), **more})
    assert answer.status_code == 201, answer.text
    return str(answer.json()["uuid"])


def last_segment(url: str) -> str:
    """The id at the end of a Location."""
    return url.rstrip("/").rpartition("/")[2]


def _loaded(client: httpx.Client, network_id: str) -> str:
    seen = wait_until_loaded(client, network_id)
    assert "errorMessage" not in seen, seen["errorMessage"]
    return network_id


def _body(answer: httpx.Response) -> Json:
    assert answer.status_code == 200, f"{answer.request.url}: {answer.text}"
    body: Json = answer.json()
    return body
