"""Pathways are created from their drawings, and what was drawn since is pushed."""

from __future__ import annotations

import asyncio
import re
import shutil
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import Any

import httpx
import orjson
import pytest

from sync.accepted.waiver import Waiver, items_of
from sync.collection.listing import Location
from sync.model import Verdict
from sync.plan.actions import CreateNetwork, UpdateNetwork
from sync.plan.candidates import Subject
from sync.state.journal import Outcome
from tests.apply.pushing import Push, owned, pushing, quick_sandbox
from tests.pathways import Pathway
from tests.samples import Sample, network_id

DRAWN = frozenset({Subject.CREATE, Subject.CONTENT})
RECORDS = "pathways/*/*.md"
Aspects = dict[str, list[dict[str, Any]]]
MINE: dict[str, Any] = {"subjects": DRAWN, "place": Location(account="curator")}


def pathways(root: Path) -> Sample:
    return Sample(root, records=RECORDS)


@pytest.fixture
def pathway(tmp_path: Path) -> Pathway:
    made = Pathway()
    made.write(tmp_path)
    return made


@pytest.fixture
async def push(tmp_path: Path) -> AsyncIterator[Push]:
    async with pushing(pathways(tmp_path), **MINE) as push:
        yield push


async def create(push: Push, pathway: Pathway) -> str:
    """Create the network of a pathway, and return its UUID."""
    applied = await push.push()
    assert [each.outcome for each in applied.outcomes.values()] == [Outcome.DONE]
    [network] = push.networks()
    record = (push.sample.root / f"pathways/{pathway.id}/{pathway.id}.md").read_text(
        encoding="utf-8"
    )
    assert f"ndex: {network}\n" in record
    return network


def content(push: Push, network: str) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] | None = push.networks()[network]["content"]
    assert found is not None
    return found


