"""Contract 7.1: network sets, which are folders in 3.0.x."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests.contract.calls import (
    UNKNOWN,
    create_cx2,
    last_segment,
    make_folder,
    user_id,
)
from tests.contract.documents import unique


def make_set(client: httpx.Client, name: str | None = None) -> str:
    body = {"name": name or unique("set"), "description": "made by a test"}
    answer = client.post("/v2/networkset", json=body)
    assert answer.status_code == 201, answer.text
    return last_segment(answer.text)


def listed(client: httpx.Client, folder: str) -> list[dict[str, Any]]:
    """The items of a folder."""
    answer = client.get(f"/v3/files/folders/{folder}/list", params={"format": "compact"})
    assert answer.status_code == 200, answer.text
    items: list[dict[str, Any]] = answer.json()
    return items


def test_a_new_set_is_a_private_folder(client: httpx.Client, anonymous: httpx.Client) -> None:
    """Contract 7.1: 201 with a text URL; the same id is a folder of v3."""
    name = unique("set")
    answer = client.post("/v2/networkset", json={"name": name, "description": "d"})
    assert answer.status_code == 201
    assert answer.headers["Content-Type"].startswith("text/plain")
    set_id = last_segment(answer.text)
    assert answer.text.endswith(f"/networkset/{set_id}")
    assert client.get(f"/v3/files/folders/{set_id}").json()["name"] == name
    assert anonymous.get(f"/v2/networkset/{set_id}").status_code == 404


def test_two_sets_may_have_one_name(client: httpx.Client) -> None:
    """Contract 7.1."""
    name = unique("set")
    assert make_set(client, name) != make_set(client, name)


def test_a_set_without_a_name_is_500(client: httpx.Client) -> None:
    """Contract 7.1."""
    answer = client.post("/v2/networkset", json={"name": "", "description": "d"})
    assert answer.status_code == 500


def test_a_set_shows_its_name_but_never_its_networks(client: httpx.Client, network: str) -> None:
    """Contract 7.1: ``networks`` is always empty, ownerId is the caller's."""
    name = unique("set")
    set_id = make_set(client, name)
    client.post(f"/v2/networkset/{set_id}/members", json=[network])
    seen = client.get(f"/v2/networkset/{set_id}").json()
    assert (seen["name"], seen["networks"]) == (name, [])
    assert (seen["externalId"], seen["ownerId"]) == (set_id, user_id(client))
    assert "description" not in seen


def test_members_become_shortcuts_named_by_their_id(client: httpx.Client, network: str) -> None:
    """Contract 7.1: neither idempotent nor checked for existence."""
    set_id = make_set(client)
    for members in ([network], [network], [UNKNOWN]):
        answer = client.post(f"/v2/networkset/{set_id}/members", json=members)
        assert answer.is_success, answer.text
    items = listed(client, set_id)
    assert {item["type"] for item in items} == {"SHORTCUT"}
    assert sorted(item["name"] for item in items) == sorted([network, network, UNKNOWN])
    targets = {item["attributes"]["target"] for item in items}
    assert targets == {network, UNKNOWN}


def test_members_are_removed_by_a_delete_with_a_body(client: httpx.Client, network: str) -> None:
    """Contract 7.1: the network itself stays."""
    set_id = make_set(client)
    client.post(f"/v2/networkset/{set_id}/members", json=[network])
    answer = client.request("DELETE", f"/v2/networkset/{set_id}/members", json=[network])
    assert answer.is_success, answer.text
    assert listed(client, set_id) == []
    assert client.get(f"/v2/network/{network}/summary").status_code == 200


def test_an_update_renames_the_folder_and_moves_it_home(client: httpx.Client) -> None:
    """Contract 7.1."""
    folder = make_folder(client, parent=make_folder(client))
    name = unique("renamed")
    answer = client.put(f"/v2/networkset/{folder}", json={"name": name, "description": ""})
    assert answer.is_success, answer.text
    seen = client.get(f"/v3/files/folders/{folder}").json()
    assert seen["name"] == name
    assert seen.get("parent") is None


@pytest.mark.sandbox_only("a permanent deletion (contract 3.3)")
def test_an_update_of_an_unknown_set_creates_it(client: httpx.Client) -> None:
    """Contract 7.1 and trap 29: with that very id, no 404."""
    set_id = make_set(client)
    path = f"/v3/files/folders/{set_id}"
    assert client.delete(path, params={"permanent": "true"}).status_code == 204
    name = unique("revived")
    answer = client.put(f"/v2/networkset/{set_id}", json={"name": name, "description": ""})
    assert answer.is_success, answer.text
    assert client.get(path).json()["name"] == name


def test_deleting_a_set_deletes_the_networks_inside(client: httpx.Client) -> None:
    """Contract 7.1 and trap 28: those whose parent is the folder, not those of shortcuts."""
    set_id = make_set(client)
    inside, linked = create_cx2(client, folderId=set_id), create_cx2(client)
    client.post(f"/v2/networkset/{set_id}/members", json=[linked])
    assert client.delete(f"/v2/networkset/{set_id}").is_success
    assert client.get(f"/v2/networkset/{set_id}").status_code == 404
    assert client.get(f"/v2/network/{inside}/summary").status_code == 404
    assert client.get(f"/v2/network/{linked}/summary").status_code == 200


def test_reading_the_key_of_a_set_makes_one_and_forgets_it(client: httpx.Client) -> None:
    """Contract 7.1."""
    path = f"/v2/networkset/{make_set(client)}/accesskey"
    first, second = (client.get(path).json()["accessKey"] for _ in range(2))
    assert first != second


def test_the_showcase_of_a_folder_is_ignored(client: httpx.Client) -> None:
    """Contract 7.1."""
    path = f"/v2/networkset/{make_set(client)}/systemproperty"
    assert client.put(path, json={"showcase": True}).is_success


def test_the_sets_of_a_user_are_only_the_old_ones(client: httpx.Client) -> None:
    """Contract 7.1: folders are not among them."""
    set_id = make_set(client)
    sets = client.get(f"/v2/user/{user_id(client)}/networksets").json()
    assert set_id not in {each["externalId"] for each in sets}
