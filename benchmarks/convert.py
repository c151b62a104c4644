"""How long it takes to convert drawings, and how that grows.

    python -m benchmarks.convert

Converts the real drawings (``../shared/corpus``), each with its record and node table, then copies
of them: as many as all of WikiPathways has, and halves of that. Each run is one command on all
cores, its processes and their start included.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.measured import run_measured

ALL = 2_095


def main() -> None:
    """Measure each size and print a row for it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--corpus", type=Path, default=Path("../shared/corpus"))
    parser.add_argument("--to", choices=("cx2", "svg"), default="cx2")
    options = parser.parse_args()
    drawings = sorted(options.corpus.rglob("*.gpml"))
    if not drawings:
        sys.exit(f"no drawings in {options.corpus}")
    print("| drawings | size | wall | CPU | a second | CPU a drawing | written |")
    print("|---:|---:|---:|---:|---:|---:|---:|")
    for size in (len(drawings), ALL // 4, ALL // 2, ALL):
        with TemporaryDirectory() as name:
            _measure(drawings, Path(name), size, options.to)


def _measure(drawings: Sequence[Path], root: Path, size: int, to: str) -> None:
    read = sum(_copy(drawings[n % len(drawings)], root / "in" / str(n), n) for n in range(size))
    out = root / "out"
    command = [sys.executable, "-m", "sync", "convert", str(root / "in"), "--out", str(out)]
    cost = run_measured([*command, "--to", to], root)
    written = [file.stat().st_size for file in out.iterdir()]
    if cost.status or len(written) != size:
        sys.exit(f"{len(written)} of {size} drawings were converted")
    speed = f"{size / cost.wall_s:,.0f} | {cost.cpu_s / size * 1e3:.1f} ms"
    print(
        f"| {size:,} | {read / 1e6:,.0f} MB | {cost.wall_s:.1f} s | {cost.cpu_s:.1f} s "
        f"| {speed} | {sum(written) / 1e6:,.0f} MB |",
        flush=True,
    )


def _copy(drawing: Path, folder: Path, number: int) -> int:
    """Copy a drawing and what stands beside it under another id; return the drawing's size."""
    folder.mkdir(parents=True)
    old, new = drawing.stem, f"WP{number + 1}"
    for file in drawing.parent.glob(f"{old}[-.]*"):
        if file.suffix in {".gpml", ".md", ".tsv"}:
            body = file.read_bytes().replace(f"wpid: {old}\n".encode(), f"wpid: {new}\n".encode())
            (folder / file.name.replace(old, new, 1)).write_bytes(body)
    return drawing.stat().st_size


if __name__ == "__main__":
    main()
