"""Networks made from a record's own mentions, in each dialect of those on NDEx (formats 5 and 6).

Each writer says of a mention what the program of that time wrote of it, and no more: networks know
less than records do.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sync.cx.decode import decode_cx2
from sync.match.identifiers import namespace_of, parse_curie
from sync.model import Curie, Gene, Layout, Record
from sync.records.datanodes import parse_datanodes
from sync.records.discover import find_records
from sync.records.notes import RowNotes
from sync.records.organisms import Organisms
from sync.records.read import read_record
from tests.cx.drawn import document

_DATA_SOURCES = {
    "ensembl": "Ensembl",
    "ncbigene": "Entrez Gene",
    "hgnc.symbol": "HGNC",
    "hgnc": "HGNC Accession number",
    "uniprot": "Uniprot-TrEMBL",
}
_COLLECTIONS = {
    "wikipathways": "pathways/*/*.md",
    "drawings": "*/*.md",
    "pfocr": "_figures/*.md",
    "pfocr-2022": "_figures/*.md",
    "pfocr-2021": "_figures/*.md",
}


@dataclass(frozen=True, slots=True)
class Mention:
    """One mention of a record, its identifier and label as drawn or listed."""

    gene: Gene
    id: Curie | None
    label: str


Values = dict[str, Any]
Writer = Callable[[Mention], Values]


def _exporter(mention: Mention) -> Values:
    """Cytoscape's exporter of 2020 and later."""
    return _drawn(mention) | {"Ensembl": [f"Ensembl:{local}" for local in _locals(mention)]}


def _uploader_2021(mention: Mention) -> Values:
    """The uploader of 2021, which wrote the HGNC symbol over the name, through R."""
    symbols = _locals(mention, "hgnc.symbol")
    drawn = {f"__gpml:{name}": value for name, value in _xref(mention).items()}
    return drawn | {
        "name": symbols[0] if symbols else mention.label,
        "X__gpml.textlabel": mention.label,
        "Type": _type(mention),
        "__gpml:GraphID": "a1",
        "Ensembl": next(iter(_locals(mention)), ""),
        "HGNC": next(iter(symbols), ""),
    }


def _drawn(mention: Mention) -> Values:
    """``gpml-to-cx2``, which says what the drawing says."""
    return {
        "name": mention.label,
        "Type": _type(mention),
        "GraphID": "a1",
        **_xref(mention),
    }


def _xref(mention: Mention) -> Values:
    if mention.id is None:
        return {}
    namespace, _, local = mention.id.partition(":")
    return {"XrefId": local, "XrefDatasource": _DATA_SOURCES.get(namespace, namespace)}


def _type(mention: Mention) -> str:
    return "GeneProduct" if mention.gene.listable or mention.id else "Rna"


def _locals(mention: Mention, namespace: str = "ensembl") -> list[str]:
    return sorted(
        curie.partition(":")[2] for curie in mention.gene.ids if namespace_of(curie) == namespace
    )


def _figure_2020(mention: Mention) -> Values:
    """The R program of 2020."""
    gene = mention.gene
    return {
        "name": gene.symbol,
        "symbol": gene.symbol,
        "hgnc_symbol": gene.symbol,
        "entrez": next(iter(_locals(mention, "ncbigene")), ""),
        "word": min(gene.words, default=""),
        "source": min(gene.sources, default=""),
    }


def _figure_2025(mention: Mention) -> Values:
    """The converter of 2025."""
    gene = mention.gene
    number = next(iter(_locals(mention, "ncbigene")), "")
    return {
        "name": gene.symbol,
        "represents": f"ncbigene:{number}" if number else "",
        "symbol": gene.symbol,
        "hgnc.symbol": gene.symbol,
        "ncbigene": int(number) if number else "",
        "type": "gene",
        "word": min(gene.words, default=""),
        "source": min(gene.sources, default=""),
    }


PATHWAYS: Mapping[str, Writer] = {
    "exporter": _exporter,
    "uploader-2021": _uploader_2021,
    "gpml-to-cx2": _drawn,
}
FIGURES: Mapping[str, Writer] = {"figure-2020": _figure_2020, "figure-2025": _figure_2025}


def read_corpus(corpus: Path, dialect: str) -> list[tuple[Record, Sequence[Mention]]]:
    """Return the real records that networks of this dialect are of, with their mentions."""
    figures = dialect in FIGURES
    found: list[tuple[Record, Sequence[Mention]]] = []
    for name, pattern in _COLLECTIONS.items():
        if name.startswith("pfocr") is not figures:
            continue
        root = corpus / name
        organisms = Organisms.of(["Homo sapiens"] if figures else [])
        for path in find_records(root, pattern):
            record = read_record(root, path, None, organisms)
            if isinstance(record, Record) and record.genes:
                found.append((record, _mentions(root, record)))
    return found


def mirror(mentions: Sequence[Mention], dialect: str) -> list[Gene]:
    """Return the gene that each mention is read back as from a network of this dialect."""
    writer = {**PATHWAYS, **FIGURES}[dialect]
    said = [writer(mention) for mention in mentions]
    nodes = [
        {"id": number, "v": {name: value for name, value in values.items() if value}}
        for number, values in enumerate(said)
    ]
    declared = {name: {"d": data_type(values[name])} for values in said for name in values}
    read = decode_cx2(document(nodes, declared, [])).genes
    assert len(read) == len(mentions)
    return list(read)


def data_type(value: object) -> str:
    """Return how a value is declared."""
    if isinstance(value, list):
        return "list_of_string"
    return "integer" if isinstance(value, int) else "string"


def _mentions(root: Path, record: Record) -> Sequence[Mention]:
    rows = _rows(root, record) if record.layout is Layout.WIKIPATHWAYS else {}
    return [
        Mention(gene, *rows.get(gene, (next(iter(gene.ids), None), gene.symbol)))
        for gene in record.genes
    ]


def _rows(root: Path, record: Record) -> dict[Gene, tuple[Curie | None, str]]:
    """Return of each row of a node table its gene, its own identifier and its label."""
    path = (root / record.path).with_name(f"{record.id}-datanodes.tsv")
    header, *lines = path.read_text(encoding="utf-8").split("\n")
    found: dict[Gene, tuple[Curie | None, str]] = {}
    for line in filter(None, lines):
        taxon = record.genes[0].organism
        for gene in parse_datanodes("", f"{header}\n{line}\n", taxon, RowNotes("")):
            label, _, listed, *_ = line.split("\t")
            ids = [curie for curie in map(parse_curie, listed.split(";")) if curie in gene.ids]
            folded = " ".join(label.split())
            name = folded if folded in gene.names else gene.symbol
            found[gene] = (next(iter(ids), None), name)
    return found
