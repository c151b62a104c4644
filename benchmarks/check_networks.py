"""A check of a whole collection beside its peers, at each latency, in turns.

    python -m benchmarks.check_networks --json check_networks.json

Each way is a command of its own, start-up and reading of the records included; the best of the
rounds counts. The networks are as large as real ones and one in twenty has drifted.
Answers come from a server that replays them, so that it does not count. The
floor is aiohttp with orjson: it asks for no summaries. Peers are in ``benchmarks/peers``.

    python -m benchmarks.check_networks --kind embedded --count 4000

does it for the small networks of PFOCR. Shares are those of the floor's networks a second, and of
what the latency allows while contents are fetched.
"""

from __future__ import annotations

import argparse
import importlib.util
import os
import shutil
import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from itertools import product
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.request import urlopen

import orjson

from benchmarks.measured import Cost, run_measured
from benchmarks.real_sized import KINDS, fill_sandbox, make_collection
from benchmarks.replay import Traffic, replaying
from sync.session import STATE_FOLDER

_FLOOR = "floor: aiohttp, 32 at once"


@dataclass(frozen=True, slots=True)
class Way:
    """One way of checking. ``command`` takes the URL; a ``warm`` one keeps the state of before."""

    name: str
    command: tuple[str, ...]
    at_once: int
    warm: bool = False
    touched: bool = False
    count: int | None = None


@dataclass(frozen=True, slots=True)
class Result:
    """What one way cost at best. ``contents_per_s`` is counted only while contents are fetched."""

    kind: str
    latency_s: float
    way: str
    at_once: int
    count: int
    requests: int
    contents_per_s: float
    wall_s: float
    cpu_s: float
    peak_mb: float


def main() -> None:
    """Measure and print a table; write it as JSON where asked."""
    options = _options()
    results: list[Result] = []
    for kind, count in product(options.kind, options.count):
        with TemporaryDirectory() as name:
            folder = Path(name)
            print(f"making {count:,} records and networks ...", file=sys.stderr)
            networks = make_collection(folder / "records", kind, count)
            size = fill_sandbox(folder / "sandbox.db", folder / "networks", networks)
            for latency_s in options.latency:
                ways = list(_ways(count, options.one_by_one))
                found = list(_measure(folder, kind, latency_s, count, ways, options.rounds))
                _print(found, size)
                results += found
                # A run of an hour that is stopped keeps what it has.
                if options.json:
                    _save(results, Path(options.json))


def _save(results: Sequence[Result], path: Path) -> None:
    path.write_bytes(orjson.dumps(list(map(asdict, results)), option=orjson.OPT_INDENT_2))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, nargs="+", default=[400])
    parser.add_argument("--kind", nargs="+", choices=KINDS, default=["large"])
    parser.add_argument("--latency", type=float, nargs="+", default=[0.0, 0.1], help="seconds")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--one-by-one", type=int, default=400, help="networks to scale from")
    parser.add_argument("--json", metavar="PATH")
    return parser.parse_args()


def _ways(count: int, one_by_one: int) -> Iterator[Way]:
    for at_once in (8, 32):
        check = _check(at_once)
        yield Way(f"ndex-sync, {at_once} at once", check, at_once)
    yield Way("ndex-sync again, nothing changed", check, 32, warm=True)
    yield Way("ndex-sync again, all files with new times", check, 32, warm=True, touched=True)
    for at_once in (8, 32):
        yield Way(f"httpx script, {at_once} at once", _peer("httpx_script", at_once), at_once)
    yield Way("stock client, 8 threads", _peer("stock_threads", 8), 8)
    few = min(count, one_by_one)
    yield Way("stock client, one by one", _peer("stock_client", few), 1, count=few)
    if importlib.util.find_spec("aiohttp"):
        yield Way(_FLOOR, _peer("aiohttp_floor", 32), 32)


