"""Who finds what (contract 9); what a text finds is in ``test_queries``."""

from __future__ import annotations

from typing import Any

import httpx

from sync.sandbox.store import Store
from tests.sandbox.documents import UUID

PATH = "/v2/search/network"


async def find(client: httpx.AsyncClient, text: str, **more: str) -> tuple[int, list[str]]:
    found: dict[str, Any] = (await client.post(PATH, json={"searchString": text, **more})).json()
    return found["numFound"], [item["externalId"] for item in found["networks"]]


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
