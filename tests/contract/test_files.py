"""Contract 7.2: folders, shortcuts, listings and counts."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests.contract.calls import (
    UNKNOWN,
    assert_error,
    create_cx2,
    make_folder,
    move,
    summary,
    user_id,
)
from tests.contract.documents import unique

Items = dict[str, dict[str, Any]]


def listed(client: httpx.Client, folder: str, **params: str) -> Items:
    """The items of a folder by id."""
    answer = client.get(f"/v3/files/folders/{folder}/list", params=params)
    assert answer.status_code == 200, answer.text
    return {item["uuid"]: item for item in answer.json()}


def make_shortcut(client: httpx.Client, target: str, **more: str) -> str:
    body = {"name": unique("shortcut"), "target": target, "targetType": "NETWORK", **more}
    answer = client.post("/v3/files/shortcuts", json=body)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["uuid"])


def count(client: httpx.Client, path: str = "/v3/files/count") -> dict[str, int]:
    answer = client.get(path)
    assert answer.status_code == 200, answer.text
    totals: dict[str, int] = answer.json()
    return totals


def test_a_folder_is_created(client: httpx.Client) -> None:
    """Contract 7.2."""
    answer = client.post("/v3/files/folders", json={"name": unique(), "description": "d"})
    assert answer.status_code == 201
    assert set(answer.json()) == {"uuid", "modificationTime"}
    assert answer.headers["Location"].endswith(answer.json()["uuid"])


@pytest.mark.parametrize("name", ["", "  "])
def test_a_blank_folder_name_is_500(client: httpx.Client, name: str) -> None:
    """Contract 1.3 and 7.2."""
    answer = client.post("/v3/files/folders", json={"name": name})
    assert_error(answer, 500, "NDEx_Exception", "jakarta.ws.rs.BadRequestException")


def test_two_folders_may_have_one_name(client: httpx.Client) -> None:
    """Contract 7.2."""
    name = unique()
    assert make_folder(client, name) != make_folder(client, name)


def test_a_folder_is_read(client: httpx.Client) -> None:
    """Contract 7.2: parent and description only if set; owner is the name, owner_id the id."""
    parent = make_folder(client)
    folder = make_folder(client, "inner", parent=parent, description="about")
    seen = client.get(f"/v3/files/folders/{folder}").json()
    assert (seen["externalId"], seen["name"], seen["parent"]) == (folder, "inner", parent)
    assert (seen["description"], seen["isDeleted"]) == ("about", False)
    assert seen["owner_id"] == user_id(client)
    assert {"owner", "creationTime", "modificationTime"} <= set(seen)
    assert "parent" not in client.get(f"/v3/files/folders/{parent}").json()


def test_own_folders_are_listed_by_name(client: httpx.Client) -> None:
    """Contract 7.2: ``limit`` without an offset."""
    later, first = make_folder(client, "0 b"), make_folder(client, "0 a")
    answer = client.get("/v3/files/folders", params={"limit": "100"}).json()
    ids = [folder["externalId"] for folder in answer]
    assert ids.index(first) < ids.index(later)
    assert len(client.get("/v3/files/folders", params={"limit": "1"}).json()) == 1


def test_a_folder_lists_all_that_is_in_it(client: httpx.Client) -> None:
    """Contract 7.2: with names of its own (owner_id, isCompleted) for the same facts."""
    folder = make_folder(client)
    inner = make_folder(client, parent=folder)
    network = create_cx2(client, folderId=folder)
    shortcut = make_shortcut(client, network, parent=folder)
    items = listed(client, folder)
    kinds = {key: item["type"] for key, item in items.items()}
    assert kinds == {inner: "FOLDER", network: "NETWORK", shortcut: "SHORTCUT"}
    seen = summary(client, network)
    item = items[network]
    assert (item["name"], item["owner_id"]) == (seen["name"], seen["ownerUUID"])
    assert item["modificationTime"] == seen["modificationTime"]
    assert item["isCompleted"] is True
    assert not {"ownerUUID", "completed", "externalId"} & set(item)


def test_a_listing_is_filtered_by_type(client: httpx.Client) -> None:
    """Contract 7.2: networks come with the shortcuts to networks."""
    folder = make_folder(client)
    inner = make_folder(client, parent=folder)
    network = create_cx2(client, folderId=folder)
    shortcut = make_shortcut(client, network, parent=folder)
    assert set(listed(client, folder, type="network")) == {network, shortcut}
    assert set(listed(client, folder, type="folder")) == {inner}


def test_the_compact_listing_is_the_larger_one(client: httpx.Client) -> None:
    """Contract 7.2: it adds visibility, edges and the shortcut's target."""
    folder = make_folder(client)
    network = create_cx2(client, folderId=folder)
    shortcut = make_shortcut(client, network, parent=folder)
    small, large = listed(client, folder, format="update"), listed(client, folder, format="compact")
    assert set(small[network]) < set(large[network])
    assert (large[network]["visibility"], large[network]["edges"]) == ("PRIVATE", 1)
    assert large[shortcut]["attributes"]["target"] == network
    assert large[shortcut]["attributes"]["target_status"] == "ACTIVE"


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/v3/networks/{}", "IN_TRASH"),
        ("/v2/network/{}", "IN_TRASH"),
        pytest.param(
            "/v3/networks/{}?permanent=true",
            "DELETED",
            marks=pytest.mark.sandbox_only("a permanent deletion (contract 3.3)"),
        ),
    ],
)
def test_a_shortcut_tells_when_its_target_is_gone(
    client: httpx.Client, network: str, path: str, status: str
) -> None:
    """Contract 7.2: in the trash (so are those that v2 deleted), or deleted."""
    folder = make_folder(client)
    link = make_shortcut(client, network, parent=folder)
    assert client.delete(path.format(network)).status_code == 204
    (item,) = listed(client, folder, format="compact").values()
    assert (item["uuid"], item["attributes"]["target_status"]) == (link, status)


