"""Folders, shortcuts and the trash beyond what a real server was asked (contract 3.7, 7.2)."""

from __future__ import annotations

from typing import Any

import httpx

from tests.sandbox.documents import UUID

UNKNOWN = "00000000-9fb1-11ea-aaef-0ac135e8bacf"
TRASH = "/v3/files/trash"


async def make_folder(client: httpx.AsyncClient, name: str = "x", **more: Any) -> str:
    answer = await client.post("/v3/files/folders", json={"name": name, **more})
    assert answer.status_code == 201, answer.text
    return str(answer.json()["uuid"])


async def make_shortcut(client: httpx.AsyncClient, **more: Any) -> str:
    body = {"name": "s", "target": UUID, "targetType": "NETWORK", **more}
    answer = await client.post("/v3/files/shortcuts", json=body)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["uuid"])


async def move(client: httpx.AsyncClient, folder: str | None) -> None:
    body = {"targetFolder": folder, "networks": [UUID]}
    assert (await client.post("/v3/batch/networks/move", json=body)).status_code == 204


async def status(client: httpx.AsyncClient, path: str) -> int:
    return (await client.get(path)).status_code


async def test_a_network_whose_folder_is_gone_comes_back_home(owner: httpx.AsyncClient) -> None:
    folder = await make_folder(owner)
    await move(owner, folder)
    await owner.delete(f"/v3/networks/{UUID}")
    await owner.delete(f"/v3/files/folders/{folder}")
    await owner.post(f"{TRASH}/restore", json={"networks": [UUID, UNKNOWN]})
    assert "folderId" not in (await owner.get(f"/v2/network/{UUID}/summary")).json()


async def test_visibility_is_set_one_by_one(owner: httpx.AsyncClient) -> None:
    """Contract 3.5: what came before the item that fails is done."""
    body = {"visibility": "PRIVATE", "files": {UUID: "NETWORK", UNKNOWN: "NETWORK"}}
    assert (await owner.post("/v3/batch/files/setvisibility", json=body)).status_code == 404
    seen = (await owner.get(f"/v2/network/{UUID}/summary")).json()
    assert seen["visibility"] == "PRIVATE"


async def test_the_trash_of_somebody_else_is_out_of_reach(
    owner: httpx.AsyncClient, stranger: httpx.AsyncClient
) -> None:
    """Contract 3.7: here the sandbox is stricter than the real server."""
    folder, shortcut = await make_folder(owner), await make_shortcut(owner)
    paths = [f"/v3/files/folders/{folder}", f"/v3/files/shortcuts/{shortcut}"]
    for path in (*paths, f"/v3/networks/{UUID}"):
        assert (await owner.delete(path)).status_code == 204
    answer = await stranger.post(f"{TRASH}/restore", json={"networks": [UUID]})
    assert answer.status_code == 404
    others = {"folders": [folder], "shortcuts": [shortcut]}
    assert (await stranger.post(f"{TRASH}/restore", json=others)).status_code == 204
    assert [await status(owner, path) for path in paths] == [404, 404]
