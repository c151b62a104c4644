"""Collections whose networks are as large as real ones, with their layout and styles.

One network in twenty lacks genes of its record and has others instead.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import orjson

from benchmarks.made_records import make_embedded, make_figure, make_pathway
from benchmarks.pfocr_like import OWNER, SET
from sync.cx.figure import write_figure_network
from sync.match.properties import state_properties
from sync.model import Curie, Gene, Layout, Record
from sync.records.organisms import Organisms
from sync.records.read import read_record
from sync.sandbox.fill import load_into
from sync.sandbox.store import Store

_HUMAN = Organisms.of(["Homo sapiens"])
_DRIFTED = 20
_GENES_REPLACED = 8
_TEXTS = (
    *("FillColor", "Shape", "Color", "LabelFont", "shared.name", "Type", "Transparent", "Ensembl"),
    *("X__gpml.textlabel", "__gpml:XrefDatasource", "__gpml:XrefId", "__gpml:GraphID"),
)
_NUMBERS = ("BorderThickness", "LabelSize", "Height", "Width")
_LABEL_STYLE = {
    "NODE_LABEL_FONT_FACE": {"FONT_FAMILY": "sans-serif", "FONT_STYLE": "normal"},
    "NODE_BORDER_COLOR": "#000000",
    "NODE_SELECTED_PAINT": "#FFFFCC",
    "NODE_BACKGROUND_OPACITY": 0,
}
_TABLES = (
    {"visualEditorProperties": [{"properties": {"nodeSizeLocked": False}}]},
    {"cyTableColumn": [{"applies_to": "node_table", "n": f"column {n}"} for n in range(30)]},
)

KINDS: Mapping[str, tuple[Layout, Callable[[Path, int], None], str]] = {
    # A quarter of a table's rows are of another organism and not in the network.
    "large": (Layout.PFOCR, partial(make_figure, usual=330), "_figures/*.md"),
    "figure": (Layout.PFOCR, partial(make_figure, usual=50), "_figures/*.md"),
    "embedded": (Layout.PFOCR_EMBEDDED, make_embedded, "_figures/*.md"),
    "pathway": (Layout.WIKIPATHWAYS, make_pathway, "pathways/*/*.md"),
}
"""The layout of each kind, what makes a record, and the glob that finds them all."""


def make_collection(root: Path, kind: str, count: int) -> Iterable[tuple[str, bytes]]:
    """Write so many records and their configuration; yield each one's UUID and network."""
    layout, make, pattern = KINDS[kind]
    root.mkdir()
    (root / "ndex-sync.toml").write_text(
        f'[[collection]]\nname = "{kind}"\nlayout = "{layout}"\nrecords = "{pattern}"\n'
        f'network_set = "{SET}"\n'
    )
    for number in range(count):
        make(root, number)
    for number, file in enumerate(sorted(root.glob(pattern))):
        record = read_record(root, file.relative_to(root).as_posix(), layout, _HUMAN)
        assert isinstance(record, Record)
        assert record.network
        yield record.network, _network_of(record, drifted=number % _DRIFTED == 0)


def fill_sandbox(path: Path, folder: Path, networks: Iterable[tuple[str, bytes]]) -> float:
    """Put the networks into a sandbox with the set that holds them; return their usual size."""
    folder.mkdir()
    entries, size = [], 0
    for uuid, body in networks:
        (folder / f"{uuid}.cx2").write_bytes(body)
        entries.append({"file": f"{uuid}.cx2", "uuid": uuid, "owner": OWNER["name"]})
        size += len(body)
    members = [entry["uuid"] for entry in entries]
    sets = [{"name": "all", "uuid": SET, "owner": OWNER["name"], "networks": members}]
    manifest = {"users": [OWNER], "networks": entries, "network_sets": sets}
    (folder / "manifest.json").write_bytes(orjson.dumps(manifest))
    with Store.open(path) as store:
        load_into(store, [folder])
    return size / len(entries)


def _network_of(record: Record, *, drifted: bool) -> bytes:
    genes = record.genes
    if drifted:
        few = genes[: min(_GENES_REPLACED, len(genes) // 2)]
        genes = (*genes[len(few) :], *map(_other, range(len(few))))
    if record.layout is Layout.WIKIPATHWAYS:
        return _pathway_network(genes, state_properties(record))
    *aspects, status = orjson.loads(write_figure_network(genes, state_properties(record)))
    return orjson.dumps([*aspects, *_TABLES, status])


def _other(number: int) -> Gene:
    return Gene(
        f"OTHER{number}",
        ids=frozenset({Curie(f"ncbigene:{90_000 + number}"), Curie(f"ensembl:ENSG9{number:010}")}),
        words=frozenset({f"other{number}"}),
    )


def _pathway_network(genes: Iterable[Gene], attributes: Mapping[str, str]) -> bytes:
    """Make a network as the uploader of 2021 left them: drawn nodes with styles of their own."""
    nodes = list(map(_drawn, range(1_000_000), genes))
    columns = {name: {"d": "string"} for name in _TEXTS} | {
        name: {"d": "double"} for name in _NUMBERS
    }
    declarations = {
        "networkAttributes": {name: {"d": "string"} for name in attributes},
        "nodes": {"name": {"a": "n", "d": "string"}, **columns},
    }
    bypasses = [
        {"id": node["id"], "v": {"NODE_LABEL": node["v"]["n"], **_LABEL_STYLE}} for node in nodes
    ]
    return orjson.dumps(
        [
            {"CXVersion": "2.0", "hasFragments": False},
            {"metaData": [{"name": "nodes", "elementCount": len(nodes)}]},
            {"attributeDeclarations": [declarations]},
            {"networkAttributes": [attributes]},
            {"nodes": nodes},
            {"nodeBypasses": bypasses},
            {"status": [{"success": True}]},
        ]
    )


def _drawn(number: int, gene: Gene) -> dict[str, Any]:
    accession = min(each for each in gene.ids if each.startswith("ensembl:"))[8:]
    graphics = {"FillColor": "#ffffff", "Shape": "Rectangle", "BorderThickness": 1, "Color": "#000"}
    label = {"LabelSize": 12, "LabelFont": "ArialMT", "Transparent": "false"}
    size = {"Height": 20.5 + number % 3, "Width": 80.0 + number % 7}
    says = {
        "n": gene.symbol,
        "shared.name": gene.symbol,
        "X__gpml.textlabel": gene.symbol,
        "Type": "GeneProduct",
        "__gpml:XrefDatasource": "Ensembl",
        "__gpml:XrefId": accession,
        "Ensembl": accession,
        "__gpml:GraphID": f"d{number:04x}",
    }
    place = {"x": 431.373463714484 + number % 9 * 90.25, "y": 365.9920745407425 + number * 7.5}
    return {"id": number, **place, "z": 32768, "v": {**says, **graphics, **label, **size}}