def by_name(nodes: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    return {node["v"]["name"]: node for node in nodes if "name" in node["v"]}


async def change(push: Push, network: str, edit_aspects: Callable[[Aspects], None]) -> None:
    """Change a network as another program does."""
    path = f"/v3/networks/{network}"
    async with httpx.AsyncClient(
        transport=push.transport, base_url="http://127.0.0.1", auth=("curator", "secret")
    ) as http:
        header, *fragments, status = (await http.get(path)).json()
        aspects = {name: value for fragment in fragments for name, value in fragment.items()}
        edit_aspects(aspects)
        document = [header, *({name: value} for name, value in aspects.items()), status]
        answer = await http.put(
            path, content=orjson.dumps(document), headers={"Content-Type": "application/json"}
        )
        assert answer.is_success, answer.text


def lay_out_anew(aspects: Aspects) -> None:
    """Move and paint everything, and add what only NDEx has: another program's work."""
    for node in aspects["nodes"]:
        node["x"] += 1000.0
        node.setdefault("v", {})["score"] = 7
    aspects["attributeDeclarations"][0]["nodes"]["score"] = {"d": "integer"}
    for bypass in aspects["nodeBypasses"]:
        bypass["v"]["NODE_BACKGROUND_COLOR"] = "#00FF00"
    aspects["ourNotes"] = [{"n": 1, "text": "looked at"}]
    aspects["metaData"].append({"name": "ourNotes", "elementCount": 1})


def edit(pathway: Pathway, root: Path) -> None:
    """Add a gene, move a node and delete an interaction."""
    pathway.nodes["n4"] = ("CDKN1A", "GeneProduct", "Ensembl", "ENSG00000124762")
    pathway.places["n3"] = (777.0, 222.0)
    del pathway.lines["i2"]
    pathway.redraw(root)


async def test_a_pathway_is_created_from_its_drawing_and_is_in_sync(
    push: Push, pathway: Pathway
) -> None:
    plan = await push.plan()
    network = await create(push, pathway)
    checked = await push.check()
    again = await push.plan()
    edges = content(push, network)["edges"]

    [action] = plan.actions
    assert isinstance(action, CreateNetwork)
    assert action.drawing is not None
    assert len(edges) == 2
    result = checked[pathway.id]
    assert (result.verdict, result.whole) == (Verdict.IN_SYNC, True)
    assert again.actions == ()


@pytest.mark.parametrize("layout", ["keep", "drawing"])
async def test_what_was_drawn_since_is_pushed_and_can_be_undone(
    push: Push, pathway: Pathway, tmp_path: Path, layout: str
) -> None:
    network = await create(push, pathway)
    await change(push, network, lay_out_anew)
    edit(pathway, tmp_path)
    drifted = (await push.check())[pathway.id]
    before = push.networks()[network]
    plan = await push.plan(layout=layout)
    applied = await push.apply(plan)
    after = push.networks()[network]
    checked = (await push.check())[pathway.id]
    again = await push.plan(layout=layout)
    await push.restore(plan.id)
    restored = push.networks()[network]

    found = {each.kind.value for each in drifted.differences}
    assert found == {"gene_missing", "interaction_extra"}
    assert [each.outcome for each in applied.outcomes.values()] == [Outcome.DONE]
    assert checked.verdict is Verdict.IN_SYNC
    assert again.actions == ()
    assert restored == before
    assert_kept(before, after, is_drawing=layout == "drawing")


def assert_kept(before: Mapping[str, Any], after: Mapping[str, Any], *, is_drawing: bool) -> None:
    """See that what both have kept its id, and its place and style unless the drawing's count."""
    old, new = by_name(before["content"]["nodes"]), by_name(after["content"]["nodes"])
    assert new.keys() - old.keys() == {"CDKN1A"}
    for name, node in old.items():
        assert (new[name]["id"], new[name]["v"]["score"]) == (node["id"], 7)
        if not is_drawing:
            assert (new[name]["x"], new[name]["y"]) == (node["x"], node["y"])
    colours = {
        each["id"]: each["v"]["NODE_BACKGROUND_COLOR"]
        for each in after["content"]["nodeBypasses"]
        if "NODE_BACKGROUND_COLOR" in each["v"]
    }
    if is_drawing:
        assert (new["ATP"]["x"], new["ATP"]["y"]) == (777.0, 222.0)
        assert not colours
    else:
        assert new["CDKN1A"]["x"] > 1000
        assert colours.keys() == {node["id"] for node in old.values()}
    assert after["content"]["ourNotes"] == before["content"]["ourNotes"]
    [edge] = after["content"]["edges"]
    assert edge in before["content"]["edges"]
    same = before.keys() - {"content"}
    assert {key: after[key] for key in same} == {key: before[key] for key in same}


async def test_a_pathway_without_a_drawing_is_not_created(
    push: Push, pathway: Pathway, tmp_path: Path
) -> None:
    (tmp_path / f"pathways/{pathway.id}/{pathway.id}.gpml").unlink()

    plan = await push.plan()

    assert plan.actions == ()
    assert [each.reason for each in plan.skipped] == ["it has no drawing"]


async def test_a_drawing_that_changed_since_the_plan_is_not_uploaded(
    push: Push, pathway: Pathway, tmp_path: Path
) -> None:
    plan = await push.plan()
    edit(pathway, tmp_path)
    [outcome] = (await push.apply(plan)).outcomes.values()
    made = push.networks()

    assert outcome.outcome is Outcome.FAILED
    assert "plan again" in outcome.message
    assert made == {}


async def test_only_genes_are_pushed_where_content_is_not_named(
    push: Push, pathway: Pathway, tmp_path: Path
) -> None:
    network = await create(push, pathway)
    edit(pathway, tmp_path)
    [action] = (await push.plan(subjects=frozenset({Subject.GENES}))).actions
    nothing = await push.plan(subjects=frozenset({Subject.PROPERTIES}))
    await push.push(subjects=frozenset({Subject.GENES}))
    edges = content(push, network)["edges"]

    assert isinstance(action, UpdateNetwork)
    assert (action.drawing, action.drawn) == (None, ())
    assert [each.symbol for each in action.genes] == ["CDKN1A"]
    assert nothing.actions == ()
    assert len(edges) == 2


async def test_content_leaves_a_network_alone_that_others_made(tmp_path: Path) -> None:
    sample = pathways(tmp_path)
    pathway = Pathway(ndex=network_id(1))
    pathway.write(tmp_path)
    document = orjson.loads(pathway.network(tmp_path))
    aspects = {name: value for fragment in document for name, value in fragment.items()}
    del aspects["networkAttributes"][0]["prov:wasGeneratedBy"]
    del aspects["attributeDeclarations"][0]["networkAttributes"]["prov:wasGeneratedBy"]
    sample.add_network(network_id(1), orjson.dumps(document), **owned())
    edit(pathway, tmp_path)

    async with pushing(sample, **MINE) as push:
        plan = await push.plan()
        checked = await push.check()

    assert checked[pathway.id].verdict is Verdict.DRIFTED
    assert plan.actions == ()


async def test_content_of_which_a_difference_was_accepted_is_left_alone(
    push: Push, pathway: Pathway, tmp_path: Path
) -> None:
    await create(push, pathway)
    edit(pathway, tmp_path)
    drifted = (await push.check())[pathway.id]
    [(item, _), *_] = items_of("figures", drifted)
    push.accepted = [Waiver(item, "NDEx is right", date.max)]
    plan = await push.plan()

    assert plan.actions == ()
    assert any("NDEx is right" in each.reason for each in plan.skipped)


async def test_content_and_properties_are_pushed_together(tmp_path: Path) -> None:
    pathway = Pathway()
    path = tmp_path / pathway.write(tmp_path)
    everything = DRAWN | {Subject.PROPERTIES, Subject.GENES}

    async with pushing(pathways(tmp_path), **MINE) as push:
        network = await create(push, pathway)
        edit(pathway, tmp_path)
        text = path.read_text(encoding="utf-8").replace("Title of WP1", "Another title")
        path.write_text(text.replace("revision: r1", "revision: r2"), encoding="utf-8")
        await push.push(subjects=everything)
        checked = (await push.check())[pathway.id]
        after = push.networks()[network]
        again = await push.plan(subjects=everything)

    assert checked.verdict is Verdict.IN_SYNC
    assert again.actions == ()
    assert after["name"] == "WP1 - Another title - Homo sapiens"
    stated = {each["predicateString"]: each["value"] for each in after["properties"]}
    assert (stated["WikipathwaysVersion"], stated["title"]) == ("r2", "Another title")


async def test_a_drawing_that_changes_while_its_network_is_made_makes_no_second_one(
    tmp_path: Path,
) -> None:
    pathway = Pathway()
    pathway.write(tmp_path)

    async with pushing(pathways(tmp_path), quick_sandbox(load_delay_s=1.0), **MINE) as push:
        plan = await push.plan()
        stopped = asyncio.create_task(push.apply(plan))
        await push.wait_for_call("POST /v3/networks")
        stopped.cancel()
        with suppress(asyncio.CancelledError):
            await stopped
        edit(pathway, tmp_path)
        await push.recover()
        applied = await push.push()
        left = await push.recover()
        networks = push.networks()

    assert [each.outcome for each in applied.outcomes.values()] == [Outcome.DONE]
    assert len(networks) == 1
    assert left == ()


NOTE = (
    "type=org.cytoscape.view.presentation.annotations.BoundedTextAnnotation"
    "|uuid=11111111-1111-4111-8111-111111111111|text=Checked by Ann|x=10.0|y=10.0|z=9"
    "|canvas=foreground|width=50.0|height=20.0"
)
LABEL = (
    '<Label TextLabel="Cytosol" GraphId="lab1">'
    '<Graphics CenterX="300" CenterY="200" Width="80" Height="20"/></Label>\n'
)


async def test_annotations_that_people_moved_and_added_stay(tmp_path: Path) -> None:
    def annotate(aspects: Aspects) -> None:
        attributes = aspects["networkAttributes"][0]
        moved = [each.replace("x=260.0", "x=1260.0") for each in attributes["__Annotations"]]
        attributes["__Annotations"] = [*moved, NOTE]

    def add_label() -> None:
        file = tmp_path / "pathways/WP1/WP1.gpml"
        file.write_text(file.read_text().replace("<InfoBox", LABEL + "<InfoBox"))

    pathway = Pathway()
    pathway.write(tmp_path)
    add_label()

    async with pushing(pathways(tmp_path), **MINE) as push:
        network = await create(push, pathway)
        await change(push, network, annotate)
        before = content(push, network)["networkAttributes"][0]["__Annotations"]
        edit(pathway, tmp_path)
        add_label()
        await push.push()
        after = content(push, network)["networkAttributes"][0]["__Annotations"]

    assert len(before) == 2
    assert before == after


async def test_an_edge_keeps_its_attributes_where_its_end_is_drawn_elsewhere(
    tmp_path: Path,
) -> None:
    def add_evidence(aspects: Aspects) -> None:
        for edge in aspects["edges"]:
            edge["v"]["evidence"] = "PMID:1"
        aspects["attributeDeclarations"][0]["edges"]["evidence"] = {"d": "string"}

    pathway = Pathway()
    pathway.nodes["n5"] = ("MDM2", "Protein", "Ensembl", "ENSG00000135679")
    pathway.lines["i1"] = ("n1", "n5", "mim-inhibition")
    pathway.write(tmp_path)

    async with pushing(pathways(tmp_path), **MINE) as push:
        network = await create(push, pathway)
        await change(push, network, add_evidence)
        del pathway.nodes["n5"]
        pathway.lines["i1"] = ("n1", "n2", "mim-inhibition")
        pathway.redraw(tmp_path)
        await push.push()
        edges = content(push, network)["edges"]

    assert [edge["v"]["evidence"] for edge in edges] == ["PMID:1"] * 2


GENE = (
    '<DataNode TextLabel="NEWGENE1" GraphId="newgene1" Type="GeneProduct">'
    '<Graphics CenterX="60" CenterY="60" Width="80" Height="20"/>'
    '<Xref Database="Ensembl" ID="ENSG00000999991"/></DataNode>\n  <DataNode'
)
INTERACTION = re.compile(r"<Interaction\b(?:(?!</Interaction>).)*</Interaction>\s*", re.DOTALL)


def edit_drawing(text: str) -> str:
    """Add a gene, move a node and delete an interaction that nothing else ends at."""
    text = re.sub(r'(?<=CenterX=")[\d.]+', lambda x: str(float(x[0]) + 33), text, count=1)
    alone = next(found for found in INTERACTION.findall(text) if "<Anchor" not in found)
    return text.replace(alone, "", 1).replace("<DataNode", GENE, 1)


REAL = ("WP1971", "WP2038", "WP2263", "WP24", "WP2513", "WP2816", "WP3", "WP3613")
"""Human pathways, each with such an interaction."""


def copy_drawings(corpus: Path, root: Path) -> list[Path]:
    """Copy real pathways, without the networks that they name."""
    for name in REAL:
        [drawing] = corpus.glob(f"drawings/*/{name}.gpml")
        home = root / "pathways" / name
        shutil.copytree(drawing.parent, home)
        record = home / f"{name}.md"
        text = record.read_text(encoding="utf-8")
        record.write_text(re.sub(r"(?m)^ndex:.*\n", "", text), encoding="utf-8")
    return [root / "pathways" / name / f"{name}.gpml" for name in REAL]


def assert_pushed(before: Mapping[str, Any], after: Mapping[str, Any]) -> None:
    """See, aspect by aspect, that only what was drawn has changed."""
    old, new = before["content"], after["content"]
    nodes = {node["id"]: node for node in old["nodes"]}
    kept = {node["id"]: node for node in new["nodes"] if node["id"] in nodes}
    assert kept == {number: nodes[number] for number in kept}
    assert [n["v"]["name"] for n in new["nodes"] if n["id"] not in kept] == ["NEWGENE1"]
    assert len(nodes) - len(kept) <= 2
    edges = {edge["id"]: edge for edge in old["edges"]}
    assert all(edges[edge["id"]] == edge for edge in new["edges"])
    assert len(new["edges"]) == len(edges) - 1
    for aspect in old.keys() - {"nodes", "edges", "nodeBypasses", "edgeBypasses"}:
        assert new[aspect] == old[aspect], aspect
    for aspect in ("nodeBypasses", "edgeBypasses"):
        styles = {each["id"]: each["v"] for each in old[aspect]}
        assert all(styles.get(e["id"], e["v"]) == e["v"] for e in new[aspect])
    same = before.keys() - {"content"}
    assert {key: after[key] for key in same} == {key: before[key] for key in same}


@pytest.mark.slow
async def test_real_pathways_there_and_back(tmp_path: Path, corpus: Path) -> None:
    drawings = copy_drawings(corpus, tmp_path)
    async with pushing(pathways(tmp_path), **MINE) as push:
        applied = await push.push()
        assert applied.count(Outcome.DONE) == len(REAL), applied.outcomes
        for network in push.networks():
            await change(push, network, lay_out_anew)
        for drawing in drawings:
            drawing.write_text(edit_drawing(drawing.read_text(encoding="utf-8")), encoding="utf-8")
        for drifted in (await push.check()).values():
            found = {each.kind.value for each in drifted.differences}
            assert found == {"gene_missing", "interaction_extra"}
        before = push.networks()
        pushed = await push.push()
        after = push.networks()
        for network in before:
            assert_pushed(before[network], after[network])
        assert {each.verdict for each in (await push.check()).values()} == {Verdict.IN_SYNC}
        await push.restore(pushed.run)
        assert push.networks() == before
