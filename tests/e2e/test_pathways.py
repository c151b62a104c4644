"""Real pathways, created from their drawings and kept in step, over a port."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import orjson
import pytest

from sync.sandbox.fill import load_into
from sync.sandbox.store import Store
from tests.apply.pushing import read_networks
from tests.e2e.running import curator_environment, run_command
from tests.samples import CURATOR
from tests.servers import running_server

CONFIG = """\
[[collection]]
name = "pathways"
layout = "wikipathways"
records = "pathways/*/*.md"
account = "curator"
organisms = []
push = ["create", "content"]

[collection.limits]
max_update_fraction = 1.0
"""
GENE = (
    '<DataNode TextLabel="NEWGENE1" GraphId="newgene1" Type="GeneProduct">'
    '<Graphics CenterX="60" CenterY="60" Width="80" Height="20"/>'
    '<Xref Database="Ensembl" ID="ENSG00000999991"/></DataNode>\n  <DataNode'
)
INTERACTION = re.compile(r"<Interaction\b(?:(?!</Interaction>).)*</Interaction>\s*", re.DOTALL)


def edit(text: str) -> str:
    """Add a gene, move a node and delete an interaction that nothing else ends at."""
    text = re.sub(r'(?<=CenterX=")[\d.]+', lambda x: str(float(x[0]) + 33), text, count=1)
    alone = next(found for found in INTERACTION.findall(text) if "<Anchor" not in found)
    return text.replace(alone, "", 1).replace("<DataNode", GENE, 1)


def fill(folder: Path, drawings: list[Path]) -> None:
    """Copy pathways that name no network, and configure them."""
    for drawing in drawings:
        home = folder / "pathways" / drawing.stem
        shutil.copytree(drawing.parent, home)
        record = home / f"{drawing.stem}.md"
        text = record.read_text(encoding="utf-8")
        record.write_text(re.sub(r"(?m)^ndex:.*\n", "", text), encoding="utf-8")
    (folder / "ndex-sync.toml").write_text(CONFIG, encoding="utf-8")


@pytest.fixture
def server(tmp_path: Path) -> Iterator[tuple[Store, str]]:
    """Serve an empty sandbox over a port."""
    (tmp_path / "users").mkdir()
    with Store.open(tmp_path / "ndex.sqlite") as store:
        manifest = tmp_path / "users" / "manifest.json"
        manifest.write_bytes(orjson.dumps({"users": [CURATOR], "networks": []}))
        load_into(store, [tmp_path / "users"])
        with running_server(store) as url:
            yield store, url


def run(folder: Path, url: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    login = curator_environment(folder)
    return run_command(*arguments, "--server", url, cwd=folder, environment=login)


def lay_out_anew(url: str, network: str) -> None:
    """Move and paint all nodes, and add an attribute, as somebody does on NDEx."""
    with httpx.Client(base_url=url, auth=(CURATOR["name"], CURATOR["password"])) as http:
        document = http.get(f"/v3/networks/{network}").json()
        aspects = {name: value for fragment in document for name, value in fragment.items()}
        aspects["attributeDeclarations"][0]["nodes"]["score"] = {"d": "integer"}
        for node in aspects["nodes"]:
            node |= {
                "x": node["y"] * 3,
                "y": node["x"] - 500,
                "v": {**node.get("v", {}), "score": 7},
            }
        for bypass in aspects["nodeBypasses"]:
            bypass["v"]["NODE_BACKGROUND_COLOR"] = "#00FF00"
        assert http.put(f"/v3/networks/{network}", json=document).is_success


def assert_pushed(before: dict[str, Any], after: dict[str, Any]) -> None:
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


def kinds(folder: Path) -> dict[str, set[str]]:
    report = orjson.loads((folder / "report.json").read_bytes())
    return {each["id"]: {d["kind"] for d in each["differences"]} for each in report["records"]}


@pytest.mark.slow
def test_ten_pathways_there_and_back(
    tmp_path: Path, corpus: Path, server: tuple[Store, str]
) -> None:
    store, url = server
    drawings = [path for path in sorted(corpus.glob("drawings/*/WP*.gpml")) if is_editable(path)]
    fill(tmp_path, drawings[:10])

    created = run(tmp_path, url, "push", "--yes")
    assert created.returncode == 0, created.stderr
    networks = read_networks(store)
    assert len(networks) == 10
    checked = run(tmp_path, url, "check")
    assert checked.returncode == 0, checked.stdout

    for network in networks:
        lay_out_anew(url, network)
    for drawing in (tmp_path / "pathways").glob("*/*.gpml"):
        drawing.write_text(edit(drawing.read_text(encoding="utf-8")), encoding="utf-8")
    drifted = run(tmp_path, url, "check", "--format", "json=report.json", "--format", "html=r.html")
    assert drifted.returncode == 1, drifted.stdout
    assert set(map(frozenset, kinds(tmp_path).values())) == {
        frozenset({"gene_missing", "interaction_extra"})
    }
    assert (tmp_path / "r.html").read_text(encoding="utf-8").count("data-picture=") == 10 + 1
    before = read_networks(store)

    pushed = run(tmp_path, url, "push", "--yes")
    assert pushed.returncode == 0, pushed.stderr
    after = read_networks(store)
    for network in before:
        assert_pushed(before[network], after[network])
    assert run(tmp_path, url, "check").returncode == 0

    found = re.search(r"\d{8}T\d{6}Z-[0-9a-f]{12}", pushed.stdout)
    assert found is not None
    restored = run(tmp_path, url, "restore", found[0], "--yes")
    assert restored.returncode == 0, restored.stderr
    assert read_networks(store) == before


def is_editable(drawing: Path) -> bool:
    text = drawing.read_text(encoding="utf-8")
    lines = INTERACTION.findall(text)
    return len(lines) > 5 and any("<Anchor" not in line for line in lines)
