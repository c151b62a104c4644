"""Real records and networks, checked end to end through the sandbox."""

from __future__ import annotations

import shutil
from collections import defaultdict
from pathlib import Path

import orjson
import pytest
from msgspec import structs

from sync.match.properties import MANAGED
from sync.model import (
    Curie,
    GeneCounts,
    Layout,
    NetworkId,
    Record,
    Verdict,
)
from sync.records.organisms import Organisms
from sync.records.read import read_record
from sync.sandbox.fill import load_into
from sync.sandbox.store import Store
from tests.e2e.running import run_command
from tests.samples import Sample, check_sample, gene_cx2, sandbox_client

SEED = "PMC4745709__oncotarget-06-29034-g006"
WP4255 = NetworkId("201c6ce2-8b6a-11eb-9e72-0ac135e8bacf")
TNF = Curie("ncbigene:7124")


@pytest.fixture
def seed(tmp_path: Path, seed_record: Path) -> Record:
    folder = tmp_path / "_figures"
    folder.mkdir()
    shutil.copy(seed_record, folder / f"{SEED}.md")
    record = read_record(tmp_path, f"_figures/{SEED}.md", None, Organisms.of(["Homo sapiens"]))
    assert isinstance(record, Record)
    return record


async def test_the_seed_record_differs_from_a_network_that_lacks_cxcl8_and_has_tnf(
    tmp_path: Path, seed: Record
) -> None:
    tnf = structs.replace(seed.genes[0], symbol="TNF", names=frozenset(), ids=frozenset({TNF}))
    others = [gene for gene in seed.genes if gene.symbol != "CXCL8"]
    properties = {each.name: each.expected(seed) for each in MANAGED[Layout.PFOCR_EMBEDDED]}
    sample = Sample(tmp_path)
    sample.add_network(str(seed.network), gene_cx2(properties, [*others, tnf]))
    async with sandbox_client(sample) as client:
        results, _ = await check_sample(client, sample.collection())

    result = results[seed.id]
    assert result.verdict is Verdict.DRIFTED
    assert [(item.kind.value, item.symbol, item.ids) for item in result.differences] == [
        ("gene_missing", "CXCL8", ("ncbigene:3576",)),
        ("gene_extra", "TNF", ("ncbigene:7124",)),
    ]
    assert result.genes == GeneCounts(local=16, remote=16, shared=15)


def test_a_real_pathway_differs_from_its_network_in_the_genes_that_really_changed(
    tmp_path: Path, corpus: Path
) -> None:
    """Held by hand against both files: 68 genes are one, whatever namespace names them."""
    shutil.copytree(corpus / "wikipathways" / "pathways" / "WP4255", tmp_path / "WP4255")
    (tmp_path / "ndex-sync.toml").write_text(
        '[[collection]]\nname = "pathways"\nrecords = "*/WP*.md"\n'
    )
    with Store.open(tmp_path / "sandbox.db") as store:
        load_into(store, [corpus / "networks" / "WP4255.cx"], uuid=WP4255)
    done = run_command("check", "--server", "sandbox:sandbox.db", "--format", "json", cwd=tmp_path)
    [record] = orjson.loads(done.stdout)["records"]
    found = defaultdict(list)
    for item in record["differences"]:
        found[item["kind"]].append(item.get("symbol") or item["name"])

    assert done.returncode == 1, done.stderr
    assert record["genes"] == {"local": 76, "remote": 72, "shared": 68}
    assert found == {
        "gene_missing": ["HGF", "KIF5A", "KIF5B", "KIF5C", "MET", "PDPK1", "RET", "VEGFR2"],
        "gene_extra": ["PDK1", "PIK3R1", "PIK3R2", "PIK3R3"],
        "property": ["description"],
    }
    assert record["messages"] == []
