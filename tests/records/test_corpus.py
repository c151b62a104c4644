"""Real records: every one is read, or refused for a reason that is right."""

from __future__ import annotations

import csv
import shutil
from pathlib import Path

import pytest

from sync.model import InvalidRecord, Layout, Record
from sync.records.counts import LayoutCount, count_records
from sync.records.discover import find_records
from sync.records.mapfile import read_map
from sync.records.organisms import Organisms
from sync.records.read import read_record

HUMAN = Organisms.of(["Homo sapiens"])
EVERY = Organisms.of([])


def read_all(
    root: Path, pattern: str, organisms: Organisms = HUMAN
) -> list[Record | InvalidRecord]:
    return [read_record(root, path, None, organisms) for path in find_records(root, pattern)]


@pytest.fixture(scope="module")
def pathways(corpus: Path) -> dict[str, Record]:
    read = read_all(corpus / "wikipathways", "pathways/*/*.md", EVERY)
    return {record.id: record for record in read if isinstance(record, Record)}


@pytest.fixture(scope="module")
def figures(corpus: Path) -> dict[str, Record]:
    read = read_all(corpus / "pfocr", "_figures/*.md")
    return {record.id: record for record in read if isinstance(record, Record)}


@pytest.mark.parametrize(
    ("folder", "pattern", "layout", "read", "without_genes"),
    [
        ("wikipathways", "pathways/*/*.md", Layout.WIKIPATHWAYS, 476, 0),
        ("pfocr", "_figures/*.md", Layout.PFOCR, 61, 20),
        ("pfocr-2022", "_figures/*.md", Layout.PFOCR_EMBEDDED, 40, 0),
        ("pfocr-2021", "_figures/*.md", Layout.PFOCR_EMBEDDED, 2, 0),
    ],
)
def test_every_record_of_a_layout_is_detected_and_read(
    corpus: Path, folder: str, pattern: str, layout: Layout, read: int, without_genes: int
) -> None:
    counts = count_records(read_all(corpus / folder, pattern))

    assert counts.layouts == (LayoutCount(layout, read, 0, without_genes),)


def test_the_seed_record_has_its_sixteen_genes(seed_record: Path, tmp_path: Path) -> None:
    name = "PMC4745709__oncotarget-06-29034-g006.md"
    shutil.copy(seed_record, tmp_path / name)

    record = read_record(tmp_path, name, None, HUMAN)

    assert isinstance(record, Record)
    assert len(record.genes) == 16
    cxcl8 = next(gene for gene in record.genes if gene.symbol == "CXCL8")
    assert cxcl8.ids == {"ncbigene:3576"}
    assert cxcl8.organism == "9606"
    assert record.network == "ee8a08e7-de8d-11ea-99da-0ac135e8bacf"
    assert record.line == 19
    assert record.fields["year"] == "2015"
    assert record.fields["organisms"] == "Homo sapiens"


def test_every_gene_row_of_every_node_table_is_read(
    corpus: Path, pathways: dict[str, Record]
) -> None:
    """No row is lost, ragged ones included: the type stands in a cell of its own in each."""
    checked = 0
    for record in pathways.values():
        if record.lists_every_gene:
            continue
        table = corpus / "wikipathways" / record.path.replace(".md", "-datanodes.tsv")
        rows = table.read_text("utf-8").split("\n")[1:]
        genes = [row for row in rows if "\tGeneProduct\t" in row or "\tProtein\t" in row]
        assert len(record.genes) == len(genes), record.id
        checked += len(genes)
    assert checked == 20097


def test_ragged_rows_are_the_only_oddity_that_has_to_be_read_around(
    pathways: dict[str, Record], figures: dict[str, Record]
) -> None:
    noted = {record.id: record.notes for record in pathways.values() if record.notes}

    assert len(noted) == 14
    for id_, notes in noted.items():
        assert [note.partition(": ")[2].partition(" (")[0] for note in notes] == [
            "a row with a tab inside its label or comment was repaired"
        ], id_
    assert [record.id for record in figures.values() if record.notes] == [
        "PMC10033909__d3sc00173c-s1"
    ]


def test_every_row_of_every_gene_table_is_read(corpus: Path, figures: dict[str, Record]) -> None:
    human = others = 0
    for table in (corpus / "pfocr/_data").glob("*-genes.tsv"):
        with table.open(encoding="utf-8", newline="") as stream:
            for row in csv.DictReader(stream, delimiter="\t", quoting=csv.QUOTE_NONE):
                human += row["organism_id"] == "9606"
                others += row["organism_id"] != "9606"

    assert sum(len(record.genes) for record in figures.values()) == human == 1244
    assert sum(len(record.other_organisms) for record in figures.values()) == others == 388


@pytest.mark.parametrize(
    ("path", "rows", "records"),
    [
        ("wikipathways/downstream/ndex_lookup.csv", 1362, 707),
        ("pfocr/_data/ndex_map.first480.tsv", 480, 480),
        ("pfocr/_data/ndex_map.last86.tsv", 86, 86),
    ],
)
def test_the_map_files_are_read_in_full(corpus: Path, path: str, rows: int, records: int) -> None:
    found = read_map(corpus, path)

    assert found.problems == ()
    assert len(found.entries) == rows
    assert len({entry.record for entry in found.entries}) == records
    assert found.entries[-1].line - found.entries[0].line == rows - 1
