"""What the commands of a page find in their folder: small checkouts, cut from the samples.

The sandbox that stands in for www.ndexbio.org lies beside the folder, so that a checkout is as its
readers have it.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping
from pathlib import Path

import orjson

from sync.sandbox.fill import load_into
from sync.sandbox.store import Store
from tests.docs.pages import ROOT
from tests.records.repository import Repository

STANDIN = "sandbox:../ndex.sqlite"
"""The sandbox, as it is named within the folder."""

SAMPLES = ROOT / "fixtures" / "demo"
_ACCOUNT = "pathway-team"
_FIGURES = [f"PMC{number}__demo-f{number % 10}" for number in (9000011, 9000012, 9000013, 9000016)]
_TO_RESOLVE = "PMC9000017__demo-f7"
_TO_UPLOAD = "PMC9000018__demo-f8"
_FIGURE_SET = "d3e00a02-de8a-11ea-8000-020000000000"
_PATHWAY_SET = "d3e00a03-de8a-11ea-8000-020000000000"


def prepare_nothing(_folder: Path) -> None:
    """Leave the folder empty."""


def prepare_figures(folder: Path) -> None:
    """Make a PFOCR checkout: four figures with networks, one to be resolved, one to be uploaded."""
    ids = [*_FIGURES, _TO_RESOLVE, _TO_UPLOAD]
    source = SAMPLES / "figures"
    for name in ids:
        _copy(source / "_figures" / f"{name}.md", folder / "_figures")
        _copy(source / "_data" / f"{name}-genes.tsv", folder / "_data")
    upload = folder / "_figures" / f"{_TO_UPLOAD}.md"
    upload.write_text(_without_network(upload.read_text(encoding="utf-8")), encoding="utf-8")
    rows = (source / "_data" / "ndex_map.tsv").read_text(encoding="utf-8").splitlines(True)
    kept = [row for row in rows if row.partition("\t")[0] in ids]
    (folder / "_data" / "ndex_map.tsv").write_text("".join(kept), encoding="utf-8")
    _finish(folder, [*_FIGURES, _TO_RESOLVE])


def prepare_configured_figures(folder: Path) -> None:
    """Make a PFOCR checkout with the configuration that its maintainers have made of init's."""
    prepare_figures(folder)
    _configure(
        folder,
        'name = "pfocr"\nrecords = "_figures/*.md"\nmap = "_data/ndex_map.tsv"\n',
        _FIGURE_SET,
    )


def prepare_pathways(folder: Path) -> None:
    """Make a WikiPathways checkout: a pathway without a UUID, one that the map file knows twice."""
    for name in ("WP90001", "WP90002", "WP90005"):
        shutil.copytree(SAMPLES / "pathways" / name, folder / "pathways" / name)
    (folder / "downstream").mkdir()
    rows = (SAMPLES / "pathways" / "ndex_lookup.csv").read_text(encoding="utf-8").splitlines(True)
    kept = [row for row in rows if "wpid" in row or "WP90002" in row]
    (folder / "downstream" / "ndex_lookup.csv").write_text("".join(kept), encoding="utf-8")
    record = folder / "pathways" / "WP90001" / "WP90001.md"
    record.write_text(_without_network(record.read_text(encoding="utf-8")), encoding="utf-8")
    _finish(folder, ["WP90001", "WP90002"])
    _configure(
        folder,
        'name = "wikipathways"\nrecords = "pathways/WP*/WP*.md"\n'
        'map = "downstream/ndex_lookup.csv"\n',
        _PATHWAY_SET,
    )


def prepare_networks(folder: Path) -> None:
    """Make a folder with network files in it, for the sandbox to be filled with."""
    for name in ("WP90001", "WP90002"):
        _copy(SAMPLES / "networks" / f"{name}.cx", folder / "my-networks")


SETUPS: Mapping[str, Callable[[Path], None]] = {
    "nothing": prepare_nothing,
    "figures": prepare_figures,
    "configured_figures": prepare_configured_figures,
    "pathways": prepare_pathways,
    "networks": prepare_networks,
}
"""The setups by the names that pages call them."""


def _copy(source: Path, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, folder / source.name)


def _without_network(text: str) -> str:
    lines = ("ndex: ''\n" if line.startswith("ndex:") else line for line in text.splitlines(True))
    return "".join(lines)


def _finish(folder: Path, networks: list[str]) -> None:
    """Fill the sandbox with the networks of some records, and commit the checkout."""
    loaded = folder.parent / "networks"
    loaded.mkdir()
    manifest = orjson.loads((SAMPLES / "networks" / "manifest.json").read_bytes())
    manifest["networks"] = [
        each for each in manifest["networks"] if each["file"].partition(".")[0] in networks
    ]
    there = {each["uuid"] for each in manifest["networks"]}
    for each in manifest["networks"]:
        _copy(SAMPLES / "networks" / each["file"], loaded)
    for each in manifest["network_sets"]:
        each["networks"] = [network for network in each["networks"] if network in there]
    (loaded / "manifest.json").write_bytes(orjson.dumps(manifest))
    with Store.open(folder.parent / "ndex.sqlite") as store:
        load_into(store, [loaded])
    Repository(folder).commit()


def _configure(folder: Path, collection: str, network_set: str) -> None:
    (folder / "ndex-sync.toml").write_text(
        f'[server]\nurl = "{STANDIN}"\n\n[[collection]]\n{collection}'
        f'network_set = "{network_set}"\naccount = "{_ACCOUNT}"\n',
        encoding="utf-8",
    )
    Repository(folder).commit()
