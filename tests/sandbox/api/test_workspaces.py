"""Workspaces of Cytoscape Web, as the stock JavaScript client uses them."""

from __future__ import annotations

import httpx

from tests.sandbox.documents import UUID

UNKNOWN = "00000000-0000-1000-8000-000000000000"


async def test_a_workspace_is_made_changed_listed_and_deleted(owner: httpx.AsyncClient) -> None:
    me = (await owner.get("/v2/user", params={"valid": "true"})).json()["externalId"]
    given = {"name": "one", "options": {"a": 1}, "networkIDs": [UUID]}
    made = (await owner.post("/v3/workspaces", json=given)).json()["uuid"]
    path = f"/v3/workspaces/{made}"

    async def seen() -> tuple[object, object, object]:
        shown = (await owner.get(path)).json()
        assert shown["workspaceId"] == made
        return shown["name"], shown["options"], shown["networkIDs"]

    assert await seen() == ("one", {"a": 1}, [UUID])
    assert (await owner.put(f"{path}/name", json={"name": "two"})).status_code == 204
    assert (await owner.put(f"{path}/networkids", json=[])).status_code == 204
    assert await seen() == ("two", {"a": 1}, [])
    assert (await owner.put(path, json={"name": "three"})).json()["uuid"] == made
    assert await seen() == ("three", {}, [])
    assert len((await owner.get(f"/v3/users/{me}/workspaces")).json()) == 1
    assert (await owner.delete(path)).status_code == 204
    assert (await owner.get(path)).status_code == 404


async def test_somebody_elses_workspace_is_not_found(
    owner: httpx.AsyncClient, stranger: httpx.AsyncClient
) -> None:
    me = (await owner.get("/v2/user", params={"valid": "true"})).json()["externalId"]
    made = (await owner.post("/v3/workspaces", json={"name": "mine"})).json()["uuid"]
    assert (await stranger.get(f"/v3/workspaces/{made}")).status_code == 404
    assert (await stranger.delete(f"/v3/workspaces/{made}")).status_code == 404
    assert (await stranger.get(f"/v3/users/{me}/workspaces")).status_code == 401


async def test_a_network_that_is_not_there_cannot_be_in_one(owner: httpx.AsyncClient) -> None:
    refused = await owner.post("/v3/workspaces", json={"networkIDs": [UNKNOWN]})
    assert refused.status_code == 500
