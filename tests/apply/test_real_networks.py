"""Real networks are brought to their records in one push, and nothing foreign in them changes."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import orjson
import pytest

from sync.collection.listing import Location
from sync.model import DifferenceKind, GeneCounts, NetworkId, Verdict
from sync.plan.actions import UpdateNetwork
from sync.state.journal import Outcome
from tests.apply.pushing import Push, owned, pushing
from tests.conftest import SHARED
from tests.cx.drawn import Document, aspects_of
from tests.samples import CURATOR, Sample

NOWHERE = Location()
WP5049 = NetworkId("5977579a-8b75-11eb-9e72-0ac135e8bacf")
WP4255 = NetworkId("201c6ce2-8b6a-11eb-9e72-0ac135e8bacf")


def collection(root: Path, record: Path, network: NetworkId, content: bytes) -> Sample:
    """Return a collection of one real record with its network in a sandbox."""
    sample = Sample(root, records="pathways/*/*.md", users=[dict(CURATOR)])
    (root / "pathways" / record.name).mkdir(parents=True)
    for path in record.iterdir():
        shutil.copyfile(path, root / "pathways" / record.name / path.name)
    sample.add_network(network, content, **owned())
    return sample


def node_of(content: Document, name: str) -> dict[str, Any]:
    """Return what the node of this name says."""
    nodes = aspects_of(content)["nodes"]
    found: dict[str, Any] = next(node["v"] for node in nodes if node["v"].get("n") == name)
    return found


def drift(content: Document) -> None:
    """Rename one gene of WP5049's network, leave one out, put one in, and change its title."""
    aspects = aspects_of(content)
    node_of(content, "HK1").update({"n": "HXK1", "HGNC": "HXK1", "X__gpml.textlabel": "Hexo"})
    node_of(content, "TP53").update({"n": "XYZ9", "HGNC": "XYZ9", "X__gpml.textlabel": "XYZ9"})
    node_of(content, "XYZ9").update(dict.fromkeys(("Ensembl", "__gpml:XrefId"), "ENSG00000999999"))
    aspects["networkAttributes"][0]["__gpml:name"] = "Another title"
    gone = {edge["id"] for edge in aspects["edges"] if _touches(edge, content, "XYZ9")}
    for aspect in ("edges", "edgeBypasses"):
        aspects[aspect][:] = [each for each in aspects[aspect] if each["id"] not in gone]


def _touches(edge: dict[str, Any], content: Document, name: str) -> bool:
    nodes = aspects_of(content)["nodes"]
    number = next(node["id"] for node in nodes if node["v"].get("n") == name)
    return number in (edge["s"], edge["t"])


@pytest.fixture
def drifted(tmp_path: Path, corpus: Path) -> Sample:
    """WP5049 with its network of the uploader of 2021, which differs in each way that can be."""
    content = orjson.loads((corpus / "networks" / "WP5049-2021.cx2").read_bytes())
    drift(content)
    content = [part for part in content if "metaData" not in part]
    record = SHARED / "cases" / "gpml-name" / "WP5049"
    return collection(tmp_path, record, WP5049, orjson.dumps(content))


async def test_a_network_of_2021_is_brought_to_its_record_in_one_push(drifted: Sample) -> None:
    async with pushing(drifted, place=NOWHERE) as push:
        before, plan, after = await push_once(push, WP5049)
        [result] = (await push.check()).values()
        again = await push.plan()

    [action] = plan.actions
    assert isinstance(action, UpdateNetwork)
    assert sorted(each.kind for each in action.genes) == [
        DifferenceKind.GENE_EXTRA,
        DifferenceKind.GENE_MISSING,
        DifferenceKind.GENE_RENAMED,
    ]
    assert [(each.name, each.new) for each in action.properties] == [
        ("title", "Glycolysis in senescence")
    ]
    assert (result.verdict, result.differences) == (Verdict.IN_SYNC, ())
    assert (again.actions, again.skipped) == ((), ())
    said = {node["id"]: node["v"] for node in after["nodes"]}
    renamed = next(values for values in said.values() if values.get("n") == "HK1")
    assert (renamed["HGNC"], renamed["X__gpml.textlabel"]) == ("HK1", "Hexo")
    new = said[max(said)]
    assert (new["n"], new["HGNC"], new["Ensembl"]) == ("TP53", "TP53", "ENSG00000141510")
    assert_foreign_kept(before, after, changed={"HXK1"}, removed={"XYZ9"})


