"""GPML: the drawing of a pathway, which holds nodes that the node table leaves out (formats 2)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from xml.parsers import expat

from sync.errors import RecordError
from sync.identifiers import normalise_curie
from sync.model import Curie

_NAMESPACE = "http://pathvisio.org/GPML/2013a"
_PATHWAY, _DATA_NODE, _XREF = (f"{_NAMESPACE}}}{name}" for name in ("Pathway", "DataNode", "Xref"))
_GENE_TYPES = frozenset({"geneproduct", "protein", "rna"})


@dataclass(frozen=True, slots=True)
class DataNode:
    """One drawn node: its label with white space folded, its type and its identifier if any."""

    label: str
    type: str
    id: Curie | None

    @property
    def is_gene(self) -> bool:
        """Whether the node stands for a gene or its product (formats 5, which nodes are genes)."""
        return self.type.lower() in _GENE_TYPES

    @property
    def listable(self) -> bool:
        """Whether a node table could hold it (``Gene.listable``)."""
        return self.id is not None and self.type.lower() != "rna"


def parse_gpml(path: str, text: str) -> tuple[DataNode, ...]:
    """Parse the data nodes of a GPML 2013a document; ``path`` is only named in errors.

    A document type is refused unread: GPML has none, and entities are declared there.

    Raises:
        RecordError: a document type, no well-formed XML, or not GPML 2013a.
    """
    if "<!DOCTYPE" in text:
        line = text.count("\n", 0, text.index("<!DOCTYPE")) + 1
        raise RecordError(path, line, "document type: GPML has no <!DOCTYPE; delete it")
    parser = expat.ParserCreate(namespace_separator="}")
    reader = _Reader(path, parser)
    try:
        parser.Parse(text, True)  # noqa: FBT003 - expat takes it by position only
    except expat.ExpatError as error:
        problem = expat.ErrorString(error.code)
        raise RecordError(
            path, error.lineno, f"not XML: {problem}; export the drawing anew"
        ) from error
    finally:  # or it and the reader would hold each other until Python looks for such rings
        parser.StartElementHandler = parser.EndElementHandler = None
    return tuple(reader.nodes)


class _Reader:
    """Collects data nodes while expat walks the document.

    Most of a drawing is lines and points, and each start and end that expat hands over costs as
    much as reading it: ends are asked for inside data nodes only, and starts looked at no further
    than the place needs.
    """

    def __init__(self, path: str, parser: expat.XMLParserType) -> None:
        self.nodes: list[DataNode] = []
        self._path = path
        self._parser = parser
        self._drawn: Mapping[str, str] = {}
        self._id: Curie | None = None
        parser.StartElementHandler = self._begin

    def _begin(self, tag: str, _attributes: dict[str, str]) -> None:
        if tag != _PATHWAY:
            raise RecordError(
                self._path, 1, f"not GPML: the first element is not a Pathway of {_NAMESPACE}"
            )
        self._parser.StartElementHandler = self._look_for_node

    def _look_for_node(self, tag: str, attributes: dict[str, str]) -> None:
        if tag == _DATA_NODE:
            self._drawn, self._id = attributes, None
            self._parser.StartElementHandler = self._look_into_node
            self._parser.EndElementHandler = self._end

    def _look_into_node(self, tag: str, attributes: dict[str, str]) -> None:
        if tag == _XREF:
            self._id = normalise_curie(attributes.get("Database", ""), attributes.get("ID", ""))

    def _end(self, tag: str) -> None:
        if tag == _DATA_NODE:
            label = " ".join(self._drawn.get("TextLabel", "").split())
            self.nodes.append(DataNode(label, self._drawn.get("Type", ""), self._id))
            self._parser.StartElementHandler = self._look_for_node
            self._parser.EndElementHandler = None
