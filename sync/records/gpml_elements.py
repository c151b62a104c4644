"""Make the elements of a drawing from what a GPML file says about each.

Attributes have the names of GPML 2013a. What the file leaves out has the default of its schema.
Rules that no schema states are those of PathVisio: each kind of element has a layer of its own if
the file names none, states have letters of size 10, ``DoubleLineProperty`` makes a double line, and
a colour that cannot be read is black.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType
from typing import Any

from sync.amounts import plural
from sync.errors import RecordError
from sync.records.drawing import (
    Anchor,
    Box,
    Citation,
    Comment,
    DataNode,
    Font,
    GraphicalLine,
    Group,
    Interaction,
    Label,
    Look,
    Point,
    Shape,
    State,
    Term,
    Xref,
)
from sync.records.gpml import GPML_2013A

FARTHEST = 1e6
"""The largest coordinate and size that is drawn, in pixels; real boards are below 20,000."""

Attributes = Mapping[str, str]

EMPTY: Attributes = MappingProxyType({})

_LAYERS = {
    "DataNode": 0x8000,
    "Label": 0x7000,
    "Shape": 0x4000,
    "Interaction": 0x3000,
    "GraphicalLine": 0x3000,
    "Group": 0x1000,
}
_COMPONENT = "org.pathvisio.CellularComponentProperty"
_DOUBLE_LINE = ("org.pathvisio.DoubleLineProperty", "Double")
_RIGHT_ANGLES = {"Top": 0.0, "Right": 0.5 * math.pi, "Bottom": math.pi, "Left": 1.5 * math.pi}
_HEX = re.compile(r"#?([0-9a-fA-F]{1,8})")
_HEX_WITH_OPACITY = 8
_COLORS = {
    "aqua": "#00ffff",
    "black": "#000000",
    "blue": "#0000ff",
    "fuchsia": "#ff00ff",
    "gray": "#808080",
    "green": "#008000",
    "lime": "#00ff00",
    "maroon": "#800000",
    "navy": "#000080",
    "olive": "#808000",
    "purple": "#800080",
    "red": "#ff0000",
    "silver": "#c0c0c0",
    "teal": "#008080",
    "white": "#ffffff",
    "yellow": "#ffff00",
    "transparent": "",
}
_RDF_ID = "http://www.w3.org/1999/02/22-rdf-syntax-ns#}id"


class Frame:
    """What a file says about one element and what is inside it."""

    __slots__ = (
        "anchors",
        "attributes",
        "authors",
        "citations",
        "comments",
        "graphics",
        "line",
        "name",
        "points",
        "properties",
        "states",
        "terms",
        "texts",
        "xref",
    )

    def __init__(self, name: str, attributes: Attributes, line: int) -> None:
        self.name = name
        self.attributes = attributes
        self.line = line
        self.graphics = EMPTY
        self.xref = EMPTY
        self.comments: list[Comment] = []
        self.properties: list[tuple[str, str]] = []
        self.citations: list[str] = []
        self.terms: list[str] = []
        self.points: list[Attributes] = []
        self.anchors: list[Attributes] = []
        self.states: list[Frame] = []
        self.texts: dict[str, str] = {}
        self.authors: list[str] = []


class Builder:
    """Makes elements from frames; ``path`` is named in errors, ``schema`` has the defaults.

    Raises RecordError for what cannot be drawn: a position or size that is missing, not a number or
    beyond ``FARTHEST``, a negative size, a line with fewer than two points.
    """

    def __init__(self, path: str, schema: str) -> None:
        self._path = path
        self._schema = schema
        self._makers: Mapping[str, Callable[[Frame], object]] = {
            "DataNode": self._data_node,
            "State": self._state,
            "Interaction": self._interaction,
            "GraphicalLine": self._graphical_line,
            "Label": self._label,
            "Shape": self._shape,
            "Group": self._group,
            "Annotation": _annotation,
            "Citation": _citation,
            "PublicationXref": _publication,
            "openControlledVocabulary": _vocabulary_term,
        }

    def build(self, frame: Frame) -> object:
        """Return the element of a frame, of the kind that its name says."""
        return self._makers[frame.name](frame)

    def _common(self, frame: Frame) -> dict[str, Any]:
        properties = tuple(frame.properties)
        return {
            "id": frame.attributes.get("GraphId", ""),
            "group": frame.attributes.get("GroupRef", ""),
            "z": int(self._number(frame, frame.graphics, "ZOrder", _LAYERS.get(frame.name, 0))),
            "comments": tuple(frame.comments),
            "properties": properties,
            "citations": tuple(frame.citations),
            "terms": tuple(frame.terms),
            "line": frame.line,
        }

    def _data_node(self, frame: Frame) -> DataNode:
        return DataNode(
            **self._common(frame),
            label=frame.attributes.get("TextLabel", ""),
            type=frame.attributes.get("Type", "Unknown"),
            xref=_xref(frame),
            box=self._box(frame),
            look=self._look(frame, shape="Rectangle", fill="White"),
        )

    def _state(self, frame: Frame) -> State:
        graphics = frame.graphics
        return State(
            **self._common(frame),
            node=frame.attributes.get("GraphRef", ""),
            label=frame.attributes.get("TextLabel", ""),
            type=frame.attributes.get("StateType", frame.attributes.get("Type", "Unknown")),
            xref=_xref(frame),
            rel_x=self._number(frame, graphics, "RelX"),
            rel_y=self._number(frame, graphics, "RelY"),
            width=self.size(frame, graphics, "Width"),
            height=self.size(frame, graphics, "Height"),
            look=self._look(frame, shape="Rectangle", fill="White", font_size=10.0),
        )

    def _label(self, frame: Frame) -> Label:
        return Label(
            **self._common(frame),
            label=frame.attributes.get("TextLabel", ""),
            href=frame.attributes.get("Href", ""),
            box=self._box(frame),
            look=self._look(frame, shape="None", fill="Transparent"),
        )

    def _shape(self, frame: Frame) -> Shape:
        components = dict(frame.properties)
        component = components.get(_COMPONENT, "None")
        return Shape(
            **self._common(frame),
            label=frame.attributes.get("TextLabel", ""),
            component="" if component == "None" else component,
            box=self._box(frame),
            look=self._look(frame, shape="Rectangle", fill="Transparent"),
        )

    def _group(self, frame: Frame) -> Group:
        attributes, drawn = frame.attributes, "CenterX" in frame.graphics
        return Group(
            **self._common(frame),
            key=attributes.get("GroupId", attributes.get("GraphId", "")),
            style=attributes.get("Style", attributes.get("Type", "None")),
            label=attributes.get("TextLabel", ""),
            xref=_xref(frame),
            box=self._box(frame) if drawn else None,
            look=self._look(frame, shape="Rectangle", fill="Transparent") if drawn else None,
        )

    def _interaction(self, frame: Frame) -> Interaction:
        return Interaction(**self._common(frame), **self._line(frame), xref=_xref(frame))

    def _graphical_line(self, frame: Frame) -> GraphicalLine:
        return GraphicalLine(**self._common(frame), **self._line(frame))

    def _line(self, frame: Frame) -> dict[str, Any]:
        graphics = frame.graphics
        if len(frame.points) < 2:
            raise self._refusal(
                frame, f"has {plural(len(frame.points), 'point')}, but a line needs two"
            )
        return {
            "points": tuple(self._point(frame, point) for point in frame.points),
            "anchors": tuple(self._anchor(frame, anchor) for anchor in frame.anchors),
            "connector": graphics.get("ConnectorType", "Straight"),
            "color": read_color(graphics.get("Color", "000000")),
            "style": _line_style(frame),
            "width": self.size(frame, graphics, "LineThickness", 1.0),
        }

    def _point(self, frame: Frame, attributes: Attributes) -> Point:
        return Point(
            x=self._number(frame, attributes, "X"),
            y=self._number(frame, attributes, "Y"),
            ref=attributes.get("GraphRef", ""),
            rel_x=self._number(frame, attributes, "RelX", 0.0),
            rel_y=self._number(frame, attributes, "RelY", 0.0),
            arrow=attributes.get("ArrowHead", "Line"),
            id=attributes.get("GraphId", ""),
        )

    def _anchor(self, frame: Frame, attributes: Attributes) -> Anchor:
        return Anchor(
            position=self._number(frame, attributes, "Position"),
            id=attributes.get("GraphId", ""),
            shape=attributes.get("Shape")
            or attributes.get("ShapeType", "None" if self._schema == GPML_2013A else "Square"),
        )

    def _box(self, frame: Frame) -> Box:
        x, y = self.place(frame, frame.graphics)
        width = self.size(frame, frame.graphics, "Width")
        return Box(x, y, width, self.size(frame, frame.graphics, "Height"))

    def place(self, frame: Frame, attributes: Attributes) -> tuple[float, float]:
        """Return the centre that a frame's attributes state."""
        return self._number(frame, attributes, "CenterX"), self._number(
            frame, attributes, "CenterY"
        )

    def _look(self, frame: Frame, *, shape: str, fill: str, font_size: float = 12.0) -> Look:
        graphics = frame.graphics
        color = read_color(graphics.get("Color", "000000"))
        return Look(
            shape=graphics.get("ShapeType", shape),
            text_color=read_color(graphics["TextColor"]) if "TextColor" in graphics else color,
            border_color=color,
            border_style=_line_style(frame),
            border_width=self.size(frame, graphics, "LineThickness", 1.0),
            fill_color=read_color(graphics.get("FillColor", fill)),
            rotation=self._rotation(frame),
            font=self._font(frame, font_size),
        )

    def _font(self, frame: Frame, size: float) -> Font:
        graphics = frame.graphics
        return Font(
            name=graphics.get("FontName", "Arial"),
            size=self.size(frame, graphics, "FontSize", size),
            bold=graphics.get("FontWeight") == "Bold",
            italic=graphics.get("FontStyle") == "Italic",
            underline=graphics.get("FontDecoration") == "Underline",
            strikethrough=graphics.get("FontStrikethru") == "Strikethru",
            align=graphics.get("Align", "Center"),
            valign=graphics.get("Valign", self._valign(frame)),
        )

    def _valign(self, frame: Frame) -> str:
        """Return the vertical position of a label that does not state it; a state of 2013a never
        does.
        """
        return "Top" if self._schema == GPML_2013A and frame.name != "State" else "Middle"

    def _rotation(self, frame: Frame) -> float:
        text = frame.graphics.get("Rotation", "Top")
        if text in _RIGHT_ANGLES:
            return _RIGHT_ANGLES[text]
        return self._number(frame, frame.graphics, "Rotation")

    def size(
        self, frame: Frame, attributes: Attributes, name: str, default: float | None = None
    ) -> float:
        """Return a size that a frame's attributes state, or the default."""
        size = self._number(frame, attributes, name, default)
        if size < 0:
            raise self._refusal(frame, f"has a negative {name}: {attributes[name][:40]}")
        return size

    def _number(
        self, frame: Frame, attributes: Attributes, name: str, default: float | None = None
    ) -> float:
        text = attributes.get(name)
        if text is None:
            if default is None:
                raise self._refusal(frame, f"has no {name}")
            return default
        try:
            number = float(text)
        except ValueError:
            number = math.nan
        if not abs(number) <= FARTHEST:  # NaN fails this too
            raise self._refusal(
                frame, f"has the {name} {text[:40]!r}, not a number up to 1,000,000"
            )
        return number

    def _refusal(self, frame: Frame, fault: str) -> RecordError:
        name = frame.attributes.get("TextLabel") or frame.attributes.get("GraphId") or ""
        named = f"{frame.name} {' '.join(name.split())[:40]!r}" if name else frame.name
        return RecordError(self._path, frame.line, f"{named} {fault}; export the drawing again")


