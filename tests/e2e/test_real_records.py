"""Real records and networks, checked end to end through the sandbox."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from msgspec import structs

from sync.match.properties import MANAGED
from sync.model import (
    Curie,
    GeneCounts,
    Layout,
    Record,
    Verdict,
)
from sync.records.organisms import Organisms
from sync.records.read import read_record
from tests.samples import Sample, check_sample, gene_cx2, sandbox_client

SEED = "PMC4745709__oncotarget-06-29034-g006"
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
