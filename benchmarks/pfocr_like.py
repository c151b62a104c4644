"""A collection like PFOCR's of any size, the same each time, and its networks in a sandbox."""

from __future__ import annotations

import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import orjson

from sync.sandbox.fill import load_into
from sync.sandbox.store import Store
from tests.samples import figure_cx2, figure_text, network_id

SIZE = 32_263
"""How many networks PFOCR has on NDEx."""

SET = network_id(0xFFFFFFFF)
OWNER = {"name": "maker", "password": "made up"}
"""Who owns the networks, as the sandbox's manifest describes accounts."""

CONFIG = f"""\
[[collection]]
name = "figures"
layout = "pfocr-embedded"
records = "_figures/*.md"
map = "_data/ndex_map.tsv"
network_set = "{SET}"
"""


def figure_name(number: int) -> str:
    """Return a figure id as they are: article, then image."""
    return f"PMC{1_000_000 + 7 * number}__fimmu-{number % 20:02}-{number:05}-g{number % 9:03}"


def genes_of(number: int) -> list[tuple[str, str]]:
    """Return 10 to 40 genes, as many as figures with a network have."""
    first = number * 37 % 19_000
    return [(f"GENE{first + step}", str(first + step + 1)) for step in range(10 + number % 31)]


def more_genes_of(number: int) -> list[tuple[str, str]]:
    """Return the genes of a record whose network lacks the last one."""
    return [*genes_of(number), (f"NEW{number % 100}", str(50_000 + number % 100))]


def make_collection(
    root: Path,
    size: int,
    *,
    mapped: bool,
    genes: Callable[[int], list[tuple[str, str]]] = genes_of,
) -> None:
    """Write ``size`` records below ``root``, with or without the UUIDs of their networks."""
    (root / "_figures").mkdir(parents=True)
    (root / "_data").mkdir()
    (root / "ndex-sync.toml").write_text(CONFIG)
    (root / "_data" / "ndex_map.tsv").touch()
    for number in range(size):
        name = figure_name(number)
        ndex = network_id(number) if mapped else "''"
        text = figure_text(name, genes(number), ndex)
        (root / "_figures" / f"{name}.md").write_text(text)


def make_sandbox(path: Path, folder: Path, size: int) -> None:
    """Fill a sandbox file with the networks of ``size`` records and the set that holds them."""
    folder.mkdir()
    networks = []
    for number in range(size):
        file = f"{number}.cx2"
        (folder / file).write_bytes(figure_cx2(figure_name(number), genes_of(number)))
        networks.append({"file": file, "uuid": network_id(number), "owner": OWNER["name"]})
    members = [entry["uuid"] for entry in networks]
    sets = [{"name": "figures", "uuid": SET, "owner": OWNER["name"], "networks": members}]
    manifest = {"users": [OWNER], "networks": networks, "network_sets": sets}
    (folder / "manifest.json").write_bytes(orjson.dumps(manifest))
    with Store.open(path) as store:
        load_into(store, [folder])


def free_port() -> int:
    """Return a port that is free now, for servers that follow each other under one URL."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port


@contextmanager
def serving(path: Path, latency_s: float, port: int = 0) -> Iterator[str]:
    """Serve the sandbox in a process of its own, each answer delayed; give its URL.

    Port 0 takes any that is free.
    """
    command = [sys.executable, "-m", "sync", "sandbox", "serve", "--server", f"sandbox:{path}"]
    command += ["--port", str(port)]
    if latency_s:
        command += ["--fault", f"* latency seconds={latency_s}"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        try:
            yield server.stdout.readline().strip()
        finally:
            server.terminate()
