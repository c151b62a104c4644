"""Replace a network's content by that of its drawing, with as few changes as possible.

What both have keeps its id, and its position and style unless those of the drawing are wanted.
Attributes, aspects and network attributes that are not from the drawing stay.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from uuid import UUID

from sync.cx.content import Element, OpenContent, open_cx2
from sync.cx.diagram import read_diagram
from sync.cx.validate_cx2 import NETWORK_ATTRIBUTES
from sync.errors import NetworkError
from sync.match.diagram import Diagram, EdgeMatching, match_edges, pair_nodes
from sync.match.properties import fold_attribute, fold_name
from sync.match.whole import MADE_BY, MAKER

_ANNOTATIONS = "__Annotations"
DRAWN_ATTRIBUTES = (_ANNOTATIONS, "WikipathwaysVersion", MADE_BY)
"""The network attributes about the drawing, which are replaced with the content."""

_STYLES = ("visualProperties", "visualEditorProperties")
_EDGES = ("edges", "edgeBypasses")
_BYPASSES = {"nodes": "nodeBypasses", "edges": "edgeBypasses"}


class DrawnLayout(StrEnum):
    """Where positions and styles come from; the values of ``network_layout`` in
    the configuration.
    """

    KEEP = "keep"
    DRAWING = "drawing"


def redraw(document: object, drawing: object, layout: DrawnLayout) -> bytes:
    """Return ``document`` with its content replaced by that of ``drawing``, as an upload.

    Both are CX2; ``drawing`` is what ``convert`` makes from the record's drawing. The same input
    gives the same bytes.

    Raises:
        NetworkError: one of them is not CX2, or the server's loader would refuse the result.
    """
    redrawing = _Redrawing.open(document, drawing, layout)
    redrawing.redraw_nodes()
    redrawing.redraw_edges()
    redrawing.redraw_network()
    return redrawing.content.to_upload()


def add_attribute(document: object, name: str, text: str) -> bytes:
    """Return a CX2 document as an upload with one more network attribute.

    Raises:
        NetworkError: it is not CX2, or the server's loader would refuse it.
    """
    content = open_cx2(document)
    _network_attributes(content)[name] = text
    content.declarations.setdefault(NETWORK_ATTRIBUTES, {})[name] = {"d": "string"}
    return content.to_upload()


@dataclass(slots=True)
class _Redrawing:
    """Redraws a network; ``numbers`` has the id in the network for each node of the drawing."""

    content: OpenContent
    drawn: OpenContent
    layout: DrawnLayout
    now: Diagram
    edges: EdgeMatching
    numbers: dict[int, int]

    @classmethod
    def open(cls, document: object, drawing: object, layout: DrawnLayout) -> _Redrawing:
        now, goal = read_diagram(document), read_diagram(drawing)
        numbers = dict(pair_nodes(goal, now))
        edges = match_edges(goal, now, numbers)
        content, drawn = open_cx2(document), open_cx2(drawing)
        _pair_loose_ends(now, edges, numbers)
        _pair_near(goal, now, (_places(drawn), _places(content)), numbers)
        return cls(content, drawn, layout, now, edges, numbers)

    def redraw_nodes(self) -> None:
        """Replace the nodes by those of the drawing."""
        content = self.content
        self._declare("nodes")
        paired = dict(self.numbers)
        gone = self._surplus_nodes(set(paired.values()))
        elements = {element["id"]: element for element in content.nodes}
        free = max(elements, default=-1) + 1
        places = [
            (_place(element), _place(elements[paired[element["id"]]]))
            for element in self.drawn.nodes
            if element["id"] in paired
        ]
        edges = {name: content.aspects[name] for name in _EDGES if name in content.aspects}
        content.remove_nodes(gone)
        # The drawing decides which edges stay: it may have connected them to other nodes.
        content.aspects |= edges
        for element in self.drawn.nodes:
            number = self.numbers.get(element["id"])
            if number is None:
                number = self.numbers[element["id"]] = free
                free += 1
                content.nodes.append(self._new_node(element, number, places))
            else:
                self._take_over("nodes", elements[number], element)
        self._restyle("nodes", self.numbers, kept=elements)

    def _surplus_nodes(self, kept: set[int]) -> set[int]:
        """Return the nodes of an earlier drawing: data nodes, and what has a drawing's id or no
        name.

        Notes that people added have a name, and stay.
        """
        return {
            node.number
            for node in self.now.nodes
            if node.number not in kept and (node.type or node.element or not node.names)
        }

    def _new_node(
        self, element: Element, number: int, places: Iterable[tuple[_Place, _Place]]
    ) -> Element:
        """Place a node relative to the nearest one that both have, as that may
        have moved on NDEx.
        """
        place = _place(element)
        if self.layout is DrawnLayout.KEEP:
            drawn, shown = min(places, key=lambda pair: _apart(pair[0], place), default=_UNMOVED)
            place = (place[0] + shown[0] - drawn[0], place[1] + shown[1] - drawn[1])
        made: Element = {**element, "id": number, "x": place[0], "y": place[1], "v": {}}
        self._take_over("nodes", made, element)
        return made

    def redraw_edges(self) -> None:
        """Replace the edges by those of the drawing."""
        content = self.content
        self._declare("edges")
        kept = {drawn.number: shown.number for drawn, shown in self.edges.pairs}
        edges = content.aspects.get("edges", [])
        elements = {edge["id"]: edge for edge in edges}
        free = max([*elements, *(edge.number for edge in self.now.edges)], default=-1) + 1
        made: list[Element] = []
        numbers: dict[int, int] = {}
        for edge in self.drawn.aspects.get("edges", ()):
            number = kept.get(edge["id"])
            known = None if number is None else elements.get(number)
            if known is None:
                number, free = free, free + 1
            shown: Element = known or {"id": number, "v": {}}
            shown |= {"s": self.numbers[edge["s"]], "t": self.numbers[edge["t"]]}
            self._take_over("edges", shown, edge)
            numbers[edge["id"]] = shown["id"]
            made.append(shown)
        content.aspects["edges"] = made
        self._restyle("edges", numbers, kept=elements)

    def redraw_network(self) -> None:
        """Take what the drawing says about the network as a whole."""
        drawn, own = _network_attributes(self.drawn), _network_attributes(self.content)
        declared = self.content.declarations.setdefault(NETWORK_ATTRIBUTES, {})
        for name in DRAWN_ATTRIBUTES:
            spelled = [each for each in own if fold_name(each) == fold_name(name)]
            key = spelled[-1] if spelled else name
            if name == _ANNOTATIONS:
                # In a network that others made, nobody knows which attributes are the drawing's.
                shown = own.get(key) if own.get(MADE_BY) == MAKER else None
                own[key] = _merge_annotations(shown, drawn.get(name), self.layout)
                declared[key] = {"d": "list_of_string"}
                if not own[key]:
                    del own[key], declared[key]
            elif name in drawn:
                own[key] = drawn[name]
                declared[key] = dict(self.drawn.declarations[NETWORK_ATTRIBUTES][name])
        if self.layout is DrawnLayout.DRAWING:
            for name in _STYLES:
                self.content.aspects[name] = self.drawn.aspects[name]

    def _declare(self, aspect: str) -> None:
        if aspect == "nodes":
            self.content.write_defaults()
        for name, entry in self.drawn.declarations.get(aspect, {}).items():
            self.content.declare(name, entry["d"], aspect)

    def _take_over(self, aspect: str, shown: Element, drawn: Element) -> None:
        """Give a node or edge its values in the drawing, and keep values that only it has."""
        for name in self.drawn.declarations.get(aspect, {}):
            folded = fold_attribute(name)
            if name in drawn["v"]:
                self.content.state(shown, folded, [_text(drawn["v"][name])], aspect)
            else:
                self.content.silence(shown, folded, aspect)

    def _restyle(self, aspect: str, numbers: Mapping[int, int], kept: Collection[int]) -> None:
        """Take positions and styles from the drawing for new elements, or for all if they are
        wanted.
        """
        drawn_of = {
            shown: drawn
            for drawn, shown in numbers.items()
            if shown not in kept or self.layout is DrawnLayout.DRAWING
        }
        name = _BYPASSES[aspect]
        styles = {each["id"]: each["v"] for each in self.drawn.aspects.get(name, ())}
        stay = set(numbers.values()) if aspect == "edges" else None
        self.content.aspects[name] = [
            each
            for each in self.content.aspects.get(name, ())
            if each["id"] not in drawn_of and (stay is None or each["id"] in stay)
        ] + [
            {"id": shown, "v": styles[drawn]}
            for shown, drawn in drawn_of.items()
            if drawn in styles
        ]
        if aspect == "nodes":
            sources = {each["id"]: each for each in self.drawn.nodes}
            for element in self.content.nodes:
                if element["id"] in kept and element["id"] in drawn_of:
                    source = sources[drawn_of[element["id"]]]
                    element |= {key: source[key] for key in ("x", "y", "z") if key in source}


def _merge_annotations(own: object, drawn: object, layout: DrawnLayout) -> list[str]:
    """Return the annotations of the drawing, and those that people added on NDEx.

    Annotations that are on NDEx already keep position and style unless those of the drawing are
    wanted.
    """
    shown, listed = _texts_of(own), []
    for each in _texts_of(drawn):
        same = next((old for old in shown if _mark_of(old) == _mark_of(each)), None)
        if same is None:
            listed.append(each)
        else:
            shown.remove(same)
            listed.append(same if layout is DrawnLayout.KEEP else each)
    return listed + [each for each in shown if not _is_drawn(each)]


def _texts_of(value: object) -> list[str]:
    return [each for each in value if isinstance(each, str)] if isinstance(value, list) else []


def _pairs_of(annotation: str) -> dict[str, str]:
    return dict(pair.split("=", 1) for pair in annotation.split("|") if "=" in pair)


def _mark_of(annotation: str) -> tuple[str | None, ...]:
    """Return a key that identifies an annotation wherever it is; ids change."""
    pairs = _pairs_of(annotation)
    return tuple(pairs.get(key) for key in ("type", "text", "shapeType", "customShape"))


def _is_drawn(annotation: str) -> bool:
    """Return whether an annotation comes from a drawing.

    Its id is then made from names; Cytoscape's ids are random.
    """
    try:
        return UUID(_pairs_of(annotation).get("uuid", "")).version == _NAMED
    except ValueError:
        return False


_NAMED = 5


def _pair_loose_ends(now: Diagram, edges: EdgeMatching, numbers: dict[int, int]) -> None:
    """Pair the ends of interactions that both have if the ends have no name and no id."""
    nameless = {node.number for node in now.nodes if not (node.type or node.element)}
    left = nameless.difference(numbers.values())
    for drawn, shown in edges.pairs:
        for own, other in ((drawn.source, shown.source), (drawn.target, shown.target)):
            if own not in numbers and other in left:
                numbers[own] = other
                left.remove(other)


def _pair_near(
    goal: Diagram,
    now: Diagram,
    places: tuple[Mapping[int, _Place], Mapping[int, _Place]],
    numbers: dict[int, int],
) -> None:
    """Pair the remaining marks, groups and anchors without an id: equal names, nearest first.

    Without a name they must be at nearly the same position.
    """
    drawn, shown = places
    taken = set(numbers.values())
    left = [node for node in now.nodes if node.number not in taken and not node.type]
    rest = [node for node in goal.nodes if node.number not in numbers and not node.type]
    if len(rest) * len(left) > _MOST_COMPARED:
        return
    close = sorted(
        (apart, own.number, other.number)
        for own in rest
        for other in left
        if own.names == other.names
        and not (own.element and other.element)
        and ((apart := _apart(drawn[own.number], shown[other.number])) <= _NEAR or own.names)
    )
    for _, own_number, other_number in close:
        if own_number not in numbers and other_number not in taken:
            numbers[own_number] = other_number
            taken.add(other_number)


_NEAR = 30.0**2
_MOST_COMPARED = 1_000_000

_Place = tuple[float, float]
_UNMOVED: tuple[_Place, _Place] = ((0.0, 0.0), (0.0, 0.0))


def _place(element: Mapping[str, Any]) -> _Place:
    return float(element.get("x") or 0.0), float(element.get("y") or 0.0)


def _places(content: OpenContent) -> dict[int, _Place]:
    return {element["id"]: _place(element) for element in content.nodes}


def _apart(one: _Place, other: _Place) -> float:
    return (one[0] - other[0]) ** 2 + (one[1] - other[1]) ** 2


def _network_attributes(content: OpenContent) -> dict[str, Any]:
    listed = content.aspects.setdefault(NETWORK_ATTRIBUTES, [{}])
    if len(listed) != 1:
        raise NetworkError("its network attributes stand in several elements")
    return listed[0]


def _text(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)
