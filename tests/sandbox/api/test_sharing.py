"""Permissions and keys beyond what the contract tests ask (contract 3.8, 7.2)."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from sync.sandbox import networks
from sync.sandbox.store import Store
from tests.sandbox.documents import UUID

PERMISSION = f"/v2/network/{UUID}/permission"
MEMBERS = "/v3/files/sharing/members"
UNKNOWN = "00000000-9fb1-11ea-aaef-0ac135e8bacf"


@pytest.fixture
def _private(store: Store) -> None:
    with store.writing() as db:
        networks.update(db, UUID, visibility="PRIVATE")


async def held(client: httpx.AsyncClient) -> dict[str, str]:
    found: dict[str, str] = (
        await client.post("/v2/batch/network/permission", json=[UUID, UNKNOWN])
    ).json()
    return found


async def share(client: httpx.AsyncClient, item: str, kind: str, member: str, right: Any) -> int:
    body = {"files": {item: kind}, "members": {member: right}}
    return (await client.post(MEMBERS, json=body)).status_code


@pytest.mark.usefixtures("_private")
async def test_a_network_is_shared_and_no_longer(
    owner: httpx.AsyncClient, stranger: httpx.AsyncClient, stranger_id: str
) -> None:
    assert await share(owner, UUID, "NETWORK", stranger_id, "WRITE") == 200
    assert await held(stranger) == {UUID: "WRITE"}
    seen = (await stranger.get(f"/v2/network/{UUID}/summary")).json()
    assert seen["completed"] is True
    assert await share(owner, UUID, "NETWORK", stranger_id, None) == 200
    assert await held(stranger) == {}


@pytest.mark.usefixtures("_private")
async def test_a_shared_folder_opens_what_is_in_it_now_and_not_what_comes_later(
    owner: httpx.AsyncClient, stranger: httpx.AsyncClient, stranger_id: str
) -> None:
    folder = (await owner.post("/v3/files/folders", json={"name": "x"})).json()["uuid"]
    move = {"targetFolder": folder, "networks": [UUID]}
    await owner.post("/v3/batch/networks/move", json={**move, "targetFolder": None})
    assert await share(owner, folder, "FOLDER", stranger_id, "READ") == 200
    await owner.post("/v3/batch/networks/move", json=move)
    assert await held(stranger) == {}
    assert await share(owner, folder, "FOLDER", stranger_id, "READ") == 200
    assert await held(stranger) == {UUID: "READ"}
    assert await share(owner, folder, "FOLDER", stranger_id, None) == 200
    assert (await stranger.get(f"/v3/files/folders/{folder}")).status_code == 401


async def test_sharing_a_folder_with_oneself_takes_nothing_away(owner: httpx.AsyncClient) -> None:
    own = (await owner.get("/v2/user?valid=true")).json()["externalId"]
    folder = (await owner.post("/v3/files/folders", json={"name": "x"})).json()["uuid"]
    move = {"targetFolder": folder, "networks": [UUID]}
    await owner.post("/v3/batch/networks/move", json=move)
    assert await share(owner, folder, "FOLDER", own, "READ") == 200
    assert (await owner.get(PERMISSION, params={"type": "user"})).json() == {own: "ADMIN"}


@pytest.mark.parametrize(
    ("item", "kind", "right", "status"),
    [
        (UUID, "SHORTCUT", "READ", 500),
        (UUID, "NETWORK", "read", 400),
        (UNKNOWN, "NETWORK", "READ", 401),
        (UNKNOWN, "FOLDER", "READ", 401),
        ("x", "NETWORK", "READ", 400),
    ],
)
async def test_what_cannot_be_shared(
    owner: httpx.AsyncClient, stranger_id: str, item: str, kind: str, right: str, status: int
) -> None:
    assert await share(owner, item, kind, stranger_id, right) == status


async def test_nothing_is_shared_with_an_unknown_account(owner: httpx.AsyncClient) -> None:
    assert await share(owner, UUID, "NETWORK", UNKNOWN, "READ") == 404


async def test_ownership_passes_on_by_sharing(
    owner: httpx.AsyncClient, stranger: httpx.AsyncClient, stranger_id: str
) -> None:
    assert await share(owner, UUID, "NETWORK", stranger_id, "ADMIN") == 200
    assert (await held(stranger), await held(owner)) == ({UUID: "ADMIN"}, {UUID: "WRITE"})


@pytest.mark.usefixtures("_private")
async def test_a_key_opens_a_folder_and_not_the_networks_in_it(
    owner: httpx.AsyncClient, anonymous: httpx.AsyncClient
) -> None:
    """Contract 2, "Access keys"."""
    folder = (await owner.post("/v3/files/folders", json={"name": "x"})).json()["uuid"]
    paths = {folder: f"/v3/files/folders/{folder}", UUID: f"/v3/networks/{UUID}/summary"}
    assert (await owner.get(f"{paths[folder]}/accesskey")).status_code == 204
    files = {"files": {folder: "FOLDER", UUID: "NETWORK"}}
    keys = (await owner.post("/v3/files/sharing/share", json=files)).json()
    assert {item: len(key) for item, key in keys.items()} == {folder: 32, UUID: 64}
    assert (await owner.get(f"{paths[folder]}/accesskey")).json() == {"accessKey": keys[folder]}

    async def opens(item: str, key: str) -> bool:
        return (await anonymous.get(paths[item], params={"accesskey": key})).is_success

    assert [await opens(item, keys[item]) for item in paths] == [True, True]
    assert not await opens(UUID, keys[folder])
    assert (await owner.post("/v3/files/sharing/unshare", json=files)).status_code == 204
    assert [await opens(item, keys[item]) for item in paths] == [False, False]


async def test_sharing_needs_files_and_members(owner: httpx.AsyncClient) -> None:
    assert (await owner.post(MEMBERS, json={"files": {}})).status_code == 500
    assert (await owner.post(MEMBERS, json={"files": [], "members": []})).status_code == 400


async def test_what_is_shared_is_listed_for_both_sides(
    owner: httpx.AsyncClient, stranger: httpx.AsyncClient, stranger_id: str
) -> None:
    """Contract 7.2."""
    folder = (await owner.post("/v3/files/folders", json={"name": "x"})).json()["uuid"]
    for item, kind in ((UUID, "NETWORK"), (folder, "FOLDER")):
        assert await share(owner, item, kind, stranger_id, "WRITE") == 200
    items = (await stranger.get("/v3/files/sharing/list")).json()
    assert {item["uuid"]: item["permission"] for item in items} == {UUID: "WRITE", folder: "WRITE"}
    assert (await owner.get("/v3/files/sharing/list")).json() == []
    listed = await owner.post(f"{MEMBERS}/list", json={UUID: "NETWORK", folder: "FOLDER"})
    of_network, of_folder = (next(iter(entry.values()))["members"] for entry in listed.json())
    assert sorted(of_network.values()) == ["ADMIN", "WRITE"]
    assert of_folder == {stranger_id: "WRITE"}
    assert (await stranger.post(f"{MEMBERS}/list", json={UUID: "NETWORK"})).status_code == 401


async def test_networks_are_handed_over(
    owner: httpx.AsyncClient, stranger: httpx.AsyncClient, stranger_id: str
) -> None:
    """Contract 7.2."""
    path, body = "/v3/files/sharing/transfer", {"networks": [UUID], "newOwner": stranger_id}
    assert (await owner.post(path, json={**body, "networks": []})).status_code == 500
    assert (await owner.post(path, json=body)).status_code == 204
    assert (await held(stranger), await held(owner)) == ({UUID: "ADMIN"}, {UUID: "WRITE"})
    assert (await owner.post(path, json=body)).status_code == 401


@pytest.mark.usefixtures("_private")
async def test_a_copy_is_private_and_its_readers_own(
    owner: httpx.AsyncClient, stranger: httpx.AsyncClient, stranger_id: str
) -> None:
    """Contract 3.8: who may read may copy."""
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


async def test_only_the_owner_shares(stranger: httpx.AsyncClient, stranger_id: str) -> None:
    assert await share(stranger, UUID, "NETWORK", stranger_id, "WRITE") == 401
    answer = await stranger.put(PERMISSION, params={"userid": stranger_id, "permission": "WRITE"})
    assert answer.status_code == 401


async def test_the_list_of_permissions_can_be_paged_and_chosen_from(
    owner: httpx.AsyncClient, stranger_id: str
) -> None:
    await owner.put(PERMISSION, params={"userid": stranger_id, "permission": "READ"})

    async def listed(**parameters: str) -> dict[str, str]:
        found: dict[str, str] = (await owner.get(PERMISSION, params=parameters)).json()
        return found

    assert set((await listed(type="user")).values()) == {"ADMIN", "READ"}
    assert await listed(type="user", permission="READ") == {stranger_id: "READ"}
    assert await listed(type="user", start="1", size="1") == {stranger_id: "READ"}
    assert await listed(type="group") == {}


async def test_ownership_passes_on(
    owner: httpx.AsyncClient, stranger: httpx.AsyncClient, stranger_id: str
) -> None:
    answer = await owner.put(PERMISSION, params={"userid": stranger_id, "permission": "ADMIN"})
    assert answer.json() == 1
    assert (await held(stranger), await held(owner)) == ({UUID: "ADMIN"}, {UUID: "WRITE"})


async def test_a_grantee_may_leave(
    owner: httpx.AsyncClient, stranger: httpx.AsyncClient, stranger_id: str
) -> None:
    """Contract 3.8."""
    parameters = {"userid": stranger_id, "permission": "READ"}
    await owner.put(PERMISSION, params=parameters)
    assert (await stranger.delete(PERMISSION, params=parameters)).json() == 1
    assert await held(stranger) == {}


async def test_a_permission_may_be_granted_twice_and_taken_back_once(
    owner: httpx.AsyncClient, stranger_id: str
) -> None:
    parameters = {"userid": stranger_id, "permission": "READ"}
    answers = [(await owner.put(PERMISSION, params=parameters)).json() for _ in range(2)]
    answers += [(await owner.delete(PERMISSION, params=parameters)).json() for _ in range(2)]
    assert answers == [1, 1, 1, 0]


@pytest.mark.parametrize(
    ("parameters", "status"),
    [
        ({"permission": "READ"}, 500),
        ({"userid": "x", "permission": "READ"}, 500),
        ({"userid": UNKNOWN, "permission": "READ"}, 404),
        ({"userid": UNKNOWN, "permission": "NONE"}, 500),
        ({"userid": UNKNOWN}, 500),
        ({"userid": UNKNOWN, "groupid": UNKNOWN, "permission": "READ"}, 500),
        ({"groupid": UNKNOWN, "permission": "READ"}, 200),
    ],
)
async def test_a_permission_needs_an_account_and_a_kind(
    owner: httpx.AsyncClient, parameters: dict[str, str], status: int
) -> None:
    assert (await owner.put(PERMISSION, params=parameters)).status_code == status


async def test_a_batch_of_permissions_without_ids_is_forbidden(owner: httpx.AsyncClient) -> None:
    assert (await owner.post("/v2/batch/network/permission", json=None)).status_code == 403
