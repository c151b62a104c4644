"""CX documents for tests: the fragments that matter, with a good frame around them."""

from __future__ import annotations

from typing import Any

import orjson
from hypothesis import strategies as st

Fragment = dict[str, Any]

CX2_HEADER: Fragment = {"CXVersion": "2.0", "hasFragments": False}
CX2_STATUS: Fragment = {"status": [{"error": "", "success": True}]}
CX1_STATUS = CX2_STATUS
NUMBER_VERIFICATION: Fragment = {"numberVerification": [{"longNumber": 281474976710655}]}


def make_cx2(*fragments: Fragment) -> bytes:
    """Return a CX2 body with a header before and a status after these fragments."""
    return orjson.dumps([CX2_HEADER, *fragments, CX2_STATUS])


def make_cx1(*fragments: Fragment, **counts: int) -> bytes:
    """Return a CX1 body; its metadata lists the fragments' aspects, with ``counts`` put over."""
    listed: dict[str, int] = {"nodes": 0}
    for fragment in fragments:
        for name, elements in fragment.items():
            listed[name] = listed.get(name, 0) + len(elements)
    metadata = [
        {"name": n, "elementCount": c, "version": "1.0"} for n, c in (listed | counts).items()
    ]
    return orjson.dumps([NUMBER_VERIFICATION, {"metaData": metadata}, *fragments, CX1_STATUS])


def declare(**aspects: dict[str, Any]) -> Fragment:
    """Return the fragment that declares attributes, each by its data type or a whole entry."""
    return {
        "attributeDeclarations": [
            {
                aspect: {
                    name: {"d": entry} if isinstance(entry, str) else entry
                    for name, entry in attributes.items()
                }
                for aspect, attributes in aspects.items()
            }
        ]
    }


def make_nodes(*values: dict[str, Any]) -> Fragment:
    """Return CX2 nodes with these values, numbered from 1."""
    return {"nodes": [{"id": place, "v": value} for place, value in enumerate(values, start=1)]}


def metadata(**counts: int | None) -> Fragment:
    """Return a metadata fragment; None leaves the count out."""
    return {
        "metaData": [
            {"name": name} if count is None else {"name": name, "elementCount": count}
            for name, count in counts.items()
        ]
    }


def aspects_of(cx: bytes) -> dict[str, list[Any]]:
    """Return the aspects of a CX file by name, the last where a name comes twice."""
    return {
        name: elements
        for fragment in orjson.loads(cx)
        for name, elements in fragment.items()
        if isinstance(elements, list)
    }


def resolve_values(cx2: bytes, aspect: str) -> dict[int, dict[str, Any]]:
    """Return what a CX2 file says of each node or edge, aliases and defaults resolved."""
    aspects = aspects_of(cx2)
    declared = aspects.get("attributeDeclarations", [{}])[0].get(aspect, {})
    names = {entry["a"]: name for name, entry in declared.items() if "a" in entry}
    defaults = {name: entry["v"] for name, entry in declared.items() if "v" in entry}
    return {
        element["id"]: defaults
        | {names.get(key, key): value for key, value in element.get("v", {}).items()}
        for element in aspects.get(aspect, [])
    }


def hostile_json(*members: str) -> st.SearchStrategy[Any]:
    """Draw any JSON, whose objects have members that documents do have."""
    scalars = (
        st.none()
        | st.booleans()
        | st.integers(-(2**63), 2**64 - 1)
        | st.floats()
        | st.text(max_size=8)
        | st.sampled_from(["", "1", "integer", "list_of_double", "null", "name"])
    )
    return st.recursive(
        scalars,
        lambda inner: (
            st.lists(inner, max_size=4)
            | st.dictionaries(st.sampled_from(members), inner, max_size=4)
        ),
        max_leaves=12,
    )


def hostile_fragments(
    json: st.SearchStrategy[Any], *aspects: str
) -> st.SearchStrategy[list[Fragment]]:
    """Draw fragments of a document with any JSON in these aspects."""
    elements = json | st.lists(json, max_size=3)
    return st.lists(st.dictionaries(st.sampled_from(aspects), elements, max_size=2), max_size=5)


_NAMES = st.sampled_from(["name", "represents", "a", "b c", "Größe", "n", "@id"])
_TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
_VALUES: dict[str, st.SearchStrategy[Any]] = {
    "string": _TEXTS,
    "boolean": st.booleans(),
    "integer": st.integers(-(2**31), 2**31 - 1),
    "long": st.integers(-(2**63), 2**63 - 1),
    "double": st.floats(allow_nan=False, allow_infinity=False) | st.integers(-1000, 1000),
    "list_of_string": st.lists(_TEXTS, max_size=3),
    "list_of_double": st.lists(st.floats(allow_nan=False, allow_infinity=False), max_size=3),
    "list_of_integer": st.lists(st.integers(-5, 5), max_size=3),
}


@st.composite
def accepted_cx2(draw: st.DrawFn) -> bytes:
    """Draw CX2 documents that the server accepts and that survive a conversion to CX1."""
    declared = {
        name: {"d": "string" if name in {"name", "represents"} else draw(_TYPES)}
        for name in draw(st.sets(_NAMES, max_size=4))
    }
    values = {name: _VALUES[entry["d"]] for name, entry in declared.items()}
    for name, entry in declared.items():
        if draw(st.booleans()):
            entry["v"] = draw(values[name])
        if draw(st.booleans()):
            entry["a"] = f"short for {name}"
    attributes = {
        name: draw(values[name]) for name in declared if name not in {"name", "represents"}
    }
    placed = draw(st.booleans())
    nodes: list[dict[str, Any]] = []
    for node_id in draw(st.sets(st.integers(-5, 2**40), min_size=1, max_size=4)):
        chosen = draw(st.sets(st.sampled_from(sorted(declared)))) if declared else set()
        held = {declared[name].get("a", name): draw(values[name]) for name in chosen}
        node: dict[str, Any] = {"id": node_id, "v": held}
        nodes.append(node | ({"x": draw(_PLACES), "y": 0} if placed else {}))
    ends = st.sampled_from([node["id"] for node in nodes])
    edges = [
        {"id": place, "s": draw(ends), "t": draw(ends)} for place in range(draw(st.integers(0, 3)))
    ]
    network = {name: declared[name]["d"] for name in attributes}
    return make_cx2(
        declare(nodes=declared, networkAttributes=network),
        {"networkAttributes": [attributes]},
        {"nodes": nodes},
        {"edges": edges},
        {"opaque": [{"of": draw(_VALUES["list_of_double"])}]},
    )


_TYPES = st.sampled_from(sorted(_VALUES))
_PLACES = st.floats(-1e12, 1e12) | st.integers(-1000, 1000)
