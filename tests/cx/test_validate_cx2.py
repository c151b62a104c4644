"""Every row of contract table 5.1: what the server's CX2 loader accepts."""

from __future__ import annotations

from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.cx.validate_cx2 import check_conversion, read_cx2, validate_cx2
from sync.errors import NetworkError
from tests.cx.uploads import (
    CX2_HEADER,
    Fragment,
    declare,
    hostile_fragments,
    hostile_json,
    make_cx2,
    make_nodes,
    metadata,
)

ONE_NODE = make_nodes({})


def document(*fragments: Any) -> bytes:
    return orjson.dumps(list(fragments))


def status(**members: Any) -> Fragment:
    return {"status": [members]}


def nodes(*elements: Any) -> bytes:
    return make_cx2({"nodes": list(elements)})


def valued(data_type: str, value: Any) -> bytes:
    return make_cx2(declare(nodes={"a": data_type}), make_nodes({"a": value}))


def attributed(data_type: str, value: Any) -> bytes:
    return make_cx2(
        declare(networkAttributes={"a": data_type}), {"networkAttributes": [{"a": value}]}
    )


ACCEPTED = {  # beside what the recorded answers show
    "a byte order mark": b"\xef\xbb\xbf" + make_cx2(),
    "an empty metaData": make_cx2({"metaData": []}, ONE_NODE),
    "a listed aspect that is not there, without count": make_cx2(metadata(nodes=None)),
    "an aspect in two fragments": make_cx2({"nodes": [{"id": 1}]}, {"nodes": [{"id": 2}]}),
    "declarations in two fragments": make_cx2(
        declare(nodes={"a": "string"}), declare(nodes={"b": "string"}), make_nodes({"b": "x"})
    ),
    "a null under an alias": make_cx2(
        declare(nodes={"a": {"d": "list_of_string", "a": "s"}}), make_nodes({"s": None})
    ),
    "scalars between the elements": nodes({"id": 1}, 5, "x", None),
    "an infinite coordinate": nodes({"id": 1, "x": "Infinity", "y": 1}),
}

REFUSED = {
    "an empty array": (b"[]", "Expect '{'"),
    "a default on a network attribute": (
        make_cx2(declare(networkAttributes={"a": {"d": "string", "v": "x"}})),
        "Declaring default value 'x' on network attribute",
    ),
    "an alias on a network attribute": (
        make_cx2(declare(networkAttributes={"a": {"d": "string", "a": "x"}})),
        "Declaring an alias for network attribute",
    ),
    "an aspect name that is a path": (make_cx2({"../x": [{}]}), "not allowed"),
    "an aspect name that is too long": (make_cx2({"x" * 256: [{}]}), "not allowed"),
    "an empty status": (document(CX2_HEADER, {"status": []}), "should have one element"),
    "a count that is no number": (
        make_cx2({"metaData": [{"name": "a", "elementCount": True}]}),
        "Long",
    ),
    "an unknown member of a declaration": (make_cx2(declare(nodes={"a": {"x": 1}})), "other than"),
    "a null in a list of a network attribute": (
        attributed("list_of_string", [None]),
        "null in its list",
    ),
    "a default that is no list": (
        make_cx2(declare(nodes={"a": {"d": "list_of_string", "v": "x"}}), ONE_NODE),
        "declared as list_of_string, cannot be x",
    ),
    "a node id of more than 64 bits": (nodes({"id": 2**63}), "out of range of long"),
    "a coordinate with a type letter": (nodes({"id": 1, "x": "1f", "y": 1}), "Double"),
    "coordinates on the last node only": (
        nodes({"id": 1}, {"id": 2, "x": 1, "y": 1}),
        "Some nodes have coordinates and others have none",
    ),
    "a bypass without an object of values": (
        make_cx2({"edgeBypasses": [{"id": 1, "v": 1}]}),
        "'element of edgeBypasses' of a style is not an object",
    ),
    "a style that is no object": (
        make_cx2({"visualProperties": [{"default": 1}]}),
        "is not an object",
    ),
    "a sub-network id that is a text": (make_cx2({"cySubNetworks": [{"@id": "5"}]}), "@id"),
}


@pytest.mark.parametrize("body", ACCEPTED.values(), ids=ACCEPTED.keys())
def test_the_server_accepts(body: bytes) -> None:
    network = read_cx2(body)
    check_conversion(network)
    assert network.warnings == ()


