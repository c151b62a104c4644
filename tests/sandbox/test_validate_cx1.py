"""Every row of contract table 5.2: what the server's CX1 loader accepts."""

from __future__ import annotations

from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.errors import NetworkError
from sync.sandbox.cx1.elements import Attribute
from sync.sandbox.cx1.validate import Validated1, validate_cx1
from tests.cx.uploads import (
    CX1_STATUS,
    NUMBER_VERIFICATION,
    Fragment,
    hostile_fragments,
    hostile_json,
    make_cx1,
    metadata,
)

ONE_NODE: Fragment = {"nodes": [{"@id": 1, "n": "a"}]}
TWO_NODES: Fragment = {"nodes": [{"@id": 1}, {"@id": 2}]}


def document(*fragments: Any) -> bytes:
    return orjson.dumps(list(fragments))


def of_nodes(*attributes: dict[str, Any], node: dict[str, Any] | None = None) -> bytes:
    named = {"nodes": [{"@id": 1} | (node or {}), {"@id": 2}]}
    return make_cx1(named, {"nodeAttributes": [{"po": 1} | item for item in attributes]})


def of_edges(*attributes: dict[str, Any]) -> bytes:
    edges = {"edges": [{"@id": 7, "s": 1, "t": 2, "i": "binds"}]}
    owned = {"edgeAttributes": [{"po": 7} | item for item in attributes]}
    return make_cx1(TWO_NODES, edges, owned)


def of_network(*attributes: dict[str, Any]) -> bytes:
    return make_cx1(ONE_NODE, {"networkAttributes": list(attributes)})


def collection(*fragments: Fragment) -> bytes:
    return make_cx1(TWO_NODES, {"cySubNetworks": [{"@id": 50, "nodes": "all"}]}, *fragments)


ACCEPTED = {  # beside what the recorded answers show
    "metaData at the end too": document(metadata(nodes=1), ONE_NODE, metadata(nodes=1), CX1_STATUS),
    "a missing count": document(metadata(nodes=None), ONE_NODE, CX1_STATUS),
    "old names of types": of_nodes(
        {"n": "a", "v": "1", "d": "byte"}, {"n": "b", "v": "x", "d": "char"}
    ),
    "a collection with texts for numbers": collection(
        {"nodeAttributes": [{"po": 1, "n": "a", "v": "x", "d": "integer", "s": 50}]}
    ),
    "a collection whose networks differ": collection(
        {"networkAttributes": [{"n": "a", "v": "x", "s": 50}, {"n": "a", "v": "y", "s": 51}]}
    ),
    "an attribute where there are no nodes": make_cx1(
        {"nodeAttributes": [{"po": 9, "n": "a", "v": "x"}]}
    ),
}

REFUSED = {
    "an aspect before metaData": (
        document(ONE_NODE, metadata(nodes=1), CX1_STATUS),
        "MetaData is expected at the beginning of a CX document.",
    ),
    "a second numberVerification": (
        document(NUMBER_VERIFICATION, NUMBER_VERIFICATION, metadata(nodes=0), CX1_STATUS),
        "MetaData is expected",
    ),
    "a broken numberVerification": (document({"numberVerification": 1}), "malformed"),
    "a metaData entry without name": (document({"metaData": [{}]}), "can't be null"),
    "a count that is text": (
        document({"metaData": [{"name": "nodes", "elementCount": "1"}]}),
        "not a whole number",
    ),
    "an aspect after the last metaData": (
        document(metadata(nodes=1), ONE_NODE, metadata(nodes=1), ONE_NODE, CX1_STATUS),
        "Only status aspect is allowed",
    ),
    "an attribute without name": (of_nodes({"n": "", "v": "x"}), "element 'n' is missing"),
    "a text for a number of the network": (
        of_network({"n": "a", "v": "x", "d": "long"}),
        "For network attribute 'a' unable to convert value",
    ),
    "@context as aspect and attribute": (
        make_cx1(
            ONE_NODE,
            {"@context": [{"a": "b"}]},
            {"networkAttributes": [{"n": "@context", "v": "c"}]},
        ),
        "Invalid CX data",
    ),
}


