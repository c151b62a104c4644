"""A network that was drawn from a record's own drawing has exactly the record's genes."""

from __future__ import annotations

from pathlib import Path, PurePosixPath

import orjson
import pytest

from sync.convert.pathway import read_pathway_drawing
from sync.cx.decode import decode_cx2
from sync.match.gene_differences import compare_genes
from sync.model import Record
from sync.records.organisms import Organisms
from sync.records.read import read_record
from tests.conftest import SHARED

CASES = [
    *("gpml-name/WP5049", "hgnc-accession/WP5061", "tb-prefix/WP1567"),
    *("linebreak-label/WP4705", "linebreak-label/WP5166"),
]


def read(folder: Path) -> Record:
    """Read the pathway in a folder of its own."""
    path = PurePosixPath(folder.name) / f"{folder.name}.md"
    record = read_record(folder.parent, str(path), None, Organisms.of([]))
    assert isinstance(record, Record)
    return record


def hard_case(name: str) -> Path:
    folder = SHARED / "cases" / name
    if not folder.is_dir():
        pytest.skip("the hard cases (../shared/cases) are not beside this checkout")
    return folder


@pytest.mark.parametrize("case", CASES)
def test_a_hard_pathway_drawn_as_it_is_has_no_other_genes(case: str) -> None:
    folder = hard_case(case)
    body = read_pathway_drawing(folder, f"{folder.name}.gpml").convert().body

    assert compare_genes(read(folder), decode_cx2(orjson.loads(body))).differences == ()


@pytest.mark.parametrize(
    ("case", "network"),
    [
        *((case, f"{case}.cx2") for case in CASES if not case.startswith("tb-prefix")),
        ("gpml-name/WP5049", "textlabel-R/*.cx2"),
    ],
)
def test_a_hard_network_as_it_stands_has_the_genes_of_its_record(case: str, network: str) -> None:
    folder = hard_case(case)
    [path] = (SHARED / "cases").glob(network)

    comparison = compare_genes(read(folder), decode_cx2(orjson.loads(path.read_bytes())))

    assert comparison.differences == ()
    assert comparison.counts is not None
    assert comparison.counts.shared > 10


def test_the_drawn_label_is_read_in_rs_spelling() -> None:
    [path] = hard_case("textlabel-R").glob("*.cx2")

    genes = decode_cx2(orjson.loads(path.read_bytes())).genes

    assert {"HK1", "Hexokinase"} in [gene.names for gene in genes]
