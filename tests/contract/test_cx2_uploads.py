"""Contract 5.1: which CX2 the server loads and which it refuses, row by row."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests.contract.calls import content_cx2, encoded, upload_cx2
from tests.contract.documents import (
    Document,
    Json,
    aspect,
    cx2,
    cx2_of,
    with_aspect,
    with_metadata,
    without_aspect,
)

HEADER: Json = {"CXVersion": "2.0", "hasFragments": False}
SUCCESS: Json = {"status": [{"success": True}]}
BODY = cx2()[1:-1]


def declaring(nodes: Json, *elements: Json) -> Document:
    """A document that declares node attributes and holds these nodes."""
    return cx2_of({"attributeDeclarations": [{"nodes": nodes}]}, {"nodes": list(elements)})


def attribute(kind: str | None, value: object, **declared: object) -> Document:
    """A document with one network attribute."""
    declaration = declared | ({"d": kind} if kind else {})
    return cx2_of(
        {"attributeDeclarations": [{"networkAttributes": {"p": declaration}}]},
        {"networkAttributes": [{"p": value}]},
    )


def node_attribute(kind: str, value: object) -> Document:
    """A document with one node attribute."""
    return declaring({"p": {"d": kind}}, {"id": 1, "v": {"p": value}})


def nodes(*elements: Json) -> Document:
    return cx2_of({"nodes": list(elements)})


def edges(*elements: Json) -> Document:
    return cx2_of({"nodes": [{"id": 1}, {"id": 2}]}, {"edges": list(elements)})


def counted(**counts: int | None) -> Document:
    """The usual document with a metaData block of these counts."""
    entries = [
        {"name": name} | ({} if count is None else {"elementCount": count})
        for name, count in counts.items()
    ]
    return [HEADER, {"metaData": entries}, *BODY, SUCCESS]


METADATA = with_metadata(cx2())[1]
LOADED: dict[str, Document | bytes] = {
    "zero bytes": b"",
    "header and status": [HEADER, SUCCESS],
    "any version, no hasFragments": [{"CXVersion": "9.9"}, *BODY, SUCCESS],
    "no metaData": cx2(),
    "metaData": with_metadata(cx2()),
    "metaData entry without a count": counted(nodes=None),
    "metaData that leaves aspects out": counted(nodes=2),
    "metaData before and after": [HEADER, METADATA, *BODY, METADATA, SUCCESS],
    "name, represents, interaction without d": cx2_of(
        {
            "attributeDeclarations": [
                {"nodes": {"name": {}, "represents": {}}, "edges": {"interaction": {}}}
            ]
        },
        {"nodes": [{"id": 1, "v": {"name": "TP53", "represents": "hgnc:1"}}]},
        {"edges": [{"id": 1, "s": 1, "t": 1, "v": {"interaction": "binds"}}]},
    ),
    "float for integer": node_attribute("integer", 5.7),
    "float for long": node_attribute("long", 5.0),
    "int for double": node_attribute("double", 5),
    "null for a single type": node_attribute("string", None),
    "an edge to nowhere, without a nodes aspect": cx2_of({"edges": [{"id": 1, "s": 7, "t": 8}]}),
    "an unknown aspect": [*cx2()[:-1], {"mine": [{"any": ["thing", 1]}]}, SUCCESS],
    "all nodes with x and y": nodes({"id": 1, "x": 1, "y": 2}, {"id": 2, "x": 1, "y": 2, "z": 3}),
    "error text with success": [*cx2()[:-1], {"status": [{"success": True, "error": "hm"}]}],
}
REFUSED: dict[str, Document | bytes] = {
    "an empty array": b"[]",
    "html": b"<html></html>",
    "truncated": encoded(cx2())[:-20],
    "an object": b'{"CXVersion": "2.0"}',
    "no header": cx2()[1:],
    "a header of null": [{"CXVersion": None}, *BODY, SUCCESS],
    "no status": cx2()[:-1],
    "status not last": [HEADER, BODY[0], SUCCESS, *BODY[1:]],
    "status without success": [*cx2()[:-1], {"status": [{"success": False}]}],
    "three metaData blocks": [HEADER, METADATA, *BODY, METADATA, METADATA, SUCCESS],
    "an aspect after the second metaData": [
        HEADER, METADATA, *BODY[:-1], METADATA, BODY[-1], SUCCESS
    ],
    "too high a count": counted(nodes=3),
    "too low a count": counted(edges=0),
    "declarations after use": [HEADER, *BODY[1:], BODY[0], SUCCESS],
    "an undeclared node attribute": nodes({"id": 1, "v": {"p": "x"}}),
    "an undeclared network attribute": cx2_of({"networkAttributes": [{"name": "x"}]}),
    "a network attribute without d": attribute(None, "x"),
    "a node attribute without d": declaring({"p": {}}, {"id": 1, "v": {"p": "x"}}),
    "declared networkAttributes that are absent": without_aspect(cx2(), "networkAttributes"),
    "an unknown type": attribute("text", "x"),
    "an alias on a network attribute": attribute("string", "x", a="q"),
    "a default on a network attribute": attribute("string", "x", v="y"),
    "one attribute declared twice": cx2_of(
        {"attributeDeclarations": [{"nodes": {"p": {"d": "string"}}}] * 2},
        {"nodes": [{"id": 1, "v": {"p": "x"}}]},
    ),
    "two networkAttributes": with_aspect(
        cx2(), "networkAttributes", [{"name": "one"}, {"name": "two"}]
    ),
    "a null network attribute": attribute("string", None),
    "an object as network attribute": attribute("string", {"a": 1}),
    "a name that is a number": cx2_of(
        {"attributeDeclarations": [{"networkAttributes": {"name": {"d": "integer"}}}]},
        {"networkAttributes": [{"name": 5}]},
    ),
    "string for number": node_attribute("integer", "5"),
    "number for string": node_attribute("string", 5),
    "string for boolean": node_attribute("boolean", "true"),
    "single for list": node_attribute("list_of_string", "A"),
    "null for a list": node_attribute("list_of_string", None),
    "a node without id": nodes({"v": {}}),
    "two nodes of one id": nodes({"id": 1}, {"id": 1}),
    "an unknown node member": nodes({"id": 1, "label": "TP53"}),
    "x without y": nodes({"id": 1, "x": 1}),
    "x and y on some nodes": nodes({"id": 1, "x": 1, "y": 2}, {"id": 2}),
    "an edge without id": edges({"s": 1, "t": 2}),
    "two edges of one id": edges({"id": 1, "s": 1, "t": 2}, {"id": 1, "s": 2, "t": 1}),
    "an edge to nowhere": edges({"id": 1, "s": 1, "t": 3}),
}  # fmt: skip


@pytest.mark.parametrize("body", LOADED.values(), ids=LOADED.keys())
def test_this_cx2_loads(client: httpx.Client, body: Document | bytes) -> None:
    """Contract 5.1."""
    seen = upload_cx2(client, body)
    assert "errorMessage" not in seen, seen["errorMessage"]
    assert (seen["isValid"], seen["completed"]) == (True, True)


@pytest.mark.parametrize("body", REFUSED.values(), ids=REFUSED.keys())
def test_this_cx2_does_not_load(client: httpx.Client, body: Document | bytes) -> None:
    """Contract 5.1 and trap 22."""
    assert "errorMessage" in upload_cx2(client, body)


@pytest.mark.parametrize("body", [b"", [HEADER, SUCCESS]], ids=["zero bytes", "header and status"])
def test_nothing_is_an_empty_network(client: httpx.Client, body: Document | bytes) -> None:
    """Contract 5.1 and trap 4."""
    seen = upload_cx2(client, body)
    assert (seen["nodeCount"], seen["edgeCount"]) == (0, 0)
    assert "name" not in seen


def test_a_wrong_count_names_the_aspect(client: httpx.Client) -> None:
    """Contract 5.1."""
    message = upload_cx2(client, counted(nodes=3))["errorMessage"]
    assert "Element count mismatch in aspect" in message


def test_an_error_text_with_success_is_a_warning(client: httpx.Client) -> None:
    """Contract 5.1."""
    body = [*cx2()[:-1], {"status": [{"success": True, "error": "half of it"}]}]
    assert "Message from Status aspect: half of it" in upload_cx2(client, body)["warnings"]


def test_metadata_is_completed_by_the_server(client: httpx.Client) -> None:
    """Contract 5.1: a missing count is filled in, an unlisted aspect added."""
    network = upload_cx2(client, counted(nodes=None))["externalId"]
    entries = aspect(content_cx2(client, network), "metaData")
    counts = {entry["name"]: entry["elementCount"] for entry in entries}
    assert (counts["nodes"], counts["edges"]) == (2, 1)


def test_an_unknown_aspect_is_kept_verbatim(client: httpx.Client) -> None:
    """Contract 5.1."""
    mine: list[Any] = [{"any": ["thing", 1, None, {"deep": True}]}]
    network = upload_cx2(client, [*cx2()[:-1], {"mine": mine}, SUCCESS])["externalId"]
    assert aspect(content_cx2(client, network), "mine") == mine


def test_aliases_and_defaults_stay_as_sent(client: httpx.Client) -> None:
    """Contract 5.1, "written back"."""
    declared = {"name": {"d": "string", "a": "n"}, "kind": {"d": "string", "v": "gene"}}
    body = declaring(declared, {"id": 1, "v": {"n": "TP53"}}, {"id": 2, "v": {"kind": "protein"}})
    document = content_cx2(client, upload_cx2(client, body)["externalId"])
    assert aspect(document, "attributeDeclarations") == [{"nodes": declared}]
    found = {node["id"]: node.get("v", {}) for node in aspect(document, "nodes")}
    assert found == {1: {"n": "TP53"}, 2: {"kind": "protein"}}


def test_numbers_of_the_wrong_kind_pass_unchanged(client: httpx.Client) -> None:
    """Contract 5.1: validation lets a float through for an integer."""
    network = upload_cx2(client, node_attribute("integer", 5.7))["externalId"]
    assert aspect(content_cx2(client, network), "nodes")[0]["v"]["p"] == 5.7
