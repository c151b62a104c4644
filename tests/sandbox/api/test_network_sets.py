"""Network sets from before NDEx 3.0, which only a load can make (contract 7.1)."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from sync.sandbox import accounts, items, networks
from sync.sandbox.items import Item, ItemType
from sync.sandbox.store import Store
from tests.sandbox.documents import OWNER, UUID

SET = "5e7c70ab-9fb1-11ea-aaef-0ac135e8bacf"
SECOND = "5e7c70ab-9fb1-11ea-aaef-0ac135e8bad0"
UNKNOWN = "00000000-9fb1-11ea-aaef-0ac135e8bacf"
PATH = f"/v2/networkset/{SET}"


@pytest.fixture
def owner_id(store: Store) -> str:
    with store.writing() as db:
        account = accounts.find_by_name(db, OWNER[0])
        assert account is not None
        for set_id, name in ((SET, "first"), (SECOND, "second")):
            items.save(db, Item(ItemType.SET, set_id, account.id, name, 1000, 1000))
        items.add_members(db, SET, [UUID])
    return account.id


@pytest.fixture(autouse=True)
def _sets(owner_id: str) -> None:
    del owner_id


async def members(client: httpx.AsyncClient, **parameters: str) -> list[str]:
    found: dict[str, Any] = (await client.get(PATH, params=parameters)).json()
    listed: list[str] = found["networks"]
    return listed


async def test_a_set_is_renamed_and_described(owner: httpx.AsyncClient) -> None:
    body = {"name": "renamed", "description": "new", "properties": {"a": 1}}
    assert (await owner.put(PATH, json=body)).status_code == 204
    seen = (await owner.get(PATH)).json()
    assert {key: seen[key] for key in body} == body
    assert seen["modificationTime"] > seen["creationTime"]


async def test_two_sets_of_one_owner_cannot_share_a_name(owner: httpx.AsyncClient) -> None:
    answer = await owner.put(PATH, json={"name": "second"})
    assert (answer.status_code, answer.json()["errorCode"]) == (
        409,
        "NDEx_Duplicate_Object_Exception",
    )


async def test_deleting_a_set_leaves_its_networks(owner: httpx.AsyncClient) -> None:
    assert (await owner.delete(PATH)).status_code == 204
    assert (await owner.get(PATH)).status_code == 404
    assert (await owner.get(f"/v2/network/{UUID}/summary")).status_code == 200


async def test_members_come_once_and_go(owner: httpx.AsyncClient) -> None:
    for _ in range(2):
        answer = await owner.post(f"{PATH}/members", json=[UUID], headers={"accept": "*/*"})
        assert answer.status_code == 201
    assert await members(owner) == [UUID]
    answer = await owner.request("DELETE", f"{PATH}/members", json=[UUID])
    assert answer.status_code == 204
    assert await members(owner) == []


async def test_an_unknown_network_is_told_as_an_unknown_set(owner: httpx.AsyncClient) -> None:
    answer = await owner.post(f"{PATH}/members", json=[UNKNOWN], headers={"accept": "*/*"})
    assert answer.status_code == 404
    assert SET in answer.json()["message"]


async def test_an_unknown_network_for_a_migrated_set_becomes_a_shortcut(
    owner: httpx.AsyncClient, store: Store, owner_id: str
) -> None:
    with store.writing() as db:
        items.save(db, Item(ItemType.FOLDER, SET, owner_id, "first", 1000, 1000))
    answer = await owner.post(f"{PATH}/members", json=[UNKNOWN], headers={"accept": "*/*"})
    assert answer.status_code == 201
    assert await members(owner) == [UUID]
    (item,) = (await owner.get(f"/v3/files/folders/{SET}/list?format=compact")).json()
    assert item["attributes"]["target_status"] == "DELETED"


async def test_a_soft_deleted_member_still_shows(owner: httpx.AsyncClient) -> None:
    await owner.delete(f"/v3/networks/{UUID}")
    assert await members(owner) == [UUID]


async def test_a_member_that_v2_deleted_is_gone(owner: httpx.AsyncClient) -> None:
    await owner.delete(f"/v2/network/{UUID}")
    assert await members(owner) == []


async def test_a_network_in_a_set_cannot_be_removed_for_good(owner: httpx.AsyncClient) -> None:
    answer = await owner.delete(f"/v3/networks/{UUID}?permanent=true")
    assert answer.status_code == 500
    assert "foreign key" in answer.json()["message"]


async def test_the_key_of_a_set_opens_the_networks_in_it(
    owner: httpx.AsyncClient, anonymous: httpx.AsyncClient, store: Store
) -> None:
    with store.writing() as db:
        networks.update(db, UUID, visibility="PRIVATE")
    key = (await owner.put(f"{PATH}/accesskey?action=enable")).json()["accessKey"]
    assert (await owner.get(f"{PATH}/accesskey")).json() == {"accessKey": key}
    assert await members(anonymous) == []
    assert await members(anonymous, accesskey=key) == [UUID]
    summary = f"/v2/network/{UUID}/summary"
    assert (await anonymous.get(summary, params={"accesskey": key})).status_code == 200
    assert (await anonymous.get(PATH, params={"accesskey": "wrong"})).status_code == 401
    assert (await owner.put(f"{PATH}/accesskey?action=disable")).status_code == 204
    assert (await owner.get(f"{PATH}/accesskey")).status_code == 204
    assert (await anonymous.get(summary, params={"accesskey": key})).status_code == 401
    again = (await owner.put(f"{PATH}/accesskey?action=enable")).json()
    assert again == {"accessKey": key}


async def test_sets_are_listed_by_page_and_showcase(
    owner: httpx.AsyncClient, owner_id: str
) -> None:
    path = f"/v2/user/{owner_id}/networksets"
    await owner.put(f"{PATH}/systemproperty", json={"showcase": True})
    listed = (await owner.get(path)).json()
    assert {item["name"] for item in listed} == {"first", "second"}
    assert "networks" not in listed[0]
    (page,) = (await owner.get(path, params={"offset": 1, "limit": 1})).json()
    assert page == listed[1]
    (shown,) = (await owner.get(path, params={"showcase": "true", "summary": "false"})).json()
    assert (shown["name"], shown["networks"]) == ("first", [UUID])


@pytest.mark.parametrize(
    ("method", "path", "body", "code"),
    [
        ("PUT", PATH, {"name": "mine"}, 401),
        ("DELETE", PATH, None, 404),
        ("POST", f"{PATH}/members", [UUID], 404),
        ("GET", f"{PATH}/accesskey", None, 401),
        ("PUT", f"{PATH}/systemproperty", {"showcase": True}, 401),
    ],
)
async def test_only_the_owner_changes_a_set(
    stranger: httpx.AsyncClient, method: str, path: str, body: object, code: int
) -> None:
    answer = await stranger.request(method, path, json=body, headers={"accept": "*/*"})
    assert answer.status_code == code


async def test_a_set_needs_a_name(owner: httpx.AsyncClient) -> None:
    assert (await owner.put(PATH, json={"name": ""})).status_code == 500