def test_home_lists_what_is_in_no_folder(client: httpx.Client, network: str) -> None:
    """Contract 7.2."""
    assert network in listed(client, "home")
    move(client, make_folder(client), network)
    assert network not in listed(client, "home")


def test_a_folder_counts_its_direct_children(client: httpx.Client) -> None:
    """Contract 7.2."""
    folder = make_folder(client)
    inner = make_folder(client, parent=folder)
    network = create_cx2(client, folderId=folder)
    create_cx2(client, folderId=inner)
    make_shortcut(client, network, parent=folder)
    totals = count(client, f"/v3/files/folders/{folder}/count")
    assert totals == {"network": 1, "folder": 1, "shortcut": 1}


def test_the_own_totals_are_exact(client: httpx.Client) -> None:
    """Contract 7.2: in whatever folder, and without what is deleted."""
    before = count(client)
    network = create_cx2(client, folderId=make_folder(client))
    make_shortcut(client, network)
    added = {key: value - before[key] for key, value in count(client).items()}
    assert added == {"network": 1, "folder": 1, "shortcut": 1}
    client.delete(f"/v3/networks/{network}")
    assert count(client)["network"] == before["network"]


def test_renaming_a_folder_without_its_parent_moves_it_home(client: httpx.Client) -> None:
    """Contract 7.2 and trap 29."""
    parent = make_folder(client)
    folder = make_folder(client, parent=parent)
    path = f"/v3/files/folders/{folder}"
    assert client.put(path, json={"name": "kept", "parent": parent}).status_code == 204
    assert client.get(path).json()["parent"] == parent
    assert client.put(path, json={"name": "moved"}).status_code == 204
    assert "parent" not in client.get(path).json()


def test_a_folder_cycle_is_500(client: httpx.Client) -> None:
    """Contract 7.2."""
    outer = make_folder(client)
    inner = make_folder(client, parent=outer)
    answer = client.put(f"/v3/files/folders/{outer}", json={"name": "x", "parent": inner})
    assert answer.status_code == 500


def test_a_full_folder_is_deleted_only_by_force(client: httpx.Client) -> None:
    """Contract 7.2 and trap 28: with every network inside, however deep."""
    folder = make_folder(client)
    network = create_cx2(client, folderId=make_folder(client, parent=folder))
    path = f"/v3/files/folders/{folder}"
    assert client.delete(path).status_code == 500
    assert client.get(f"/v3/networks/{network}/summary").status_code == 200
    assert client.delete(path, params={"force": "true"}).status_code == 204
    assert client.get(f"/v3/networks/{network}/summary").status_code == 404
    trash = {item["uuid"] for item in client.get("/v3/files/trash").json()}
    assert network not in trash
    assert folder in trash


def test_an_empty_folder_is_deleted(client: httpx.Client) -> None:
    """Contract 7.2."""
    folder = make_folder(client)
    assert client.delete(f"/v3/files/folders/{folder}").status_code == 204
    assert client.get(f"/v3/files/folders/{folder}").status_code == 404


def test_a_shortcut_lives_and_dies(client: httpx.Client, network: str) -> None:
    """Contract 7.2."""
    shortcut = make_shortcut(client, network)
    path = f"/v3/files/shortcuts/{shortcut}"
    seen = client.get(path).json()
    assert (seen["target"], seen["targetType"]) == (network, "NETWORK")
    renamed = {"name": "renamed", "target": network, "targetType": "NETWORK"}
    assert client.put(path, json=renamed).is_success
    assert client.get(path).json()["name"] == "renamed"
    assert client.delete(path).is_success
    assert client.get(f"/v2/network/{network}/summary").status_code == 200


def test_an_unknown_shortcut_is_404_to_read_and_401_to_change(client: httpx.Client) -> None:
    """Contract 7.2."""
    path = f"/v3/files/shortcuts/{UNKNOWN}"
    assert client.get(path).status_code == 404
    assert client.put(path, json={"name": "x"}).status_code == 401
    assert client.delete(path).status_code == 401


def test_a_shortcut_needs_a_target_that_may_be_read(
    client: httpx.Client, stranger: httpx.Client, network: str
) -> None:
    """Contract 7.2."""
    for caller, target, status in ((client, UNKNOWN, 404), (stranger, network, 500)):
        body = {"name": "x", "target": target, "targetType": "NETWORK"}
        assert caller.post("/v3/files/shortcuts", json=body).status_code == status


def test_a_folder_shows_its_private_networks_to_each_of_its_readers(
    client: httpx.Client, stranger: httpx.Client
) -> None:
    """Contract 7.2."""
    folder = make_folder(client)
    network = create_cx2(client, folderId=folder)
    path = f"/v3/files/folders/{folder}/list"
    assert not stranger.get(path).is_success
    body = {"files": {folder: "FOLDER"}, "members": {user_id(stranger): "READ"}}
    assert client.post("/v3/files/sharing/members", json=body).status_code == 200
    assert network in {item["uuid"] for item in stranger.get(path).json()}


def test_folders_need_a_login(anonymous: httpx.Client) -> None:
    """Contract 2 and 7.2."""
    assert anonymous.post("/v3/files/folders", json={"name": "x"}).status_code == 401
    assert anonymous.get("/v3/files/count").status_code == 401
