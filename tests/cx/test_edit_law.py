"""The law that holds edits, over every real record: what drifted is brought back by one edit."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from copy import deepcopy
from pathlib import Path
from random import Random
from typing import Any

import orjson
import pytest

from sync.cx.decode import decode_cx2
from sync.cx.edit import edit_genes
from sync.match.compare import compare_genes
from sync.match.gene_groups import unite_genes
from sync.match.identifiers import namespace_of
from sync.model import Dialect, Difference, Gene, Record
from sync.records.discover import find_records
from sync.records.organisms import Organisms
from sync.records.read import read_record
from tests.cx.drawn import document, values_of

Values = dict[str, Any]

SYMBOLS = ("name", "HGNC", "hgnc_symbol", "hgnc.symbol", "X__gpml.textlabel", "shared.name", "word")
WRONG: dict[str, object] = {
    "entrez": "999999",
    "ncbigene": 999999,
    "represents": "ncbigene:999999",
    "Ensembl": "ENSG00000999999",
    "__gpml:XrefId": "ENSG00000999999",
    "__gpml:XrefDatasource": "Ensembl",
}
"""The identifiers of no gene, by the columns that hold them."""


def as_pathway_of_2021(gene: Gene) -> Values:
    """Return what the uploader of 2021, through R, says of a gene."""
    local = {namespace_of(curie): curie.partition(":")[2] for curie in sorted(gene.ids)[::-1]}
    label = min(gene.names)
    known = [each for each in ("ensembl", "ncbigene", "uniprot") if each in local]
    source = [*known, *local, ""][0]
    said = {
        "name": gene.symbol,
        "shared.name": label,
        "X__gpml.textlabel": label,
        "Type": "GeneProduct",
        "HGNC": local.get("hgnc.symbol"),
        "Ensembl": local.get("ensembl"),
        "__gpml:GraphID": "a1",
        "__gpml:XrefId": local.get(source),
        "__gpml:XrefDatasource": {"ncbigene": "Entrez Gene"}.get(source, source),
    }
    return {name: text for name, text in said.items() if text}


PATHWAYS = [("wikipathways", "pathways/*/*.md")]
FIGURES = [("pfocr", "_figures/*.md"), ("pfocr-2022", "_figures/*.md")]
DIALECTS: dict[str, tuple[list[tuple[str, str]], Callable[[Gene], Values]]] = {
    "pathway of 2021": (PATHWAYS, as_pathway_of_2021),
    "figure of 2020": (FIGURES, lambda gene: values_of(gene, Dialect.PFOCR_CYTOSCAPE)),
    "figure of 2025": (FIGURES, lambda gene: values_of(gene, Dialect.PFOCR_CX2)),
}


@pytest.mark.nightly
@pytest.mark.slow
@pytest.mark.parametrize("dialect", DIALECTS)
def test_every_record_is_reached_by_one_edit(corpus: Path, dialect: str) -> None:
    assert hold_law(corpus, dialect, every=1) > 60


@pytest.mark.parametrize("dialect", DIALECTS)
def test_some_records_are_reached_by_one_edit(corpus: Path, dialect: str) -> None:
    assert hold_law(corpus, dialect, every=12) > 3


def hold_law(corpus: Path, dialect: str, every: int) -> int:
    """Hold the law for one of ``every`` records; return for how many."""
    folders, write = DIALECTS[dialect]
    records = [record for folder, glob in folders for record in read_all(corpus / folder, glob)]
    for record in records[::every]:
        values = [write(gene) for gene in unite_genes(record.genes)]
        assert differences(record, make_network(values)) == ()
        for seed in range(3):
            content = make_network(drift(values, Random(f"{record.id} {seed}")))  # noqa: S311
            found = differences(record, content)
            edited = orjson.loads(edit_genes(content, found).body)
            assert differences(record, edited) == (), (record.id, seed, found)
    return len(records[::every])


def read_all(root: Path, glob: str) -> Iterator[Record]:
    """Read the records with enough genes to drift."""
    for path in find_records(root, glob):
        record = read_record(root, path, None, Organisms.of(["Homo sapiens"]))
        if isinstance(record, Record) and len(unite_genes(record.genes)) > 4:
            yield record


def make_network(nodes: list[Values]) -> Any:
    """Write a network with these nodes."""
    names = {name for values in nodes for name in values}
    declared = {name: {"d": "integer" if name == "ncbigene" else "string"} for name in names}
    return document([{"id": n, "v": values} for n, values in enumerate(nodes)], declared, [])


def drift(nodes: list[Values], chance: Random) -> list[Values]:
    """Leave one node out, rename one, give one a wrong identifier, one a wrong word; add one."""
    drifted = deepcopy(nodes)
    gone, renamed, wrong, misread = chance.sample(range(len(nodes)), 4)
    drifted[renamed] |= {name: "ZZZ9" for name in SYMBOLS[:-1] if name in drifted[renamed]}
    drifted[wrong] |= {name: text for name, text in WRONG.items() if name in drifted[wrong]}
    drifted[misread] |= {"word": "1L-8"} if "word" in drifted[misread] else {}
    extra = {name: "XTRA" if name in SYMBOLS else text for name, text in nodes[gone].items()}
    extra |= {name: text for name, text in WRONG.items() if name in extra}
    changed: Values = {name: str(text).replace("99999", "88888") for name, text in extra.items()}
    changed |= {"ncbigene": 888889} if "ncbigene" in changed else {}
    return [*(node for place, node in enumerate(drifted) if place != gone), changed]


def differences(record: Record, content: Any) -> tuple[Difference, ...]:
    """Compare the genes of a record and a document."""
    return compare_genes(record, decode_cx2(content)).differences