def convert(body: bytes) -> Validated1:
    """Read an upload; raises what it cannot be converted for, too."""
    network = validate_cx1(body)
    if network.conversion_fault is not None:
        raise network.conversion_fault
    return network


@pytest.mark.parametrize("body", ACCEPTED.values(), ids=ACCEPTED.keys())
def test_the_server_accepts(body: bytes) -> None:
    assert isinstance(convert(body), Validated1)


@pytest.mark.parametrize(("body", "message"), REFUSED.values(), ids=REFUSED.keys())
def test_the_server_refuses(body: bytes, message: str) -> None:
    with pytest.raises(NetworkError) as refused:
        convert(body)
    assert message in str(refused.value)
    assert len(str(refused.value)) <= 2000


def test_an_aspect_without_elements_loses_its_entry() -> None:
    found = validate_cx1(make_cx1(ONE_NODE, edges=2))
    assert [entry.name for entry in found.metadata] == ["nodes"]
    assert found.warnings[1] == (
        "Metadata of aspect edges is removed by NDEx server because this aspect has no data in it."
    )


def test_an_aspect_that_is_not_listed_gets_an_entry_without_version() -> None:
    found = validate_cx1(document(metadata(nodes=1), ONE_NODE, {"x": [{}]}, CX1_STATUS))
    assert found.metadata[1].element() == {"name": "x", "elementCount": 1}
    assert "Aspect x is not defined in MetaData section" in found.warnings[0]


def test_of_two_blocks_of_metadata_at_the_beginning_the_first_counts() -> None:
    body = document(metadata(nodes=1), metadata(nodes=5), {"edges": []}, ONE_NODE, CX1_STATUS)
    assert validate_cx1(body).warnings == ()


def test_the_metadata_at_the_end_wins() -> None:
    body = document(metadata(nodes=5), ONE_NODE, metadata(nodes=1), CX1_STATUS)
    assert validate_cx1(body).warnings == ()


def test_an_entry_at_the_end_that_says_no_count_changes_nothing() -> None:
    body = document(metadata(nodes=5), ONE_NODE, metadata(nodes=None, edges=None), CX1_STATUS)
    assert [(entry.name, entry.count) for entry in validate_cx1(body).metadata] == [("nodes", 5)]


def test_an_aspect_may_be_listed_at_the_end_only() -> None:
    body = document({"metaData": []}, ONE_NODE, {"x": [{}]}, metadata(nodes=1, x=1), CX1_STATUS)
    found = validate_cx1(body)
    assert found.warnings == ()
    assert [entry.element() for entry in found.metadata] == [
        {"name": "nodes", "elementCount": 1},
        {"name": "x", "elementCount": 1},
    ]


def test_the_metadata_keeps_what_else_the_server_knows_of() -> None:
    entry = {"name": "nodes", "elementCount": 1, "version": "1.0", "idCounter": 9, "checksum": 5}
    (kept,) = validate_cx1(document({"metaData": [entry]}, ONE_NODE, CX1_STATUS)).metadata
    assert kept.element() == {"name": "nodes", "elementCount": 1, "version": "1.0", "idCounter": 9}


def test_a_style_is_read_with_texts_for_all_its_values() -> None:
    style = {
        "properties_of": "nodes",
        "applies_to": "1",
        "view": 5,
        "properties": {"NODE_WIDTH": 35.0, "NODE_LABEL": None},
        "dependencies": {},
        "mappings": {"NODE_LABEL": {"type": "PASSTHROUGH", "definition": "COL=name", "x": 1}},
        "unknown": 1,
    }
    found = validate_cx1(make_cx1(ONE_NODE, {"cyVisualProperties": [style]}))
    assert found.aspects["cyVisualProperties"] == [
        {
            "properties_of": "nodes",
            "applies_to": 1,
            "properties": {"NODE_WIDTH": "35.0", "NODE_LABEL": "null"},
            "mappings": {"NODE_LABEL": {"type": "PASSTHROUGH", "definition": "COL=name"}},
        }
    ]