def _check(at_once: int) -> tuple[str, ...]:
    options = ("--quiet", "--concurrency", str(at_once), "--format", "json=report.json")
    return (sys.executable, "-m", "sync", "check", *options, "--server", "{url}")


def _peer(script: str, at_once: int) -> tuple[str, ...]:
    return (sys.executable, "-m", f"benchmarks.peers.{script}", "{url}", ".", str(at_once))


def _measure(
    folder: Path, kind: str, latency_s: float, whole: int, ways: Sequence[Way], rounds: int
) -> Iterator[Result]:
    records = folder / "records"
    with replaying(folder / "sandbox.db", latency_s) as url:
        # The first round fills the server's memory as well; every round has all ways in turns.
        # One by one takes minutes, so that once has to do.
        runs_of: dict[Way, list[tuple[Cost, Traffic]]] = {way: [] for way in ways}
        for number in range(rounds):
            for way in ways:
                if not (number and way.count):
                    runs_of[way].append(_run(way, url, records))
    for way, runs in runs_of.items():
        count = way.count or whole
        costs = [cost for cost, _ in runs]
        scale = whole / count
        yield Result(
            kind,
            latency_s,
            way.name,
            way.at_once,
            count,
            round(runs[-1][1].requests * scale),
            max(traffic.contents_per_s for _, traffic in runs),
            min(cost.wall_s for cost in costs) * scale,
            min(cost.cpu_s for cost in costs) * scale,
            min(cost.peak_mb for cost in costs),
        )


def _run(way: Way, url: str, records: Path) -> tuple[Cost, Traffic]:
    if not way.warm:
        shutil.rmtree(records / STATE_FOLDER, ignore_errors=True)
    if way.touched:
        for file in records.rglob("*.*"):
            os.utime(file)
    _ask_traffic(url)
    cost = run_measured([part.replace("{url}", url) for part in way.command], records)
    assert cost.status in {0, 1}, f"{way.name} ended with {cost.status}"
    print(f"{way.name}: {cost.wall_s:.2f} s, CPU {cost.cpu_s:.2f} s", file=sys.stderr)
    return cost, _ask_traffic(url)


def _ask_traffic(url: str) -> Traffic:
    with urlopen(f"{url}/counts") as answer:  # noqa: S310 - our own server
        return Traffic(**orjson.loads(answer.read()))


def _print(results: Sequence[Result], size: float) -> None:
    first, count = results[0], max(result.count for result in results)
    latency_s = first.latency_s
    print(
        f"\n{count:,} networks of kind {first.kind}, {size / 1000:,.0f} kB each, "
        f"{latency_s * 1000:.0f} ms latency a request\n"
    )
    head = "requests | wall | CPU | CPU a network | networks a second | while fetching | memory"
    print(f"| way | {head} |")
    print(f"|---|{'---:|' * (head.count('|') + 1)}")
    floor_s = next((each.wall_s for each in results if each.way == _FLOOR), 0.0)
    for each in results:
        whole = each.count == count
        name = each.way if whole else f"{each.way} (from {each.count:,})"
        # Of a part the start-up would be scaled too.
        cpu = f"{each.cpu_s:,.2f} s | {each.cpu_s / count * 1000:,.1f} ms" if whole else " | "
        print(
            f"| {name} | {each.requests:,} | {each.wall_s:,.1f} s | {cpu} "
            f"| {_share(count / each.wall_s, count / floor_s if floor_s else 0)} "
            f"| {_share(each.contents_per_s, each.at_once / latency_s if latency_s else 0)} "
            f"| {each.peak_mb:,.0f} MB |"
        )


def _share(per_s: float, of_per_s: float) -> str:
    """Write a rate with its share of another one, if there is one."""
    if not per_s:
        return ""
    return f"{per_s:,.0f} ({per_s / of_per_s:.0%})" if of_per_s else f"{per_s:,.0f}"


if __name__ == "__main__":
    main()
