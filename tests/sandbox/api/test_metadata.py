"""Metadata writes beyond what a real server was asked (contract 3.5, 3.6)."""

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


SET_VISIBILITY = "/v3/batch/files/setvisibility"


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("PUT", f"{PATH}/summary", {"visibility": ["PUBLIC"]}),
        ("PUT", f"{PATH}/properties", [{"predicateString": "x", "dataType": {}, "value": "y"}]),
        ("PUT", f"{PATH}/properties", [{"predicateString": "x", "subNetworkId": "one"}]),
        ("PUT", f"{PATH}/properties", [{"predicateString": "x", "subNetworkId": {}}]),
        ("POST", SET_VISIBILITY, {"visibility": {}, "files": {UUID: "NETWORK"}}),
        ("POST", SET_VISIBILITY, {"visibility": "PUBLIC", "files": [UUID]}),
        ("POST", SET_VISIBILITY, {"visibility": "PUBLIC", "files": {UUID: "BOOK"}}),
        ("POST", "/v3/files/sharing/members", {"files": [], "members": []}),
    ],
)
async def test_a_member_of_another_type_cannot_be_deserialised(
    owner: httpx.AsyncClient, method: str, path: str, body: object
) -> None:
    answer = await owner.request(method, path, json=body)
    assert (answer.status_code, answer.text) == (400, "Not able to deserialize data provided.")


EDITS: dict[str, Any] = {
    "profile": {"name": "renamed"},
    "properties": [{"predicateString": "organism", "value": "renamed"}],
    "summary": {"name": "renamed", "visibility": "PUBLIC"},
}
EACH_EDIT = pytest.mark.parametrize("route", EDITS)


async def count(client: httpx.AsyncClient, word: str) -> int:
    found = await client.post("/v2/search/network", json={"searchString": word})
    return int(found.json()["numFound"])


@EACH_EDIT
async def test_an_edit_at_an_index_level_is_lost_to_search_until_the_level_is_sent_again(
    owner: httpx.AsyncClient, route: str
) -> None:
    """Contract 3.5: the engine drops the entry, and ``completed`` stays false."""
    level = {"index_level": "META"}
    await owner.put(f"{PATH}/systemproperty", json=level)
    assert await count(owner, UUID.replace("-", " ")) == 1
    assert (await owner.put(f"{PATH}/{route}", json=EDITS[route])).is_success
    seen = await summary(owner)
    assert await count(owner, UUID.replace("-", " ")) == 0
    assert (seen["completed"], seen["indexLevel"]) == (False, "META")
    assert "errorMessage" not in seen
    await owner.put(f"{PATH}/systemproperty", json=level)
    assert (await summary(owner))["completed"] is True
    assert await count(owner, "renamed") == 1


@EACH_EDIT
async def test_an_edit_without_an_index_level_leaves_search_as_it_was(
    owner: httpx.AsyncClient, store: Store, route: str
) -> None:
    """Contract 9, "lag and holes"; and 3.3: a good edit makes the network complete again."""
    await owner.post(
        "/v3/batch/files/setvisibility", json={"visibility": "PUBLIC", "files": {UUID: "NETWORK"}}
    )
    set_columns(store, completed=0)
    await owner.put(f"{PATH}/{route}", json=EDITS[route])
    assert (await summary(owner))["completed"] is True
    assert (await count(owner, "renamed"), await count(owner, UUID.replace("-", " "))) == (0, 1)


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
