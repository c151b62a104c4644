"""Folders, shortcuts and the trash beyond what the contract tests ask (contract 3.7, 7.2)."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests.sandbox.documents import OWNER, UUID

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


async def test_a_folder_and_all_in_it_go_and_come_back(owner: httpx.AsyncClient) -> None:
    outer = await make_folder(owner)
    inner = await make_folder(owner, parent=outer)
    shortcut = await make_shortcut(owner, parent=inner)
    await move(owner, inner)
    assert (await owner.delete(f"/v3/files/folders/{outer}")).status_code == 500
    assert (await owner.delete(f"/v3/files/folders/{outer}?force=true")).status_code == 204
    paths = [
        f"/v3/files/folders/{inner}",
        f"/v2/network/{UUID}/summary",
        f"/v3/files/shortcuts/{shortcut}",
    ]
    assert [await status(owner, path) for path in paths] == [404, 404, 404]
    assert [item["uuid"] for item in (await owner.get(TRASH)).json()] == [outer]
    assert (await owner.post(f"{TRASH}/restore", json={"folders": [outer]})).status_code == 204
    assert [await status(owner, path) for path in paths] == [200, 200, 200]
    assert (await owner.get(TRASH)).json() == []


async def test_a_folder_removed_for_good_takes_its_networks_along(
    owner: httpx.AsyncClient,
) -> None:
    folder = await make_folder(owner)
    await make_shortcut(owner, parent=folder)
    await move(owner, folder)
    path = f"/v3/files/folders/{folder}?force=true&permanent=true"
    assert (await owner.delete(path)).status_code == 204
    assert (await owner.get(TRASH)).json() == []
    counts = {"network": 0, "folder": 0, "shortcut": 0}
    assert (await owner.get("/v3/files/count")).json() == counts


async def test_each_kind_of_item_is_trashed_restored_and_purged(owner: httpx.AsyncClient) -> None:
    folder, shortcut = await make_folder(owner), await make_shortcut(owner)
    paths = [
        f"/v3/files/folders/{folder}",
        f"/v3/files/shortcuts/{shortcut}",
        f"/v3/networks/{UUID}",
    ]
    everything = {"networks": [UUID], "folders": [folder], "shortcuts": [shortcut]}
    for path in paths:
        assert (await owner.delete(path)).status_code == 204
    assert {item["type"] for item in (await owner.get(TRASH)).json()} == {
        "NETWORK",
        "FOLDER",
        "SHORTCUT",
    }
    assert (await owner.post(f"{TRASH}/restore", json=everything)).status_code == 204
    assert (await owner.get(TRASH)).json() == []
    for path in paths:
        assert (await owner.delete(path)).status_code == 204
    assert (await owner.delete(f"{TRASH}/{shortcut}")).status_code == 204
    assert len((await owner.get(TRASH)).json()) == 2
    assert (await owner.delete(TRASH)).status_code == 204
    assert (await owner.get(TRASH)).json() == []
    assert (await owner.delete(f"{TRASH}/{shortcut}")).status_code == 500


async def test_a_network_whose_folder_is_gone_comes_back_home(owner: httpx.AsyncClient) -> None:
    folder = await make_folder(owner)
    await move(owner, folder)
    await owner.delete(f"/v3/networks/{UUID}")
    await owner.delete(f"/v3/files/folders/{folder}")
    await owner.post(f"{TRASH}/restore", json={"networks": [UUID, UNKNOWN]})
    assert "folderId" not in (await owner.get(f"/v2/network/{UUID}/summary")).json()


async def test_a_permanent_delete_removes_a_network_for_good(owner: httpx.AsyncClient) -> None:
    assert (await owner.delete(f"/v3/networks/{UUID}?permanent=true")).status_code == 204
    await owner.post(f"{TRASH}/restore", json={"networks": [UUID]})
    assert await status(owner, f"/v2/network/{UUID}/summary") == 404


@pytest.mark.parametrize(
    ("kind", "names"),
    [
        (None, {"a network", "sub", "to network", "to folder"}),
        ("network", {"a network", "to network"}),
        ("folder", {"sub", "to folder"}),
        ("shortcut", set()),
    ],
)
async def test_a_listing_can_be_of_one_type(
    owner: httpx.AsyncClient, kind: str | None, names: set[str]
) -> None:
    folder = await make_folder(owner)
    sub = await make_folder(owner, "sub", parent=folder)
    await make_shortcut(owner, name="to network", parent=folder)
    await make_shortcut(owner, name="to folder", parent=folder, target=sub, targetType="FOLDER")
    await move(owner, folder)
    parameters = {} if kind is None else {"type": kind}
    listed = await owner.get(f"/v3/files/folders/{folder}/list", params=parameters)
    assert {item["name"] for item in listed.json()} == names


async def test_a_listing_of_an_unknown_type_is_500(owner: httpx.AsyncClient) -> None:
    assert await status(owner, "/v3/files/folders/home/list?type=book") == 500


async def test_the_larger_format_tells_what_became_of_a_shortcuts_target(
    owner: httpx.AsyncClient,
) -> None:
    folder = await make_folder(owner, description="d")
    gone = await make_folder(owner)
    for target, kind in ((UUID, "NETWORK"), (folder, "FOLDER"), (gone, "FOLDER")):
        await make_shortcut(owner, name=target, target=target, targetType=kind)
    await owner.delete(f"/v3/networks/{UUID}")
    await owner.delete(f"/v3/files/folders/{gone}?permanent=true")
    items = (await owner.get("/v3/files/folders/home/list?format=compact")).json()
    seen = {
        item["name"]: item["attributes"]["target_status"]
        for item in items
        if item["type"] == "SHORTCUT"
    }
    assert seen == {UUID: "IN_TRASH", folder: "ACTIVE", gone: "DELETED"}
    (shown,) = [item for item in items if item["type"] == "FOLDER"]
    assert (shown["visibility"], shown["attributes"]) == ("PRIVATE", {"description": "d"})


async def test_visibility_is_set_for_folders_and_shortcuts_too(
    owner: httpx.AsyncClient, anonymous: httpx.AsyncClient
) -> None:
    folder, shortcut = await make_folder(owner), await make_shortcut(owner)
    body = {"visibility": "PUBLIC", "files": {folder: "FOLDER", shortcut: "SHORTCUT"}}
    assert (await owner.post("/v3/batch/files/setvisibility", json=body)).status_code == 204
    assert await status(anonymous, f"/v3/files/folders/{folder}") == 200
    assert await status(anonymous, f"/v3/files/shortcuts/{shortcut}") == 200


async def test_who_may_write_in_a_folder_may_create_in_it_and_read_what_lies_deeper(
    owner: httpx.AsyncClient, stranger: httpx.AsyncClient, stranger_id: str
) -> None:
    """Contract 7.2."""
    outer = await make_folder(owner)
    inner = await make_folder(owner, parent=outer)
    files = {"files": {outer: "FOLDER"}, "members": {stranger_id: "WRITE"}}
    assert await status(stranger, f"/v3/files/folders/{inner}") == 401
    assert (await owner.post("/v3/files/sharing/members", json=files)).is_success
    assert await status(stranger, f"/v3/files/folders/{inner}") == 200
    made = await stranger.post("/v3/files/folders", json={"name": "x", "parent": outer})
    assert made.status_code == 201
    listed = (await owner.get(f"/v3/files/folders/{outer}/list")).json()
    assert {item["owner"] for item in listed} == {OWNER[0], "bob"}
    own = (await owner.get("/v2/user?valid=true")).json()["externalId"]
    home = (await stranger.get(f"/v3/users/{own}/home")).json()
    assert {item["uuid"]: "owner" in item for item in home} == {UUID: False, outer: False}


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"visibility": "public", "files": {}}, 400),
        ({"visibility": "PUBLIC", "files": [UUID]}, 400),
        ({"visibility": "PUBLIC", "files": {UUID: "BOOK"}}, 400),
        ({"visibility": "PUBLIC", "files": {"x": "NETWORK"}}, 400),
        ({"visibility": "PUBLIC", "files": {UNKNOWN: "NETWORK"}}, 404),
        ({"visibility": "PUBLIC", "files": {UNKNOWN: "FOLDER"}}, 500),
        ({"visibility": "PUBLIC", "files": {UNKNOWN: "SHORTCUT"}}, 500),
        ({"visibility": "PUBLIC"}, 500),
    ],
)
async def test_a_visibility_that_cannot_be_set(
    owner: httpx.AsyncClient, body: dict[str, Any], code: int
) -> None:
    assert (await owner.post("/v3/batch/files/setvisibility", json=body)).status_code == code


@pytest.mark.parametrize(("kind", "code"), [("NETWORK", 500), ("FOLDER", 401), ("SHORTCUT", 500)])
async def test_only_the_owner_sets_visibility(
    owner: httpx.AsyncClient, stranger: httpx.AsyncClient, kind: str, code: int
) -> None:
    make = {"FOLDER": make_folder, "SHORTCUT": make_shortcut}.get(kind)
    item = UUID if make is None else await make(owner)
    body = {"visibility": "PUBLIC", "files": {item: kind}}
    assert (await stranger.post("/v3/batch/files/setvisibility", json=body)).status_code == code


async def test_visibility_is_set_one_by_one(owner: httpx.AsyncClient) -> None:
    """Contract 3.5: what came before the item that fails is done."""
    body = {"visibility": "PRIVATE", "files": {UUID: "NETWORK", UNKNOWN: "NETWORK"}}
    assert (await owner.post("/v3/batch/files/setvisibility", json=body)).status_code == 404
    seen = (await owner.get(f"/v2/network/{UUID}/summary")).json()
    assert seen["visibility"] == "PRIVATE"


async def test_folders_of_others_are_closed(
    owner: httpx.AsyncClient, stranger: httpx.AsyncClient
) -> None:
    folder = await make_folder(owner)
    path = f"/v3/files/folders/{folder}"
    assert await status(stranger, path) == 401
    assert (await stranger.put(path, json={"name": "mine"})).status_code == 401
    assert (
        await stranger.post("/v3/files/folders", json={"name": "y", "parent": folder})
    ).status_code == 401
    assert await status(owner, f"/v3/files/folders/{UNKNOWN}") == 404


async def test_a_folder_name_that_does_not_fit_is_500(owner: httpx.AsyncClient) -> None:
    answer = await owner.post("/v3/files/folders", json={"name": "x" * 501})
    assert answer.status_code == 500


async def test_own_folders_and_shortcuts_are_listed_by_name(owner: httpx.AsyncClient) -> None:
    for name in ("b", "a", "c"):
        await make_folder(owner, name)
        await make_shortcut(owner, name=name)
    for path in ("/v3/files/folders", "/v3/files/shortcuts"):
        listed = (await owner.get(path, params={"limit": 2})).json()
        assert [item["name"] for item in listed] == ["a", "b"]


async def test_a_shortcut_is_renamed_and_moved(owner: httpx.AsyncClient) -> None:
    folder, shortcut = await make_folder(owner), await make_shortcut(owner)
    path = f"/v3/files/shortcuts/{shortcut}"
    assert (await owner.put(path, json={"name": "new", "parent": folder})).status_code == 204
    seen = (await owner.get(path)).json()
    assert (seen["name"], seen["parent"], seen["target"]) == ("new", folder, UUID)


@pytest.mark.parametrize(
    "body",
    [
        {"name": "", "target": UUID, "targetType": "NETWORK"},
        {"name": "x", "targetType": "NETWORK"},
        {"name": "x", "target": UUID, "targetType": "SHORTCUT"},
    ],
)
async def test_a_shortcut_needs_name_target_and_type(
    owner: httpx.AsyncClient, body: dict[str, str]
) -> None:
    assert (await owner.post("/v3/files/shortcuts", json=body)).status_code == 500


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
