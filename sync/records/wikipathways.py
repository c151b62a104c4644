"""WikiPathways pathways: front matter, the node table and, where it is there, the GPML."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from sync.errors import RecordError
from sync.model import Gene, Layout, Record
from sync.records.datanodes import parse_datanodes
from sync.records.frontmatter import FrontMatter
from sync.records.gpml import DataNode, parse_gpml
from sync.records.heading import NOT_STATED, Heading
from sync.records.notes import RowNotes
from sync.records.organisms import Organisms, taxon_of
from sync.records.source import find_beside, read_beside

_FIELDS = ("wpid", "title", "description", "revision", "last-edited")


def read_pathway(root: Path, front: FrontMatter, heading: Heading, organisms: Organisms) -> Record:
    """Read a pathway with its node table and GPML (formats 1 and 2).

    Raises:
        RecordError: not exactly one organism; the node table is missing or malformed: without it
            every gene of the network would look surplus. A GPML that cannot be read is only
            noted, since the table stands without it.
    """
    organism = _organism(front)
    taxon = taxon_of(organism)
    table = find_beside(root, front.path, f"{heading.id}-datanodes.tsv")
    if table is None:
        raise front.refusal(
            "wpid",
            f"no node table: {heading.id}-datanodes.tsv is not there, so the pathway's genes are "
            "unknown; add the table or leave the record out",
        )
    row_notes = RowNotes(table)
    listed = list(parse_datanodes(table, read_beside(root, table), taxon, row_notes))
    notes = [*row_notes.sentences()]
    drawn = _drawn_nodes(root, front.path, heading, notes)
    genes = (*listed, *_left_out(drawn or (), listed, taxon))
    counts = organisms.counts(taxon, organism)
    if not counts:
        notes.append(f"its organism, {organism}, is not among those that are compared")
    return Record(
        id=heading.id,
        layout=Layout.WIKIPATHWAYS,
        path=front.path,
        line=heading.line,
        network=heading.network,
        fields=_fields(front, organism),
        genes=genes if counts else (),
        other_organisms=() if counts else genes,
        lists_every_gene=drawn is not None,
        notes=tuple(notes),
    )


def _organism(front: FrontMatter) -> str:
    named = front.texts("organisms")
    if len(named) != 1 or named[0].strip() in NOT_STATED:
        key = "organisms" if "organisms" in front else "wpid"
        raise front.refusal(
            key, f"not one organism: organisms names {len(named)}; name the pathway's organism"
        )
    return named[0].strip()


def _drawn_nodes(
    root: Path, path: str, heading: Heading, notes: list[str]
) -> tuple[DataNode, ...] | None:
    """Return the nodes of the GPML beside the record, None where there is none to read."""
    try:
        drawing = find_beside(root, path, f"{heading.id}.gpml")
        if drawing is None:
            return None
        return parse_gpml(drawing, read_beside(root, drawing))
    except RecordError as error:
        notes.append(f"{error}; its Rna nodes and nodes without identifier are not compared")
        return None


def _left_out(nodes: Sequence[DataNode], listed: Sequence[Gene], taxon: str) -> Iterator[Gene]:
    """Yield the drawn genes that no row of the node table lists (formats 2)."""
    if not nodes:
        return
    known = {curie for gene in listed for curie in gene.ids}
    for node in nodes:
        if node.is_gene and node.id not in known and (node.label or node.id):
            yield Gene(
                symbol=node.label or node.id or "",
                ids=frozenset({node.id} if node.id else ()),
                organism=taxon,
                listable=node.listable,
            )


def _fields(front: FrontMatter, organism: str) -> Mapping[str, str]:
    fields = {key: front.text(key) or "" for key in _FIELDS} | {"organism": organism}
    return {key: text for key, text in fields.items() if text.strip()}
