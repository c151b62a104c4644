"""How long reading a record takes beside the bare loaders, on a machine whose speed changes.

    python -m benchmarks.read_in_turns

The three take turns on one core, 50 records at a time, so that a slow minute slows them all:
``yaml.load`` of the front matters, ``csv.reader`` or expat over the other files, and reading as a
check does, to be passed on encoded. What counts are the ratios.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.made_records import MAKERS
from benchmarks.read_way import files_beside, load_beside, load_front_matter
from sync.garbage import collect_seldom
from sync.reading import RecordSource, read_parcel
from sync.records.find import find_records
from sync.records.organisms import Organisms

_IN_A_TURN = 50


def main() -> None:
    """Measure each kind and print a row for it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kind", action="append", choices=MAKERS, help="repeatable; default: all")
    parser.add_argument("--size", type=int, default=4_000)
    options = parser.parse_args()
    print("| kind | yaml.load | other files | ndex-sync | / yaml.load | / all |")
    print("|---|---:|---:|---:|---:|---:|")
    for kind in options.kind or MAKERS:
        with TemporaryDirectory() as name:
            make, pattern = MAKERS[kind]
            for number in range(options.size):
                make(Path(name), number)
            front, beside, ours = _measure(Path(name), pattern)
        print(
            f"| {kind} | {front:,.0f} µs | {beside:,.0f} µs | {ours:,.0f} µs "
            f"| {ours / front:.2f} | {ours / (front + beside):.2f} |"
        )


def _measure(root: Path, pattern: str) -> list[float]:
    """Return microseconds a record for each of the three."""
    source = RecordSource(root, None, Organisms.of(["Homo sapiens"]))
    paths = find_records(root, pattern)
    beside = {path: files_beside(root, path) for path in paths}
    collect_seldom()
    ways: Sequence[Callable[[str], object]] = (
        lambda path: load_front_matter(root / path),
        lambda path: load_beside(beside[path]),
        lambda path: read_parcel(source, path),
    )
    spent = [0.0] * len(ways)
    for start in range(0, len(paths), _IN_A_TURN):
        for number, way in enumerate(ways):
            started = time.perf_counter()
            for path in paths[start : start + _IN_A_TURN]:
                way(path)
            spent[number] += time.perf_counter() - started
    return [each / len(paths) * 1e6 for each in spent]


if __name__ == "__main__":
    main()
