"""A sandbox in process with one public network, and three clients of it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator

import httpx
import pytest

from sync.sandbox import accounts
from sync.sandbox.app import create_app
from sync.sandbox.settings import SandboxSettings
from sync.sandbox.store import Store
from tests.sandbox.documents import OWNER, add_network

STRANGER = ("bob", "other words")


@pytest.fixture
def store() -> Iterator[Store]:
    with Store.open(None) as store:
        add_network(store)
        with store.writing() as db:
            accounts.create(db, *STRANGER, now_ms=1000)
        yield store


@pytest.fixture
def connect(store: Store) -> Callable[[tuple[str, str] | None], httpx.AsyncClient]:
    settings = SandboxSettings(load_delay_s=0, index_delay_s=0, lock_tries=0)
    app = create_app(store, settings=settings)

    def open_client(auth: tuple[str, str] | None) -> httpx.AsyncClient:
        return httpx.AsyncClient(
            transport=httpx.ASGITransport(app=app), base_url="http://sandbox", auth=auth
        )

    return open_client


Connect = Callable[[tuple[str, str] | None], httpx.AsyncClient]


@pytest.fixture
async def owner(connect: Connect) -> AsyncIterator[httpx.AsyncClient]:
    async with connect(OWNER) as client:
        yield client


@pytest.fixture
async def stranger(connect: Connect) -> AsyncIterator[httpx.AsyncClient]:
    async with connect(STRANGER) as client:
        yield client


@pytest.fixture
async def anonymous(connect: Connect) -> AsyncIterator[httpx.AsyncClient]:
    async with connect(None) as client:
        yield client


@pytest.fixture
async def stranger_id(stranger: httpx.AsyncClient) -> str:
    return str((await stranger.get("/v2/user?valid=true")).json()["externalId"])
