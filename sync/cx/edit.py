"""Make a network's genes those of its record, and leave everything else unchanged.

The edit starts from the network's own CX2: matched nodes keep their id, position and every
attribute that is not ours; added ones are written in the dialect of the others.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from sync.cx.content import Element, OpenContent, open_cx2
from sync.cx.dialects import detect_dialect, explain_unreadable, gene_nodes
from sync.cx.frame import read_double
from sync.cx.free_places import Place, free_places
from sync.cx.gene_nodes import (
    Siblings,
    can_state,
    choose_id,
    declare_columns,
    read_siblings,
    rename_gene,
    state_gene,
    state_id,
    state_texts,
)
from sync.cx.nodes import Node
from sync.errors import NetworkError
from sync.match.gene_groups import group_mentions
from sync.match.mentions import evidence_of
from sync.model import Curie, Dialect, Difference, DifferenceKind, Gene

_JOINT = " | "


@dataclass(frozen=True, slots=True)
class EditedContent:
    """The new content as an upload, and how many edges were removed with their nodes."""

    body: bytes
    lost_edges: int


def edit_genes(document: object, differences: Sequence[Difference]) -> EditedContent:
    """Apply gene differences to a network's CX2 from ``GET /v3/networks/{id}``.

    Differences of other kinds are skipped. The same input gives the same bytes. The server's loader
    accepts the result.

    Raises:
        NetworkError: the document is not CX2, does not have what a difference describes, or no node
            would be left.
    """
    editor = _Editor.open(document)
    found = [(each, editor.find(each)) for each in differences]
    for each, nodes in found:
        editor.remove_difference(each, nodes)
    lost_edges = editor.finish()
    return EditedContent(editor.content.to_upload(), lost_edges)


def find_anchored(document: object, differences: Sequence[Difference]) -> tuple[Difference, ...]:
    """Return the extra genes among the differences that cannot be removed without edges.

    Raises:
        NetworkError: as ``edit_genes`` does.
    """
    editor = _Editor.open(document)
    held = editor.content.linked_nodes()
    return tuple(
        each
        for each in differences
        if each.kind is DifferenceKind.GENE_EXTRA and held.intersection(editor.find(each))
    )


@dataclass(frozen=True, slots=True)
class _Bearer:
    """A gene of the network, with all mentions united, and the ids of its nodes."""

    gene: Gene
    nodes: tuple[int, ...]


@dataclass(slots=True)
class _Editor:
    content: OpenContent
    dialect: Dialect
    siblings: Siblings
    bearers: Sequence[_Bearer]
    named: Mapping[int, tuple[Node, Gene]]
    elements: Mapping[int, Element]
    to_add: list[Gene] = field(default_factory=list)
    to_remove: set[int] = field(default_factory=set)

    @classmethod
    def open(cls, document: object) -> _Editor:
        content = open_cx2(document)
        nodes = content.read_nodes()
        dialect = detect_dialect(nodes)
        if unreadable := explain_unreadable(nodes, dialect):
            raise NetworkError(unreadable)
        genes = gene_nodes(nodes, dialect)
        return cls(
            content=content,
            dialect=dialect,
            siblings=read_siblings(content, nodes, genes, dialect),
            bearers=_unite_nodes(genes),
            named={node.id: (node, gene) for node, gene in genes},
            elements={element["id"]: element for element in content.nodes},
        )

    def find(self, difference: Difference) -> Sequence[int]:
        """Return the nodes of the gene that a difference is about, before anything is changed."""
        ids = frozenset(difference.ids)
        gene = Gene(difference.symbol, ids)
        match difference.kind:
            case DifferenceKind.GENE_MISSING:
                if any(_is_same(bearer.gene, gene) for bearer in self.bearers):
                    raise NetworkError(f"the network has {difference.symbol!r} now")
                return ()
            case DifferenceKind.GENE_EXTRA:
                found = self._find_exactly(difference.symbol, ids)
            case DifferenceKind.GENE_RENAMED:
                symbol = _said(difference.remote, "symbol")
                found = _nodes(
                    b
                    for b in self.bearers
                    if _is_same(b.gene, gene) or (b.gene.symbol == symbol and b.gene.ids & ids)
                )
                found = [node for node in found if self._may_be(node, gene)] or found
            case DifferenceKind.GENE_REIDENTIFIED:
                stale = frozenset(map(Curie, _said(difference.remote, "ids").split()))
                found = self._find_by_ids(stale)
            case DifferenceKind.GENE_ATTRIBUTE:
                found = _nodes(self._find_shared(difference.symbol, ids))
            case _:
                return ()
        if not found:
            raise NetworkError(
                f"the network has no gene {difference.symbol!r} as the difference describes it"
            )
        return found

    def _find_exactly(self, symbol: str, ids: frozenset[Curie]) -> Sequence[int]:
        """Return the nodes of the gene with exactly this name and these identifiers.

        Nodes that are one gene within the network may be several genes according to the record.
        """
        whole = [b for b in self.bearers if b.gene.ids == ids and symbol in b.gene.names]
        parts = [
            (node, gene) for node, (_, gene) in self.named.items() if gene.ids and gene.ids <= ids
        ]
        named = any(symbol in gene.names for _, gene in parts)
        return _nodes(whole) or ([node for node, _ in parts] if named else [])

    def _may_be(self, node: int, gene: Gene) -> bool:
        """Return whether a node alone may stand for a gene.

        Nodes that matching kept apart can be of one gene when the network is read without the
        record.
        """
        own = self.named[node][1]
        if not own.ids:
            return True
        return bool(own.ids & gene.ids) and not evidence_of(own).contradicts(evidence_of(gene))

    def _find_by_ids(self, ids: frozenset[Curie]) -> Sequence[int]:
        """Return the nodes of the gene with exactly these identifiers, whatever its name.

        The network may use another of the record's names for it.
        """
        whole = _nodes(b for b in self.bearers if b.gene.ids == ids)
        parts = [n for n, (_, gene) in self.named.items() if gene.ids and gene.ids <= ids]
        return whole or parts

    def _find_shared(self, symbol: str, ids: frozenset[Curie]) -> list[_Bearer]:
        """Return the genes that both sides have, by identifier or, without any, by name."""
        named = [b for b in self.bearers if symbol in b.gene.names]
        found = [b for b in self.bearers if b.gene.ids & ids]
        return [*found, *(b for b in named if not b.gene.ids)] or named

    def remove_difference(self, difference: Difference, nodes: Sequence[int]) -> None:
        """Remove a difference; additions and removals wait for ``finish``."""
        match difference.kind:
            case DifferenceKind.GENE_MISSING:
                self.to_add.append(_missing_gene(difference))
            case DifferenceKind.GENE_EXTRA:
                self.to_remove.update(nodes)
            case DifferenceKind.GENE_RENAMED:
                for node in nodes:
                    self._rename(node, difference.symbol)
            case DifferenceKind.GENE_REIDENTIFIED:
                self._reidentify(difference, nodes)
            case DifferenceKind.GENE_ATTRIBUTE:
                self._correct_texts(difference, nodes)
            case _:
                pass

    def _rename(self, node: int, symbol: str) -> None:
        rename_gene(self.content, self.elements[node], self.named[node], self.dialect, symbol)

    def _reidentify(self, difference: Difference, nodes: Sequence[int]) -> None:
        """Give the nodes the record's identifiers one by one.

        Identifiers that are left over get nodes of their own, since a name that both sides share
        may stand for several genes.
        """
        ids = [curie for curie in difference.ids if can_state(self.dialect, curie)]
        if self.dialect in {Dialect.WIKIPATHWAYS, Dialect.NODE_NAMES}:
            ids = [curie for curie in [choose_id(self.dialect, ids)] if curie is not None]
        if not ids:
            raise NetworkError(
                f"the identifiers of {difference.symbol!r} cannot be written in this network"
            )
        self.content.write_defaults()
        for index, node in enumerate(nodes):
            curie = ids[min(index, len(ids) - 1)]
            state_id(self.content, self.elements[node], self.dialect, curie)
        self.to_add += [
            Gene(symbol=difference.symbol, ids=frozenset({curie})) for curie in ids[len(nodes) :]
        ]

    def _correct_texts(self, difference: Difference, nodes: Sequence[int]) -> None:
        """Correct the nodes that say what the record does not."""
        allowed = _split(difference.local, difference.name)
        for node in nodes:
            _, gene = self.named[node]
            said = gene.words if difference.name == "word" else gene.sources
            if not said <= set(allowed):
                kept = [text for text in allowed if text in said]
                state_texts(self.content, self.elements[node], difference.name, kept or allowed)

    def finish(self) -> int:
        """Remove and add nodes; return how many edges that costs."""
        places = self._places()
        first = max(self.elements, default=-1) + 1
        lost_edges = self.content.remove_nodes(self.to_remove)
        if self.to_add:
            self.content.write_defaults()
            declare_columns(self.content, self.dialect)
        for number, gene in enumerate(self.to_add, start=first):
            node: Element = {"id": number, "v": {}}
            if places is not None:
                node["x"], node["y"] = next(places)
            state_gene(self.content, node, self.siblings, gene)
            self.content.nodes.append(node)
        if not self.content.nodes:
            raise NetworkError("no node would be left; a network is never emptied")
        return lost_edges

    def _places(self) -> Iterator[Place] | None:
        """Yield free positions, None if the network has no layout."""
        if not self.to_add:
            return None
        taken = [
            (x, y)
            for node in self.elements.values()
            if (x := read_double(node.get("x"), "x")) is not None
            and (y := read_double(node.get("y"), "y")) is not None
        ]
        return free_places(taken) if taken or not self.elements else None


def _is_same(gene: Gene, local: Gene) -> bool:
    """Return whether a gene of the network is certainly one of the record's."""
    there, wanted = evidence_of(gene), evidence_of(local)
    if there.is_family or wanted.is_family:
        return gene.ids == local.ids
    if not wanted.gene_ids:
        return bool(gene.ids & local.ids) and local.symbol in gene.names
    return bool(wanted.gene_ids & there.gene_ids) and not there.contradicts(wanted)


def _nodes(bearers: Iterable[_Bearer]) -> Sequence[int]:
    return [node for bearer in bearers for node in bearer.nodes]


def _said(side: Mapping[str, str] | None, name: str) -> str:
    return (side or {}).get(name, "")


def _missing_gene(difference: Difference) -> Gene:
    return Gene(
        symbol=difference.symbol,
        ids=frozenset(difference.ids),
        words=frozenset(_split(difference.local, "word")),
        sources=frozenset(_split(difference.local, "source")),
    )


def _split(said: Mapping[str, str] | None, name: str) -> Sequence[str]:
    """Return the texts that a difference joins into one."""
    return [text for text in (said or {}).get(name, "").split(_JOINT) if text]


def _unite_nodes(genes: Iterable[tuple[Node, Gene]]) -> Sequence[_Bearer]:
    """Group nodes by their genes."""
    pairs = list(genes)
    return [
        _Bearer(gene, tuple(pairs[place][0].id for place in places))
        for gene, places in group_mentions(gene for _, gene in pairs)
    ]
