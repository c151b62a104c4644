"""Checks of a collection that was checked before, with little or nothing changed since.

    python -m benchmarks.second_check --json second_check.json

Each is a process of its own against a sandbox without latency. After other code all verdicts are
reached again, from the records and contents that are kept.
"""

from __future__ import annotations

import argparse
import sqlite3
import sys
import time
from contextlib import closing
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx
import orjson

from benchmarks.checked import run_check
from benchmarks.pfocr_like import (
    OWNER,
    SIZE,
    figure_name,
    genes_of,
    make_collection,
    make_sandbox,
    serving,
)
from sync.session import STATE_FOLDER
from tests.samples import figure_cx2, figure_text, network_id


@dataclass(frozen=True, slots=True)
class Check:
    """What one check cost, and how large the state folder is after it."""

    name: str
    requests: int
    mb_received: float
    wall_s: float
    cpu_s: float
    peak_mb: float
    state_mb: float


def main() -> None:
    """Measure and print a table; write it as JSON where asked."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--size", type=int, default=SIZE)
    parser.add_argument("--concurrency", type=int, default=32)
    parser.add_argument("--json", metavar="PATH")
    options = parser.parse_args()
    with TemporaryDirectory() as name:
        folder = Path(name)
        print(f"making {options.size:,} records and networks ...", file=sys.stderr)
        make_collection(folder / "records", options.size, mapped=True)
        make_sandbox(folder / "sandbox.db", folder / "networks", options.size)
        with serving(folder / "sandbox.db", 0) as url:
            checks = _measure(url, folder / "records", options.size, options.concurrency)
    print("| check | requests | MB received | wall | CPU | peak memory | state folder |")
    print("|---|---:|---:|---:|---:|---:|---:|")
    for each in checks:
        print(
            f"| {each.name} | {each.requests:,} | {each.mb_received:,.1f} | {each.wall_s:,.1f} s "
            f"| {each.cpu_s:,.1f} s | {each.peak_mb:,.0f} MB | {each.state_mb:,.0f} MB |"
        )
    if options.json:
        Path(options.json).write_bytes(
            orjson.dumps(list(map(asdict, checks)), option=orjson.OPT_INDENT_2)
        )


def _measure(url: str, records: Path, size: int, concurrency: int) -> list[Check]:
    def _check(name: str) -> Check:
        print(f"{name} ...", file=sys.stderr)
        run = run_check(url, records, concurrency)
        cost = run.cost
        state_mb = sum(file.stat().st_size for file in (records / STATE_FOLDER).iterdir()) / 1e6
        received = run.bytes_received / 1e6
        return Check(name, run.requests, received, cost.wall_s, cost.cpu_s, cost.peak_mb, state_mb)

    checks = [_check("the first"), _check("nothing changed")]
    _change(url, records, size // 100)
    checks.append(_check("1 % of networks and records changed"))
    for file in (records / "_figures").iterdir():
        file.touch()
    time.sleep(3)  # until the times of files tell something
    checks.append(_check("a fresh checkout: all files with new times"))
    with closing(sqlite3.connect(records / STATE_FOLDER / "cache.db", isolation_level=None)) as db:
        db.execute("DELETE FROM verdict")
    return [*checks, _check("other code")]


def _change(url: str, records: Path, count: int) -> None:
    """Give every hundredth network a new content, and edit the record after it."""
    with httpx.Client(base_url=url, auth=(OWNER["name"], OWNER["password"]), timeout=60) as client:
        for number in range(0, count * 100, 100):
            content = figure_cx2(figure_name(number), genes_of(number)[1:])
            headers = {"Content-Type": "application/json"}
            path = f"/v3/networks/{network_id(number)}"
            client.put(path, content=content, headers=headers).raise_for_status()
            name = figure_name(number + 1)
            text = figure_text(name, genes_of(number + 1)[1:], network_id(number + 1))
            (records / "_figures" / f"{name}.md").write_text(text)
        last = network_id((count - 1) * 100)
        while not client.get(f"/v2/network/{last}/summary").json()["completed"]:
            time.sleep(0.2)


if __name__ == "__main__":
    main()
