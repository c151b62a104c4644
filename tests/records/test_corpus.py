"""Real records: every one is read, or refused for a reason that is right."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from sync.model import InvalidRecord, Layout, Record
from sync.records.find import find_records
from sync.records.mapfile import read_map
from sync.records.organisms import Organisms
from sync.records.read import read_record
from sync.records.survey import LayoutCount, survey_records

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
    ("folder", "pattern", "layout", "read", "refused"),
    [
        ("wikipathways", "pathways/*/*.md", Layout.WIKIPATHWAYS, 476, 0),
        ("pfocr", "_figures/*.md", Layout.PFOCR, 40, 21),
        ("pfocr-2022", "_figures/*.md", Layout.PFOCR_EMBEDDED, 40, 0),
        ("pfocr-2021", "_figures/*.md", Layout.PFOCR_EMBEDDED, 2, 0),
    ],
)
def test_every_record_of_a_layout_is_detected_and_read_or_refused(
    corpus: Path, folder: str, pattern: str, layout: Layout, read: int, refused: int
) -> None:
    survey = survey_records(read_all(corpus / folder, pattern))

    assert survey.layouts == (LayoutCount(layout, read, refused),)


def test_the_only_refusals_are_figures_whose_gene_table_is_not_there(corpus: Path) -> None:
    root = corpus / "pfocr"
    refused = [each for each in read_all(root, "_figures/*.md") if isinstance(each, InvalidRecord)]

    assert {each.reason.partition(":")[0] for each in refused} == {"no gene table"}
    for each in refused:
        assert not (root / "_data" / f"{each.id}-genes.tsv").exists()
        assert each.path == f"_figures/{each.id}.md"
        assert each.line == 2
        assert f"_data/{each.id}-genes.tsv is not there" in each.reason


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


def test_the_lookup_table_is_read_in_full(corpus: Path) -> None:
    found = read_map(corpus / "wikipathways", "downstream/ndex_lookup.csv")

    assert found.problems == ()
    assert len(found.entries) == 1362
    assert len({entry.record for entry in found.entries}) == 707


@pytest.mark.parametrize(
    ("name", "rows"), [("ndex_map.first480.tsv", 480), ("ndex_map.last86.tsv", 86)]
)
def test_the_headerless_maps_are_read_in_full(corpus: Path, name: str, rows: int) -> None:
    found = read_map(corpus / "pfocr", f"_data/{name}")

    assert found.problems == ()
    assert len(found.entries) == len({entry.record for entry in found.entries}) == rows
    assert (found.entries[0].line, found.entries[-1].line) == (1, rows)