@pytest.mark.parametrize(("body", "message"), REFUSED.values(), ids=REFUSED.keys())
def test_the_server_refuses(body: bytes, message: str) -> None:
    with pytest.raises(NetworkError) as refused:
        validate_cx2(body)
    assert message in str(refused.value)
    assert len(str(refused.value)) <= 2000


def test_an_empty_body_is_told_from_an_empty_network() -> None:
    assert read_cx2(b"").empty_upload
    assert not read_cx2(make_cx2()).empty_upload


def test_an_error_beside_success_becomes_a_warning() -> None:
    body = document(CX2_HEADER, status(success=True, error="written by hand"))
    assert validate_cx2(body).warnings == ("Message from Status aspect: written by hand",)


def test_the_result_counts_nodes_and_edges_and_tells_of_a_layout() -> None:
    body = make_cx2(
        {"nodes": [{"id": 1, "x": 0, "y": 0}, {"id": 2, "x": 1, "y": 0}]},
        {"edges": [{"id": 1, "s": 1, "t": 2}]},
    )
    found = validate_cx2(body)
    assert (found.node_count, found.edge_count, found.has_layout) == (2, 1, True)


def test_aspects_keep_their_order_and_elements_are_read_as_the_server_reads_them() -> None:
    body = make_cx2(
        {"last": [{"a": 1}]},
        {"nodes": [{"v": {}, "y": 2, "x": "1", "id": "7", "z": None}]},
        {"empty": []},
    )
    aspects = validate_cx2(body).aspects
    assert list(aspects.items()) == [
        ("last", [{"a": 1}]),
        ("nodes", [{"id": 7, "x": 1.0, "y": 2.0}]),
    ]


def test_ids_lose_their_fraction() -> None:
    assert validate_cx2(nodes({"id": 1.7}, {"id": -2.0})).aspects["nodes"] == [
        {"id": 1},
        {"id": -2},
    ]


def test_of_two_equal_keys_the_last_counts() -> None:
    body = b'[{"CXVersion":"2.0"},{"nodes":[{"id":1,"id":2}]},{"status":[{"success":true}]}]'
    assert validate_cx2(body).aspects["nodes"] == [{"id": 2}]


def test_sub_networks_are_listed() -> None:
    body = make_cx2({"cySubNetworks": [{"@id": 5}, {"@id": 6}]})
    assert validate_cx2(body).subnetwork_ids == (5, 6)


def test_defaults_that_cannot_be_written_out_are_refused() -> None:
    many = {f"a{place}": {"d": "string", "v": "x"} for place in range(4000)}
    with pytest.raises(NetworkError, match="Too many default values to write out on 4000 nodes"):
        validate_cx2(make_cx2(declare(nodes=many), make_nodes(*[{}] * 4000)))


def test_long_values_are_cut_in_messages() -> None:
    with pytest.raises(NetworkError, match=r"declared as integer, cannot be x{200}…"):
        validate_cx2(valued("integer", "x" * 5000))


def test_a_deep_value_is_refused_and_not_printed() -> None:
    deep = b"[" * 900 + b"]" * 900
    body = valued("integer", "DEEP").replace(b'"DEEP"', deep)
    with pytest.raises(NetworkError, match="declared as integer, cannot be"):
        validate_cx2(body)


JSON = hostile_json(
    *("id", "v", "d", "a", "s", "t", "x", "y", "name", "nodes", "edges"),
    *("default", "node", "nodeMapping", "NODE_SHAPE", "type", "definition", "properties"),
)
FRAGMENTS = hostile_fragments(
    JSON,
    *("metaData", "attributeDeclarations", "networkAttributes", "nodes", "edges"),
    *("visualProperties", "visualEditorProperties", "nodeBypasses", "cySubNetworks"),
    *("status", "other"),
)


def refusal_of(body: bytes) -> str | None:
    try:
        validate_cx2(body)
    except NetworkError as refused:
        return str(refused)
    return None


@given(FRAGMENTS)
def test_a_hostile_document_raises_only_network_errors(fragments: list[Fragment]) -> None:
    refused = refusal_of(make_cx2(*fragments))
    assert refused is None or 0 < len(refused) <= 2000


@given(st.binary(max_size=200) | JSON.map(orjson.dumps))
def test_hostile_bytes_raise_only_network_errors(body: bytes) -> None:
    assert refusal_of(body)
