"""Hard cases of which genes are the same, each a small record and its network."""

from __future__ import annotations

from pathlib import Path, PurePosixPath

import orjson
import pytest

from sync.cx.decode import decode_cx1, decode_cx2
from sync.match.compare import GeneComparison, compare_genes
from sync.model import Record
from sync.records.organisms import Organisms
from sync.records.read import read_record
from tests.conftest import SHARED

CASES = SHARED / "cases"
H4 = [f"H4C{number}" for number in (10, 11, 12, 2, 3, 4, 5, 6, 7, 8, 9)]

FOUND = {
    "shared-uniprot/pathways/WP2059 nets/WP2059.cx2": ["-CALM2", "-CALM3", "-TUBA3D"],
    "genes-of-one-protein-count-as-one/pathways/WP9001 networks/1.cx": ["-HBA2"],
    "genes-of-one-protein-count-as-one/pathways/WP9002 networks/2.cx": ["+HBA2"],
    "genes-of-one-protein-count-as-one/pathways/WP9003 networks/3.cx": [f"-{name}" for name in H4],
    "family-row-hides-missing-genes/pathways/WP9001 networks/1.cx": ["-CALM2", "-CALM3"],
    "family-row-hides-missing-genes/pathways/WP9002 networks/2.cx": ["-CD14"],
    "family-row-hides-missing-genes/pathways/WP9003 networks/3.cx": ["-CD14"],
    "one-gene-two-namespaces/WP90038 WP90038.cx2": [],
}
"""What is missing from a network (-) or extra in it (+), by the record and the network."""


@pytest.mark.parametrize(("case", "expected"), FOUND.items(), ids=FOUND)
def test_a_hard_case(case: str, expected: list[str]) -> None:
    assert signs(compare_case(case)) == expected


def test_of_the_histones_that_share_a_protein_all_but_one_are_missing() -> None:
    found = signs(compare_case("shared-uniprot/pathways/WP2369 nets/WP2369.cx2"))

    assert len(found) > 10
    assert all(name.startswith("-H4") for name in found)


def test_a_node_that_contradicts_itself_is_named() -> None:
    found = compare_case("family-row-hides-missing-genes/pathways/WP9003 networks/3.cx")

    assert "TLR4" in found.notes[0]
    assert "contradicts itself" in found.notes[0]


def compare_case(case: str) -> GeneComparison:
    record, _, network = case.partition(" ")
    root = CASES / record.partition("/")[0]
    if not root.is_dir():
        pytest.skip("the hard cases (../shared/cases) are not beside this checkout")
    content = orjson.loads((root / network).read_bytes())
    decode = decode_cx2 if network.endswith(".cx2") else decode_cx1
    return compare_genes(read(CASES / record), decode(content))


def signs(found: GeneComparison) -> list[str]:
    marks = {"gene_missing": "-", "gene_extra": "+"}
    return [f"{marks.get(each.kind, each.kind)}{each.symbol}" for each in found.differences]


def read(folder: Path) -> Record:
    path = PurePosixPath(folder.name) / f"{folder.name}.md"
    record = read_record(folder.parent, str(path), None, Organisms.of([]))
    assert isinstance(record, Record)
    return record
