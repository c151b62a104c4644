"""Write the small collections that the tests of reading need."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from sync.model import InvalidRecord, Layout, Record
from sync.records.organisms import Organisms
from sync.records.read import read_record

UUID = "ee8a08e7-de8d-11ea-99da-0ac135e8bacf"
FIGURE = "PMC1__fig-1.g001"

GENE_HEAD = [
    *("organism_id", "organism_name", "organism_group", "word", "match", "ncbigene_symbol"),
    *("ncbigene_id", "source", "count_direct", "count_synonym", "count_match"),
]
NODE_HEAD = [
    *("Label", "Type", "Identifier", "Comment", "Ensembl", "NCBI gene", "HGNC", "UniProt"),
    *("Wikidata", "ChEBI", "InChI", "PubChem", "ChemSpider", "HMDB", "KEGG", "LipidMaps"),
]


def write(root: Path, path: str, content: str | bytes) -> str:
    """Write one file as it is, make its folders, and return ``path``."""
    file = root / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def front_matter(keys: Mapping[str, str]) -> str:
    """Front matter of keys whose values are YAML already."""
    return "---\n" + "".join(f"{key}: {value}\n" for key, value in keys.items()) + "---\n"


def figure(**keys: str) -> str:
    """A figure of the newer layout."""
    return front_matter({"figid": FIGURE, "ndex": UUID} | keys)


def embedded(genes: str = "[]", **keys: str) -> str:
    """A figure of the older layout; ``genes`` is a YAML value."""
    return front_matter({"figid": FIGURE, "ndex": UUID} | keys | {"genes": genes})


def pathway(wpid: str = "WP1", **keys: str) -> str:
    """A human pathway."""
    return front_matter({"ndex": UUID, "organisms": "[Homo sapiens]", "wpid": wpid} | keys)


def tsv(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """A table with LF line ends, the last line too."""
    return "".join("\t".join(row) + "\n" for row in (head, *rows))


def gene_row(**cells: str) -> list[str]:
    """A row of a gene table, for human CXCL8 where not said otherwise."""
    default = {
        "organism_id": "9606",
        "organism_name": "Homo sapiens",
        "organism_group": "Primates",
        "word": "IL-8",
        "match": "IL8",
        "ncbigene_symbol": "CXCL8",
        "ncbigene_id": "3576",
        "source": "ncbigene_synonym",
        "count_direct": "1",
        "count_synonym": "1",
        "count_match": "1",
    }
    return [(default | cells)[name] for name in GENE_HEAD]


def node_row(label: str, kind: str, identifier: str, **cells: str) -> list[str]:
    """A row of a node table; ``NCBI_gene`` stands for the column with a blank in its name."""
    given = {name.replace("_", " "): cell for name, cell in cells.items()}
    first = {"Label": label, "Type": kind, "Identifier": identifier, "Comment": '""'}
    return [(first | given).get(name, "") for name in NODE_HEAD]


def write_pathway(root: Path, *rows: list[str], gpml: str = "", **keys: str) -> str:
    """Write WP1 with its node table, and its drawing where one is given."""
    path = write(root, "pathways/WP1/WP1.md", pathway(**keys))
    write(root, "pathways/WP1/WP1-datanodes.tsv", tsv(NODE_HEAD, rows))
    if gpml:
        write(root, "pathways/WP1/WP1.gpml", gpml)
    return path


def write_figure(root: Path, *rows: list[str], **keys: str) -> str:
    """Write a figure of the newer layout with its gene table."""
    path = write(root, f"_figures/{FIGURE}.md", figure(**keys))
    write(root, f"_data/{FIGURE}-genes.tsv", tsv(GENE_HEAD, rows))
    return path


def read_good(
    root: Path, path: str, layout: Layout | None = None, organisms: Iterable[str] = ()
) -> Record:
    """Read a record that must be good; with no ``organisms`` named, all count."""
    record = read_record(root, path, layout, Organisms.of(organisms))
    assert isinstance(record, Record), record
    return record


def read_bad(root: Path, path: str, layout: Layout | None = None) -> InvalidRecord:
    """Read a record that must be refused."""
    record = read_record(root, path, layout, Organisms.of([]))
    assert isinstance(record, InvalidRecord), record
    return record
