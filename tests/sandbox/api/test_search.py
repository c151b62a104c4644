"""Who finds what (contract 9); what a text finds is in ``test_queries``."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from sync.sandbox import networks, queue
from sync.sandbox.store import Store
from tests.sandbox.documents import UUID

PATH = "/v2/search/network"
FILES = "/v3/search/files"


@pytest.fixture
def _unlisted(store: Store) -> None:
    with store.writing() as db:
        networks.update(db, UUID, visibility="UNLISTED")
        queue.index(db, networks.get(db, UUID))


async def find(client: httpx.AsyncClient, text: str, **more: str) -> tuple[int, list[str]]:
    found: dict[str, Any] = (await client.post(PATH, json={"searchString": text, **more})).json()
    return found["numFound"], [item["externalId"] for item in found["networks"]]


async def files(client: httpx.AsyncClient, text: str, core: str, **more: str) -> list[str]:
    answer = await client.post(
        FILES, params={"visibility": core}, json={"searchString": text, **more}
    )
    return sorted(item["type"] for item in answer.json()["files"])


@pytest.mark.usefixtures("_unlisted")
async def test_words_find_an_unlisted_network_for_its_owner_alone(
    owner: httpx.AsyncClient, stranger: httpx.AsyncClient, anonymous: httpx.AsyncClient
) -> None:
    assert await find(owner, "network") == (1, [UUID])
    for other in (stranger, anonymous):
        assert await find(other, "network") == (0, [])
        assert await find(other, UUID) == (1, [UUID])


@pytest.mark.usefixtures("_unlisted")
async def test_own_folders_and_shortcuts_are_found_among_private_files(
    owner: httpx.AsyncClient, stranger: httpx.AsyncClient
) -> None:
    folder = {"name": "a folder", "description": "of networks"}
    link = {"name": "my network", "target": UUID, "targetType": "NETWORK"}
    await owner.post("/v3/files/folders", json=folder)
    await owner.post("/v3/files/shortcuts", json=link)
    assert await files(owner, "networks OR network", "PRIVATE") == ["FOLDER", "SHORTCUT"]
    assert await files(owner, "network", "PUBLIC") == ["NETWORK"]
    assert await files(owner, "", "PRIVATE", type="FOLDER") == ["FOLDER"]
    assert await files(owner, "", "PRIVATE", accountName="bob") == []
    assert await files(stranger, "network", "PRIVATE") == []
    # The search for networks counts the shortcut and does not show it.
    assert await find(owner, "network") == (2, [UUID])


async def test_a_network_that_is_gone_for_good_leaves_no_entry(
    owner: httpx.AsyncClient, store: Store
) -> None:
    body = {"visibility": "PUBLIC", "files": {UUID: "NETWORK"}}
    await owner.post("/v3/batch/files/setvisibility", json=body)
    assert await find(owner, "network") == (1, [UUID])
    assert (await owner.delete(f"/v3/networks/{UUID}?permanent=true")).is_success
    assert await find(owner, "network") == (0, [])
    with store.reading() as db:
        assert db.execute("SELECT count(*) FROM entry").fetchone()[0] == 0
