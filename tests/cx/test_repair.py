"""What the server serves but refuses is repaired, and nothing that a person sees is lost."""

from __future__ import annotations

from copy import deepcopy
from pathlib import Path
from typing import Any

import orjson
import pytest
from hypothesis import given

from sync.cx.content import write_upload
from sync.cx.decode import decode_cx2
from sync.cx.digest import content_digest
from sync.cx.repair import repair
from sync.cx.validate_cx2 import validate_cx2
from sync.errors import NetworkError
from tests.cx.drawn import Document, aspects_of, document, networks

NODES: list[dict[str, Any]] = [{"id": 1, "x": 0.0, "y": 0.0, "v": {"name": "TNF"}}, {"id": 2}]
DECLARED = {"name": {"d": "string"}, "tags": {"d": "list_of_string", "a": "t"}}
CONTEXT = '{"ncbigene":"http://identifiers.org/ncbigene/"}'


def make(*others: dict[str, Any], nodes: list[dict[str, Any]] | None = None) -> Document:
    return document(deepcopy(nodes or NODES[1:]), deepcopy(DECLARED), [], *others)


def mapped(kind: str, *entries: Any) -> dict[str, Any]:
    definition = {"attribute": "name", "map": list(entries)}
    mapping = {"NODE_WIDTH": {"type": kind, "definition": definition}}
    return {"visualProperties": [{"nodeMapping": mapping}]}


def with_attributes(**values: Any) -> Document:
    content = make()
    aspects_of(content)["networkAttributes"][0] |= values
    return content


def without_declarations() -> Document:
    content = [part for part in make(nodes=[{"id": 1}]) if "attributeDeclarations" not in part]
    attributes = aspects_of(content)["networkAttributes"][0]
    attributes.clear()
    attributes["@context"] = CONTEXT
    return content


EMPTY_RANGE = {"minVPValue": None, "maxVPValue": None, "includeMin": False, "includeMax": False}

BROKEN = {
    "a context that is not declared": (
        with_attributes(**{"@context": CONTEXT}),
        "declare the network attribute '@context'",
    ),
    "a context without any declaration": (
        without_declarations(),
        "declare the network attribute '@context'",
    ),
    "a null network attribute": (
        with_attributes(year=None),
        "drop the network attribute 'year', which has no value",
    ),
    "a null list of a node": (
        make(nodes=[{"id": 1, "v": {"tags": None, "name": None}}]),
        "drop lists without a value from the nodes: 1",
    ),
    "graphics that are removed": (
        make(mapped("DISCRETE", {"v": "A", "vp": None})),
        "drop the mapping of 'NODE_WIDTH', which maps nothing",
    ),
    "one entry without a value": (
        make(mapped("DISCRETE", {"v": "A", "vp": None}, {"v": "B", "vp": 5})),
        "drop entries without a value from the mapping of 'NODE_WIDTH': 1",
    ),
    "ranges without points": (
        make(mapped("CONTINUOUS", EMPTY_RANGE, None)),
        "drop the mapping of 'NODE_WIDTH', which maps nothing",
    ),
    "coordinates on some nodes": (
        make(nodes=NODES),
        "place 1 node without coordinates below the others",
    ),
}


@pytest.mark.parametrize(("content", "done"), BROKEN.values(), ids=BROKEN.keys())
def test_what_the_server_would_refuse_is_repaired(content: Document, done: str) -> None:
    pristine = orjson.dumps(content)
    with pytest.raises(NetworkError):
        write_upload(content)
    repaired = repair(content)
    assert repaired.done == (done,)
    assert validate_cx2(write_upload(repaired.document)).node_count == len(
        aspects_of(content)["nodes"]
    )
    assert decode_cx2(repaired.document).genes == decode_cx2(content).genes
    assert orjson.dumps(content) == pristine


def test_a_repaired_network_needs_no_repair() -> None:
    for content, _ in BROKEN.values():
        assert repair(repair(content).document).done == ()


def test_coordinates_that_are_there_stay_and_the_new_ones_cover_none() -> None:
    nodes = [*NODES, {"id": 3}, {"id": 4, "x": 100.0, "y": 5.0, "v": {}}]
    placed = aspects_of(repair(make(nodes=nodes)).document)["nodes"]
    places = {node["id"]: (node["x"], node["y"]) for node in placed}
    assert (places[1], places[4]) == ((0.0, 0.0), (100.0, 5.0))
    assert len(set(places.values())) == 4


@given(networks())
def test_a_sound_network_is_left_as_it_is(content: Document) -> None:
    repaired = repair(content)
    assert repaired.done == ()
    assert repaired.document == content


@pytest.mark.parametrize("content", [None, {}, [], [{"nodes": []}], "text"])
def test_what_is_not_cx2_is_left_as_it_is(content: Any) -> None:
    assert repair(content).document == content


def test_every_download_of_a_real_server_can_be_sent_again(recorded: Path) -> None:
    repaired_names = set()
    for path in (recorded / "documents" / "conversion").glob("*.out.cx2"):
        content = orjson.loads(path.read_bytes())
        repaired = repair(content)
        if repaired.done:
            repaired_names.add(path.name.removesuffix(".out.cx2"))
        if path.name == "control_characters.out.cx2":
            continue  # It holds a NUL, which is never sent.
        upload = orjson.loads(write_upload(repaired.document))
        assert content_digest(upload) == content_digest(repaired.document)
    assert repaired_names == {"cm_discrete_list", "layout_some", "x_no_value"}