async def test_wp4255_is_brought_to_its_record_but_for_the_gene_that_holds_edges(
    tmp_path: Path, corpus: Path
) -> None:
    record = corpus / "wikipathways" / "pathways" / "WP4255"
    content = (corpus / "networks" / "WP4255.cx").read_bytes()
    async with pushing(collection(tmp_path, record, WP4255, content), place=NOWHERE) as push:
        [first] = (await push.check()).values()
        before, plan, after = await push_once(push, WP4255)
        [result] = (await push.check()).values()
        again = await push.plan()

    # Held by hand against both files: 68 genes are one, whatever namespace names them.
    assert first.genes == GeneCounts(local=76, remote=72, shared=68)
    assert [each.symbol or each.name for each in first.differences] == [
        *("HGF", "KIF5A", "KIF5B", "KIF5C", "MET", "PDPK1", "RET", "VEGFR2"),
        *("PDK1", "PIK3R1", "PIK3R2", "PIK3R3"),
        "description",
    ]
    assert [(each.kind, each.symbol) for each in result.differences] == [
        (DifferenceKind.GENE_EXTRA, "PDK1")
    ]
    assert again.actions == ()
    assert [each.reason for each in again.skipped] == [each.reason for each in plan.skipped]
    assert "extra genes with edges stay (PDK1)" in plan.skipped[0].reason
    new = [node for node in after["nodes"] if node["id"] not in {n["id"] for n in before["nodes"]}]
    hgf = next(node["v"] for node in new if name_of(node) == "HGF")
    assert (hgf["Type"], hgf["Ensembl"]) == ("GeneProduct", "Ensembl:ENSG00000019991")
    assert_foreign_kept(before, after, changed=set(), removed={"PIK3R1", "PIK3R2", "PIK3R3"})


async def push_once(push: Push, network: NetworkId) -> tuple[dict[str, Any], Any, dict[str, Any]]:
    """Push; return the content before, the plan, and the content after."""
    before = push.networks()[network]["content"]
    plan = await push.plan()
    applied = await push.apply(plan)
    assert applied.count(Outcome.DONE) == len(plan.actions) == 1
    return before, plan, push.networks()[network]["content"]


def assert_foreign_kept(
    before: dict[str, Any], after: dict[str, Any], changed: set[str], removed: set[str]
) -> None:
    """Nothing differs but the nodes named, those added, and our properties."""
    assert set(before) == set(after)
    managed = {"description", "__gpml:name"}
    ours: dict[str, Callable[[Any], Any]] = {
        "networkAttributes": lambda held: [
            {name: each[name] for name in each if name not in managed} for each in held
        ],
        "nodes": lambda held: {
            node["id"]: node
            for node in held
            if node["id"] in old_ids and name_of(node) not in changed | removed | new_names
        },
    }
    names = {node["id"]: name_of(node) for node in before["nodes"]}
    old_ids = set(names)
    gone = {number for number, name in names.items() if name in removed}
    new_names = {
        name_of(node)
        for node in after["nodes"]
        if names.get(node["id"], name_of(node)) != name_of(node)
    }
    for aspect in set(before) - {"nodeBypasses"}:
        kept = ours.get(aspect, lambda held: held)
        assert kept(after[aspect]) == kept(before[aspect]), aspect
    bypasses = [each for each in before.get("nodeBypasses", ()) if each["id"] not in gone]
    assert after.get("nodeBypasses", []) == bypasses


def name_of(node: dict[str, Any]) -> str | None:
    """Return the name of a node, under its alias or not."""
    values = node.get("v", {})
    name: str | None = values.get("n", values.get("name"))
    return name
