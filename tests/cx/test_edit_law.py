"""The law that holds edits, over every real record: what drifted is brought back by one edit."""

from __future__ import annotations

from copy import deepcopy
from pathlib import Path
from random import Random
from typing import Any

import orjson
import pytest

from sync.cx.decode import decode_cx2
from sync.cx.edit import edit_genes
from sync.match.gene_differences import compare_genes
from sync.match.gene_groups import unite_genes
from sync.model import Difference, Gene, Record
from tests.cx.drawn import document
from tests.mirrored import FIGURES, PATHWAYS, Mention, Values, data_type, read_corpus

DIALECTS = {**PATHWAYS, **FIGURES}
SYMBOLS = ("name", "HGNC", "hgnc_symbol", "hgnc.symbol", "X__gpml.textlabel", "word")
WRONG: dict[str, object] = {
    "entrez": "999999",
    "ncbigene": 999999,
    "represents": "ncbigene:999999",
    "Ensembl": "ENSG00000999999",
    **dict.fromkeys(("XrefId", "__gpml:XrefId"), "ENSG00000999999"),
    **dict.fromkeys(("XrefDatasource", "__gpml:XrefDatasource"), "Ensembl"),
}
"""The identifiers of no gene, by the columns that hold them."""


@pytest.mark.nightly
@pytest.mark.slow
@pytest.mark.parametrize("dialect", DIALECTS)
def test_every_record_is_reached_by_one_edit(corpus: Path, dialect: str) -> None:
    assert hold_law(corpus, dialect, every=1) > 60


@pytest.mark.parametrize("dialect", DIALECTS)
def test_some_records_are_reached_by_one_edit(corpus: Path, dialect: str) -> None:
    assert hold_law(corpus, dialect, every=40) > 1


def hold_law(corpus: Path, dialect: str, every: int) -> int:
    """Hold the law for one of ``every`` records with enough genes to drift; return how many."""
    records = [record for record, _ in read_corpus(corpus, dialect)]
    records = [record for record in records if len(unite_genes(record.genes)) > 4]
    for record in records[::every]:
        values = [write(gene, dialect) for gene in unite_genes(record.genes)]
        assert differences(record, make_network(values)) == ()
        for seed in range(3):
            content = make_network(drift(values, Random(f"{record.id} {seed}")))  # noqa: S311
            found = differences(record, content)
            edited = orjson.loads(edit_genes(content, found).body)
            assert differences(record, edited) == (), (record.id, seed, found)
    return len(records[::every])


def write(gene: Gene, dialect: str) -> Values:
    """Return what a node of this dialect says of a gene."""
    mention = Mention(gene, next(iter(sorted(gene.ids)), None), min(gene.names))
    return {name: value for name, value in DIALECTS[dialect](mention).items() if value}


def make_network(nodes: list[Values]) -> Any:
    """Write a network with these nodes."""
    declared = {name: {"d": data_type(values[name])} for values in nodes for name in values}
    return document([{"id": n, "v": values} for n, values in enumerate(nodes)], declared, [])


def drift(nodes: list[Values], chance: Random) -> list[Values]:
    """Leave one node out, rename one, give one a wrong identifier, one a wrong word; add one."""
    drifted = deepcopy(nodes)
    gone, renamed, wrong, misread = chance.sample(range(len(nodes)), 4)
    drifted[renamed] |= {name: "ZZZ9" for name in SYMBOLS[:-1] if name in drifted[renamed]}
    drifted[wrong] |= wrong_ids(drifted[wrong], "99999")
    drifted[misread] |= {"word": "1L-8"} if "word" in drifted[misread] else {}
    extra = {name: "XTRA" if name in SYMBOLS else value for name, value in nodes[gone].items()}
    extra |= wrong_ids(extra, "88888")
    return [*(node for place, node in enumerate(drifted) if place != gone), extra]


def wrong_ids(values: Values, digits: str) -> Values:
    """Return the identifiers of a node made wrong, in the type of each."""
    wrong: Values = {}
    for name in values.keys() & WRONG.keys():
        text = str(WRONG[name]).replace("99999", digits)
        kind = type(values[name])
        wrong[name] = [text] if kind is list else kind(text)
    return wrong


def differences(record: Record, content: Any) -> tuple[Difference, ...]:
    """Compare the genes of a record and a document."""
    return compare_genes(record, decode_cx2(content)).differences
