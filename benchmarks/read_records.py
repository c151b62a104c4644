"""How many records are read a second: cold on one core and on all, and warm from the cache.

    python -m benchmarks.read_records --json read_records.json

The floor is the bare C YAML loader over the same front matters, on one core.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import orjson
import yaml

from benchmarks.pfocr_like import make_collection
from sync.reading import RecordSource
from sync.record_stream import ReadingPolicy, count_cores, stream_records
from sync.records.find import find_records
from sync.records.organisms import Organisms
from sync.state.cache import FORGETFUL, Cache

ALONE = ReadingPolicy(processes=1)


@dataclass(frozen=True, slots=True)
class Way:
    """One way of reading all records; ``ratio`` is its time over that of the first way."""

    name: str
    seconds: float
    records_per_s: float
    ratio: float


def main() -> None:
    """Measure and print a table; write it as JSON where asked."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--size", type=int, default=32_263)
    parser.add_argument("--json", metavar="PATH")
    options = parser.parse_args()
    with TemporaryDirectory() as name:
        root = Path(name) / "records"
        print(f"making {options.size:,} records ...", file=sys.stderr)
        make_collection(root, options.size, mapped=True)
        ways = _measure(root, Path(name) / "cache.db")
    print(f"{options.size:,} records, {count_cores()} cores\n")
    print("| way | time | records a second | time / bare loader |\n|---|---:|---:|---:|")
    for way in ways:
        print(f"| {way.name} | {way.seconds:.1f} s | {way.records_per_s:,.0f} | {way.ratio:.2f} |")
    if options.json:
        document = {"size": options.size, "cores": count_cores(), "ways": list(map(asdict, ways))}
        Path(options.json).write_bytes(orjson.dumps(document, option=orjson.OPT_INDENT_2))


def _measure(root: Path, cache_path: Path) -> list[Way]:
    paths = find_records(root, "_figures/*.md")
    source = RecordSource(root, None, Organisms.of(["Homo sapiens"]))

    def read(policy: ReadingPolicy, cache: Cache) -> Callable[[], None]:
        return lambda: asyncio.run(_read_all(source, paths, policy, cache))

    def read_kept() -> None:
        with Cache(cache_path, "none") as cache:
            asyncio.run(_read_all(source, paths, ALONE, cache))

    timed = {
        "bare C YAML loader, one core": _time(lambda: _load_bare(root, paths)),
        "cold, one core": _time(read(ALONE, FORGETFUL)),
        "cold, all cores": _time(read(ReadingPolicy(), FORGETFUL)),
        "cold, one core, filling the cache": _time(read_kept),
        "warm": _time(read_kept),
    }
    first = next(iter(timed.values()))
    return [Way(name, took, len(paths) / took, took / first) for name, took in timed.items()]


def _load_bare(root: Path, paths: list[str]) -> None:
    for path in paths:
        text = (root / path).read_text(encoding="utf-8")
        yaml.compose(text.split("---\n")[1], Loader=yaml.CSafeLoader)


async def _read_all(
    source: RecordSource, paths: list[str], policy: ReadingPolicy, cache: Cache
) -> None:
    async for _ in stream_records(source, paths, cache, policy):
        pass


def _time(work: Callable[[], None]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


if __name__ == "__main__":
    main()
