"""Drawings that the tests of this package make."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import orjson

from sync.convert.network import Tally, build_network
from sync.records.drawing import Box, DataNode, Drawing, Interaction, Point, Xref

Aspects = dict[str, list[dict[str, Any]]]


def node(element_id: str = "n1", x: float = 100, y: float = 50, **values: Any) -> DataNode:
    """Draw a data node of 60 by 20 pixels."""
    drawn = DataNode(id=element_id, label="TP53", box=Box(x, y, 60, 20))
    return replace(drawn, **values)


def line(*ends: Point, **values: Any) -> Interaction:
    """Draw an interaction through points."""
    return Interaction(points=ends, **values)


def drawing(**elements: Any) -> Drawing:
    """Draw these elements."""
    return Drawing(path="WP1.gpml", schema="2013a", version="WP1_r2", title="A", **elements)


def convert(
    known: Mapping[Xref, Mapping[str, str]] | None = None, **elements: Any
) -> tuple[Aspects, Mapping[str, Tally]]:
    """Convert a drawing, and return the aspects of its network and what became of its elements."""
    conversion = build_network(
        drawing(**elements), {"name": "A"}, lambda xref: (known or {}).get(xref, {})
    )
    fragments = orjson.loads(conversion.body)
    return {
        name: listed for fragment in fragments[1:] for name, listed in fragment.items()
    }, conversion.tallies


def bypass(aspects: Aspects, number: int, kind: str = "node") -> dict[str, Any]:
    """Return the bypass of a node or edge."""
    return next(each["v"] for each in aspects[f"{kind}Bypasses"] if each["id"] == number)
