"""Contract 3.1: creating networks."""

from __future__ import annotations

from collections.abc import Callable

import httpx
import pytest

from tests.contract.calls import (
    JSON_BODY,
    UNKNOWN,
    create_cx1,
    create_cx2,
    last_segment,
    multipart,
    summary,
    summary_v3,
    user_id,
    wait_until_loaded,
)
from tests.contract.documents import cx1, cx2, unique, with_metadata

Create = Callable[..., str]


def test_a_v3_create_answers_id_time_and_location(client: httpx.Client) -> None:
    """Contract 3.1: 201 with a JSON body, and a Location that browsers may read."""
    answer = client.post("/v3/networks", json=with_metadata(cx2(unique())))
    assert answer.status_code == 201
    assert set(answer.json()) == {"uuid", "modificationTime"}
    assert answer.headers["Location"].endswith(f"/v3/networks/{answer.json()['uuid']}")
    assert "Location" in answer.headers["Access-Control-Expose-Headers"]


def test_a_v2_create_answers_a_url_that_ends_in_the_id(client: httpx.Client) -> None:
    """Contract 3.1 and trap 25: body and Location are the same text, only its end is of use."""
    answer = client.post("/v2/network", json=cx1(unique()))
    assert answer.status_code == 201
    network_id = last_segment(answer.text)
    assert answer.text == answer.headers["Location"]
    assert answer.text.endswith(f"/network/{network_id}")
    assert client.get(f"/v2/network/{network_id}/summary").status_code == 200


@pytest.mark.parametrize("visibility", ["PUBLIC", "PRIVATE", "UNLISTED"])
@pytest.mark.parametrize("create", [create_cx1, create_cx2], ids=["v2", "v3"])
def test_the_requested_visibility_holds_once_loaded(
    client: httpx.Client, create: Create, visibility: str
) -> None:
    """Contract 3.1."""
    network_id = create(client, visibility=visibility)
    assert summary(client, network_id)["visibility"] == visibility


@pytest.mark.parametrize("create", [create_cx1, create_cx2], ids=["v2", "v3"])
def test_a_network_is_private_unless_asked_otherwise(client: httpx.Client, create: Create) -> None:
    """Contract 3.1."""
    assert summary(client, create(client))["visibility"] == "PRIVATE"


@pytest.mark.parametrize("path", ["/v2/network", "/v3/networks"])
def test_a_network_may_be_sent_as_multipart(client: httpx.Client, path: str) -> None:
    """Contract 1.1 and 3.1."""
    name = unique()
    document = cx1(name) if path.startswith("/v2") else cx2(name)
    answer = client.post(path, files=multipart(document))
    assert answer.status_code == 201
    network_id = last_segment(answer.headers["Location"])
    assert wait_until_loaded(client, network_id)["name"] == name


def test_creation_and_modification_time_start_equal(client: httpx.Client) -> None:
    """Contract 3.9: and a v3 create returns that time."""
    answer = client.post("/v3/networks", json=cx2(unique())).json()
    seen = wait_until_loaded(client, answer["uuid"])
    assert seen["creationTime"] == seen["modificationTime"] == answer["modificationTime"]


@pytest.mark.parametrize("path", ["/v2/network", "/v3/networks"])
@pytest.mark.parametrize("body", [b"", b"<html>", b"[]"], ids=["empty", "html", "no header"])
def test_the_body_is_not_looked_at_before_201(client: httpx.Client, path: str, body: bytes) -> None:
    """Contract 3.1 and trap 2: validation comes later."""
    assert client.post(path, content=body, headers=JSON_BODY).status_code == 201


def test_the_same_upload_twice_makes_two_networks(client: httpx.Client) -> None:
    """Contract 3.1 and trap 1: names need not be unique, nothing is idempotent."""
    document = cx2(unique())
    first, second = create_cx2(client, document), create_cx2(client, document)
    assert first != second
    assert summary(client, first)["name"] == summary(client, second)["name"]


def test_a_network_may_be_created_in_a_folder(client: httpx.Client) -> None:
    """Contract 3.1."""
    answer = client.post("/v3/files/folders", json={"name": unique()}).json()
    network_id = create_cx2(client, folderId=answer["uuid"])
    assert summary_v3(client, network_id)["folderId"] == answer["uuid"]


def test_a_wrong_folder_hides_the_network_from_folder_listings(client: httpx.Client) -> None:
    """Contract 3.1: the folder is not checked; only ``networksummary`` still shows the network."""
    network_id = create_cx2(client, folderId=UNKNOWN)
    home = client.get("/v3/files/folders/home/list", params={"format": "update"}).json()
    assert network_id not in {item["uuid"] for item in home}
    owned = client.get(f"/v2/user/{user_id(client)}/networksummary").json()
    assert network_id in {item["externalId"] for item in owned}


def test_index_fields_are_taken_and_ignored(client: httpx.Client) -> None:
    """Contract 3.1."""
    assert create_cx2(client, indexedfields="name,represents")


@pytest.mark.parametrize("path", ["/v2/network", "/v3/networks"])
def test_creating_needs_a_login(anonymous: httpx.Client, path: str) -> None:
    """Contract 2 and 3.1."""
    assert anonymous.post(path, json=cx2()).status_code == 401