def test_old_aspect_names_are_replaced() -> None:
    body = make_cx1(ONE_NODE, {"visualProperties": [{"properties_of": "network"}]})
    found = validate_cx1(body)
    assert found.aspects["cyVisualProperties"] == [{"properties_of": "network"}]
    assert [entry.name for entry in found.metadata] == ["nodes", "cyVisualProperties"]


def test_every_value_becomes_text_and_null_the_word() -> None:
    body = of_nodes(
        {"n": None, "v": None},
        {"n": "flag", "v": True, "d": "boolean"},
        {"n": "big", "v": 1e10, "d": "double"},
        {"n": "list", "v": [1, None], "d": "list_of_string", "s": "3"},
    )
    found = validate_cx1(body)
    assert found.node_attributes == (
        Attribute(1, None, "null", "string", "null"),
        Attribute(1, None, "flag", "boolean", "true"),
        Attribute(1, None, "big", "double", "1.0E10"),
        Attribute(1, 3, "list", "list_of_string", ["1", "null"]),
    )


def test_a_null_number_is_left_out_with_a_warning() -> None:
    found = validate_cx1(of_nodes({"n": "a", "v": None, "d": "double"}))
    assert found.typed is not None
    assert found.typed.nodes[1] == {}
    assert found.warnings == (
        "CX2-CONVERTER: In 'nodeAttributes' aspect, ignoring 'null' on 'a' attribute with id '1'.",
    )


@pytest.mark.parametrize("text", ["NaN", "Infinity", "-Infinity", "1e999"])
def test_a_number_that_json_has_not_becomes_null_with_a_warning(text: str) -> None:
    found = validate_cx1(of_nodes({"n": "a", "v": text, "d": "double"}))
    assert found.typed is not None
    assert found.typed.nodes[1] == {"a": None}
    assert f"CX2-CONVERTER: {text} is not a supported double value" in found.warnings[0]


def test_a_list_keeps_the_numbers_that_json_has() -> None:
    found = validate_cx1(of_nodes({"n": "a", "v": ["1", "NaN"], "d": "list_of_double"}))
    assert found.typed is not None
    assert found.typed.nodes[1] == {"a": [1.0, None]}


def test_conversion_warnings_end_at_twenty() -> None:
    nulls = [{"n": f"a{place}", "v": None, "d": "double"} for place in range(50)]
    assert len(validate_cx1(of_nodes(*nulls)).warnings) == 20


@pytest.mark.parametrize(
    ("body", "name"),
    [
        (of_nodes({"n": "name", "v": "x"}, node={"n": "x"}), "name"),
        (of_nodes({"n": "represents", "v": "x"}), "represents"),
        (of_edges({"n": "interaction", "v": "binds"}), "interaction"),
    ],
    ids=["name", "represents", "interaction"],
)
def test_attributes_that_have_a_place_of_their_own_are_warned_of_once(
    body: bytes, name: str
) -> None:
    (warning,) = validate_cx1(body).warnings
    where = "id" if name == "interaction" else "node"
    assert warning.startswith(f"Attribute '{name}' on {where} ")


def test_a_collection_is_not_typed_for_cx2() -> None:
    found = validate_cx1(collection())
    assert found.subnetwork_ids == (50,)
    assert found.typed is None


JSON = hostile_json("@id", "n", "r", "v", "d", "s", "t", "po", "x", "y", "node", "name")
FRAGMENTS = hostile_fragments(
    JSON,
    *("metaData", "networkAttributes", "nodes", "nodeAttributes", "edges", "edgeAttributes"),
    *("cartesianLayout", "cyVisualProperties", "subNetworks", "status"),
)


def refusal_of(body: bytes) -> str | None:
    try:
        validate_cx1(body)
    except NetworkError as refused:
        return str(refused)
    return None


@given(FRAGMENTS)
def test_a_hostile_document_raises_only_network_errors(fragments: list[Fragment]) -> None:
    refused = refusal_of(document(metadata(nodes=1), *fragments, CX1_STATUS))
    assert refused is None or 0 < len(refused) <= 2000


@given(st.binary(max_size=200) | JSON.map(orjson.dumps))
def test_hostile_bytes_raise_network_errors(body: bytes) -> None:
    assert refusal_of(body)
