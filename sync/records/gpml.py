"""Read GPML, the drawing of a pathway: it has nodes that the node table leaves out (formats 2)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from xml.parsers import expat

from sync.errors import RecordError
from sync.match.identifiers import label_forms, read_ids
from sync.model import Curie

_GENE_TYPES = frozenset({"geneproduct", "protein", "rna"})


@dataclass(frozen=True, slots=True)
class _Schema:
    """How one version of GPML spells the attributes of data nodes and their identifiers."""

    label: str
    type: str
    source: str
    identifier: str


GPML_2013A = "http://pathvisio.org/GPML/2013a"
"""The namespace of GPML 2013a, used by all public drawings."""

GPML_2021 = "http://pathvisio.org/GPML/2021"
"""The namespace of GPML 2021."""

_SCHEMAS = {
    GPML_2013A: _Schema("TextLabel", "Type", "Database", "ID"),
    GPML_2021: _Schema("textLabel", "type", "dataSource", "identifier"),
}


@dataclass(frozen=True, slots=True)
class DataNode:
    """One drawn node: its label in one line, its type and its identifiers.

    ``label`` has line breaks as blanks; ``names`` are all forms of it (``label_forms``).
    """

    label: str
    type: str
    ids: tuple[Curie, ...] = ()
    names: frozenset[str] = field(default=frozenset(), compare=False)

    @property
    def is_gene(self) -> bool:
        """Whether the node stands for a gene or its product (formats 5, which nodes are genes)."""
        return self.type.lower() in _GENE_TYPES

    @property
    def listable(self) -> bool:
        """Whether a node table could hold it (``Gene.listable``)."""
        return bool(self.ids) and self.type.lower() != "rna"


def parse_gpml(path: str, text: str) -> tuple[DataNode, ...]:
    """Parse the data nodes of a GPML 2013a or 2021 document; ``path`` is only named in errors.

    Raises:
        RecordError: it has a document type, or is not well-formed XML, or not GPML 2013a or 2021.
    """
    reader = _Reader(path)
    walk(path, text, reader.attach)
    return tuple(reader.nodes)


def walk(path: str, text: str, attach: Callable[[expat.XMLParserType], None]) -> None:
    """Parse a document with the handlers that ``attach`` gives the parser.

    A document type is refused without reading it: GPML has none, and entities are declared there.

    Raises:
        RecordError: it has a document type, or is not well-formed XML.
    """
    if "<!DOCTYPE" in text:
        line = text.count("\n", 0, text.index("<!DOCTYPE")) + 1
        raise RecordError(path, line, "document type: GPML has no <!DOCTYPE; delete it")
    parser = expat.ParserCreate(namespace_separator="}")
    attach(parser)
    try:
        parser.Parse(text, True)  # noqa: FBT003 - expat takes it by position only
    except expat.ExpatError as error:
        problem = expat.ErrorString(error.code)
        raise RecordError(
            path, error.lineno, f"not XML: {problem}; export the drawing again"
        ) from error
    finally:  # or it and the reader would keep each other alive until a garbage collection
        parser.StartElementHandler = parser.EndElementHandler = None
        parser.CharacterDataHandler = None


def check_root(path: str, tag: str) -> str:
    """Return the namespace of the first element, if that is a Pathway of GPML 2013a or 2021.

    Raises:
        RecordError: it is not.
    """
    namespace, _, name = tag.rpartition("}")
    if name != "Pathway" or namespace not in _SCHEMAS:
        found = f"{name[:60]} of {namespace[:60] or 'no namespace'}"
        raise RecordError(
            path,
            1,
            f"not GPML 2013a or 2021: the first element is {found}, not a Pathway of "
            f"{' or '.join(_SCHEMAS)}; export the drawing in one of these",
        )
    return namespace


class _Reader:
    """Collects data nodes while expat parses the document.

    Most of a drawing is lines and points, and each start and end that expat reports costs as much
    as reading it. So ends are only requested inside data nodes, and starts are only checked as far
    as needed.
    """

    def __init__(self, path: str) -> None:
        self.nodes: list[DataNode] = []
        self._path = path
        self._parser: expat.XMLParserType
        self._schema = _Schema("", "", "", "")
        self._data_node = self._xref = ""
        self._label = self._type = ""
        self._ids: tuple[Curie, ...] = ()
        self._depth = 0

    def attach(self, parser: expat.XMLParserType) -> None:
        self._parser = parser
        parser.StartElementHandler = self._begin

    def _begin(self, tag: str, _attributes: dict[str, str]) -> None:
        namespace = check_root(self._path, tag)
        self._schema = _SCHEMAS[namespace]
        self._data_node, self._xref = f"{namespace}}}DataNode", f"{namespace}}}Xref"
        self._parser.StartElementHandler = self._look_for_node

    def _look_for_node(self, tag: str, attributes: dict[str, str]) -> None:
        if tag == self._data_node:
            self._label = attributes.get(self._schema.label, "")
            self._type = attributes.get(self._schema.type, "")
            self._ids = ()
            self._parser.StartElementHandler = self._look_into_node
            self._parser.EndElementHandler = self._end

    def _look_into_node(self, tag: str, attributes: dict[str, str]) -> None:
        # Deeper down are the identifiers of a node's states, in GPML 2021.
        if tag == self._xref and self._depth == 0:
            source = attributes.get(self._schema.source, "")
            self._ids = read_ids(attributes.get(self._schema.identifier, ""), source)
        self._depth += 1

    def _end(self, _tag: str) -> None:
        if self._depth:
            self._depth -= 1
            return
        label = " ".join(self._label.split())
        self.nodes.append(DataNode(label, self._type, self._ids, label_forms(self._label)))
        self._parser.StartElementHandler = self._look_for_node
        self._parser.EndElementHandler = None
