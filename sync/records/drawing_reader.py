"""Read a whole drawing from GPML 2013a or 2021: streamed, without entities, in one pass.

Both versions draw the same things. GPML 2021 spells their attributes differently, so those are
renamed to the spelling of 2013a first.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from typing import Any
from xml.parsers import expat

from sync.errors import RecordError
from sync.records.drawing import Comment, DataNode, Drawing, State
from sync.records.gpml import GPML_2021, check_root, walk
from sync.records.gpml_elements import EMPTY, Attributes, Builder, Frame, read_color, stripped

MOST_ELEMENTS = 200_000
"""How many points and elements of a drawing are read; real ones have some thousands."""

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


def read_drawing(path: str, text: str) -> Drawing:
    """Read a GPML document; ``path`` is only named in errors.

    Raises:
        RecordError: as ``parse_gpml``; an element that cannot be drawn (``Builder``); more than
            ``MOST_ELEMENTS`` elements.
    """
    reader = _Reader(path)
    walk(path, text, reader.attach)
    return reader.finish()


class _Reader:
    """Collects the elements of a drawing while expat parses it."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._schema = ""
        self._rename = False
        self._stack: list[Frame] = []
        self._root = Frame("Pathway", EMPTY, 1)
        self._done: dict[str, list[Any]] = {name: [] for name in _FRAMES}
        self._text: list[str] = []
        self._text_attributes = EMPTY
        self._count = 0
        self._parser: expat.XMLParserType
        self._builder: Builder
        self._leaves: dict[str, Callable[[Frame, Attributes], None]] = {
            "Graphics": self._take_graphics,
            "Point": self._take_point,
            "Anchor": self._take_anchor,
            "Xref": self._take_xref,
            "Attribute": self._take_property,
            "Property": self._take_property,
            "CitationRef": self._take_citation,
            "AnnotationRef": self._take_term,
            "Author": self._take_author,
        }

    def attach(self, parser: expat.XMLParserType) -> None:
        """Register the handlers with a parser."""
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
            authors=tuple(root.authors) or _listed(attributes.get("Author", "")),
            width=self._builder.size(root, graphics, "BoardWidth", 0.0),
            height=self._builder.size(root, graphics, "BoardHeight", 0.0),
            background=read_color(graphics.get("BackgroundColor", "ffffff")),
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
        )

    def _begin(self, tag: str, attributes: dict[str, str]) -> None:
        """Handle the first element."""
        self._schema = check_root(self._path, tag)
        self._rename = self._schema == GPML_2021
        self._builder = Builder(self._path, self._schema)
        self._root = Frame("Pathway", self._renamed(attributes), 1)
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
            frame = Frame(name, self._renamed(attributes), self._parser.CurrentLineNumber)
            self._stack.append(frame)
            self._count_one(frame.line)
        elif name in _TEXTS:
            self._text.clear()
            self._text_attributes = self._renamed(attributes)
            self._parser.CharacterDataHandler = self._text.append
        elif (take := self._leaves.get(name)) is not None:
            take(self._stack[-1], self._renamed(attributes))

    def _take_graphics(self, frame: Frame, attributes: Attributes) -> None:
        frame.graphics = attributes

    def _take_point(self, frame: Frame, attributes: Attributes) -> None:
        frame.points.append(attributes)
        self._count_one(frame.line)

    def _take_anchor(self, frame: Frame, attributes: Attributes) -> None:
        frame.anchors.append(attributes)
        self._count_one(frame.line)

    def _take_xref(self, frame: Frame, attributes: Attributes) -> None:
        frame.xref = attributes

    def _take_property(self, frame: Frame, attributes: Attributes) -> None:
        frame.properties.append((attributes.get("Key", ""), attributes.get("Value", "")))

    def _take_citation(self, frame: Frame, attributes: Attributes) -> None:
        frame.citations.append(attributes.get("GraphRef", ""))

    def _take_term(self, frame: Frame, attributes: Attributes) -> None:
        frame.terms.append(attributes.get("GraphRef", ""))

    def _take_author(self, frame: Frame, attributes: Attributes) -> None:
        frame.authors.append(attributes.get("Name", ""))

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

    def _close(self, frame: Frame) -> None:
        if frame.name == "State" and self._stack[-1].name == "DataNode":
            # GPML 2021 keeps states inside their node, which is not completely read yet.
            self._stack[-1].states.append(frame)
            return
        self._done[frame.name].append(self._builder.build(frame))
        for state in frame.states:
            node = {"GraphRef": frame.attributes.get("GraphId", "")}
            state.attributes = {**state.attributes, **node}
            self._done["State"].append(self._builder.build(state))


def _above_nodes(states: Iterable[State], nodes: Iterable[DataNode]) -> Iterator[State]:
    layers = {node.id: node.z for node in nodes}
    for state in states:
        yield replace(state, z=layers.get(state.node, 0) + 1)


def _listed(authors: str) -> tuple[str, ...]:
    """Split ``[Khanspers, AlexanderPico]``, as 2013a writes them."""
    return stripped(authors.strip().removeprefix("[").removesuffix("]").split(","))
