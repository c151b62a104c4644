"""A whole check in a process of its own, with what it cost and what its report says of traffic."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path

import orjson

from benchmarks.measured import Cost, run_measured


@dataclass(frozen=True, slots=True)
class CheckRun:
    """A check that came to its end; bytes are those of bodies."""

    cost: Cost
    requests: int
    bytes_received: int


def run_check(url: str, records: Path, concurrency: int, *options: str) -> CheckRun:
    """Check the collection in ``records`` against a server; every record must get a verdict."""
    arguments = ["--server", url, "--concurrency", str(concurrency), "--quiet", *options]
    command = [sys.executable, "-m", "sync", "check", *arguments, "--format", "json=report.json"]
    cost = run_measured(command, records)
    assert cost.status in {0, 1}, f"the check ended with {cost.status}"
    with (records / "report.json").open("rb") as report:
        head = b"".join(line for line, _ in zip(report, range(5), strict=False))
    http = orjson.loads(head.rstrip(b",\n") + b"}")["http"]
    return CheckRun(cost, http["requests"], http["bytes_received"])
