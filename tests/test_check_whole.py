"""Checks that compare records with their networks as a whole."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import orjson
import pytest
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from sync.check import check_collection
from sync.match.whole import Compared
from sync.model import CheckResult, Verdict
from sync.ndex.client import open_client
from sync.sandbox.store import Store
from sync.state.cache import Cache
from tests.pathways import Pathway
from tests.samples import (
    CHEMOKINES,
    IMPATIENT,
    QUICK,
    Sample,
    check_sample,
    figure,
    figure_cx2,
    network_id,
    sandbox_client,
)
from tests.servers import running_server

EVERYTHING = frozenset(Compared)


def add_pathway(sample: Sample, edit: Any = None) -> str:
    """Add a pathway with its drawing, and the network of it, edited."""
    pathway = Pathway(ndex=network_id(1))
    pathway.write(sample.root)
    document = orjson.loads(pathway.network(sample.root))
    aspects = {name: value for fragment in document for name, value in fragment.items()}
    if edit is not None:
        edit(aspects)
    sample.add_network(network_id(1), orjson.dumps(document))
    return pathway.id


def drop_interaction(aspects: dict[str, Any]) -> None:
    dropped = aspects["edges"].pop()
    aspects["edgeBypasses"][:] = [e for e in aspects["edgeBypasses"] if e["id"] != dropped["id"]]
    for counted in aspects.get("metaData", []):
        if counted["name"] in ("edges", "edgeBypasses"):
            counted["elementCount"] -= 1


@pytest.mark.parametrize(
    ("edit", "compared", "expected"),
    [
        pytest.param(None, None, [], id="as it was made"),
        pytest.param(drop_interaction, None, ["interaction_missing"], id="edited"),
        pytest.param(drop_interaction, frozenset({Compared.GENES}), [], id="not asked for"),
    ],
)
async def test_a_pathway_that_was_made_here_is_compared_as_a_whole(
    tmp_path: Path, edit: Any, compared: frozenset[Compared] | None, expected: list[str]
) -> None:
    sample = Sample(tmp_path, records="pathways/*/*.md")
    pathway = add_pathway(sample, edit)

    async with sandbox_client(sample) as client:
        results, _ = await check_sample(client, sample.collection(compared=compared))

    assert [each.kind.value for each in results[pathway].differences] == expected


async def test_a_pathway_without_its_drawing_is_compared_by_genes_and_says_so(
    tmp_path: Path,
) -> None:
    sample = Sample(tmp_path, records="pathways/*/*.md")
    pathway = add_pathway(sample)
    (tmp_path / "pathways" / pathway / f"{pathway}.gpml").unlink()

    async with sandbox_client(sample) as client:
        results, _ = await check_sample(client, sample.collection())

    assert results[pathway].verdict is Verdict.IN_SYNC
    assert any("not compared as a whole" in text for text in results[pathway].messages)


async def test_chemicals_and_diseases_of_a_figure_are_compared_where_asked_for(
    tmp_path: Path,
) -> None:
    sample = Sample(tmp_path)
    sample.add_record(figure(1), network_id(1))
    record = tmp_path / "_figures" / f"{figure(1)}.md"
    row = "- word: {}\n  source: MESH\n  identifier: {}\n"
    listed = f"chemicals:\n{row.format('ATP', 'D000255')}{row.format('GTP', 'D006160')}"
    text = record.read_text(encoding="utf-8")
    record.write_text(text.removesuffix("---\n") + listed + "---\n", encoding="utf-8")
    document = orjson.loads(figure_cx2(figure(1), CHEMOKINES))
    nodes = next(fragment["nodes"] for fragment in document if "nodes" in fragment)
    for number, (name, curie, kind) in enumerate(
        [("adenosine", "MESH:D000255", "chemical"), ("Asthma", "MESH:D001249", "disease")]
    ):
        nodes.append({"id": 90 + number, "v": {"name": name, "represents": curie, "type": kind}})
    sample.add_network(network_id(1), orjson.dumps(document))

    async with sandbox_client(sample) as client:
        asked, _ = await check_sample(client, sample.collection(compared=EVERYTHING))
        usual, _ = await check_sample(client, sample.collection())

    assert [(each.kind.value, each.name) for each in asked[figure(1)].differences] == [
        ("node_missing", "GTP"),
        ("node_extra", "Asthma"),
    ]
    assert usual[figure(1)].verdict is Verdict.IN_SYNC


CONTENT = f"/v3/networks/{network_id(1)}"


async def check_again(sample: Sample, url: str) -> CheckResult:
    """Check with the state of the checks before."""
    results: list[CheckResult] = []
    async with open_client(url, credentials=None, policy=QUICK) as client:
        with Cache(sample.root / "cache.db", url) as cache:
            await check_collection(sample.collection(), client, IMPATIENT, results.append, cache)
    [result] = results
    return result


async def test_a_verdict_of_a_drawing_edited_during_the_check_is_not_kept(tmp_path: Path) -> None:
    sample = Sample(tmp_path, records="pathways/*/*.md")
    add_pathway(sample)
    edits = [Pathway(lines={})]

    def editing(app: ASGIApp) -> ASGIApp:
        async def answer(scope: Scope, receive: Receive, send: Send) -> None:
            if scope.get("path") == CONTENT and edits:
                edits.pop().redraw(tmp_path)
            await app(scope, receive, send)

        return answer

    with Store.open(None) as store:
        sample.fill(store)
        with running_server(store, wrap=editing) as url:
            first = await check_again(sample, url)
            Pathway().redraw(tmp_path)
            second = await check_again(sample, url)

    assert [first.verdict, second.verdict] == [Verdict.DRIFTED, Verdict.IN_SYNC]


async def test_a_verdict_without_the_network_as_a_whole_is_not_kept(tmp_path: Path) -> None:
    sample = Sample(tmp_path, records="pathways/*/*.md")
    add_pathway(sample)
    out_of_order = False

    def failing(app: ASGIApp) -> ASGIApp:
        async def answer(scope: Scope, receive: Receive, send: Send) -> None:
            fails = out_of_order and scope.get("path") == CONTENT
            await (Response(status_code=500) if fails else app)(scope, receive, send)

        return answer

    with Store.open(None) as store:
        sample.fill(store)
        with running_server(store, wrap=failing) as url:
            await check_again(sample, url)
            more = {"n4": ("EGFR", "Protein", "Ensembl", "ENSG00000146648")}
            Pathway(nodes=Pathway().nodes | more, lines={}).redraw(tmp_path)
            out_of_order = True
            genes_only = await check_again(sample, url)
            out_of_order = False
            whole = await check_again(sample, url)

    assert [each.kind.value for each in genes_only.differences] == ["gene_missing"]
    assert genes_only.doubt is not None
    assert {each.kind.value for each in whole.differences} >= {"gene_missing", "interaction_extra"}
