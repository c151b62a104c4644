"""Read a whole drawing from GPML 2013a or 2021: streamed, without entities, in one pass.

Both versions draw the same things. GPML 2021 spells their attributes otherwise, so those are
renamed to the spelling of 2013a first. Rules that no schema states are those of PathVisio: each
kind of element has a layer of its own where the file names none, a state stands one layer above
its node and has letters of size 10, ``DoubleLineProperty`` makes a double line, and a colour that
cannot be read is black.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any
from xml.parsers import expat

from sync.errors import RecordError
from sync.records.drawing import (
    Anchor,
    Box,
    Citation,
    Comment,
    DataNode,
    Drawing,
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
from sync.records.gpml import GPML_2013A, GPML_2021, check_root, walk

MOST_ELEMENTS = 200_000
"""How many points and elements of a drawing are read; real ones have some thousands."""

FARTHEST = 1e6
"""The largest coordinate and size that is drawn, in pixels; real boards are below 20,000."""

Attributes = Mapping[str, str]

_RENAMED = {
    "elementId": "GraphId",
    "elementRef": "GraphRef",
    "groupRef": "GroupRef",
    "textLabel": "TextLabel",
    "dataSource": "Database",
    "identifier": "ID",
    "borderColor": "Color",
    "lineColor": "Color",
    "borderWidth": "LineThickness",
    "lineWidth": "LineThickness",
    "borderStyle": "LineStyle",
    "hAlign": "Align",
    "vAlign": "Valign",
    "title": "Name",
    "source": "Source",
}
_FRAMES = frozenset(
    {
        "Pathway",
        "DataNode",
        "State",
        "Interaction",
        "GraphicalLine",
        "Label",
        "Shape",
        "Group",
        "Annotation",
        "Citation",
        "PublicationXref",
        "openControlledVocabulary",
    }
)
_BIOPAX_TEXTS = frozenset({"ID", "DB", "TITLE", "SOURCE", "YEAR", "AUTHORS", "TERM", "Ontology"})
_TEXTS = frozenset({"Comment", "BiopaxRef", "Description"}) | _BIOPAX_TEXTS
_RDF_ID = "http://www.w3.org/1999/02/22-rdf-syntax-ns#}id"
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
_EMPTY: Attributes = MappingProxyType({})


def read_drawing(path: str, text: str) -> Drawing:
    """Read a GPML document; ``path`` is only named in errors.

    Raises:
        RecordError: as ``parse_gpml``; a place or size that is missing, not a number or beyond
            ``FARTHEST``; a line of fewer than two points; more than ``MOST_ELEMENTS`` elements.
    """
    reader = _Reader(path)
    walk(path, text, reader.attach)
    return reader.finish()


class _Frame:
    """An element that has elements inside, while it is read."""

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
        self.graphics = _EMPTY
        self.xref = _EMPTY
        self.comments: list[Comment] = []
        self.properties: list[tuple[str, str]] = []
        self.citations: list[str] = []
        self.terms: list[str] = []
        self.points: list[Attributes] = []
        self.anchors: list[Attributes] = []
        self.states: list[_Frame] = []
        self.texts: dict[str, str] = {}
        self.authors: list[str] = []


class _Reader:
    """Collects the elements of a drawing while expat walks it."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._schema = ""
        self._rename = False
        self._stack: list[_Frame] = []
        self._root = _Frame("Pathway", _EMPTY, 1)
        self._done: dict[str, list[Any]] = {name: [] for name in _FRAMES}
        self._info: tuple[float, float] | None = None
        self._legend: tuple[float, float] | None = None
        self._text: list[str] = []
        self._text_attributes = _EMPTY
        self._count = 0
        self._parser: expat.XMLParserType
        self._leaves: dict[str, Callable[[_Frame, Attributes], None]] = {
            "Graphics": self._take_graphics,
            "Point": self._take_point,
            "Anchor": self._take_anchor,
            "Xref": self._take_xref,
            "Attribute": self._take_property,
            "Property": self._take_property,
            "CitationRef": self._take_citation,
            "AnnotationRef": self._take_term,
            "Author": self._take_author,
            "InfoBox": self._take_info,
            "Legend": self._take_legend,
        }
        self._build: dict[str, Callable[[_Frame], object]] = {
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

    def attach(self, parser: expat.XMLParserType) -> None:
        """Listen to a parser."""
        self._parser = parser
        parser.buffer_text = True
        parser.StartElementHandler = self._begin
        parser.EndElementHandler = self._end

    def finish(self) -> Drawing:
        """Return the drawing that was read."""
        root, attributes, graphics = self._root, self._root.attributes, self._root.graphics
        done = self._done
        return Drawing(
            path=self._path,
            schema=self._schema,
            title=attributes.get("Name", ""),
            organism=attributes.get("Organism", attributes.get("organism", "")),
            source=attributes.get("Data-Source", attributes.get("Source", "")),
            version=attributes.get("Version", attributes.get("version", "")),
            modified=attributes.get("Last-Modified", ""),
            license=attributes.get("License", attributes.get("license", "")),
            authors=tuple(root.authors) or _listed(attributes.get("Author", "")),
            width=self._size(root, graphics, "BoardWidth", 0.0),
            height=self._size(root, graphics, "BoardHeight", 0.0),
            background=_color(graphics.get("BackgroundColor", "ffffff")),
            comments=tuple(root.comments),
            properties=tuple(root.properties),
            nodes=tuple(done["DataNode"]),
            states=tuple(_above_nodes(done["State"], done["DataNode"])),
            interactions=tuple(done["Interaction"]),
            graphical_lines=tuple(done["GraphicalLine"]),
            labels=tuple(done["Label"]),
            shapes=tuple(done["Shape"]),
            groups=tuple(done["Group"]),
            terms=(*done["Annotation"], *done["openControlledVocabulary"]),
            citations=(*done["Citation"], *done["PublicationXref"]),
            cited=tuple(root.citations),
            info=self._info,
            legend=self._legend,
        )

    def _begin(self, tag: str, attributes: dict[str, str]) -> None:
        """Take the first element."""
        self._schema = check_root(self._path, tag)
        self._rename = self._schema == GPML_2021
        self._root = _Frame("Pathway", self._renamed(attributes), 1)
        self._stack.append(self._root)
        self._parser.StartElementHandler = self._start

    def _renamed(self, attributes: dict[str, str]) -> Attributes:
        if not self._rename:
            return attributes
        return {
            _RENAMED.get(name) or name[:1].upper() + name[1:]: attributes[name]
            for name in attributes
        }

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        name = tag.rpartition("}")[2]
        if name in _FRAMES:
            frame = _Frame(name, self._renamed(attributes), self._parser.CurrentLineNumber)
            self._stack.append(frame)
            self._count_one(frame.line)
        elif name in _TEXTS:
            self._text.clear()
            self._text_attributes = self._renamed(attributes)
            self._parser.CharacterDataHandler = self._text.append
        elif (take := self._leaves.get(name)) is not None:
            take(self._stack[-1], self._renamed(attributes))

    def _take_graphics(self, frame: _Frame, attributes: Attributes) -> None:
        frame.graphics = attributes

    def _take_point(self, frame: _Frame, attributes: Attributes) -> None:
        frame.points.append(attributes)
        self._count_one(frame.line)

    def _take_anchor(self, frame: _Frame, attributes: Attributes) -> None:
        frame.anchors.append(attributes)
        self._count_one(frame.line)

    def _take_xref(self, frame: _Frame, attributes: Attributes) -> None:
        frame.xref = attributes

    def _take_property(self, frame: _Frame, attributes: Attributes) -> None:
        frame.properties.append((attributes.get("Key", ""), attributes.get("Value", "")))

    def _take_citation(self, frame: _Frame, attributes: Attributes) -> None:
        frame.citations.append(attributes.get("GraphRef", ""))

    def _take_term(self, frame: _Frame, attributes: Attributes) -> None:
        frame.terms.append(attributes.get("GraphRef", ""))

    def _take_author(self, frame: _Frame, attributes: Attributes) -> None:
        frame.authors.append(attributes.get("Name", ""))

    def _take_info(self, frame: _Frame, attributes: Attributes) -> None:
        self._info = self._place(frame, attributes)

    def _take_legend(self, frame: _Frame, attributes: Attributes) -> None:
        self._legend = self._place(frame, attributes)

    def _count_one(self, line: int) -> None:
        self._count += 1
        if self._count > MOST_ELEMENTS:
            raise RecordError(
                self._path, line, f"more than {MOST_ELEMENTS:,} elements and points; split it"
            )

    def _end(self, tag: str) -> None:
        name = tag.rpartition("}")[2]
        if name in _TEXTS:
            self._take_text(name, "".join(self._text))
            self._parser.CharacterDataHandler = None
        elif name in _FRAMES and len(self._stack) > 1:
            self._close(self._stack.pop())

    def _take_text(self, name: str, text: str) -> None:
        top = self._stack[-1]
        if name == "Comment":
            top.comments.append(Comment(text, self._text_attributes.get("Source", "")))
        elif name == "Description":
            top.comments.append(Comment(text, "GPML-description"))
        elif name == "BiopaxRef":
            top.citations.append(text.strip())
        elif name == "AUTHORS":
            top.authors.append(text.strip())
        else:
            top.texts.setdefault(name, text.strip())

    def _close(self, frame: _Frame) -> None:
        if frame.name == "State" and self._stack[-1].name == "DataNode":
            # GPML 2021 keeps states inside their node, which is not read to its end yet.
            self._stack[-1].states.append(frame)
            return
        self._done[frame.name].append(self._build[frame.name](frame))
        for state in frame.states:
            node = {"GraphRef": frame.attributes.get("GraphId", "")}
            state.attributes = {**state.attributes, **node}
            self._done["State"].append(self._state(state))

    # What an element is made of.

    def _common(self, frame: _Frame) -> dict[str, Any]:
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

    def _data_node(self, frame: _Frame) -> DataNode:
        return DataNode(
            **self._common(frame),
            label=frame.attributes.get("TextLabel", ""),
            type=frame.attributes.get("Type", "Unknown"),
            xref=_xref(frame),
            alias_of=frame.attributes.get("GraphRef", ""),
            box=self._box(frame),
            look=self._look(frame, shape="Rectangle", fill="White"),
        )

    def _state(self, frame: _Frame) -> State:
        graphics = frame.graphics
        return State(
            **self._common(frame),
            node=frame.attributes.get("GraphRef", ""),
            label=frame.attributes.get("TextLabel", ""),
            type=frame.attributes.get("StateType", frame.attributes.get("Type", "Unknown")),
            xref=_xref(frame),
            rel_x=self._number(frame, graphics, "RelX"),
            rel_y=self._number(frame, graphics, "RelY"),
            width=self._size(frame, graphics, "Width"),
            height=self._size(frame, graphics, "Height"),
            look=self._look(frame, shape="Rectangle", fill="White", font_size=10.0),
        )

    def _label(self, frame: _Frame) -> Label:
        return Label(
            **self._common(frame),
            label=frame.attributes.get("TextLabel", ""),
            href=frame.attributes.get("Href", ""),
            box=self._box(frame),
            look=self._look(frame, shape="None", fill="Transparent"),
        )

    def _shape(self, frame: _Frame) -> Shape:
        components = dict(frame.properties)
        component = components.get(_COMPONENT, "None")
        return Shape(
            **self._common(frame),
            label=frame.attributes.get("TextLabel", ""),
            component="" if component == "None" else component,
            box=self._box(frame),
            look=self._look(frame, shape="Rectangle", fill="Transparent"),
        )

    def _group(self, frame: _Frame) -> Group:
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

    def _interaction(self, frame: _Frame) -> Interaction:
        return Interaction(**self._common(frame), **self._line(frame), xref=_xref(frame))

    def _graphical_line(self, frame: _Frame) -> GraphicalLine:
        return GraphicalLine(**self._common(frame), **self._line(frame))

    def _line(self, frame: _Frame) -> dict[str, Any]:
        graphics = frame.graphics
        if len(frame.points) < 2:
            raise self._refusal(frame, f"has {len(frame.points)} points, a line needs two")
        return {
            "points": tuple(self._point(frame, point) for point in frame.points),
            "anchors": tuple(self._anchor(frame, anchor) for anchor in frame.anchors),
            "connector": graphics.get("ConnectorType", "Straight"),
            "color": _color(graphics.get("Color", "000000")),
            "style": _line_style(frame),
            "width": self._size(frame, graphics, "LineThickness", 1.0),
        }

    def _point(self, frame: _Frame, attributes: Attributes) -> Point:
        return Point(
            x=self._number(frame, attributes, "X"),
            y=self._number(frame, attributes, "Y"),
            ref=attributes.get("GraphRef", ""),
            rel_x=self._number(frame, attributes, "RelX", 0.0),
            rel_y=self._number(frame, attributes, "RelY", 0.0),
            arrow=attributes.get("ArrowHead", "Line"),
            id=attributes.get("GraphId", ""),
        )

    def _anchor(self, frame: _Frame, attributes: Attributes) -> Anchor:
        return Anchor(
            position=self._number(frame, attributes, "Position"),
            id=attributes.get("GraphId", ""),
            shape=attributes.get("Shape")
            or attributes.get("ShapeType", "Square" if self._rename else "None"),
        )

    def _box(self, frame: _Frame) -> Box:
        x, y = self._place(frame, frame.graphics)
        width = self._size(frame, frame.graphics, "Width")
        return Box(x, y, width, self._size(frame, frame.graphics, "Height"))

    def _place(self, frame: _Frame, attributes: Attributes) -> tuple[float, float]:
        return self._number(frame, attributes, "CenterX"), self._number(
            frame, attributes, "CenterY"
        )

    def _look(self, frame: _Frame, *, shape: str, fill: str, font_size: float = 12.0) -> Look:
        graphics = frame.graphics
        color = _color(graphics.get("Color", "000000"))
        return Look(
            shape=graphics.get("ShapeType", shape),
            text_color=_color(graphics["TextColor"]) if "TextColor" in graphics else color,
            border_color=color,
            border_style=_line_style(frame),
            border_width=self._size(frame, graphics, "LineThickness", 1.0),
            fill_color=_color(graphics.get("FillColor", fill)),
            rotation=self._rotation(frame),
            font=self._font(frame, font_size),
        )

    def _font(self, frame: _Frame, size: float) -> Font:
        graphics = frame.graphics
        return Font(
            name=graphics.get("FontName", "Arial"),
            size=self._size(frame, graphics, "FontSize", size),
            bold=graphics.get("FontWeight") == "Bold",
            italic=graphics.get("FontStyle") == "Italic",
            underline=graphics.get("FontDecoration") == "Underline",
            strikethrough=graphics.get("FontStrikethru") == "Strikethru",
            align=graphics.get("Align", "Center"),
            valign=graphics.get("Valign", self._valign(frame)),
        )

    def _valign(self, frame: _Frame) -> str:
        """Return where a label stands that does not say it; a state of 2013a never does."""
        return "Top" if self._schema == GPML_2013A and frame.name != "State" else "Middle"

    def _rotation(self, frame: _Frame) -> float:
        text = frame.graphics.get("Rotation", "Top")
        if text in _RIGHT_ANGLES:
            return _RIGHT_ANGLES[text]
        return self._number(frame, frame.graphics, "Rotation")

    def _size(
        self, frame: _Frame, attributes: Attributes, name: str, default: float | None = None
    ) -> float:
        size = self._number(frame, attributes, name, default)
        if size < 0:
            raise self._refusal(frame, f"has a negative {name}: {attributes[name][:40]}")
        return size

    def _number(
        self, frame: _Frame, attributes: Attributes, name: str, default: float | None = None
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
        if not abs(number) <= FARTHEST:  # not a number is not
            raise self._refusal(
                frame, f"has the {name} {text[:40]!r}, not a number up to 1,000,000"
            )
        return number

    def _refusal(self, frame: _Frame, fault: str) -> RecordError:
        name = frame.attributes.get("TextLabel") or frame.attributes.get("GraphId") or ""
        named = f"{frame.name} {' '.join(name.split())[:40]!r}" if name else frame.name
        return RecordError(self._path, frame.line, f"{named} {fault}; export the drawing again")


def _above_nodes(states: Iterable[State], nodes: Iterable[DataNode]) -> Iterator[State]:
    layers = {node.id: node.z for node in nodes}
    for state in states:
        yield replace(state, z=layers.get(state.node, 0) + 1)


def _xref(frame: _Frame) -> Xref:
    return Xref(frame.xref.get("Database", ""), frame.xref.get("ID", ""))


def _line_style(frame: _Frame) -> str:
    if _DOUBLE_LINE in frame.properties:
        return "Double"
    style = frame.graphics.get("LineStyle", "Solid")
    return style if style in {"Solid", "Double"} else "Broken"


def _color(text: str) -> str:
    """Return ``#rrggbb``, an empty text for transparent, black for what is no colour."""
    if (named := _COLORS.get(text.lower())) is not None:
        return named
    found = _HEX.fullmatch(text)
    digits = found[1].lower().zfill(6) if found else "000000"
    if len(digits) == _HEX_WITH_OPACITY and digits.endswith("00"):
        return ""
    return f"#{digits[:6]}"


def _listed(authors: str) -> tuple[str, ...]:
    """Split ``[Khanspers, AlexanderPico]``, as 2013a writes them."""
    return _stripped(authors.strip().removeprefix("[").removesuffix("]").split(","))


def _stripped(texts: Iterable[str]) -> tuple[str, ...]:
    return tuple(text.strip() for text in texts if text.strip())


def _annotation(frame: _Frame) -> Term:
    attributes = frame.attributes
    return Term(
        id=frame.xref.get("ID", ""),
        name=attributes.get("Value", ""),
        ontology=attributes.get("Type", ""),
        key=attributes.get("GraphId", ""),
    )


def _vocabulary_term(frame: _Frame) -> Term:
    texts = frame.texts
    return Term(texts.get("ID", ""), texts.get("TERM", ""), texts.get("Ontology", ""))


def _citation(frame: _Frame) -> Citation:
    attributes = frame.attributes
    return Citation(attributes.get("GraphId", ""), _xref(frame), url=attributes.get("Url", ""))


def _publication(frame: _Frame) -> Citation:
    texts = frame.texts
    return Citation(
        key=frame.attributes.get(_RDF_ID, ""),
        xref=Xref(texts.get("DB", ""), texts.get("ID", "")),
        title=texts.get("TITLE", ""),
        source=texts.get("SOURCE", ""),
        year=texts.get("YEAR", ""),
        authors=_stripped(frame.authors),
    )
