"""Metadata writes beyond what the contract tests ask (contract 3.5, 3.6)."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from sync.sandbox import networks
from sync.sandbox.store import Store
from tests.sandbox.documents import UUID

PATH = f"/v2/network/{UUID}"


def set_columns(store: Store, **columns: object) -> None:
    with store.writing() as db:
        networks.update(db, UUID, **columns)


async def summary(client: httpx.AsyncClient) -> dict[str, Any]:
    seen: dict[str, Any] = (await client.get(f"{PATH}/summary")).json()
    return seen


async def test_a_doi_freezes_all_but_the_showcase(owner: httpx.AsyncClient, store: Store) -> None:
    set_columns(store, doi="Pending")
    path = f"{PATH}/systemproperty"
    both = {"readOnly": False, "showcase": True}
    assert (await owner.put(path, json=both)).status_code == 403
    assert (await owner.put(path, json={"showcase": True})).status_code == 204
    seen = await summary(owner)
    assert (seen["isShowcase"], seen["doi"]) == (True, "Pending")


async def test_somebody_with_a_permission_may_showcase_and_nothing_else(
    owner: httpx.AsyncClient, stranger: httpx.AsyncClient, stranger_id: str
) -> None:
    path = f"{PATH}/systemproperty"
    assert (await stranger.put(path, json={"showcase": True})).status_code == 401
    await owner.put(f"{PATH}/permission", params={"userid": stranger_id, "permission": "READ"})
    assert (await stranger.put(path, json={"showcase": True})).status_code == 204
    assert (await stranger.put(path, json={"readOnly": True})).status_code == 401


@pytest.mark.parametrize(
    "body", [{"readOnly": "yes"}, {"visibility": "public"}, {"index_level": "SOME"}]
)
async def test_a_system_property_of_the_wrong_kind_is_500(
    owner: httpx.AsyncClient, body: dict[str, str]
) -> None:
    assert (await owner.put(f"{PATH}/systemproperty", json=body)).status_code == 500


async def test_unknown_system_properties_are_ignored(owner: httpx.AsyncClient) -> None:
    answer = await owner.put(f"{PATH}/systemproperty", json={"colour": "red"})
    assert answer.status_code == 204


async def test_an_index_level_makes_later_edits_findable(owner: httpx.AsyncClient) -> None:
    async def count(word: str) -> int:
        found = await owner.post("/v2/search/network", json={"searchString": word})
        return int(found.json()["numFound"])

    assert await count("network") == 0
    await owner.put(f"{PATH}/systemproperty", json={"index_level": "META"})
    assert await count("network") == 1
    await owner.put(f"{PATH}/profile", json={"name": "renamed"})
    assert (await count("renamed"), await count("network")) == (1, 0)
    await owner.put(f"{PATH}/systemproperty", json={"index_level": None})
    await owner.put(f"{PATH}/profile", json={"name": "again"})
    assert await count("again") == 0


async def test_the_owner_of_a_doi_certifies_and_publishes_with_a_reference(
    owner: httpx.AsyncClient, store: Store
) -> None:
    path, body = f"{PATH}/reference", {"reference": "PMID:1"}
    assert (await owner.put(path, json=body)).status_code == 403
    set_columns(store, doi="10.1/x", visibility="PRIVATE")
    assert (await owner.put(path, json=body)).status_code == 204
    seen = await summary(owner)
    assert (seen["isCertified"], seen["visibility"]) == (True, "PUBLIC")
    assert [item["value"] for item in seen["properties"]] == ["PMID:1"]
    assert (await owner.put(path, json=body)).status_code == 403


@pytest.mark.parametrize("path", ["profile", "properties", "summary"])
async def test_a_nul_spoils_the_transaction_and_the_lock_stays(
    owner: httpx.AsyncClient, path: str
) -> None:
    value = "a\x00b"
    body: object = [{"predicateString": "x", "value": value}]
    if path != "properties":
        body = {"name": value, "visibility": "PUBLIC"}
    assert (await owner.put(f"{PATH}/{path}", json=body)).status_code == 500
    again = await owner.put(f"{PATH}/profile", json={"name": "new"})
    assert again.json()["errorCode"] == "NDEx_Concurrent_Modification_Exception"


@pytest.mark.parametrize(
    "body",
    [
        {"predicateString": "x"},
        ["x"],
        [{"value": "x"}],
        [{"predicateString": "x", "value": ["a"]}],
        [{"predicateString": "x", "subNetworkId": "one"}],
        [{"predicateString": "x", "subNetworkId": {}}],
    ],
)
async def test_properties_of_another_shape_are_a_plain_400(
    owner: httpx.AsyncClient, body: object
) -> None:
    answer = await owner.put(f"{PATH}/properties", json=body)
    assert answer.status_code == 400
    assert answer.headers["content-type"].startswith("text/plain")


async def test_a_property_may_belong_to_a_subnetwork(owner: httpx.AsyncClient) -> None:
    items = [
        {"predicateString": "x", "value": "1", "subNetworkId": ""},
        {"predicateString": "y", "value": "2", "subNetworkId": "7"},
    ]
    assert (await owner.put(f"{PATH}/properties", json=items)).json() == 2
    stored = (await summary(owner))["properties"]
    assert [item["subNetworkId"] for item in stored] == [None, 7]


async def test_a_summary_with_an_unknown_visibility_is_a_plain_400(
    owner: httpx.AsyncClient,
) -> None:
    answer = await owner.put(f"{PATH}/summary", json={"name": "x", "visibility": "OPEN"})
    assert (answer.status_code, answer.text) == (400, "Not able to deserialize data provided.")


async def test_a_profile_of_numbers_becomes_text(owner: httpx.AsyncClient) -> None:
    await owner.put(f"{PATH}/profile", json={"name": 5, "version": True})
    seen = await summary(owner)
    assert (seen["name"], seen["version"]) == ("5", "true")
