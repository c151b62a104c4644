"""Draw a pathway with its differences from its network, marked by classes that a page colours.

``missing`` are elements that only the drawing has, ``renamed`` genes with another name in the
network, ``extra`` what only the network has. That has no place in the drawing: nodes are in rows
below it, interactions between the elements that they join.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import count
from typing import TypeVar

from sync.match.identifiers import fold_label, read_ids
from sync.model import Difference, DifferenceKind
from sync.picture.paint import escape
from sync.picture.svg import draw_svg
from sync.records.drawing import (
    Box,
    DataNode,
    Drawing,
    Font,
    Interaction,
    Label,
    Look,
    Point,
    Shape,
)

_Drawn = TypeVar("_Drawn", DataNode, Interaction)

MISSING, RENAMED, EXTRA = "missing", "renamed", "extra"

_CLASSES = {
    DifferenceKind.NODE_MISSING: MISSING,
    DifferenceKind.INTERACTION_MISSING: MISSING,
    DifferenceKind.GENE_MISSING: MISSING,
    DifferenceKind.GENE_RENAMED: RENAMED,
    DifferenceKind.GENE_REIDENTIFIED: RENAMED,
}
_EXTRA_NODES = frozenset({DifferenceKind.NODE_EXTRA, DifferenceKind.GENE_EXTRA})
_ABOVE = 1 << 20
_COLUMNS = 6
_STEP_X, _STEP_Y = 150.0, 36.0
_ONLY_THERE = Font(align="Left", bold=True)


def draw_differences(drawing: Drawing, differences: Sequence[Difference]) -> str:
    """Draw a pathway like ``draw_svg``, with all differences marked."""
    marks = dict(_marks(drawing, differences))
    nodes = tuple(_extra_nodes(drawing, differences))
    lines = tuple(_extra_lines(drawing, differences))
    title = (_title(nodes[0]),) if nodes else ()
    shown = replace(
        drawing,
        nodes=(*(_raised(node, marks) for node in drawing.nodes), *nodes),
        interactions=(*(_raised(line, marks) for line in drawing.interactions), *lines),
        labels=(*drawing.labels, *title),
    )
    svg = draw_svg(shown)
    # Texts of the drawing are escaped, so they cannot contain an attribute's quotes.
    for name, mark in (marks | {each.id: EXTRA for each in (*nodes, *lines)}).items():
        identity = f'data-id="{escape(name)}"'
        svg = svg.replace(identity, f'{identity} class="{mark}"')
    return svg


def _raised(element: _Drawn, marks: Mapping[str, str]) -> _Drawn:
    """Draw marked elements above their neighbours, which would hide their border."""
    return replace(element, z=element.z + _ABOVE) if element.id in marks else element


def _marks(drawing: Drawing, differences: Iterable[Difference]) -> Iterator[tuple[str, str]]:
    for each in differences:
        if each.kind not in _CLASSES:
            continue
        element = (each.local or {}).get("element", "")
        found = [element] if element else _nodes_of(drawing, each)
        yield from ((name, _CLASSES[each.kind]) for name in found if name)


def _nodes_of(drawing: Drawing, gene: Difference) -> list[str]:
    """Return the ids of the nodes of a gene: by its identifiers, else by its symbol."""
    ids, name = set(gene.ids), fold_label(gene.symbol)
    identified = [node.id for node in drawing.nodes if ids & {*_ids(node)}]
    return identified or [node.id for node in drawing.nodes if fold_label(node.label) == name]


def _ids(node: DataNode) -> Sequence[str]:
    return read_ids(node.xref.id, node.xref.source)


def _extra_nodes(drawing: Drawing, differences: Iterable[Difference]) -> Iterator[DataNode]:
    items: tuple[DataNode | Shape | Label, ...] = (*drawing.nodes, *drawing.shapes, *drawing.labels)
    boxes = [item.box for item in items]
    left = min((box.left for box in boxes), default=0.0)
    top = max((box.bottom for box in boxes), default=0.0) + 2 * _STEP_Y
    extra = (each for each in differences if each.kind in _EXTRA_NODES)
    for place, (name, each) in enumerate(zip(_free_ids(drawing, "node"), extra, strict=False)):
        row, column = divmod(place, _COLUMNS)
        x, y = left + _STEP_X * (column + 0.5), top + _STEP_Y * (row + 1)
        label = each.symbol or each.name
        yield DataNode(id=name, label=label, box=Box(x, y, _STEP_X - 14, _STEP_Y - 12))


def _title(first: DataNode) -> Label:
    box = replace(first.box, y=first.box.y - _STEP_Y)
    look = Look(shape="None", fill_color="", font=_ONLY_THERE)
    return Label(label="Only on NDEx", box=box, look=look)


def _extra_lines(drawing: Drawing, differences: Iterable[Difference]) -> Iterator[Interaction]:
    """Yield the interactions whose two ends are both in the drawing."""
    places = {node.id: node.box for node in drawing.nodes}
    names = _free_ids(drawing, "line")
    for each in differences:
        said = each.remote or {}
        start, end = places.get(said.get("source", "")), places.get(said.get("target", ""))
        if each.kind is DifferenceKind.INTERACTION_EXTRA and start and end:
            points = (
                Point(x=start.x, y=start.y),
                Point(x=end.x, y=end.y, arrow=said.get("type", "Line")),
            )
            yield Interaction(id=next(names), points=points, z=2 * _ABOVE, width=2.0)


def _free_ids(drawing: Drawing, kind: str) -> Iterator[str]:
    taken = {item.id for item in (*drawing.nodes, *drawing.shapes, *drawing.interactions)}
    return (name for n in count() if (name := f"only-on-ndex-{kind}-{n}") not in taken)
