"""What a metadata edit does to the stored files (contract 3.5)."""

from __future__ import annotations

from typing import Any

import pytest

from sync.errors import NetworkError
from sync.model import Property
from sync.sandbox.uploads import Loaded, load_cx1, load_cx2, rewrite_attributes
from tests.cx.uploads import aspects_of, declare, make_cx1, make_cx2, make_nodes

LOADED = load_cx2(
    make_cx2(
        declare(nodes={"a": "double"}, networkAttributes={"name": "string", "old": "string"}),
        {"networkAttributes": [{"name": "N", "old": "x"}]},
        make_nodes({"a": 1e10}),
    )
)


def rewrite(
    *properties: Property, loaded: Loaded = LOADED, name: str | None = None
) -> tuple[bytes, bytes]:
    """Return both files with these attributes, and with the version that every one here has."""
    cx1, cx2 = rewrite_attributes(loaded.cx1, loaded.cx2, name, None, "3", properties)
    assert cx1 is not None
    assert cx2 is not None
    return cx1, cx2


def rewritten(*properties: Property, **facts: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    cx1, cx2 = rewrite(*properties, **facts)
    return aspects_of(cx1), aspects_of(cx2)


def test_both_files_get_the_attributes_of_the_summary_and_nothing_else_changes() -> None:
    properties = (Property("n", "5", "integer"), Property("l", '["1"]', "list_of_long"))
    cx1, cx2 = rewritten(*properties, name="M")
    assert cx1["networkAttributes"] == [
        {"n": "name", "v": "M"},
        {"n": "version", "v": "3"},
        {"n": "n", "d": "integer", "v": "5"},
        {"n": "l", "d": "list_of_long", "v": ["1"]},
    ]
    assert cx2["networkAttributes"] == [{"name": "M", "version": "3", "n": 5, "l": [1]}]
    declared = cx2["attributeDeclarations"][0]
    assert declared["networkAttributes"] == {
        "name": {"d": "string"},
        "version": {"d": "string"},
        "n": {"d": "integer"},
        "l": {"d": "list_of_long"},
    }
    assert declared["nodes"] == {"a": {"d": "double"}}
    assert cx2["nodes"] == [{"id": 1, "v": {"a": 1e10}}]
    assert cx1["nodeAttributes"] == [{"n": "a", "d": "double", "v": "1.0E10", "po": 1}]


def test_what_was_rewritten_loads_with_the_same_properties() -> None:
    properties = (Property("b", "true", "boolean"), Property("d", "1.0E10", "double"))
    cx1, cx2 = rewrite(*properties, name="M")
    for loaded in (load_cx1(cx1), load_cx2(cx2)):
        assert (loaded.name, loaded.description, loaded.version) == ("M", None, "3")
        assert loaded.properties == properties
        assert loaded.node_count == 1


def test_a_network_without_attributes_gets_them_listed() -> None:
    cx1, cx2 = rewritten(loaded=load_cx2(make_cx2({"nodes": [{"id": 1}]})))
    listed = {"name": "networkAttributes", "elementCount": 1}
    assert listed | {"version": "1.0"} in cx1["metaData"]
    assert listed in cx2["metaData"]


def test_a_network_may_lose_all_attributes() -> None:
    cx1, cx2 = rewrite_attributes(LOADED.cx1, LOADED.cx2, None, None, None, ())
    assert cx1 is not None
    assert cx2 is not None
    assert "networkAttributes" not in aspects_of(cx1)
    assert aspects_of(cx2)["attributeDeclarations"] == [{"nodes": {"a": {"d": "double"}}}]
    assert load_cx2(cx2).properties == ()


UNFIT = {
    "two of one name": [Property("a", "x"), Property("a", "x")],
    "a second name": [Property("name", "x")],
    "no integer": [Property("a", "5.0", "integer")],
    "no double": [Property("a", "x", "double")],
    "a null number": [Property("a", None, "long")],
    "no list": [Property("a", "x", "list_of_string")],
    "no list of integers": [Property("a", "[1.5]", "list_of_integer")],
    "a null list": [Property("a", None, "list_of_string")],
}


@pytest.mark.parametrize("properties", UNFIT.values(), ids=UNFIT)
def test_rebuilding_fails_where_the_server_does(properties: list[Property]) -> None:
    with pytest.raises(NetworkError):
        rewrite(*properties, name="N")


def test_two_attributes_of_one_name_are_named() -> None:
    with pytest.raises(NetworkError, match=r"^Duplicated network attribute name found: b$"):
        rewrite(Property("a", "x"), Property("b", "x"), Property("b", "x"))


def test_a_null_text_is_kept_as_null() -> None:
    cx1, cx2 = rewritten(Property("a", None))
    assert cx1["networkAttributes"][1] == {"n": "a", "v": None}
    assert cx2["networkAttributes"] == [{"version": "3", "a": None}]


def test_the_context_is_lost_from_cx2_and_stays_in_cx1() -> None:
    loaded = load_cx1(make_cx1({"nodes": [{"@id": 1}]}, {"@context": [{"up": "http://x/"}]}))
    assert loaded.properties == ()
    assert loaded.cx2 is not None
    assert aspects_of(loaded.cx2)["networkAttributes"] == [{"@context": '{"up":"http://x/"}'}]
    cx1, cx2 = rewritten(loaded=loaded)
    assert cx1["@context"] == [{"up": "http://x/"}]
    assert cx2["networkAttributes"] == [{"version": "3"}]


def test_the_attributes_of_a_collection_are_those_of_the_list_and_may_repeat_names() -> None:
    attributes = [{"n": "name", "v": "sub", "s": 50}, {"n": "old", "v": "x"}]
    loaded = load_cx1(make_cx1({"cySubNetworks": [{"@id": 50}]}, {"networkAttributes": attributes}))
    listed = [Property("a", "1"), Property("a", "2"), Property("b", "sub", subnetwork=50)]
    cx1, cx2 = rewrite_attributes(loaded.cx1, None, "N", None, None, listed)
    assert cx2 is None
    assert cx1 is not None
    assert aspects_of(cx1)["networkAttributes"] == [
        {"n": "name", "v": "N"},
        {"n": "a", "v": "1"},
        {"n": "a", "v": "2"},
        {"n": "b", "s": 50, "v": "sub"},
    ]


def test_a_network_without_files_has_nothing_to_rewrite() -> None:
    assert rewrite_attributes(None, None, "N", None, None, ()) == (None, None)
