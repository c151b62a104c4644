"""A check of a whole collection, cold and warm, beside the one-by-one way and the floor.

    python -m benchmarks.check_networks --json check_networks.json

Warm is a second check after 1 % of the networks got new contents and as many records were edited.
The stock client asks for one summary and one content a network, one by one and in threads; it and
the floor, an HTTP client that fetches the same contents and parses nothing, are measured on a
sample in the same run and scaled to the collection.
"""

from __future__ import annotations

import argparse
import asyncio
import shutil
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
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
    free_port,
    genes_of,
    make_collection,
    make_sandbox,
    serving,
)
from sync.session import STATE_FOLDER
from tests.samples import figure_cx2, figure_text, network_id


@dataclass(frozen=True, slots=True)
class Way:
    """One way of checking; ``sample`` is how many networks were measured before scaling."""

    name: str
    requests: int
    mb_received: float | None
    wall_s: float
    cpu_s: float | None
    peak_mb: float | None
    sample: int


def main() -> None:
    """Measure and print a table; write it as JSON where asked."""
    options = _options()
    with TemporaryDirectory() as name:
        folder = Path(name)
        print(f"making {options.size:,} records and networks ...", file=sys.stderr)
        make_collection(folder / "records", options.size, mapped=True)
        make_sandbox(folder / "sandbox.db", folder / "networks", options.size)
        found = {}
        for turn, latency_s in enumerate(options.latency, start=1):
            found[latency_s] = _measure(folder, latency_s, turn, options)
            _print(found[latency_s], latency_s, options)
    if options.json:
        document = {
            "size": options.size,
            "concurrency": options.concurrency,
            "runs": [
                {"latency_s": latency_s, "ways": list(map(asdict, ways))}
                for latency_s, ways in found.items()
            ],
        }
        Path(options.json).write_bytes(orjson.dumps(document, option=orjson.OPT_INDENT_2))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--size", type=int, default=SIZE)
    parser.add_argument("--sample", type=int, default=200)
    parser.add_argument(
        "--latency", type=float, nargs="+", default=[0.0, 0.1], help="seconds a request, each"
    )
    parser.add_argument("--concurrency", type=int, default=32)
    parser.add_argument("--json", metavar="PATH")
    return parser.parse_args()


def _measure(folder: Path, latency_s: float, turn: int, options: argparse.Namespace) -> list[Way]:
    database, port = folder / "sandbox.db", free_port()
    shutil.rmtree(folder / "records" / STATE_FOLDER, ignore_errors=True)
    with serving(database, latency_s, port) as url:
        ways = [_check("cold check", url, folder, options)]
    with serving(database, 0, port) as url:
        _change(url, folder, options.size // 100, turn)
    with serving(database, latency_s, port) as url:
        ways.append(_check("warm check, 1 % changed", url, folder, options))
        threads, size = options.concurrency, options.size
        few, many = min(options.sample, size), min(options.sample * 10, size)
        ways += [
            _scale("stock ndex2 client, one by one", 2, few, size, lambda: _ask_stock(url, few, 1)),
            _scale(
                f"stock ndex2 client, {threads} threads",
                2,
                many,
                size,
                lambda: _ask_stock(url, many, threads),
            ),
            _scale("floor: bare fetches", 1, many, size, lambda: _fetch_bare(url, many, threads)),
        ]
    return ways


def _check(name: str, url: str, folder: Path, options: argparse.Namespace) -> Way:
    print(f"{name} ...", file=sys.stderr)
    run = run_check(url, folder / "records", options.concurrency)
    return Way(
        name,
        run.requests,
        run.bytes_received / 1e6,
        run.cost.wall_s,
        run.cost.cpu_s,
        run.cost.peak_mb,
        options.size,
    )


def _change(url: str, folder: Path, count: int, turn: int) -> None:
    """Give every hundredth network a new content, and edit the record after it."""
    auth = (OWNER["name"], OWNER["password"])
    with httpx.Client(base_url=url, auth=auth, timeout=60) as client:
        for number in range(0, count * 100, 100):
            content = figure_cx2(figure_name(number), genes_of(number)[turn:])
            headers = {"Content-Type": "application/json"}
            path = f"/v3/networks/{network_id(number)}"
            client.put(path, content=content, headers=headers).raise_for_status()
            name = figure_name(number + 1)
            text = figure_text(name, genes_of(number + 1)[turn:], network_id(number + 1))
            (folder / "records" / "_figures" / f"{name}.md").write_text(text)
        last = network_id((count - 1) * 100)
        while not client.get(f"/v2/network/{last}/summary").json()["completed"]:
            time.sleep(0.2)


def _scale(name: str, calls: int, sample: int, size: int, work: Callable[[], None]) -> Way:
    print(f"{name} ...", file=sys.stderr)
    started = time.perf_counter()
    work()
    wall_s = (time.perf_counter() - started) / sample * size
    return Way(name, calls * size, None, wall_s, None, None, sample)


def _ask_stock(url: str, sample: int, threads: int) -> None:
    from ndex2.client import Ndex2  # noqa: PLC0415 - slow to import, and not ours to measure

    client = Ndex2(url, skip_version_check=True)

    def ask(number: int) -> None:
        client.get_network_summary(network_id(number))
        client.get_network_as_cx2_stream(network_id(number)).json()

    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(ask, range(sample)))


def _fetch_bare(url: str, sample: int, concurrency: int) -> None:
    async def fetch_all() -> None:
        numbers = iter(range(sample))
        limits = httpx.Limits(max_connections=concurrency, max_keepalive_connections=concurrency)
        async with httpx.AsyncClient(base_url=url, timeout=60, limits=limits) as client:

            async def worker() -> None:
                for number in numbers:
                    await client.get(f"/v3/networks/{network_id(number)}")

            await asyncio.gather(*(worker() for _ in range(concurrency)))

    asyncio.run(fetch_all())


def _print(ways: list[Way], latency_s: float, options: argparse.Namespace) -> None:
    print(
        f"\n{options.size:,} networks, {latency_s * 1000:.0f} ms latency a request, "
        f"{options.concurrency} connections\n"
    )
    print("| way | requests | MB received | wall | CPU | peak memory | networks a second |")
    print("|---|---:|---:|---:|---:|---:|---:|")
    for way in ways:
        name = way.name if way.sample == options.size else f"{way.name} (from {way.sample:,})"
        received = "" if way.mb_received is None else f"{way.mb_received:,.1f}"
        cpu = "" if way.cpu_s is None else f"{way.cpu_s:,.1f} s"
        peak = "" if way.peak_mb is None else f"{way.peak_mb:,.0f} MB"
        print(
            f"| {name} | {way.requests:,} | {received} | {way.wall_s:,.1f} s | {cpu} | {peak} "
            f"| {options.size / way.wall_s:,.0f} |"
        )


if __name__ == "__main__":
    main()
