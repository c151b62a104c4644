"""Read WikiPathways pathways: front matter, the node table and, if there is one, the GPML."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from msgspec.structs import replace

from sync.errors import RecordError
from sync.model import Curie, Gene, Layout, Record
from sync.records.datanodes import parse_datanodes
from sync.records.frontmatter import FrontMatter
from sync.records.gpml import DataNode, parse_gpml
from sync.records.header import NOT_STATED, Header
from sync.records.notes import RowNotes
from sync.records.organisms import Organisms, taxon_of
from sync.records.source import find_beside, read_beside

_FIELDS = ("wpid", "title", "description", "revision", "last-edited")
_NAMES_SHOWN = 20


def read_pathway(root: Path, front: FrontMatter, header: Header, organisms: Organisms) -> Record:
    """Read a pathway with its node table and GPML (formats 1 and 2).

    Raises:
        RecordError: not exactly one organism; or the node table is missing or malformed: without it
            every gene of the network would look extra. A GPML that cannot be read is only noted,
            since the table is enough without it.
    """
    organism = _organism(front)
    taxon = taxon_of(organism)
    table = find_beside(root, front.path, f"{header.id}-datanodes.tsv")
    if table is None:
        raise front.refusal(
            "wpid",
            f"no node table: {header.id}-datanodes.tsv is missing, so the pathway's genes are "
            "unknown; add the table or leave the record out",
        )
    row_notes = RowNotes(table)
    listed = list(parse_datanodes(table, read_beside(root, table), taxon, row_notes))
    notes = [*row_notes.sentences()]
    drawing = _read_drawing(root, front.path, header, notes)
    nodes = () if drawing is None else drawing.nodes
    listed = _label_as_drawn(listed, nodes)
    if drawing is not None:
        notes += _disagreements(table, listed, drawing)
    genes = (*listed, *_drawn_only(nodes, listed, taxon))
    counts = organisms.counts(taxon, organism)
    return Record(
        id=header.id,
        layout=Layout.WIKIPATHWAYS,
        path=front.path,
        line=header.line,
        network=header.network,
        fields=pathway_fields(front),
        genes=genes if counts else (),
        other_organisms=() if counts else genes,
        of_other_organism=not counts,
        lists_every_gene=drawing is not None,
        notes=tuple(notes),
        left_out=row_notes.left_out(),
    )


def _organism(front: FrontMatter) -> str:
    named = front.texts("organisms")
    if len(named) != 1 or named[0].strip() in NOT_STATED:
        key = "organisms" if "organisms" in front else "wpid"
        raise front.refusal(
            key, f"not one organism: organisms has {len(named)}; name the pathway's organism"
        )
    return named[0].strip()


@dataclass(frozen=True, slots=True)
class _Drawing:
    """The data nodes of a GPML file."""

    path: str
    nodes: tuple[DataNode, ...]


def _read_drawing(root: Path, path: str, header: Header, notes: list[str]) -> _Drawing | None:
    """Return the GPML beside the record, None if there is none to read."""
    try:
        drawing = find_beside(root, path, f"{header.id}.gpml")
        if drawing is None:
            return None
        return _Drawing(drawing, parse_gpml(drawing, read_beside(root, drawing)))
    except RecordError as error:
        notes.append(f"{error}; its Rna nodes and nodes without identifier are not compared")
        return None


def _label_as_drawn(listed: list[Gene], nodes: Sequence[DataNode]) -> list[Gene]:
    """Give rows their labels as drawn; the table leaves line breaks out (formats 2)."""
    drawn = {
        name: node.label for node in nodes if node.is_gene for name in node.names - {node.label}
    }
    if not drawn:
        return listed
    return [_relabelled(gene, drawn) if gene.names & drawn.keys() else gene for gene in listed]


def _relabelled(gene: Gene, drawn: Mapping[str, str]) -> Gene:
    is_official = Curie(f"hgnc.symbol:{gene.symbol}") in gene.ids
    return replace(
        gene,
        symbol=gene.symbol if is_official else drawn.get(gene.symbol, gene.symbol),
        names=gene.names.union(drawn[name] for name in gene.names & drawn.keys()),
    )


def _disagreements(table: str, listed: Sequence[Gene], drawing: _Drawing) -> Iterator[str]:
    """Yield which genes the table has and the drawing does not, and the other way round.

    A table that was made from the drawing has the identifier of each of its nodes that has one and
    is not ``Rna``; a row without a readable identifier is compared by its label.
    """
    genes = [node for node in drawing.nodes if node.is_gene]
    drawn_ids = {curie for node in genes for curie in node.ids}
    labels = {node.label for node in genes}
    listed_ids = {curie for gene in listed for curie in gene.ids}
    unidentified = {name for gene in listed if not gene.ids for name in gene.names}
    undrawn = [
        _named(gene.symbol, min(gene.ids, default=None))
        for gene in listed
        if drawn_ids.isdisjoint(gene.ids) and (gene.ids or labels.isdisjoint(gene.names))
    ]
    unlisted = [
        _named(node.label, next(iter(node.ids), None))
        for node in genes
        if node.listable and listed_ids.isdisjoint(node.ids) and node.label not in unidentified
    ]
    if undrawn:
        yield f"{table} lists genes that {drawing.path} does not draw: {_enumerated(undrawn)}"
    if unlisted:
        yield f"{drawing.path} draws genes that {table} does not list: {_enumerated(unlisted)}"


def _named(name: str, curie: Curie | None) -> str:
    return f"{name} ({curie})" if name and curie else name or curie or ""


def _enumerated(names: Sequence[str]) -> str:
    known = tuple(dict.fromkeys(names))
    more = f" and {len(known) - _NAMES_SHOWN} more" if len(known) > _NAMES_SHOWN else ""
    return ", ".join(known[:_NAMES_SHOWN]) + more


def _drawn_only(nodes: Sequence[DataNode], listed: Sequence[Gene], taxon: str) -> Iterator[Gene]:
    """Yield the drawn genes that no row of the node table lists (formats 2)."""
    if not nodes:
        return
    known = {curie for gene in listed for curie in gene.ids}
    for node in nodes:
        if node.is_gene and known.isdisjoint(node.ids) and (node.label or node.ids):
            yield Gene(
                symbol=node.label or node.ids[0],
                ids=frozenset(node.ids),
                names=node.names,
                organism=taxon,
                listable=node.listable,
            )


def pathway_fields(front: FrontMatter) -> Mapping[str, str]:
    """Return the texts of a pathway's front matter that properties are made from.

    Raises:
        RecordError: not exactly one organism.
    """
    fields = {key: front.text(key) or "" for key in _FIELDS} | {"organism": _organism(front)}
    return {key: text for key, text in fields.items() if text.strip()}
