"""A newcomer follows the README to the letter, on copies of real records and a server that has
networks for some of them.
"""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from sync.match.gene_groups import unite_genes
from sync.match.properties import MANAGED
from sync.model import NetworkId, Record
from sync.records.organisms import Organisms
from sync.records.read import read_record
from sync.sandbox.store import Store
from tests.docs.pages import ADD, read_page
from tests.docs.running import open_reader, split_commands
from tests.records.repository import Repository
from tests.samples import Sample, gene_cx2

Steps = dict[str, subprocess.CompletedProcess[str]]

pytestmark = pytest.mark.slow

ACCOUNT = "pathway-team"
SET = NetworkId("d3e00a02-de8a-11ea-8000-020000000000")
HUMAN = Organisms.of(["Homo sapiens"])
FIGURES = (
    "PMC100005__mb2410575011",
    "PMC1052008__JCI0524178.f1",
    "PMC1236698__JCI0526390.f2",
    "PMC1359062__JCI0627690.f1",
    "PMC3143906__2044-5040-1-4-2",
    "PMC3358731__thoraxjnl-2011-200508fig7",
    "PMC5521196__nihms873768f5",
)
NOT_WRITTEN_DOWN = "PMC10030510__fimmu-14-1140749-g004"
FOUND = NetworkId("0a0a0a0a-dec4-11ea-99da-0ac135e8bacf")
"""The network that no record names, although it belongs to one."""


def follow_readme(folder: Path, checkout: Path, sample: Sample) -> Steps:
    """Type in all that the README says, and add to the configuration what it shows."""

    def prepare(work: Path) -> None:
        shutil.copytree(checkout, work, dirs_exist_ok=True)
        Repository(work).commit()
        with Store.open(work.parent / "ndex.sqlite") as store:
            sample.fill(store)

    reader = open_reader(folder, prepare)
    steps: Steps = {}
    for block in read_page("README.md").blocks:
        if block.comment == ADD:
            reader.add_to_configuration(block.text)
        if block.language == "sh":
            for command in split_commands(block.text):
                typed = " ".join(command.partition("#")[0].split())
                name = f"{typed} again" if typed in steps else typed
                steps[name] = reader.run(command)
    return steps


STATUSES = {
    "ndex-sync init": 0,
    "ndex-sync doctor": 0,
    "ndex-sync check": 1,
    "ndex-sync resolve --dry-run": 1,
    "ndex-sync resolve --write records": 1,
    "export NDEX_USERNAME=pathway-team NDEX_PASSWORD=practice": 0,
    "ndex-sync plan --out plan.json": 1,
    "ndex-sync apply plan.json": 1,
    "ndex-sync check again": 1,
    "ndex-sync check --format terminal --format json=report.json --format html=report.html": 1,
    "ndex-sync report render report.json --format markdown=report.md": 0,
    "ndex-sync report diff report.json report.json": 0,
}
"""What each command exits with: real records are never all in sync, and some are left alone."""


def assert_followed(steps: Steps, *said: tuple[str, str]) -> None:
    """Each command ended as it should, said what was to be seen, and complained of nothing."""
    assert {name: done.returncode for name, done in steps.items()} == STATUSES
    for command, text in said:
        assert text in f"\n{steps[f'ndex-sync {command}'].stdout}"
    for name, done in steps.items():
        told = [line for line in done.stderr.splitlines() if not line.startswith(EXPECTED)]
        assert told == [], name
        lines = [] if "--dry-run" in name else done.stdout.splitlines()
        assert max(map(len, lines), default=0) <= 80, name


def test_a_pfocr_checkout(tmp_path: Path, corpus: Path) -> None:
    checkout = tmp_path / "pfocr"
    shutil.copytree(corpus / "pfocr", checkout)
    parts = sorted((checkout / "_data").glob("ndex_map.*.tsv"))
    (checkout / "_data" / "ndex_map.tsv").write_bytes(b"".join(p.read_bytes() for p in parts))
    sample = Sample(tmp_path / "server", users=[{"name": ACCOUNT, "password": "practice"}])
    sample.root.mkdir()
    for figure in (*FIGURES, NOT_WRITTEN_DOWN):
        record = read_record(checkout, f"_figures/{figure}.md", None, HUMAN)
        assert isinstance(record, Record)
        genes = [gene for gene in unite_genes(record.genes) if gene.symbol != "ZGPAT"]
        stated = {each.name: each.expected(record) for each in MANAGED[record.layout]}
        content = gene_cx2(stated, genes)
        sample.add_network(record.network or FOUND, content, owner=ACCOUNT)
    sample.add_set(SET, [each["uuid"] for each in sample.networks], owner=ACCOUNT)

    assert_followed(
        follow_readme(tmp_path, checkout, sample),
        ("init", "\nFound pfocr: 61 x _figures/*.md (pfocr)\n"),
        ("doctor", "Nothing stands in the way of a check."),
        ("check", "\n  in sync                6 "),
        ("resolve --dry-run", f"\n+ndex: {FOUND}\n"),
        ("resolve --write records", "Wrote 1 file."),
        ("plan --out plan.json", "\nPlan · 1 to update, 17 to create\n"),
        ("plan --out plan.json", "    add gene ZGPAT (ncbigene:84619)\n"),
        ("plan --out plan.json", "genes are not known: no gene table\n    11 records: "),
        ("apply plan.json", ": 18 done\n"),
        ("check again", "\n  in sync               25 "),
    )


EXPECTED = ("Since the last complete run", "Would change 2 files", "Would change 1 file")