def _xref(frame: Frame) -> Xref:
    return Xref(frame.xref.get("Database", ""), frame.xref.get("ID", ""))


def _line_style(frame: Frame) -> str:
    if _DOUBLE_LINE in frame.properties:
        return "Double"
    style = frame.graphics.get("LineStyle", "Solid")
    return style if style in {"Solid", "Double"} else "Broken"


def read_color(text: str) -> str:
    """Return ``#rrggbb``, an empty text for transparent, black for a text that is not a colour."""
    if (named := _COLORS.get(text.lower())) is not None:
        return named
    found = _HEX.fullmatch(text)
    digits = found[1].lower().zfill(6) if found else "000000"
    if len(digits) == _HEX_WITH_OPACITY and digits.endswith("00"):
        return ""
    return f"#{digits[:6]}"


def stripped(texts: Iterable[str]) -> tuple[str, ...]:
    """Return texts without outer blanks, empty ones left out."""
    return tuple(text.strip() for text in texts if text.strip())


def _annotation(frame: Frame) -> Term:
    attributes = frame.attributes
    return Term(
        id=frame.xref.get("ID", ""),
        name=attributes.get("Value", ""),
        ontology=attributes.get("Type", ""),
        key=attributes.get("GraphId", ""),
    )


def _vocabulary_term(frame: Frame) -> Term:
    texts = frame.texts
    return Term(texts.get("ID", ""), texts.get("TERM", ""), texts.get("Ontology", ""))


def _citation(frame: Frame) -> Citation:
    attributes = frame.attributes
    return Citation(attributes.get("GraphId", ""), _xref(frame), url=attributes.get("Url", ""))


def _publication(frame: Frame) -> Citation:
    texts = frame.texts
    return Citation(
        key=frame.attributes.get(_RDF_ID, ""),
        xref=Xref(texts.get("DB", ""), texts.get("ID", "")),
        title=texts.get("TITLE", ""),
        source=texts.get("SOURCE", ""),
        year=texts.get("YEAR", ""),
        authors=stripped(frame.authors),
    )
