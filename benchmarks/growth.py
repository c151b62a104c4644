"""How time and memory of a cold check grow with the collection.

    python -m benchmarks.growth --json growth.json

Each size is checked against a sandbox of its own without latency, in a process of its own. What
counts are the last columns: time a record, with its growth over the size before, and memory that
each record took of those that the size before did not have.
"""

from __future__ import annotations

import argparse
import sys
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import orjson

from benchmarks.checked import run_check
from benchmarks.pfocr_like import make_collection, make_sandbox, serving


@dataclass(frozen=True, slots=True)
class Size:
    """What checking ``records`` records cost."""

    records: int
    requests: int
    wall_s: float
    cpu_s: float
    peak_mb: float

    @property
    def ms_each(self) -> float:
        """Wall time a record."""
        return self.wall_s / self.records * 1000


def main() -> None:
    """Measure and print a table; write it as JSON where asked."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=[1_000, 10_000, 100_000])
    parser.add_argument("--concurrency", type=int, default=32)
    parser.add_argument("--json", metavar="PATH")
    options = parser.parse_args()
    sizes = [_measure(size, options.concurrency) for size in options.sizes]
    _print(sizes)
    if options.json:
        Path(options.json).write_bytes(
            orjson.dumps(list(map(asdict, sizes)), option=orjson.OPT_INDENT_2)
        )


def _measure(size: int, concurrency: int) -> Size:
    with TemporaryDirectory() as name:
        folder = Path(name)
        print(f"making {size:,} records and networks ...", file=sys.stderr)
        make_collection(folder / "records", size, mapped=True)
        make_sandbox(folder / "sandbox.db", folder / "networks", size)
        print(f"checking {size:,} ...", file=sys.stderr)
        with serving(folder / "sandbox.db", 0) as url:
            run = run_check(url, folder / "records", concurrency)
    return Size(size, run.requests, run.cost.wall_s, run.cost.cpu_s, run.cost.peak_mb)


def _print(sizes: list[Size]) -> None:
    head = "records | requests | wall | CPU | CPU a record | peak memory | time a record"
    print(f"| {head} | memory a record |")
    print(f"|{'---:|' * 8}")
    before: Size | None = None
    for size in sizes:
        time = "" if before is None else f" ({size.ms_each / before.ms_each - 1:+.0%})"
        memory = "" if before is None else f"{_kb_each(before, size):.1f} kB"
        print(
            f"| {size.records:,} | {size.requests:,} | {size.wall_s:,.1f} s | {size.cpu_s:,.1f} s "
            f"| {size.cpu_s / size.records * 1000:.2f} ms | {size.peak_mb:,.0f} MB "
            f"| {size.ms_each:.2f} ms{time} | {memory} |"
        )
        before = size


def _kb_each(before: Size, after: Size) -> float:
    return (after.peak_mb - before.peak_mb) * 1024 / (after.records - before.records)


if __name__ == "__main__":
    main()
