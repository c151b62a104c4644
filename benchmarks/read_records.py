"""How long it takes to read a whole collection: on one core and on all, and from the cache.

    python -m benchmarks.read_records --json read_records.json

Each way runs in a process of its own, one after the other, and all of that several times over;
ratios are those of one round, of which the median is shown. Processes that a way starts count,
with their imports. Records are read to be passed on, encoded, as a check does; each is opened once
its network was seen. How reading compares with the bare loaders is told better by
``benchmarks.read_in_turns``, which no slow minute can tip.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import time
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

import orjson

from benchmarks.corpus_copies import KINDS, copy_records
from benchmarks.made_records import MAKERS, SETTLED_S
from sync.records.parallel import count_cores

BARE = "bare C YAML loader: yaml.load"
COMPOSED = "bare C YAML loader: yaml.compose"
FLOOR = "yaml.load, csv.reader and expat over the same files"
COLD = "cold, one core"
ALL_CORES = "cold, all cores"
FILLING = "cold, one core, filling the state"
WARM = "warm"
OPENED = "warm, and each opened"
MOVED = "warm, all files with new times"


@dataclass(frozen=True, slots=True)
class Cost:
    """Microseconds a record, and the most memory that the process and any of its children held."""

    wall_us: float
    cpu_us: float
    peak_mb: float
    child_peak_mb: float


@dataclass(frozen=True, slots=True)
class Collection:
    """Where the records of one kind were written, and how they are found."""

    kind: str
    root: Path
    pattern: str
    cache: Path


def main() -> None:
    """Measure and print a table for each layout; write all rounds as JSON where asked."""
    options = _parse_options()
    measured: dict[str, list[dict[str, Cost]]] = {}
    for kind in options.kind or (KINDS if options.corpus else MAKERS):
        with TemporaryDirectory() as name:
            print(f"making {options.size:,} records: {kind} ...", file=sys.stderr)
            collection = _make(Path(name), kind, options.size, options.corpus)
            measured[kind] = [_measure(collection) for _ in range(options.rounds)]
        _show(kind, options.size, measured[kind])
    if options.json:
        document = {
            "size": options.size,
            "cores": count_cores(),
            "corpus": options.corpus is not None,
            "rounds": {
                kind: [{way: asdict(cost) for way, cost in each.items()} for each in rounds]
                for kind, rounds in measured.items()
            },
        }
        Path(options.json).write_bytes(orjson.dumps(document, option=orjson.OPT_INDENT_2))


def _parse_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kind", action="append", choices=MAKERS, help="repeatable; default: all")
    parser.add_argument("--size", type=int, default=4_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--corpus", type=Path, metavar="FOLDER", help="copy these real records")
    parser.add_argument("--json", metavar="PATH")
    return parser.parse_args()


def _make(folder: Path, kind: str, size: int, corpus: Path | None) -> Collection:
    root = folder / "records"
    if corpus is not None:
        pattern = copy_records(corpus, kind, root, size)
    else:
        make, pattern = MAKERS[kind]
        for number in range(size):
            make(root, number)
    return Collection(kind, root, pattern, folder / "cache.db")


def _measure(collection: Collection) -> dict[str, Cost]:
    """Run every way once."""
    for file in collection.cache.parent.glob(f"{collection.cache.name}*"):
        file.unlink()
    costs = {BARE: _run("load", collection), COMPOSED: _run("compose", collection)}
    if collection.kind != "pfocr-embedded":
        costs[FLOOR] = _run("load all", collection)
    costs[COLD] = _run("cold", collection)
    costs[ALL_CORES] = _run("cold on all cores", collection)
    costs[FILLING] = _run("kept", collection)
    costs[WARM] = _run("kept", collection)
    costs[OPENED] = _run("kept and opened", collection)
    _touch_all(collection.root)
    costs[MOVED] = _run("kept", collection)
    return costs


def _run(way: str, collection: Collection) -> Cost:
    command = [sys.executable, "-m", "benchmarks.read_way", way]
    arguments = [str(collection.root), collection.pattern, str(collection.cache)]
    done = subprocess.run([*command, *arguments], stdout=subprocess.PIPE, check=True)
    return Cost(**orjson.loads(done.stdout))


def _touch_all(root: Path) -> None:
    """Give all files the time of now, as a fresh checkout does, and wait until that is past."""
    for file in root.rglob("*.*"):
        os.utime(file)
    time.sleep(SETTLED_S)


def _show(kind: str, size: int, rounds: Sequence[dict[str, Cost]]) -> None:
    print(f"\n{kind}: {size:,} records, {count_cores()} cores, {len(rounds)} rounds\n")
    print("| way | wall, µs a record | CPU, µs a record | wall / yaml.load | peak memory |")
    print("|---|---:|---:|---:|---:|")
    for way in rounds[0]:
        costs = [each[way] for each in rounds]
        memory = f"{_middle(cost.peak_mb for cost in costs):.0f} MB"
        if way == ALL_CORES:
            memory += f" + {_middle(cost.child_peak_mb for cost in costs):.0f} MB a process"
        print(
            f"| {way} | {_middle(cost.wall_us for cost in costs):,.0f} "
            f"| {_middle(cost.cpu_us for cost in costs):,.0f} "
            f"| {_ratio(rounds, way, BARE):.2f} | {memory} |"
        )
    print()
    gains = sorted(each[COLD].wall_us / each[ALL_CORES].wall_us for each in rounds)
    print(
        f"One core / all cores, at least 1.7 with two: "
        f"{median(gains):.2f} ({gains[0]:.2f} to {gains[-1]:.2f})"
    )


def _ratio(rounds: Iterable[dict[str, Cost]], over: str, under: str) -> float:
    return _middle(each[over].wall_us / each[under].wall_us for each in rounds)


def _middle(values: Iterable[float]) -> float:
    return median(list(values))


if __name__ == "__main__":
    main()
