"""Decode CX documents to a ``Network``: its genes, its dialect, its attributes.

Everything here takes parsed JSON and returns values. What is not CX, or contradicts itself, is a
``NetworkError`` whose text says what is wrong and where.

A network counts as complete by these rules. A document must end with its ``status``. CX2 with fewer
nodes than its own metadata announces is refused: the server accepts no such upload and rewrites the
counts (contract 5.1). For CX1 the server keeps wrong counts with a warning (contract 5.2), so only
a missing nodes aspect is refused, and attributes of nodes that do not exist. Aspects that are
fetched alone carry no count and can be cut short with status 200 (contract 4), so the code that
fetches them compares ``Network.node_count`` with the summary's. More nodes than announced are never
a fault: ``gpml-to-cx2`` counts too few.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import orjson
from msgspec import Raw, json

from sync.amounts import plural
from sync.cx.aspects import (
    Aspects,
    elements_of,
    expect_integer,
    expect_texts,
    has_cx2_header,
    join_aspects,
)
from sync.cx.dialects import detect_dialect, explain_unreadable, genes_in, remember_genes_in
from sync.cx.nodes import Said, read_cx1_nodes, read_cx2_nodes
from sync.cx.typed_nodes import NotPlain, read_typed_nodes
from sync.errors import NetworkError
from sync.model import Dialect, Gene, Network

_fragments = json.Decoder(list[dict[str, Raw]])
_READ = frozenset({"CXVersion", "hasFragments", "metaData", "networkAttributes", "status"})
_GenesReader = Callable[[Sequence[Said], Dialect], tuple[Gene, ...]]
_LIST = ord("[")
_UNREAD: Sequence[object] = []
_NODES, _DECLARATIONS = "nodes", "attributeDeclarations"


@dataclass(frozen=True, slots=True)
class Cx2Text:
    """A whole CX2 document as the server sent it, split but not decoded.

    ``fragments`` is None if it is other JSON than a list of objects.
    """

    text: bytes
    fragments: Sequence[Mapping[str, Raw]] | None = None

    @classmethod
    def split(cls, text: bytes) -> Cx2Text:
        """Split a document. Texts in parts that nobody reads are only known to be UTF-8.

        Raises:
            ValueError: it is not JSON.
        """
        if not text.isascii():
            text.decode()
        try:
            return cls(text, _fragments.decode(text))
        except (ValueError, RecursionError):
            orjson.loads(text)
            return cls(text)

    def decode(self) -> Network:
        """Decode the document; styles, edges and positions are not read.

        Raises:
            NetworkError: as ``decode_cx2`` does.
        """
        try:
            return _decode_parts(self.fragments or [])
        except (ValueError, RecursionError, NetworkError, NotPlain):
            # Something is wrong: decoding the whole document says what, and where.
            return decode_cx2(_parse(self.text))


def _decode_parts(fragments: Sequence[Mapping[str, Raw]]) -> Network:
    document = [{name: _part(name, raw) for name, raw in each.items()} for each in fragments]
    if not has_cx2_header(document):
        raise NotPlain
    nodes = read_typed_nodes(
        [each[_NODES] for each in fragments if _NODES in each],
        [each[_DECLARATIONS] for each in fragments if _DECLARATIONS in each],
    )
    return _decode_joined(join_aspects(document), nodes, remember_genes_in)


def _part(name: str, raw: Raw) -> object:
    """Parse the parts of a document that are read; other aspects only need to be lists."""
    text = memoryview(raw)
    return orjson.loads(text) if name in _READ or text[0] != _LIST else _UNREAD


def _parse(text: bytes) -> object:
    try:
        return orjson.loads(text)
    except ValueError:
        raise NetworkError("not CX: the document is not JSON; fetch it again") from None


def decode_cx2(document: object) -> Network:
    """Decode a whole CX2 document from ``GET /v3/networks/{id}`` (contract 4).

    Raises:
        NetworkError: it is not CX2, is incomplete or contradicts itself.
    """
    if not has_cx2_header(document):
        raise NetworkError("not CX2: the document does not begin with its CXVersion")
    aspects = join_aspects(document)
    nodes = read_cx2_nodes(aspects.get(_NODES, []), aspects.get(_DECLARATIONS, []))
    return _decode_joined(aspects, nodes)


def _decode_joined(
    aspects: Aspects, nodes: Sequence[Said], read_genes: _GenesReader = genes_in
) -> Network:
    announced = _announced_nodes(aspects) or 0
    if len(nodes) < announced:
        raise NetworkError(
            f"incomplete CX2: its metadata announces {plural(announced, 'node')}, but it has "
            f"{len(nodes):,}; fetch it again"
        )
    return _network(nodes, _cx2_network_attributes(aspects), read_genes)


def decode_cx2_aspects(nodes: object, declarations: object) -> Network:
    """Decode the ``nodes`` and ``attributeDeclarations`` aspects of CX2, each a list as fetched.

    The network's own attributes are in another aspect, so ``attributes`` is empty. Compare
    ``node_count`` with the summary's: the server can cut an aspect short without an error (contract
    4).

    Raises:
        NetworkError: they are not CX2 aspects, or contradict themselves.
    """
    return _network(read_cx2_nodes(nodes, declarations), {})


def decode_cx1(document: object) -> Network:
    """Decode a whole CX1 document from ``GET /v2/network/{id}`` (contract 4).

    Raises:
        NetworkError: it is not CX1, is incomplete or contradicts itself.
    """
    if has_cx2_header(document):
        raise NetworkError("not CX1: the document begins with a CXVersion, so it is CX2")
    aspects = join_aspects(document)
    if "nodes" not in aspects and _announced_nodes(aspects) != 0:
        raise NetworkError(
            "incomplete CX1: it has no nodes aspect and does not say that it has no nodes; "
            "fetch it again"
        )
    return _network(read_cx1_nodes(aspects), _cx1_network_attributes(aspects))


def _network(
    nodes: Sequence[Said], attributes: dict[str, str], read_genes: _GenesReader = genes_in
) -> Network:
    dialect = detect_dialect(nodes)
    unknown = explain_unreadable(nodes, dialect)
    return Network(
        dialect=dialect,
        genes=() if unknown else read_genes(nodes, dialect),
        node_count=len(nodes),
        attributes=attributes,
        genes_unknown=unknown,
    )


def _announced_nodes(aspects: Aspects) -> int | None:
    """Return how many nodes the metadata announces, None if it does not say."""
    counts: list[int] = []
    for where, element in elements_of(aspects, "metaData"):
        if element.get("name") == "nodes" and element.get("elementCount") is not None:
            counts.append(expect_integer(element["elementCount"], where, "elementCount"))
    return max(counts, default=None)


def _cx2_network_attributes(aspects: Aspects) -> dict[str, str]:
    return {
        name: _joined(expect_texts(value, where, name))
        for where, element in elements_of(aspects, "networkAttributes")
        for name, value in element.items()
        if value is not None
    }


def _cx1_network_attributes(aspects: Aspects) -> dict[str, str]:
    """Return the attributes by name; those of the network win over those of a subnetwork (s)."""
    found: dict[str, str] = {}
    elements = sorted(elements_of(aspects, "networkAttributes"), key=lambda pair: "s" in pair[1])
    for where, element in elements:
        name = _joined(expect_texts(element.get("n"), where, "n"))
        value = expect_texts(element.get("v"), where, "v")
        if value:
            found.setdefault(name, _joined(value))
    return found


def _joined(texts: Sequence[str]) -> str:
    """Return a list as one text, as people write lists."""
    return ", ".join(texts)
