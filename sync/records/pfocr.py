"""Read PFOCR figures: genes in the front matter (formats 3) or in a table beside it (formats 4)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path

from sync.match.identifiers import read_ids
from sync.model import Curie, Entity, Gene, Layout, Record
from sync.records.entities import embedded_entities, read_entities
from sync.records.frontmatter import FrontMatter
from sync.records.header import NOT_STATED, Header
from sync.records.notes import RowNotes
from sync.records.organisms import HUMAN, Organisms
from sync.records.source import find_beside, read_beside
from sync.records.tables import parse_table
from sync.sharing import Recent, share

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
# The same genes occur in many records, each time with other words: each is made once.
_GENES_SHARED = 1 << 15
_GENE_COLUMNS = (
    "organism_id",
    "organism_name",
    "word",
    "ncbigene_symbol",
    "ncbigene_id",
    "source",
)


def read_embedded_figure(front: FrontMatter, header: Header, organisms: Organisms) -> Record:
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
        id=header.id,
        layout=Layout.PFOCR_EMBEDDED,
        path=front.path,
        line=header.line,
        network=header.network,
        fields=_fields(front),
        genes=genes if human else (),
        other_organisms=() if human else genes,
        of_other_organism=not human and bool(genes),
        chemicals=tuple(embedded_entities(front, "chemicals")),
        diseases=tuple(embedded_entities(front, "diseases")),
        notes=notes.sentences(),
        left_out=notes.left_out(),
    )


def read_figure(root: Path, front: FrontMatter, header: Header, organisms: Organisms) -> Record:
    """Read a figure and the tables of its genes, chemicals and diseases (formats 4).

    Figures on which no gene was found have no gene table. If it is missing and the keywords, which
    name every gene, chemical and disease, include a gene, the genes are unknown.

    Raises:
        RecordError: the gene table is malformed.
    """
    notes: list[str] = []
    chemicals = read_entities(root, front.path, header.id, "chemicals", notes)
    diseases = read_entities(root, front.path, header.id, "diseases", notes)
    table = find_beside(root, front.path, f"{header.id}-genes.tsv")
    genes: tuple[Gene, ...] = ()
    others: tuple[Gene, ...] = ()
    unknown: str | None = None
    left_out: tuple[str, ...] = ()
    if table is not None:
        row_notes = RowNotes(table)
        genes, others = _listed_genes(root, table, organisms, row_notes)
        notes += row_notes.sentences()
        left_out = row_notes.left_out()
    elif _has_no_gene_by_its_keywords(front, chemicals, diseases):
        notes.append("it has no gene table, and all its keywords are chemicals or diseases")
    else:
        unknown = (
            f"no gene table: _data/{header.id}-genes.tsv is missing, so its genes cannot be "
            "compared; add the table"
        )
    return Record(
        id=header.id,
        layout=Layout.PFOCR,
        path=front.path,
        line=header.line,
        network=header.network,
        fields=_fields(front),
        genes=genes,
        other_organisms=others,
        of_other_organism=bool(others) and not genes,
        chemicals=chemicals,
        diseases=diseases,
        genes_unknown=unknown,
        notes=tuple(notes),
        left_out=left_out,
    )


def _fields(front: FrontMatter) -> Mapping[str, str]:
    fields = {key: front.text(key) or "" for key in _FIELDS}
    named = [name for name in front.texts("organisms") if name.strip() not in NOT_STATED]
    fields["organisms"] = ", ".join(named)
    return {key: text for key, text in fields.items() if text.strip() not in NOT_STATED}


def _embedded_genes(front: FrontMatter, notes: RowNotes) -> Iterator[Gene]:
    for row in front.rows("genes"):
        cell = row.cells.get
        says = (cell("hgnc_symbol", ""), cell("entrez", ""), cell("source", ""))
        gene = _gene((*says, HUMAN))
        if _is_named(gene, notes, row.line):
            yield _mention(gene, cell("word", ""))


def _listed_genes(
    root: Path, path: str, organisms: Organisms, notes: RowNotes
) -> tuple[tuple[Gene, ...], tuple[Gene, ...]]:
    """Return the genes of organisms that count, and those of the others, without their words."""
    table = parse_table(path, read_beside(root, path), _GENE_COLUMNS)
    counts = cache(organisms.counts)
    counted: list[Gene] = []
    others: list[Gene] = []
    for line, (taxon, name, word, symbol, number, source) in table.pick(_GENE_COLUMNS):
        gene = _gene((symbol, number, source, taxon))
        # Nearly all have both a symbol and a number.
        if (not gene.ids or gene.symbol in gene.ids) and not _is_named(gene, notes, line):
            continue
        if counts(gene.organism, name):
            counted.append(_mention(gene, word))
        else:
            others.append(gene)
    return tuple(counted), tuple(others)


def _has_no_gene_by_its_keywords(
    front: FrontMatter, chemicals: Sequence[Entity], diseases: Sequence[Entity]
) -> bool:
    keywords = front.nested_texts("schema-jsonld", "keywords")
    if keywords is None:
        return False
    # A text may be listed twice, as a gene and as a chemical (formats 4), so numbers matter too.
    named = Counter({entity.word for entity in chemicals})
    named += Counter({entity.word for entity in diseases})
    return Counter(keywords) == named


def _make_gene(row: tuple[str, str, str, str]) -> Gene:
    """Make the gene of a row without its word; ``NA`` is the symbol of real genes (formats 4)."""
    symbol, number, source, taxon = row
    ids = frozenset(filter(_is_number, read_ids(number, "ncbigene")))
    symbol = symbol.strip()
    if symbol == ".na.character":
        symbol = ""
    symbol = symbol or min(ids, default="")
    return Gene(
        symbol=symbol,
        ids=share(ids),
        names=share(frozenset((symbol,))),
        sources=share(_only(source.strip())),
        organism=taxon.strip(),
    )


_gene = Recent(_make_gene, _GENES_SHARED).__getitem__


def _mention(gene: Gene, word: str) -> Gene:
    """Return a gene with the word that the figure uses for it, which often is its symbol."""
    words = gene.names if word == gene.symbol else _only(word.strip())
    return Gene(gene.symbol, gene.ids, gene.names, words, gene.sources, gene.organism)


def _only(text: str) -> frozenset[str]:
    return frozenset((text,)) if text else frozenset()


def _is_number(curie: Curie) -> bool:
    return curie.removeprefix("ncbigene:").isdecimal()


def _is_named(gene: Gene, notes: RowNotes, line: int) -> bool:
    """Return whether a gene has any name; what its row lacks is noted."""
    if not gene.symbol:
        notes.leave_out("a gene with neither symbol nor NCBI number", line)
        return False
    if not gene.ids:
        notes.add("a gene without an NCBI number is known by its symbol only", line)
    elif gene.symbol in gene.ids:
        notes.add("a gene without a symbol is named by its NCBI number", line)
    return True
