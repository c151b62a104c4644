"""Reading contents beyond what a real server was asked (contract 4)."""

from __future__ import annotations

import httpx
import pytest

from tests.cx import uploads
from tests.sandbox.documents import UUID, make_cx2

JSON = {"content-type": "application/json"}


async def replace(client: httpx.AsyncClient, version: str, body: bytes) -> None:
    path = f"/v3/networks/{UUID}" if version == "v3" else f"/v2/network/{UUID}"
    assert (await client.put(path, content=body, headers=JSON)).is_success


async def export(client: httpx.AsyncClient, **parameters: str) -> list[list[str]]:
    answer = await client.get(f"/v3/networks/{UUID}/export", params=parameters)
    assert answer.status_code == 200, answer.text
    return [line.split("\t") for line in answer.text.splitlines()]


COLLECTION = uploads.make_cx1(
    {"nodes": [{"@id": 1}]}, {"cySubNetworks": [{"@id": 1, "nodes": "all", "edges": "all"}]}
)
"""A Cytoscape collection, which the server never turns into CX2."""


async def test_a_collection_has_no_cx2(owner: httpx.AsyncClient) -> None:
    await replace(owner, "v3", make_cx2("before"))
    await replace(owner, "v2", COLLECTION)
    seen = (await owner.get(f"/v2/network/{UUID}/summary")).json()
    assert (seen["completed"], seen.get("errorMessage")) == (True, None)
    assert seen["subnetworkIds"] == [1]
    assert (await owner.get(f"/v3/networks/{UUID}")).status_code == 404
    assert (await owner.get(f"/v3/networks/{UUID}/aspects")).json() == []
    assert (await owner.get(f"/v2/network/{UUID}")).status_code == 200
    assert await export(owner, type="node") == []


async def test_a_table_of_all_nodes_has_every_declared_attribute(owner: httpx.AsyncClient) -> None:
    await replace(owner, "v3", make_cx2(genes=('a "b"',)))
    (headings, row) = await export(owner)
    assert (headings[:2], row[:2]) == (["id", "name"], ["0", '"a ""b"""'])


async def test_attributes_of_chosen_nodes(owner: httpx.AsyncClient) -> None:
    await replace(owner, "v3", make_cx2(genes=("A", "B")))
    path = f"/v3/search/networks/{UUID}/nodes"
    chosen = {"ids": [1], "attributeNames": ["name"]}
    assert (await owner.post(path, json=chosen)).json() == {"1": {"name": "B"}}
    assert (await owner.post(path, json={"attributeNames": ["name"]})).json() == {}
    for refused, status in (
        ({}, 400),
        ({"searchString": "A"}, 400),
        ({"attributeNames": ["no"]}, 404),
    ):
        assert (await owner.post(path, json=refused)).status_code == status


@pytest.mark.parametrize("name", ["metaData", "status", "CXVersion", "numberVerification", "none"])
async def test_what_frames_the_aspects_is_no_aspect(owner: httpx.AsyncClient, name: str) -> None:
    for path in (f"/v2/network/{UUID}/aspect", f"/v3/networks/{UUID}/aspects"):
        assert (await owner.get(f"{path}/{name}")).status_code == 404
