"""GPML: the drawing of a pathway, which holds nodes that the node table leaves out (formats 2)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from xml.parsers import expat

from sync.errors import RecordError
from sync.genes import normalise_curie
from sync.model import Curie

_NAMESPACE = "http://pathvisio.org/GPML/2013a"
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
    reader = _Reader(path)
    parser = expat.ParserCreate(namespace_separator="}")
    parser.StartElementHandler = reader.start
    parser.EndElementHandler = reader.end
    try:
        parser.Parse(text, True)  # noqa: FBT003 - expat takes it by position only
    except expat.ExpatError as error:
        problem = expat.ErrorString(error.code)
        raise RecordError(
            path, error.lineno, f"not XML: {problem}; export the drawing anew"
        ) from error
    return tuple(reader.nodes)


class _Reader:
    """Collects data nodes while expat walks the document."""

    def __init__(self, path: str) -> None:
        self.nodes: list[DataNode] = []
        self._path = path
        self._begun = False
        self._drawn: Mapping[str, str] = {}
        self._id: Curie | None = None

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        namespace, _, name = tag.rpartition("}")
        if not self._begun and (namespace, name) != (_NAMESPACE, "Pathway"):
            raise RecordError(
                self._path, 1, f"not GPML: the first element is not a Pathway of {_NAMESPACE}"
            )
        self._begun = True
        if name == "DataNode":
            self._drawn, self._id = attributes, None
        elif name == "Xref":
            self._id = normalise_curie(attributes.get("Database", ""), attributes.get("ID", ""))

    def end(self, tag: str) -> None:
        if tag.rpartition("}")[2] == "DataNode":
            label = " ".join(self._drawn.get("TextLabel", "").split())
            self.nodes.append(DataNode(label, self._drawn.get("Type", ""), self._id))
