"""A newcomer follows the README to the letter, on copies of real records and a server that has
networks for some of them.
"""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

import orjson
import pytest

from sync.match.gene_groups import unite_genes
from sync.match.identifiers import namespace_of
from sync.match.properties import MANAGED
from sync.model import Gene, NetworkId, Record
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
PATHWAYS = ("WP12", "WP100", "WP1455", "WP1539")
NOT_WRITTEN_DOWN_PATHWAY = "WP2005"
WP4255 = NetworkId("201c6ce2-8b6a-11eb-9e72-0ac135e8bacf")
FOUND = NetworkId("0a0a0a0a-dec4-11ea-99da-0ac135e8bacf")
"""The network that no record names, although it belongs to one."""
DATA_SOURCES = {"hgnc.symbol": "HGNC", "ncbigene": "Entrez Gene", "uniprot": "Uniprot-TrEMBL"}


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


def sample_of(folder: Path) -> Sample:
    """Begin a sandbox with the README's account."""
    return Sample(folder, users=[{"name": ACCOUNT, "password": "practice"}])


def read(root: Path, path: str) -> Record:
    record = read_record(root, path, None, HUMAN)
    assert isinstance(record, Record)
    return record


def own_properties(record: Record) -> dict[str, str | None]:
    return {each.name: each.expected(record) for each in MANAGED[record.layout]}


def fill(sample: Sample, networks: Mapping[NetworkId, bytes]) -> None:
    """Put the networks into the sandbox, all of them in the README's set."""
    sample.root.mkdir()
    for network, content in networks.items():
        sample.add_network(network, content, owner=ACCOUNT)
    sample.network_sets.append(
        {"name": "all", "uuid": SET, "owner": ACCOUNT, "networks": [*networks]}
    )


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
    networks = {}
    for figure in (*FIGURES, NOT_WRITTEN_DOWN):
        record = read(checkout, f"_figures/{figure}.md")
        genes = [gene for gene in unite_genes(record.genes) if gene.symbol != "ZGPAT"]
        networks[record.network or FOUND] = gene_cx2(own_properties(record), genes)
    sample = sample_of(tmp_path / "server")
    fill(sample, networks)

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


def test_a_wikipathways_checkout(tmp_path: Path, corpus: Path) -> None:
    checkout = corpus / "wikipathways"
    networks = {}
    for pathway in (*PATHWAYS, NOT_WRITTEN_DOWN_PATHWAY):
        record = read(checkout, f"pathways/{pathway}/{pathway}.md")
        genes = [gene for gene in unite_genes(record.genes) if gene.symbol != "ACP5"]
        networks[record.network or FOUND] = pathway_cx2(own_properties(record), genes)
    networks[WP4255] = (corpus / "networks" / "WP4255.cx").read_bytes()
    sample = sample_of(tmp_path / "server")
    fill(sample, networks)

    assert_followed(
        follow_readme(tmp_path, checkout, sample),
        ("init", "\nFound wikipathways: 476 x pathways/WP*/WP*.md (wikipathways)\n"),
        ("doctor", "ok       map of wikipathways: 1,362 rows\n"),
        ("check", "\n  drifted                2 "),
        ("resolve --dry-run", f"\n+ndex: {FOUND}\n"),
        ("resolve --write records", "Wrote 1 file."),
        # Seven drawings stand beside records that have no network yet.
        ("plan --out plan.json", "\nPlan · 2 to update, 7 to create\n"),
        ("plan --out plan.json", "extra genes with edges stay (PDK1)"),
        ("apply plan.json", ": 9 done\n"),
        ("check again", "\n  drifted                1 "),
    )


EXPECTED = ("Since the last complete run", "Would change 2 files", "Would change 1 file")


def pathway_cx2(attributes: dict[str, str | None], genes: Sequence[Gene]) -> bytes:
    """Make the network of a pathway in the dialect of the newer exports (formats 5)."""
    stated = {name: value for name, value in attributes.items() if value is not None}
    names = ("name", "Type", "Ensembl", "XrefId", "XrefDatasource")
    declared = {
        "networkAttributes": {name: {"d": "string"} for name in stated},
        "nodes": {name: {"d": "string"} for name in names},
    }
    nodes = [
        {"id": place, "v": {"name": gene.symbol, "Type": "GeneProduct", **identify(gene)}}
        for place, gene in enumerate(genes)
    ]
    return orjson.dumps(
        [
            {"CXVersion": "2.0", "hasFragments": False},
            {"attributeDeclarations": [declared]},
            {"networkAttributes": [stated]},
            {"nodes": nodes},
            {"status": [{"success": True}]},
        ]
    )


def identify(gene: Gene) -> dict[str, str]:
    """Return the attributes that hold one of the gene's identifiers, none where it has none."""
    by_namespace = {namespace_of(each): each.partition(":")[2] for each in sorted(gene.ids)}
    if "ensembl" in by_namespace:
        return {"Ensembl": f"Ensembl:{by_namespace['ensembl']}"}
    for namespace, source in DATA_SOURCES.items():
        if namespace in by_namespace:
            return {"XrefId": by_namespace[namespace], "XrefDatasource": source}
    return {}
