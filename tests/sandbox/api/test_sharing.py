"""Sharing and copies beyond what a real server was asked (contract 3.8, 7.2)."""

from __future__ import annotations

import httpx

from sync.sandbox import networks
from sync.sandbox.store import Store
from tests.sandbox.documents import UUID

PERMISSION = f"/v2/network/{UUID}/permission"


async def test_sharing_a_folder_with_oneself_takes_nothing_away(owner: httpx.AsyncClient) -> None:
    own = (await owner.get("/v2/user?valid=true")).json()["externalId"]
    folder = (await owner.post("/v3/files/folders", json={"name": "x"})).json()["uuid"]
    move = {"targetFolder": folder, "networks": [UUID]}
    await owner.post("/v3/batch/networks/move", json=move)
    shared = {"files": {folder: "FOLDER"}, "members": {own: "READ"}}
    assert (await owner.post("/v3/files/sharing/members", json=shared)).status_code == 200
    assert (await owner.get(PERMISSION, params={"type": "user"})).json() == {own: "ADMIN"}


async def test_a_copy_is_private_and_its_readers_own(
    owner: httpx.AsyncClient, stranger: httpx.AsyncClient, stranger_id: str, store: Store
) -> None:
    """Contract 3.8: who may read may copy."""
    with store.writing() as db:
        networks.update(db, UUID, visibility="PRIVATE")
    path, body = f"/v2/network/{UUID}/copy", {"fileId": UUID, "type": "NETWORK"}
    assert (await stranger.post(path, headers={"accept": "*/*"})).status_code == 401
    await owner.put(PERMISSION, params={"userid": stranger_id, "permission": "READ"})
    made = await stranger.post(path, headers={"accept": "*/*"})
    ids = [made.text.rpartition("/")[2]]
    ids.append((await stranger.post("/v3/files/copy", json=body)).json()["uuid"])
    for copied in ids:
        seen = (await stranger.get(f"/v2/network/{copied}/summary")).json()
        assert (seen["name"], seen["visibility"]) == ("Copy of a network", "PRIVATE")
        content = (await stranger.get(f"/v3/networks/{copied}")).content
        assert content == (await owner.get(f"/v3/networks/{UUID}")).content
        assert (await owner.get(f"/v3/networks/{copied}")).status_code == 401


async def test_what_is_shared_is_a_map(owner: httpx.AsyncClient) -> None:
    path = "/v3/files/sharing/members"
    assert (await owner.post(path, json={"files": [], "members": []})).status_code == 400
