"""Real records: every one is read, or refused for a reason that is right."""

from __future__ import annotations

import csv
import re
import shutil
from collections.abc import Iterable
from pathlib import Path

import pytest

from sync.model import Gene, InvalidRecord, Layout, Record
from sync.records.discover import find_records
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
    survey = survey_records(read_all(corpus / folder, pattern))

    assert survey.layouts == (LayoutCount(layout, read, 0, without_genes),)


def test_genes_are_unknown_only_where_the_gene_table_is_not_there(
    corpus: Path, figures: dict[str, Record]
) -> None:
    unknown = [record for record in figures.values() if record.genes_unknown is not None]

    assert len(unknown) == 20
    for record in unknown:
        assert not (corpus / "pfocr" / "_data" / f"{record.id}-genes.tsv").exists()
        assert f"_data/{record.id}-genes.tsv is missing" in str(record.genes_unknown)


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


def named(genes: Iterable[Gene], symbol: str) -> list[Gene]:
    return [gene for gene in genes if gene.symbol == symbol]


def distinct(genes: Iterable[Gene]) -> int:
    return len({curie for gene in genes for curie in gene.ids})


def test_the_line_is_where_the_network_is_or_would_be_named(
    corpus: Path, pathways: dict[str, Record], figures: dict[str, Record]
) -> None:
    for folder, records in (("wikipathways", pathways), ("pfocr", figures)):
        for record in records.values():
            lines = (corpus / folder / record.path).read_text("utf-8").split("\n")
            has_key = any(line.startswith("ndex:") for line in lines)
            key = "ndex:" if has_key else f"wpid: {record.id}"
            assert lines[record.line - 1].startswith(key)
            assert (record.network or "") in lines[record.line - 1]


def test_as_many_records_name_a_network_as_a_plain_search_finds(
    corpus: Path, pathways: dict[str, Record]
) -> None:
    linked = re.compile(r"^ndex: [0-9a-f]{8}-", re.MULTILINE)
    found = [
        path.stem
        for path in (corpus / "wikipathways/pathways").glob("*/*.md")
        if linked.search(path.read_text("utf-8"))
    ]

    assert sorted(found) == sorted(id_ for id_, record in pathways.items() if record.network)
    assert len(found) == 151


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


def test_every_drawing_is_read(corpus: Path, pathways: dict[str, Record]) -> None:
    drawn = {path.stem for path in (corpus / "wikipathways/pathways").glob("*/*.gpml")}

    assert {record.id for record in pathways.values() if record.lists_every_gene} == drawn
    assert len(drawn) == 40


@pytest.mark.parametrize(
    ("pathway", "label", "symbol", "ids"),
    [
        ("WP3", "P38", "AIMP2", {"hgnc.symbol:AIMP2"}),
        ("WP3", "ERK", "EPHB2", {"hgnc.symbol:EPHB2"}),
        ("WP2003", "TUSC2 / Fus1 , Fusion", "TUSC2", {"ncbigene:11334"}),
        ("WP1584", "PRKCD", "PRKCD", {"ncbigene:5580", "hgnc.symbol:PRKCD"}),
        ("WP5426", "TRIM50", "TRIM50", {"ncbigene:135892"}),
        ("WP465", "DDC", "DDC", {"ncbigene:1644"}),
        ("WP5235", "SK3", "KCNN3", {"uniprot:Q9UGI6"}),
    ],
)
def test_genes_of_odd_rows_have_their_names_and_identifiers(
    pathways: dict[str, Record], pathway: str, label: str, symbol: str, ids: set[str]
) -> None:
    found = [gene for gene in pathways[pathway].genes if label in gene.names]

    assert {gene.symbol for gene in found} == {symbol}
    assert all(ids <= gene.ids for gene in found)


@pytest.mark.parametrize("pathway", ["WP4010", "WP4945", "WP5034", "WP3583", "WP3980", "WP4914"])
def test_pathways_of_no_gene_have_no_gene(pathways: dict[str, Record], pathway: str) -> None:
    assert pathways[pathway].genes == ()


def test_rna_nodes_come_from_the_drawing(pathways: dict[str, Record]) -> None:
    (micro_rna,) = named(pathways["WP2005"].genes, "MIR21")

    assert micro_rna.ids == {"ensembl:ENSG00000284190"}
    assert not micro_rna.listable


@pytest.mark.parametrize(
    ("figure", "human_rows", "human", "every"),
    [
        ("PMC1052008__JCI0524178.f1", 70, 70, 79),
        ("PMC1451216__JCI0628535.f1", 54, 27, 37),
        ("PMC6634270__CMAR_A_202342_O_SF0002g", 32, 16, 27),
        ("PMC1236696__JCI0526322.f1", 107, 79, 79),
        ("PMC3253010__zdg0121093590003", 64, 64, 64),
        ("PMC5290078__gr2", 0, 0, 11),
        ("PMC100003__mb2410470011", 0, 0, 8),
    ],
)
def test_human_genes_are_told_from_those_of_other_organisms(
    figures: dict[str, Record], figure: str, human_rows: int, human: int, every: int
) -> None:
    record = figures[figure]

    assert (len(record.genes), distinct(record.genes)) == (human_rows, human)
    assert distinct((*record.genes, *record.other_organisms)) == every


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
    ("figure", "number"),
    [("PMC10037512__JCTH-11-572-g006", "32640"), ("PMC1451216__JCI0628535.f1", "44798")],
)
def test_the_gene_called_na_is_a_gene(figures: dict[str, Record], figure: str, number: str) -> None:
    (gene,) = named(figures[figure].other_organisms, "NA")

    assert gene.ids == {f"ncbigene:{number}"}


def test_two_fly_genes_that_differ_in_case_stay_two(figures: dict[str, Record]) -> None:
    others = figures["PMC1236698__JCI0526390.f2"].other_organisms

    assert distinct(named(others, "Tor")) == distinct(named(others, "tor")) == 1
    assert distinct([*named(others, "Tor"), *named(others, "tor")]) == 2


def test_a_title_of_any_script_and_with_outer_blanks_stays_as_written(
    pathways: dict[str, Record],
) -> None:
    assert pathways["WP5372"].fields["title"].startswith("Involvement of δ-secretase")
    assert pathways["WP1396"].fields["title"] == "GPCRs, non-odorant "
    assert pathways["WP4255"].fields["last-edited"] == "2026-02-05"
    assert pathways["WP4255"].fields["revision"] == "r142399"


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
