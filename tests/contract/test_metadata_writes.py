"""Contract 3.5: properties, profile, summary, system properties and visibility."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests.contract.calls import (
    UNKNOWN,
    assert_error,
    assert_plain_error,
    content_cx1,
    content_cx2,
    create_cx2,
    lock_for_good,
    put_properties,
    set_system,
    stored_properties,
    summary,
    summary_v3,
    upload_cx2,
)
from tests.contract.documents import aspect, cx2, unique
from tests.contract.sandboxes import HOUR_S, Sandbox

EXCEPTION = "NDEx_Exception"
BAD_REQUEST = "NDEx_Bad_Request_Exception"
ORGANISM = {"predicateString": "organism", "value": "Homo sapiens"}
AUTHOR = {"predicateString": "author", "value": "WikiPathways"}


def test_a_property_put_replaces_the_whole_list(client: httpx.Client, network: str) -> None:
    """Contract 3.5 and trap 5: what is not sent is gone; the answer counts what is stored."""
    answer = put_properties(client, network, [ORGANISM, AUTHOR])
    assert (answer.status_code, answer.json()) == (200, 2)
    answer = put_properties(client, network, [AUTHOR])
    assert (answer.status_code, answer.json()) == (200, 1)
    assert stored_properties(client, network) == {"author": "WikiPathways"}


def test_a_property_put_reaches_the_content(client: httpx.Client, network: str) -> None:
    """Contract 3.5: both files are rewritten before the answer."""
    put_properties(client, network, [ORGANISM])
    cx2_attributes = aspect(content_cx2(client, network), "networkAttributes")
    cx1_attributes = aspect(content_cx1(client, network), "networkAttributes")
    assert cx2_attributes[0]["organism"] == "Homo sapiens"
    assert ("organism", "Homo sapiens") in {(each["n"], each["v"]) for each in cx1_attributes}


@pytest.mark.parametrize("name", ["name", "description", "version"])
def test_a_reserved_property_name_is_400_and_nothing_is_done(
    client: httpx.Client, network: str, name: str
) -> None:
    """Contract 3.5."""
    before = summary(client, network)
    answer = put_properties(client, network, [AUTHOR, {"predicateString": name, "value": "x"}])
    assert_error(answer, 400, BAD_REQUEST)
    assert summary(client, network) == before


def test_sourceformat_is_dropped_silently(client: httpx.Client, network: str) -> None:
    """Contract 3.5."""
    items = [AUTHOR, {"predicateString": "sourceformat", "value": "cx2"}]
    assert put_properties(client, network, items).status_code == 200
    assert stored_properties(client, network) == {"author": "WikiPathways"}


@pytest.mark.parametrize(
    ("value", "kind", "stored"),
    [
        ("7", "integer", "7"),
        (7, "integer", "7"),
        (True, "boolean", "true"),
        ('["A","B"]', "list_of_string", '["A","B"]'),
        ("plain", None, "plain"),
    ],
    ids=["text", "number", "boolean", "list", "no type"],
)
def test_a_property_value_is_stored_as_text(
    client: httpx.Client, network: str, value: object, kind: str | None, stored: str
) -> None:
    """Contract 3.5: a type left out is string; unknown keys and an empty subNetworkId pass."""
    item = {"predicateString": "p", "value": value, "subNetworkId": "", "unknown": 1}
    item |= {"dataType": kind} if kind else {}
    assert put_properties(client, network, [item]).status_code == 200
    assert summary(client, network)["properties"] == [
        {
            "subNetworkId": None,
            "predicateString": "p",
            "dataType": kind or "string",
            "value": stored,
        }
    ]


def test_a_json_array_as_value_is_a_plain_400(client: httpx.Client, network: str) -> None:
    """Contract 3.5: lists must be JSON inside a string."""
    item = {"predicateString": "p", "value": ["A"], "dataType": "list_of_string"}
    assert_plain_error(put_properties(client, network, [item]))


@pytest.mark.parametrize("kind", ["", None, "text"])
def test_an_unknown_data_type_is_400(client: httpx.Client, network: str, kind: str | None) -> None:
    """Contract 3.5."""
    item = {"predicateString": "p", "value": "v", "dataType": kind}
    assert put_properties(client, network, [item]).status_code == 400
    assert stored_properties(client, network) == {}


def test_every_other_property_failure_is_500(
    client: httpx.Client, stranger: httpx.Client, network: str
) -> None:
    """Contract 3.5: rewrapped as NDEx_Exception, so only the message tells."""
    no_right = "User doesn't have write permissions for this network."
    assert_error(put_properties(stranger, network, [AUTHOR]), 500, EXCEPTION, no_right)
    unknown = put_properties(client, UNKNOWN, [AUTHOR])
    assert_error(unknown, 500, EXCEPTION, f"Network {UNKNOWN} not found in NDEx.")
    set_system(client, network, readOnly=True)
    read_only = "Can't update readonly network."
    assert_error(put_properties(client, network, [AUTHOR]), 500, EXCEPTION, read_only)


def test_a_property_put_on_a_locked_network_is_500(client: httpx.Client, network: str) -> None:
    """Contract 3.5: after waiting for the lock in vain (3.3)."""
    lock_for_good(client, network)
    message = "This network is currently locked by another updating process. Please try again."
    assert_error(put_properties(client, network, [AUTHOR]), 500, EXCEPTION, message)


def test_a_property_put_on_a_network_that_is_not_validated_is_500(sandbox: Sandbox) -> None:
    """Contract 3.5: rewrapped too."""
    with sandbox.running(load_delay_s=HOUR_S) as server, server.connect(server.owner) as client:
        network = client.post("/v3/networks", json=cx2(unique())).json()["uuid"]
        assert_error(put_properties(client, network, [AUTHOR]), 500, EXCEPTION)


SPOILT = [
    ("duplicate names", [AUTHOR, {"predicateString": "author", "value": "PFOCR"}]),
    ("no number", [{"predicateString": "n", "dataType": "integer", "value": "seven"}]),
    ("bad list", [{"predicateString": "n", "dataType": "list_of_string", "value": "A;B"}]),
    ("null number", [{"predicateString": "n", "dataType": "double", "value": None}]),
]


@pytest.mark.parametrize("items", [row[1] for row in SPOILT], ids=[row[0] for row in SPOILT])
def test_a_property_put_may_fail_and_still_commit(
    client: httpx.Client, network: str, items: list[dict[str, Any]]
) -> None:
    """Contract 3.5 and trap 6: the summary has the new list, the content the old one."""
    assert put_properties(client, network, [ORGANISM]).is_success
    assert_error(put_properties(client, network, items), 500, EXCEPTION)
    seen = summary(client, network)
    stored = [(item["predicateString"], item["value"]) for item in seen["properties"]]
    assert sorted(stored, key=str) == sorted(
        ((item["predicateString"], item["value"]) for item in items), key=str
    )
    assert seen["completed"] is False
    attributes = aspect(content_cx2(client, network), "networkAttributes")[0]
    assert attributes["organism"] == "Homo sapiens"
    assert not {"author", "n"} & set(attributes)


def test_of_duplicate_names_v2_shows_both_and_v3_the_last(
    client: httpx.Client, network: str
) -> None:
    """Contract 3.4 and trap 15: the next metadata edit fails."""
    put_properties(client, network, [AUTHOR, {"predicateString": "author", "value": "PFOCR"}])
    assert len(summary(client, network)["properties"]) == 2
    assert summary_v3(client, network)["properties"]["author"]["v"] == "PFOCR"
    edit = client.put(f"/v2/network/{network}/profile", json={"version": "2"})
    assert edit.status_code == 500


def test_a_failed_property_put_leaves_no_lock(client: httpx.Client, network: str) -> None:
    """Contract 3.5: the unlock is what commits the list; a good list mends all."""
    put_properties(client, network, [AUTHOR, AUTHOR])
    assert put_properties(client, network, [AUTHOR]).status_code == 200
    assert stored_properties(client, network) == {"author": "WikiPathways"}


def test_a_profile_changes_only_what_it_names(client: httpx.Client) -> None:
    """Contract 3.5: null cannot clear, "" can."""
    attributes = {"description": ("string", "About"), "version": ("string", "1")}
    network = create_cx2(client, cx2("before", attributes))
    path = f"/v2/network/{network}/profile"
    assert client.put(path, json={"name": "after", "version": None}).status_code == 204
    assert client.put(path, json={"description": ""}).status_code == 204
    seen = summary(client, network)
    assert (seen["name"], seen["description"], seen["version"]) == ("after", "", "1")
    assert aspect(content_cx2(client, network), "networkAttributes")[0]["name"] == "after"


def test_a_profile_without_its_fields_does_nothing(client: httpx.Client, network: str) -> None:
    """Contract 3.5 and trap 31: 204 all the same; other fields are ignored."""
    before = summary(client, network)
    for body in ({}, {"visibility": "PUBLIC"}, {"name": None}):
        assert client.put(f"/v2/network/{network}/profile", json=body).status_code == 204
    assert summary(client, network) == before


def test_a_summary_put_overwrites_all_five_fields(client: httpx.Client) -> None:
    """Contract 3.5: a missing one becomes null or empty."""
    attributes = {"description": ("string", "About"), "release": ("string", "1")}
    network = create_cx2(client, cx2(unique(), attributes))
    body = {"name": "after", "visibility": "PUBLIC"}
    assert client.put(f"/v2/network/{network}/summary", json=body).status_code == 204
    seen = summary(client, network)
    assert (seen["name"], seen["visibility"], seen["properties"]) == ("after", "PUBLIC", [])
    assert "description" not in seen


def test_a_summary_put_without_visibility_locks_for_good(
    client: httpx.Client, network: str
) -> None:
    """Contract 3.5 and trap 7."""
    body = {"name": "after", "description": "", "version": "", "properties": []}
    answer = client.put(f"/v2/network/{network}/summary", json=body)
    assert_error(answer, 500, EXCEPTION)
    for _ in range(2):
        answer = client.put(f"/v3/networks/{network}", json=cx2(unique()))
        assert_error(answer, 500, "NDEx_Concurrent_Modification_Exception")


@pytest.mark.parametrize(
    ("body", "field", "value"),
    [
        ({"readOnly": True}, "isReadOnly", True),
        ({"visibility": "UNLISTED"}, "visibility", "UNLISTED"),
        ({"index_level": "ALL"}, "indexLevel", "ALL"),
        ({"readOnly": True, "visibility": "PUBLIC", "unknown": 1}, "visibility", "PUBLIC"),
    ],
    ids=["readOnly", "visibility", "index_level", "several and unknown"],
)
def test_system_properties_are_set(
    client: httpx.Client, network: str, body: dict[str, object], field: str, value: object
) -> None:
    """Contract 3.5: 204, unknown keys ignored."""
    answer = client.put(f"/v2/network/{network}/systemproperty", json=body)
    assert answer.status_code == 204
    assert summary(client, network)[field] == value


@pytest.mark.parametrize("body", [{"readOnly": "yes"}, {"visibility": "public"}], ids=str)
def test_a_system_property_of_the_wrong_type_is_500(
    client: httpx.Client, network: str, body: dict[str, object]
) -> None:
    """Contract 3.5."""
    answer = client.put(f"/v2/network/{network}/systemproperty", json=body)
    assert_error(answer, 500, EXCEPTION)


def test_system_properties_are_for_the_owner(
    client: httpx.Client, stranger: httpx.Client, network: str
) -> None:
    """Contract 3.5."""
    answer = stranger.put(f"/v2/network/{network}/systemproperty", json={"readOnly": True})
    assert answer.status_code == 401
    assert summary(client, network)["isReadOnly"] is False


def test_system_properties_ignore_the_lock(client: httpx.Client, network: str) -> None:
    """Contract 11, row "lift/restore read-only"."""
    lock_for_good(client, network)
    set_system(client, network, readOnly=True)
    assert summary(client, network)["isReadOnly"] is True


def test_visibility_is_set_for_many(client: httpx.Client, network: str) -> None:
    """Contract 3.5: ignores lock and read-only."""
    other = create_cx2(client)
    set_system(client, other, readOnly=True)
    lock_for_good(client, network)
    body = {"visibility": "PUBLIC", "files": {network: "NETWORK", other: "NETWORK"}}
    assert client.post("/v3/batch/files/setvisibility", json=body).status_code == 204
    for each in (network, other):
        assert summary(client, each)["visibility"] == "PUBLIC"


def test_a_reference_by_somebody_else_does_nothing(
    client: httpx.Client, stranger: httpx.Client, network: str
) -> None:
    """Contract 3.5 and trap 31: 204 all the same."""
    set_system(client, network, visibility="PUBLIC")
    before = summary(client, network)
    answer = stranger.put(f"/v2/network/{network}/reference", json={"reference": "PMID:1"})
    assert answer.status_code == 204
    assert summary(client, network) == before


@pytest.mark.parametrize(("field", "limit"), [("name", 500), ("version", 100)])
def test_too_long_a_profile_is_500(
    client: httpx.Client, network: str, field: str, limit: int
) -> None:
    """Contract 3.5: characters, not bytes."""
    path = f"/v2/network/{network}/profile"
    assert client.put(path, json={field: "β" * limit}).status_code == 204
    assert_error(client.put(path, json={field: "x" * (limit + 1)}), 500, EXCEPTION)


def test_too_long_a_name_fails_the_load(client: httpx.Client) -> None:
    """Contract 3.5."""
    seen = upload_cx2(client, cx2("x" * 501))
    assert "DB error when saving network summary" in seen["errorMessage"]


@pytest.mark.parametrize("route", ["profile", "properties", "summary"])
def test_metadata_edits_need_the_right_to_write(
    stranger: httpx.Client, network: str, route: str
) -> None:
    """Contract 3.5: 401, or 500 from properties."""
    body: object = [] if route == "properties" else {"name": "x", "visibility": "PUBLIC"}
    answer = stranger.put(f"/v2/network/{network}/{route}", json=body)
    assert answer.status_code == (500 if route == "properties" else 401)
