"""CX documents for tests: the fragments that matter, with a good frame around them."""

from __future__ import annotations

from typing import Any

import orjson

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
