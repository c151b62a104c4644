"""What commands cost in this checkout and in an older one, in turns, over the same files.

    python -m benchmarks.older_checkout ../older --json older_checkout.json

The older checkout needs a ``.venv`` of its own, as ``python3 dev.py test`` makes it. Both check a
collection for the first time and again, rebuild its map, and plan and apply updates, each as a
command of its own against this checkout's sandbox, which is a separate process. The least
processor time of all rounds counts.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import orjson

from benchmarks.apply_plan import AT_ONCE, Prepared, prepare
from benchmarks.counted_sandbox import counted_sandbox
from benchmarks.measured import Cost, run_measured
from benchmarks.pfocr_like import OWNER, make_collection, make_sandbox, serving
from sync.session import STATE_FOLDER

NAMES = ("check", "check again", "resolve", "plan", "apply")
HEAD = """\
| command | older: CPU | wall | memory | now: CPU | wall | memory | CPU now / older |
|---|---:|---:|---:|---:|---:|---:|---:|"""


@dataclass(frozen=True, slots=True)
class Checkout:
    """A checkout, and the interpreter that it runs with."""

    root: Path
    python: str

    def run(self, folder: Path, *arguments: str) -> Cost:
        """Run a command of ndex-sync in a folder; it must end with 0 or 1."""
        # An interpreter looks first where the search path of the environment says.
        search = f"PYTHONPATH={self.root}"
        command = ["env", search, self.python, "-m", "sync", *arguments, "--quiet"]
        cost = run_measured(command, folder)
        assert cost.status in {0, 1}, f"{arguments} in {self.root} ended with {cost.status}"
        return cost


def main() -> None:
    """Measure both in turns and print a table; write it as JSON where asked."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("older", type=Path)
    parser.add_argument("--size", type=int, default=4_000, help="records to check and to resolve")
    parser.add_argument("--updates", type=int, default=500)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--json", metavar="PATH")
    options = parser.parse_args()
    older = options.older.resolve()
    pair = (
        Checkout(older, str(older / ".venv/bin/python")),
        Checkout(Path(__file__).resolve().parent.parent, sys.executable),
    )
    os.environ |= {"NDEX_USERNAME": OWNER["name"], "NDEX_PASSWORD": OWNER["password"]}
    with TemporaryDirectory() as name:
        measured = list(_measure(Path(name), pair, options))
    print(HEAD)
    for row in measured:
        print(_line(*row))
    if options.json:
        document = [dict(zip(("command", "older", "now"), row, strict=True)) for row in measured]
        Path(options.json).write_bytes(orjson.dumps(document, option=orjson.OPT_INDENT_2))


def _measure(
    folder: Path, pair: tuple[Checkout, Checkout], options: argparse.Namespace
) -> Iterator[tuple[str, Cost, Cost]]:
    """Yield the name of each command and the least cost of it in both checkouts."""
    make_collection(folder / "mapped", options.size, mapped=True)
    make_collection(folder / "unmapped", options.size, mapped=False)
    make_sandbox(folder / "sandbox.db", folder / "networks", options.size)
    prepared = prepare(folder / "apply", "update", options.updates, 0)
    with serving(folder / "sandbox.db", 0.0) as url:
        ways: Sequence[Callable[[Checkout], list[Cost]]] = (
            partial(_check, folder / "mapped", url),
            partial(_resolve, folder / "unmapped", url),
            partial(_apply, prepared, folder / "work"),
        )
        rounds = [
            tuple([cost for way in ways for cost in way(checkout)] for checkout in pair)
            for _ in range(options.rounds)
        ]
    for number, name in enumerate(NAMES):
        old, new = (min((each[side][number] for each in rounds), key=_cpu) for side in (0, 1))
        yield name, old, new


def _check(records: Path, url: str, checkout: Checkout) -> list[Cost]:
    shutil.rmtree(records / STATE_FOLDER, ignore_errors=True)
    return [checkout.run(records, "check", "--server", url) for _ in range(2)]


def _resolve(records: Path, url: str, checkout: Checkout) -> list[Cost]:
    shutil.rmtree(records / STATE_FOLDER, ignore_errors=True)
    (records / "_data" / "ndex_map.tsv").write_text("")
    return [checkout.run(records, "resolve", "--server", url, "--write", "map")]


def _apply(original: Prepared, work: Path, checkout: Checkout) -> list[Cost]:
    prepared = original.copy(work)
    with counted_sandbox(prepared.sandbox, AT_ONCE) as sandbox:
        server = ("--server", sandbox.url)
        plan = checkout.run(prepared.records, "plan", "--format", "json=plan.json", *server)
        return [plan, checkout.run(prepared.records, "apply", "plan.json", *server)]


def _cpu(cost: Cost) -> float:
    return cost.cpu_s


def _line(name: str, old: Cost, new: Cost) -> str:
    cells = (
        f"{each.cpu_s:.2f} s | {each.wall_s:.2f} s | {each.peak_mb:.0f} MB" for each in (old, new)
    )
    return f"| {name} | {' | '.join(cells)} | {new.cpu_s / old.cpu_s:.2f} |"


if __name__ == "__main__":
    main()
