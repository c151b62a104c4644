"""How long reading a record takes beside the bare loaders, the first time and again.

    python -m benchmarks.read_in_turns

All ways take turns on one core, 50 records at a time, so that a slow minute slows them all and
their ratios stay: ``yaml.load`` of the front matters; ``csv.reader`` or expat over the other files;
reading as a check does, to be passed on encoded; a first run, which reads and fills the state; and
a second, which finds all unchanged. A ratio is the median of those of all turns.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from statistics import mean, median
from tempfile import TemporaryDirectory
from typing import NamedTuple

from benchmarks.made_records import MAKERS, SETTLED_S
from benchmarks.read_way import files_beside, load_beside, load_front_matters
from sync.gc_tuning import collect_seldom
from sync.records.cached import RecordSource, find_unchanged, read_from_files, read_rows
from sync.records.discover import find_records
from sync.records.fingerprint import Folders
from sync.records.organisms import Organisms
from sync.records.worker import read_slice
from sync.state.cache import Cache

_IN_A_TURN = 50


class Turn(NamedTuple):
    """Microseconds a record of each way."""

    front: float
    beside: float
    reading: float
    first: float
    again: float


def main() -> None:
    """Measure each kind and print a row for it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kind", action="append", choices=MAKERS, help="repeatable; default: all")
    parser.add_argument("--size", type=int, default=4_000)
    options = parser.parse_args()
    print(
        "| kind | yaml.load | other files | reading | / yaml.load | / all files "
        "| first run | second run | reading / second | first / second |"
    )
    print("|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|")
    for kind in options.kind or MAKERS:
        with TemporaryDirectory() as name:
            make, pattern = MAKERS[kind]
            for number in range(options.size):
                make(Path(name), number)
            time.sleep(SETTLED_S)
            _show(kind, _measure(Path(name), pattern))


def _show(kind: str, turns: Sequence[Turn]) -> None:
    front, beside, reading, first, again = (
        f"{mean(costs):,.0f} µs" for costs in zip(*turns, strict=True)
    )
    above_front = median(turn.reading / turn.front for turn in turns)
    above_all = median(turn.reading / (turn.front + turn.beside) for turn in turns)
    saved = median(turn.reading / turn.again for turn in turns)
    saved_of_first = median(turn.first / turn.again for turn in turns)
    print(
        f"| {kind} | {front} | {beside} | {reading} | {above_front:.2f} | {above_all:.2f} "
        f"| {first} | {again} | {saved:.1f} | {saved_of_first:.1f} |"
    )


def _measure(root: Path, pattern: str) -> list[Turn]:
    source = RecordSource(root, None, Organisms.of(["Homo sapiens"]))
    paths = find_records(root, pattern)
    beside = {path: files_beside(root, path) for path in paths}
    folders = Folders(root)
    collect_seldom()
    # Elsewhere: this process must not know the genes of records that are yet to be read.
    with ProcessPoolExecutor(1, get_context("spawn")) as other:
        other.submit(_fill, source, paths).result()
    with Cache(root / "filled.db", "none") as filled, Cache(root / "new.db", "none") as new:
        ways: Sequence[Callable[[Sequence[str]], object]] = (
            lambda turn: load_front_matters(root / path for path in turn),
            lambda turn: load_beside(file for path in turn for file in beside[path]),
            lambda turn: read_slice(source, turn),
            lambda turn: [read_from_files(source, path, new) for path in turn],
            lambda turn: find_unchanged(source, turn, filled, folders),
        )
        starts = range(0, len(paths), _IN_A_TURN)
        return [_take_turn(ways, paths[start : start + _IN_A_TURN]) for start in starts]


def _fill(source: RecordSource, paths: Sequence[str]) -> None:
    with Cache(source.root / "filled.db", "none") as filled:
        read_rows(source, paths, filled)


def _take_turn(ways: Sequence[Callable[[Sequence[str]], object]], paths: Sequence[str]) -> Turn:
    costs = []
    for way in ways:
        started = time.perf_counter()
        way(paths)
        costs.append((time.perf_counter() - started) / len(paths) * 1e6)
    return Turn(*costs)


if __name__ == "__main__":
    main()
