"""Make the network of a drawing, in CX2, as the WikiPathways app of Cytoscape does (formats 5).

Data nodes, states, groups and anchors become nodes, and so does whatever an interaction ends at: a
shape, a label, or a loose end. Interactions become edges. Everything else that is drawn becomes
annotations. Ids are numbered in order, so the same drawing gives the same bytes.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from sync.convert.annotations import Annotations
from sync.convert.bends import control_points, handles
from sync.convert.style import (
    EDITOR,
    NODE_SHAPES,
    STYLE,
    border_style,
    border_width,
    box_bypass,
    font_name,
    is_transparent,
    label_bypass,
    line_style,
    shape_word,
)
from sync.cx.content import OpenContent
from sync.cx.frame import Element
from sync.cx.validate_cx2 import NETWORK_ATTRIBUTES
from sync.records.drawing import (
    DataNode,
    Drawing,
    GraphicalLine,
    Group,
    Interaction,
    Label,
    Line,
    Point,
    Shape,
    State,
    Xref,
)
from sync.records.geometry import Geometry, Place

_T = TypeVar("_T")

KnownIds = Callable[[Xref], Mapping[str, str]]
"""Returns the ``Ensembl`` and ``ChEBI`` ids of an identifier, as far as they are known."""

_NODE_COLUMNS = {
    "name": "string",
    "GraphID": "string",
    "Type": "string",
    "XrefId": "string",
    "XrefDatasource": "string",
    "Ensembl": "string",
    "ChEBI": "string",
    "GroupId": "string",
    "GroupRef": "string",
    "IsGPMLShape": "boolean",
    "Width": "double",
    "Height": "double",
    "Color": "string",
    "FillColor": "string",
    "Transparent": "string",
    "Shape": "string",
    "BorderThickness": "double",
    "LabelFont": "string",
    "LabelSize": "double",
}
_EDGE_COLUMNS = {
    "interaction": "string",
    "GraphID": "string",
    "StartArrow": "string",
    "EndArrow": "string",
    "ConnectorType": "string",
    "LineThickness": "double",
    "LineStyle": "string",
    "Color": "string",
    "XrefId": "string",
    "XrefDatasource": "string",
}
_OWN_SHAPES = frozenset({"rectangle", "octagon"})
_KEPT_AS_NODES = _OWN_SHAPES | {None}
_SELECTED = "#FFFFCC"
_GROUP_COLOR = "#AAAAAA"
_GROUP_OPACITY = 25 / 255
_GROUP_FILLS = {"Pathway": "#00FF00", "Complex": "#B4B464", "None": "#B4B464"}


@dataclass(slots=True)
class Tally:
    """What happened to the elements of one kind.

    ``drawn`` is how many the drawing has. ``left_out`` counts by reason those that are not in the
    network.
    """

    drawn: int = 0
    nodes: int = 0
    edges: int = 0
    annotations: int = 0
    left_out: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True, slots=True)
class Conversion:
    """A network ready to upload, and what happened to each kind of element of its drawing."""

    body: bytes
    tallies: Mapping[str, Tally]


def build_network(
    drawing: Drawing, attributes: Mapping[str, str], known_ids: KnownIds
) -> Conversion:
    """Build the network of a drawing with these network attributes.

    Raises:
        NetworkError: the server's loader would refuse it.
    """
    builder = _Builder(drawing, known_ids)
    builder.build()
    return Conversion(builder.write(attributes), builder.tallies)


class _Builder:
    """Numbers nodes and edges, and remembers which node stands for which id."""

    def __init__(self, drawing: Drawing, known_ids: KnownIds) -> None:
        self._drawing = drawing
        self._known_ids = known_ids
        self._geometry = Geometry(drawing)
        self._annotations = Annotations(drawing, self._geometry)
        self._nodes: list[Element] = []
        self._edges: list[Element] = []
        self._node_bypasses: list[Element] = []
        self._edge_bypasses: list[Element] = []
        self._places: list[Place] = []
        self._node_of: dict[str, int] = {}
        self._state_columns: dict[str, None] = {}
        ends = (
            point.ref
            for line in drawing.interactions
            for point in (line.points[0], line.points[-1])
        )
        self._touched = frozenset(ends)
        self.tallies: dict[str, Tally] = {}

    def build(self) -> None:
        """Make the nodes, edges and annotations of all elements."""
        drawing = self._drawing
        self._take("data nodes", drawing.nodes, self._add_data_node)
        self._take("shapes", drawing.shapes, self._add_shape)
        self._take("states", drawing.states, self._add_state)
        self._take("groups", drawing.groups, self._add_group)
        self._take("labels", drawing.labels, self._add_label)
        lines: tuple[Line, ...] = (*drawing.interactions, *drawing.graphical_lines)
        self._take(
            "anchors",
            [(line, n) for line in lines for n in range(len(line.anchors))],
            self._add_anchor,
        )
        self._take("interactions", drawing.interactions, self._add_interaction)
        self._take("graphical lines", drawing.graphical_lines, self._add_graphical_line)

    def write(self, attributes: Mapping[str, str]) -> bytes:
        """Return the upload."""
        values: Element = dict(attributes)
        declared = {name: {"d": "string"} for name in attributes}
        if annotations := self._annotations.listed():
            values["__Annotations"] = annotations
            declared["__Annotations"] = {"d": "list_of_string"}
        columns = _NODE_COLUMNS | dict.fromkeys(self._state_columns, "string")
        aspects: dict[str, list[Element]] = {
            NETWORK_ATTRIBUTES: [values],
            "nodes": self._nodes,
            "edges": self._edges,
            "visualProperties": [dict(STYLE)],
            "nodeBypasses": self._node_bypasses,
            "edgeBypasses": self._edge_bypasses,
            "visualEditorProperties": [dict(EDITOR)],
        }
        return OpenContent(
            cx_version="2.0",
            declarations={
                NETWORK_ATTRIBUTES: declared,
                "nodes": {name: {"d": kind} for name, kind in columns.items()},
                "edges": {name: {"d": kind} for name, kind in _EDGE_COLUMNS.items()},
            },
            aspects={name: elements for name, elements in aspects.items() if elements},
        ).to_upload()

    def _take(self, kind: str, elements: Iterable[_T], add: Callable[[_T, Tally], None]) -> None:
        tally = self.tallies[kind] = Tally()
        for element in elements:
            tally.drawn += 1
            add(element, tally)

    # Nodes.

    def _add_data_node(self, node: DataNode, tally: Tally) -> None:
        look = node.look
        values = {
            "name": node.label,
            "GroupRef": node.group,
            "Type": node.type,
            "XrefId": node.xref.id,
            "XrefDatasource": node.xref.source if node.xref else "",
            **self._known_ids(node.xref),
            "Width": node.box.width,
            "Height": node.box.height,
            "Color": look.border_color,
            "FillColor": look.fill_color,
            "Transparent": "true" if is_transparent(look) else "false",
            "Shape": look.shape,
            "BorderThickness": border_width(look),
            "LabelFont": font_name(look.font),
            "LabelSize": look.font.size,
        }
        bypass: Element = {"NODE_Z_LOCATION": float(node.z)}
        if look.border_style != "Solid":
            bypass["NODE_BORDER_STYLE"] = border_style(look.border_style)
        if look.text_color != look.border_color:
            bypass["NODE_LABEL_COLOR"] = look.text_color.upper()
        self._add_node((node.box.x, node.box.y), node.z, node.id, values, bypass)
        tally.nodes += 1

    def _add_shape(self, shape: Shape, tally: Tally) -> None:
        """Add a shape.

        A rectangle or octagon is a node; its fill, which the app does not paint, is an annotation.
        Any other shape is an annotation and, if edges touch it, a small node at its upper side; the
        app keeps a node of full size for shapes that it does not know.
        """
        look, word = shape.look, shape_word(shape)
        node_shape = NODE_SHAPES.get(word)
        is_touched = shape.id in self._touched and bool(shape.id)
        keeps_size = node_shape in _KEPT_AS_NODES
        if look.fill_color if node_shape in _OWN_SHAPES else word != "None":
            self._annotations.add_shape(shape)
            tally.annotations += 1
        if not is_touched and not keeps_size:
            return
        box = shape.box
        bypass = {
            "NODE_BORDER_COLOR": look.border_color.upper(),
            "NODE_BORDER_WIDTH": border_width(look),
            "NODE_WIDTH": box.width,
            "NODE_HEIGHT": box.height,
            **label_bypass(look),
            "NODE_SELECTED_PAINT": _SELECTED,
            "NODE_BACKGROUND_OPACITY": 0.0,
            "NODE_Z_LOCATION": float(shape.z),
        }
        if look.fill_color:
            bypass["NODE_BACKGROUND_COLOR"] = look.fill_color.upper()
        if node_shape is not None:
            bypass["NODE_SHAPE"] = node_shape
        place = (box.x, box.y)
        if not keeps_size:
            place = (box.x, box.top)
            bypass |= {"NODE_WIDTH": 2.0, "NODE_HEIGHT": 2.0, "NODE_BORDER_OPACITY": 0.0}
        values = {"name": shape.label, "IsGPMLShape": True}
        self._add_node(place, shape.z, shape.id, values, bypass)
        tally.nodes += 1

    def _add_state(self, state: State, tally: Tally) -> None:
        box = self._geometry.state_box(state)
        if box is None:
            tally.left_out["on a node that is not drawn"] += 1
            return
        look = state.look
        said = _pairs(state)
        values = {name: value for name, value in said.items() if name not in _NODE_COLUMNS}
        self._state_columns |= dict.fromkeys(values)
        bypass = box_bypass(box, look) | {"NODE_Z_LOCATION": float(state.z)}
        if look.fill_color:
            bypass["NODE_BACKGROUND_COLOR"] = look.fill_color.upper()
        if state.label:
            bypass["NODE_LABEL"] = state.label
        self._add_node((box.x, box.y), state.z, state.id, {"name": state.label} | values, bypass)
        tally.nodes += 1

    def _add_group(self, group: Group, tally: Tally) -> None:
        box = self._geometry.group_box(group)
        if box is None:
            tally.left_out["without members"] += 1
            return
        z = group.z
        bypass = {
            "NODE_BORDER_COLOR": _GROUP_COLOR,
            "NODE_BORDER_STYLE": "solid" if group.style == "Complex" else "dashed",
            "NODE_BORDER_WIDTH": 0.0 if group.style == "Group" else 1.0,
            "NODE_BACKGROUND_COLOR": _GROUP_FILLS.get(group.style, "#FFFFFF"),
            "NODE_BACKGROUND_OPACITY": _GROUP_OPACITY,
            "NODE_HEIGHT": box.height,
            "NODE_LABEL_COLOR": _GROUP_COLOR,
            "NODE_SELECTED_PAINT": _SELECTED,
            "NODE_SHAPE": "octagon" if group.style == "Complex" else "rectangle",
            "NODE_WIDTH": box.width,
            "NODE_Z_LOCATION": float(z),
        }
        self._add_node((box.x, box.y), z, group.id, {"GroupId": group.key}, bypass)
        tally.nodes += 1

    def _add_label(self, label: Label, tally: Tally) -> None:
        if not label.id or label.id not in self._touched:
            self._annotations.add_label(label)
            tally.annotations += 1
            return
        bypass = box_bypass(label.box, label.look) | {
            "NODE_LABEL": label.label,
            "NODE_SELECTED_PAINT": _SELECTED,
            "NODE_Z_LOCATION": float(label.z),
        }
        if not is_transparent(label.look):
            bypass["NODE_BACKGROUND_COLOR"] = label.look.fill_color.upper()
        self._add_node((label.box.x, label.box.y), label.z, label.id, {}, bypass)
        tally.nodes += 1

    def _add_anchor(self, item: tuple[Line, int], tally: Tally) -> None:
        line, number = item
        anchor = line.anchors[number]
        if isinstance(line, GraphicalLine) and anchor.id not in self._touched:
            tally.left_out["on a graphical line, where no interaction ends"] += 1
            return
        self._add_handle(self._geometry.place_on(line, anchor.position), anchor.id)
        tally.nodes += 1

    def _add_handle(self, place: Place, element_id: str = "") -> int:
        """Add a node that is only a place where edges end."""
        bypass = {"NODE_HEIGHT": 1.0, "NODE_SHAPE": "rectangle", "NODE_WIDTH": 1.0}
        return self._add_node(place, 0, element_id, {}, bypass)

    def _add_node(
        self, place: Place, z: int, element_id: str, values: Mapping[str, Any], bypass: Element
    ) -> int:
        number = len(self._nodes)
        known = {"GraphID": element_id, **values}
        stated = {name: value for name, value in known.items() if value != ""}
        self._nodes.append(
            {"id": number, "x": float(place[0]), "y": float(place[1]), "z": float(z), "v": stated}
        )
        shown = {name: value for name, value in bypass.items() if value != ""}
        self._node_bypasses.append({"id": number, "v": shown})
        self._places.append(place)
        if element_id:
            self._node_of.setdefault(element_id, number)
        return number

    # Edges.

    def _add_interaction(self, line: Interaction, tally: Tally) -> None:
        first, last = line.points[0], line.points[-1]
        source, target = self._end(first, tally), self._end(last, tally)
        number = len(self._edges)
        values: Element = {
            "interaction": last.arrow,
            "GraphID": line.id,
            "StartArrow": first.arrow,
            "EndArrow": last.arrow,
            "ConnectorType": line.connector,
            "LineThickness": line.width,
            "LineStyle": line_style(line.style),
            "Color": line.color or "#000000",
        }
        if line.xref:
            values |= {"XrefId": line.xref.id, "XrefDatasource": line.xref.source}
        stated = {name: value for name, value in values.items() if value != ""}
        self._edges.append({"id": number, "s": source, "t": target, "v": stated})
        bypass: Element = {"EDGE_WIDTH": line.width}
        if places := handles(line, self._geometry):
            bends = control_points(places, self._places[source], self._places[target])
            if bends is None:
                tally.left_out["bends of a line whose ends are at the same point"] += 1
            else:
                bypass["EDGE_CONTROL_POINTS"] = bends
        self._edge_bypasses.append({"id": number, "v": bypass})
        tally.edges += 1

    def _end(self, point: Point, tally: Tally) -> int:
        known = self._node_of.get(point.ref)
        if known is None:
            tally.nodes += 1
            return self._add_handle((point.x, point.y))
        return known

    def _add_graphical_line(self, line: GraphicalLine, tally: Tally) -> None:
        self._annotations.add_line(line)
        tally.annotations += 1


def _pairs(state: State) -> dict[str, str]:
    """Return the pairs in the comments of a state: ``ptm=p; position=ser9``."""
    parts = [part for comment in state.comments for part in comment.text.split(";")]
    pairs = (part.partition("=") for part in parts if "=" in part)
    return {name.strip(): value.strip() for name, _, value in pairs if name.strip()}
