"""PFOCR figures: genes in the front matter (formats 3) or in a table beside it (formats 4)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from sync.genes import normalise_curie
from sync.model import Curie, Entity, Gene, Layout, Record
from sync.records.frontmatter import FrontMatter
from sync.records.heading import NOT_STATED, Heading
from sync.records.notes import RowNotes
from sync.records.organisms import HUMAN, Organisms
from sync.records.source import find_beside, read_beside
from sync.records.tables import parse_table

_FIELDS = (
    "figid",
    "figtitle",
    "number",
    "figlink",
    "papertitle",
    "pmcid",
    "year",
    "reftext",
    "caption",
    "filename",
    "doi",
)
_GENE_COLUMNS = (
    "organism_id",
    "organism_name",
    "word",
    "ncbigene_symbol",
    "ncbigene_id",
    "source",
)
_ENTITY_COLUMNS = ("word", "mesh")


def read_embedded_figure(front: FrontMatter, heading: Heading, organisms: Organisms) -> Record:
    """Read a figure that lists its human genes in its front matter (formats 3).

    Raises:
        RecordError: ``genes`` is missing or malformed, or a text that is needed has another type.
    """
    if "genes" not in front:
        raise front.refusal(
            "figid",
            "no genes list: the front matter has no 'genes'; if a gene table stands beside it, "
            'set layout = "pfocr" or "auto"',
        )
    notes = RowNotes(front.path)
    genes = tuple(_embedded_genes(front, notes))
    human = organisms.counts(HUMAN, "Homo sapiens")
    return Record(
        id=heading.id,
        layout=Layout.PFOCR_EMBEDDED,
        path=front.path,
        line=heading.line,
        network=heading.network,
        fields=_fields(front),
        genes=genes if human else (),
        other_organisms=() if human else genes,
        chemicals=tuple(_embedded_entities(front, "chemicals")),
        diseases=tuple(_embedded_entities(front, "diseases")),
        notes=notes.sentences(),
    )


def read_figure(root: Path, front: FrontMatter, heading: Heading, organisms: Organisms) -> Record:
    """Read a figure and the tables of its genes, chemicals and diseases (formats 4).

    Raises:
        RecordError: the gene table is missing or malformed: without it every gene of the network
            would look surplus. The other two tables may be missing.
    """
    table = find_beside(root, front.path, f"{heading.id}-genes.tsv")
    if table is None:
        raise front.refusal(
            "figid",
            f"no gene table: _data/{heading.id}-genes.tsv is not there, so the figure's genes are "
            "unknown; add the table or leave the record out",
        )
    notes = RowNotes(table)
    counted: list[Gene] = []
    others: list[Gene] = []
    for gene, counts in _listed_genes(root, table, organisms, notes):
        (counted if counts else others).append(gene)
    return Record(
        id=heading.id,
        layout=Layout.PFOCR,
        path=front.path,
        line=heading.line,
        network=heading.network,
        fields=_fields(front),
        genes=tuple(counted),
        other_organisms=tuple(others),
        chemicals=_listed_entities(root, front.path, f"{heading.id}-chemicals.tsv"),
        diseases=_listed_entities(root, front.path, f"{heading.id}-diseases.tsv"),
        notes=notes.sentences(),
    )


def _fields(front: FrontMatter) -> Mapping[str, str]:
    fields = {key: front.text(key) or "" for key in _FIELDS}
    named = [name for name in front.texts("organisms") if name.strip() not in NOT_STATED]
    fields["organisms"] = ", ".join(named)
    return {key: text for key, text in fields.items() if text.strip() not in NOT_STATED}


def _embedded_genes(front: FrontMatter, notes: RowNotes) -> Iterator[Gene]:
    for row in front.rows("genes"):
        gene = _gene(
            symbol=row.cells.get("hgnc_symbol", ""),
            number=row.cells.get("entrez", ""),
            word=row.cells.get("word", ""),
            source=row.cells.get("source", ""),
            organism=HUMAN,
        )
        yield from _noted(gene, notes, row.line)


def _listed_genes(
    root: Path, path: str, organisms: Organisms, notes: RowNotes
) -> Iterator[tuple[Gene, bool]]:
    table = parse_table(path, read_beside(root, path), _GENE_COLUMNS)
    taxon, name, word, symbol, number, source = map(table.column, _GENE_COLUMNS)
    for row in table.even_rows():
        cells = row.cells
        organism = cells[taxon].strip()
        gene = _gene(cells[symbol], cells[number], cells[word], cells[source], organism)
        counts = organisms.counts(organism, cells[name])
        yield from ((found, counts) for found in _noted(gene, notes, row.line))


def _gene(symbol: str, number: str, word: str, source: str, organism: str) -> Gene:
    """Make a gene of one row; ``NA`` is the symbol of real genes (formats 4)."""
    curie = _ncbi_gene(number)
    symbol = symbol.strip()
    if symbol == ".na.character":
        symbol = ""
    return Gene(
        symbol=symbol or curie or "",
        ids=frozenset({curie} if curie else ()),
        words=frozenset({word.strip()} - {""}),
        sources=frozenset({source.strip()} - {""}),
        organism=organism,
    )


def _ncbi_gene(number: str) -> Curie | None:
    curie = normalise_curie("ncbigene", number)
    return curie if curie and curie.removeprefix("ncbigene:").isdecimal() else None


def _noted(gene: Gene, notes: RowNotes, line: int) -> Iterator[Gene]:
    """Yield the gene if anything names it, and note what its row lacks."""
    if not gene.symbol:
        notes.add("a gene with neither symbol nor NCBI number was left out", line)
        return
    if not gene.ids:
        notes.add("a gene without an NCBI number is known by its symbol only", line)
    elif gene.symbol in gene.ids:
        notes.add("a gene without a symbol is named by its NCBI number", line)
    yield gene


def _embedded_entities(front: FrontMatter, key: str) -> Iterator[Entity]:
    for row in front.rows(key):
        yield Entity(
            word=row.cells.get("word", ""),
            source=row.cells.get("source", ""),
            identifier=row.cells.get("identifier", ""),
        )


def _listed_entities(root: Path, path: str, name: str) -> tuple[Entity, ...]:
    found = find_beside(root, path, name)
    if found is None:
        return ()
    table = parse_table(found, read_beside(root, found), _ENTITY_COLUMNS)
    word, mesh = map(table.column, _ENTITY_COLUMNS)
    return tuple(_entity(row.cells[word], row.cells[mesh]) for row in table.even_rows())


def _entity(word: str, curie: str) -> Entity:
    """``mesh:D013481`` in a table is ``MESH`` and ``D013481`` in the front matter of old."""
    stated = "" if curie.strip() in NOT_STATED else curie.strip()
    source, _, identifier = stated.partition(":")
    return Entity(word=word, source=source.upper(), identifier=identifier)
