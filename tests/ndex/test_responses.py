"""The server's dialects read into values, and shapes that are no answer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import orjson
import pytest

from sync.errors import Call, ServerBroken
from sync.model import Property, Summary, Unanswered, Visibility
from sync.ndex import responses, summaries
from sync.ndex.requests import split_rows
from tests.ndex.builders import network_id, summary_v2, summary_v3

CALL = Call("GET", "/x")
BARE = {
    "externalId": network_id(1),
    "modificationTime": 2,
    "creationTime": 1,
    "visibility": "PRIVATE",
}


OPTIONAL = {"description", "version", "doi", "errorMessage", "folderId"}
"""Fields of a summary that most networks do not have."""


def test_both_dialects_say_the_same_but_for_properties_and_version() -> None:
    full = summaries.decode_summary(CALL, summary_v2(1, version="7"))
    state = summaries.decode_state(CALL, summary_v3(1))
    assert state == replace(full, version="", properties=None, valid=None)


def test_a_summary_is_read_in_the_words_of_the_model() -> None:
    told = {
        "description": "d",
        "version": "2",
        "isReadOnly": True,
        "isCertified": True,
        "completed": False,
        "errorMessage": "Failed to create Index on network",
        "doi": "Pending",
        "folderId": network_id(7),
    }
    assert summaries.decode_summary(CALL, summary_v2(1, **told)) == Summary(
        id=network_id(1),
        name="Network 1",
        description="d",
        version="2",
        created_ms=1_600_000_000_000,
        modified_ms=1_700_000_000_001,
        owner="wikipathways",
        owner_id=network_id(999),
        visibility=Visibility.PUBLIC,
        read_only=True,
        completed=False,
        error_message="Failed to create Index on network",
        doi="Pending",
        certified=True,
        node_count=16,
        edge_count=0,
        size_bytes=2000,
        folder=network_id(7),
        properties=(Property("year", "2015", "integer"),),
        valid=True,
        index_level="NONE",
    )


def test_a_summary_without_its_null_fields_is_read() -> None:
    found = summaries.decode_summary(CALL, BARE)
    assert (found.name, found.description, found.version, found.owner) == ("", "", "", "")
    assert (found.doi, found.error_message, found.folder) == (None, None, None)
    assert (found.completed, found.read_only, found.node_count) == (False, False, 0)
    assert found.visibility is Visibility.PRIVATE
    assert found.properties == ()


def test_nulls_that_are_not_left_out_are_the_same_as_left_out() -> None:
    kept_if_null = {"externalId", "modificationTime", "creationTime", "visibility"}
    nulls = dict.fromkeys({*summary_v2(1), *OPTIONAL} - kept_if_null)
    assert summaries.decode_summary(CALL, {**BARE, **nulls}) == summaries.decode_summary(CALL, BARE)


def test_properties_keep_order_duplicates_nulls_and_text() -> None:
    properties = [
        {"subNetworkId": None, "predicateString": "year", "dataType": "integer", "value": "5.0"},
        {"predicateString": "year", "value": None},
        {"predicateString": "tags", "dataType": "list_of_string", "value": '["a","b"]'},
        {"subNetworkId": 62, "predicateString": "n", "dataType": "double", "value": 1.5},
    ]
    assert summaries.decode_summary(CALL, summary_v2(1, properties=properties)).properties == (
        Property("year", "5.0", "integer"),
        Property("year", None, "string"),
        Property("tags", '["a","b"]', "list_of_string"),
        Property("n", "1.5", "double", 62),
    )


def test_networks_share_the_names_of_their_properties() -> None:
    """A third of what 32,000 summaries would take otherwise."""
    rows = [
        summary_v2(n, properties=[{"predicateString": str(b"publicationYear", "ascii")}])
        for n in (1, 2)
    ]
    one, other = (summaries.decode_summary(CALL, row) for row in rows)

    assert one.properties is not None
    assert other.properties is not None
    assert one.properties[0].name is other.properties[0].name


def test_an_upper_case_id_is_read_as_the_one_the_server_needs() -> None:
    upper = network_id(0xABC).upper()
    assert summaries.decode_summary(CALL, {**BARE, "externalId": upper}).id == network_id(0xABC)


def list_summaries(call: Call, value: object) -> list[Summary]:
    """Read a listing as the client does."""
    return list(summaries.decode_summaries(call, split_rows(orjson.dumps(value))))


SHAPES: list[tuple[Callable[[Call, object], object], object, str]] = [
    (summaries.decode_summary, [], "the whole: Expected `object`, got `array`$"),
    (summaries.decode_summary, {**BARE, "externalId": "1-2-3-4-5"}, "not a UUID"),
    (summaries.decode_summary, {**BARE, "modificationTime": 2**63}, "modificationTime"),
    (summaries.decode_summary, {**BARE, "nodeCount": 2**63}, "nodeCount"),
    (summaries.decode_summary, {**BARE, "visibility": "<script>"}, "visibility"),
    (summaries.decode_summary, {**BARE, "properties": {"year": {"t": "x"}}}, "properties"),
    (summaries.decode_summary, {**BARE, "properties": [{}]}, r"properties\[0\]: .*predicateString"),
    (summaries.decode_state, {"modificationTime": 2}, "creationTime"),
    (list_summaries, {"networks": []}, "the whole: Expected `array`$"),
    (list_summaries, [BARE, {"externalId": network_id(1)}], r"\[1\]: .*modificationTime"),
    (responses.decode_status, {"message": "Online"}, "properties"),
    (responses.decode_user, {}, "userName"),
    (responses.decode_set_members, {"name": "no networks"}, "networks"),
    (responses.decode_set_members, {"networks": [network_id(1), "x"]}, r"networks\[1\]"),
    (responses.decode_folder_networks, {"files": []}, "the whole"),
    (responses.decode_folder_networks, [{"type": "NETWORK"}], r"\[0\]: .*uuid"),
    (responses.decode_file_counts, {"network": 1}, "folder"),
]


@pytest.mark.parametrize(
    ("decode", "value", "words"),
    SHAPES,
    ids=[f"{decode.__name__} {words}" for decode, _, words in SHAPES],
)
def test_a_shape_that_is_no_answer_is_broken_and_names_the_place(
    decode: Callable[[Call, object], object], value: object, words: str
) -> None:
    with pytest.raises(ServerBroken, match=words) as caught:
        decode(CALL, value)
    assert str(caught.value).startswith("GET /x: the answer has an unexpected shape: ")
    assert "<script>" not in str(caught.value)


def test_a_bad_row_of_a_batch_spoils_only_itself() -> None:
    rows = [summary_v2(1), summary_v2(2, visibility="ODD"), {"externalId": "?"}, {"nothing": 1}]
    found = summaries.decode_batch(CALL, split_rows(orjson.dumps(rows)))
    assert set(found) == {network_id(1), network_id(2)}
    assert found[network_id(1)] == summaries.decode_summary(CALL, summary_v2(1))
    assert isinstance(found[network_id(2)], Unanswered)
    assert "visibility" in str(found[network_id(2)])


@pytest.mark.parametrize("body", [b"null", b"{}", b"[1]", b'"[]"', b'[{"uuid": "\xff"}]'])
def test_a_batch_that_is_no_list_of_objects_is_broken(body: bytes) -> None:
    with pytest.raises(ServerBroken):
        summaries.decode_batch(CALL, split_rows(body))


def test_a_listing_says_whose_networks_are_and_what_they_say_of_themselves() -> None:
    rows = [
        summary_v2(0xABC, externalId=network_id(0xABC).upper(), errorMessage="broken"),
        {**BARE, "properties": [{"predicateString": "pmcYear", "value": 2015}]},
    ]

    one, bare = summaries.decode_listing(CALL, split_rows(orjson.dumps(rows)))

    assert (one.id, one.owner_id, one.name) == (network_id(0xABC), network_id(999), "Network 2748")
    assert (one.error_message, one.node_count) == ("broken", 16)
    assert (bare.created_ms, bare.modified_ms, bare.owner_id) == (1, 2, None)
    assert bare.properties == (summaries.ListedProperty("pmcYear", 2015),)
    with pytest.raises(ServerBroken, match=r"\[0\].externalId: not a UUID"):
        list(summaries.decode_listing(CALL, split_rows(orjson.dumps([{**BARE, "externalId": ""}]))))
