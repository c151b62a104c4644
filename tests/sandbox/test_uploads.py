"""What the server makes of an upload (contract 3.4, 4, 5)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import orjson
import pytest
from hypothesis import given

from sync.errors import NetworkError
from sync.model import Property
from sync.sandbox.cx_files import read_aspects
from sync.sandbox.uploads import load_cx1, load_cx2
from tests.cx.uploads import (
    accepted_cx2,
    aspects_of,
    declare,
    make_cx1,
    make_cx2,
    make_nodes,
    resolve_values,
)


def stored(cx: bytes | None) -> bytes:
    assert cx is not None
    return cx


def counts(cx: bytes | None) -> list[tuple[str, int]]:
    return [
        (entry["name"], entry["elementCount"]) for entry in read_aspects(stored(cx))["metaData"]
    ]


@pytest.mark.parametrize(("edges", "sampled"), [(1000, False), (1001, True)])
def test_a_cx1_upload_with_more_than_1000_edges_has_a_sample(edges: int, sampled: bool) -> None:
    fragment = {"edges": [{"@id": place, "s": 1, "t": 1} for place in range(edges)]}
    assert load_cx1(make_cx1({"nodes": [{"@id": 1}]}, fragment)).has_sample is sampled


def test_a_collection_has_no_cx2_and_is_named_after_its_first_network() -> None:
    attributes = [
        {"n": "name", "v": "first", "s": 50},
        {"n": "name", "v": "second", "s": 51},
        {"n": "organism", "v": "human"},
    ]
    body = make_cx1(
        {"nodes": [{"@id": 1}]},
        {"cySubNetworks": [{"@id": 50}, {"@id": 51}]},
        {"networkAttributes": attributes},
    )
    loaded = load_cx1(body)
    assert loaded.cx2 is None
    assert loaded.subnetwork_ids == (50, 51)
    assert loaded.name == "first"
    assert loaded.properties == (
        Property("name", "first", subnetwork=50),
        Property("name", "second", subnetwork=51),
        Property("organism", "human"),
    )


def test_a_collection_keeps_its_own_name() -> None:
    attributes = [{"n": "name", "v": "first", "s": 50}, {"n": "name", "v": "whole"}]
    body = make_cx1({"cySubNetworks": [{"@id": 50}]}, {"networkAttributes": attributes})
    assert load_cx1(body).name == "whole"


def test_a_download_is_never_the_upload_byte_for_byte() -> None:
    body = make_cx2(
        declare(nodes={"a": "double"}), {"nodes": [{"id": 1, "x": 1, "y": 2, "v": {"a": 1e10}}]}
    )
    cx2 = stored(load_cx2(body).cx2)
    assert cx2 != body
    assert b'{"id":1,"x":1.0,"y":2.0,"v":{"a":1.0E10}}' in cx2


def test_cx2_is_written_in_the_order_of_the_server() -> None:
    body = make_cx2(
        {"later": [{"a": 1}]},
        {"visualProperties": [{"default": {}}]},
        {"attributeDeclarations": [{"nodes": {"a": {"d": "string", "a": "s"}}}]},
        {"networkAttributes": [{}]},
        {"nodes": [{"id": 1, "v": {"s": "x"}}]},
        {"edges": [{"id": 1, "s": 1, "t": 1, "v": {}}]},
        {"none": []},
    )
    written = orjson.loads(stored(load_cx2(body).cx2))
    assert written[0] == {"CXVersion": "2.0", "hasFragments": False}
    assert [next(iter(fragment)) for fragment in written[1:]] == [
        "metaData",
        "attributeDeclarations",
        "nodes",
        "edges",
        "visualProperties",
        "later",
        "status",
    ]


@pytest.mark.parametrize("depth", [10, 150, 230, 490])
def test_a_deep_element_is_kept(depth: int) -> None:
    opening = b'{"a":[1,2.5E10,"x",'
    deep = opening * depth + b"5" + b',{"b":{}}]}' * depth
    body = make_cx2({"other": ["DEEP"]}).replace(b'"DEEP"', deep)
    assert deep in stored(load_cx2(body).cx2)


def test_the_metadata_of_cx1_has_the_blocks_of_both_its_ends() -> None:
    loaded = load_cx2(make_cx2(declare(nodes={"a": "string"}), make_nodes({"a": "x"})))
    assert counts(loaded.cx1) == [("nodes", 1), ("nodeAttributes", 1)]


def test_reading_what_is_no_cx_is_refused() -> None:
    with pytest.raises(NetworkError):
        read_aspects(b"<html>")
    assert read_aspects(b"5") == {}
    assert read_aspects(b"[5]") == {}


@given(accepted_cx2())
def test_what_the_server_wrote_loads_as_the_same(body: bytes) -> None:
    once = load_cx2(body)
    again = load_cx2(stored(once.cx2))
    assert again == once


@given(accepted_cx2())
def test_loading_keeps_every_value(body: bytes) -> None:
    loaded = stored(load_cx2(body).cx2)
    for aspect in ("nodes", "edges"):
        assert resolve_values(loaded, aspect) == resolve_values(body, aspect)
    assert aspects_of(loaded)["opaque"] == aspects_of(body)["opaque"]


@given(accepted_cx2())
def test_conversion_to_cx1_and_back_keeps_names_and_values(body: bytes) -> None:
    first = load_cx2(body)
    second = load_cx1(stored(first.cx1))
    third = load_cx2(stored(second.cx2))
    for aspect in ("nodes", "edges"):
        assert resolve_values(stored(second.cx2), aspect) == resolve_values(body, aspect)
        assert resolve_values(stored(third.cx2), aspect) == resolve_values(body, aspect)
    assert aspects_of(stored(second.cx2)).get("networkAttributes", [{}]) == aspects_of(
        stored(first.cx2)
    ).get("networkAttributes", [{}])
    places = [
        [node.get("x") for node in aspects_of(cx).get("nodes", [])]
        for cx in (stored(first.cx2), stored(second.cx2))
    ]
    assert sorted(map(repr, places[0])) == sorted(map(repr, places[1]))


def test_the_real_wikipathways_network_loads(corpus: Path) -> None:
    loaded = load_cx1((corpus / "networks" / "WP4255.cx").read_bytes())
    assert (loaded.node_count, loaded.edge_count, loaded.has_layout) == (162, 60, True)
    assert loaded.name == "WP4255 - Non-small cell lung cancer - Homo sapiens"
    again = load_cx2(stored(loaded.cx2))
    assert (again.node_count, again.edge_count, again.name) == (162, 60, loaded.name)


def test_the_real_converter_output_is_refused_for_its_absent_attributes(corpus: Path) -> None:
    (path,) = (corpus / "networks").glob("PMC11089157*.cx2")
    with pytest.raises(NetworkError, match="mismatch in aspect networkAttributes"):
        load_cx2(path.read_bytes())
    unlisted = [part for part in orjson.loads(path.read_bytes()) if "metaData" not in part]
    assert "because" in str(load_cx2(orjson.dumps(unlisted)).fault)


@pytest.mark.parametrize("value", [None, {"a": 1}], ids=["null", "object"])
def test_what_cannot_be_converted_is_read_all_the_same(value: object) -> None:
    style = {"visualProperties": [{"default": {"node": {"NODE_SHAPE": value}}}]}
    loaded = load_cx2(make_cx2(make_nodes({}, {}), style))
    assert loaded.fault is not None
    assert loaded.node_count == 2
    assert loaded.cx2 is not None
    with pytest.raises(orjson.JSONDecodeError):
        orjson.loads(stored(loaded.cx1))


@pytest.mark.slow
def test_a_million_attributes_load() -> None:
    elements = [{"po": 1, "n": f"a{place}", "v": "x"} for place in range(100_000)]
    loaded = load_cx1(make_cx1({"nodes": [{"@id": 1}]}, {"nodeAttributes": elements}))
    assert loaded.node_count == 1


def test_wrong_counts_are_copied_and_aspects_counted_as_empty_left_out() -> None:
    edges = {"edges": [{"@id": 1, "s": 1, "t": 1}]}
    body = make_cx1({"nodes": [{"@id": 1}]}, edges, {"other": [{}]}, nodes=7, edges=0, other=3)
    loaded = stored(load_cx1(body).cx2)
    assert dict(counts(loaded)) == {"nodes": 7, "other": 3}
    assert "edges" not in aspects_of(loaded)


def test_a_deep_context_is_kept() -> None:
    deep: dict[str, Any] = {}
    for _ in range(230):
        deep = {"a": deep}
    loaded = load_cx1(make_cx1({"nodes": [{"@id": 1}]}, {"@context": [deep]}))
    [attributes] = aspects_of(stored(loaded.cx2))["networkAttributes"]
    assert attributes["@context"] == '{"a":' * 230 + "{}" + "}" * 230
