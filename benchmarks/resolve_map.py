"""How long it takes to rebuild the whole map, beside the one-by-one way.

    python -m benchmarks.resolve_map --json resolve_map.json

The one-by-one way asks for one summary after the other, as the maintainers' scripts do; it is
measured on a sample in the same run, over the same latency, and scaled to the collection.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx
import orjson

from benchmarks.pfocr_like import SET, SIZE, make_collection, make_sandbox, serving
from tests.samples import network_id


@dataclass(frozen=True, slots=True)
class Outcome:
    """One measured run; times in seconds. ``one_by_one_s`` is scaled from the sample."""

    networks: int
    latency_s: float
    requests: int
    wall_s: float
    rows_written: int
    sample: int
    one_by_one_requests: int
    one_by_one_s: float
    one_by_one_with_sleeps_s: float


def main() -> None:
    """Measure and print a table; write it as JSON where asked."""
    options = _options()
    with TemporaryDirectory() as name:
        folder = Path(name)
        print(f"making {options.size:,} records and networks ...", file=sys.stderr)
        make_collection(folder / "records", options.size, mapped=False)
        make_sandbox(folder / "sandbox.db", folder / "networks", options.size)
        with serving(folder / "sandbox.db", options.latency) as url:
            outcome = _measure(url, folder, options)
    _print(outcome)
    if options.json:
        Path(options.json).write_bytes(orjson.dumps(asdict(outcome), option=orjson.OPT_INDENT_2))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--size", type=int, default=SIZE)
    parser.add_argument("--sample", type=int, default=200)
    parser.add_argument("--latency", type=float, default=0.1, help="seconds a request")
    parser.add_argument("--json", metavar="PATH")
    return parser.parse_args()


def _measure(url: str, folder: Path, options: argparse.Namespace) -> Outcome:
    print("rebuilding the map ...", file=sys.stderr)
    records = folder / "records"
    started = time.perf_counter()
    arguments = ["--server", url, "--write", "map", "--format", "json=resolution.json"]
    subprocess.run([sys.executable, "-m", "sync", "resolve", *arguments], cwd=records, check=False)
    wall_s = time.perf_counter() - started
    document = orjson.loads((records / "resolution.json").read_bytes())
    rows = (records / "_data" / "ndex_map.tsv").read_text().splitlines()
    print("asking one by one ...", file=sys.stderr)
    sample = min(options.sample, options.size)
    each_s = _ask_one_by_one(url, sample) / sample
    sleeps_s = 2 * (options.size // 10)
    return Outcome(
        networks=options.size,
        latency_s=options.latency,
        requests=document["http"]["requests"],
        wall_s=wall_s,
        rows_written=len(rows),
        sample=sample,
        one_by_one_requests=1 + options.size,
        one_by_one_s=each_s * options.size,
        one_by_one_with_sleeps_s=each_s * options.size + sleeps_s,
    )


def _ask_one_by_one(url: str, sample: int) -> float:
    with httpx.Client(base_url=url, timeout=30) as client:
        client.get(f"/v2/networkset/{SET}").raise_for_status()
        started = time.perf_counter()
        for number in range(sample):
            client.get(f"/v2/network/{network_id(number)}/summary").raise_for_status()
        return time.perf_counter() - started


def _print(outcome: Outcome) -> None:
    print(
        f"{outcome.networks:,} networks, {outcome.latency_s * 1000:.0f} ms latency a request,"
        f" {outcome.rows_written:,} rows written\n"
    )
    print("| way | requests | wall time | ratio |")
    print("|---|---:|---:|---:|")
    print(f"| ndex-sync resolve | {outcome.requests:,} | {outcome.wall_s:,.1f} s | 1 |")
    for way, seconds in (
        ("one by one", outcome.one_by_one_s),
        ("one by one, 2 s sleep after every 10", outcome.one_by_one_with_sleeps_s),
    ):
        print(
            f"| {way} (from {outcome.sample} measured) | {outcome.one_by_one_requests:,}"
            f" | {seconds:,.0f} s | {seconds / outcome.wall_s:,.0f} |"
        )


if __name__ == "__main__":
    main()
