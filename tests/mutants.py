"""``python -m tests.mutants``: break the code in small ways and see whether a fast test notices.

Each mutant changes one place of ``sync`` in a copy of the checkout, and runs fast tests until one
fails: first those that run its line, which one run with coverage tells, then all, for what only
other processes run. The same seed makes the same mutants. The first are some that once survived a
review.
"""

from __future__ import annotations

import argparse
import ast
import os
import random
import re
import shutil
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from coverage import CoverageData

ROOT = Path(__file__).resolve().parents[1]
TIME_LIMIT_S = 500
ALL_CORES = ("--numprocesses=4", "--dist=worksteal")
COMPARED: dict[type[ast.cmpop], str] = {
    ast.Lt: "<=",
    ast.LtE: "<",
    ast.Gt: ">=",
    ast.GtE: ">",
    ast.Eq: "!=",
    ast.NotEq: "==",
    ast.Is: "is not",
    ast.IsNot: "is",
    ast.In: "not in",
    ast.NotIn: "in",
}
REVIEWED = (
    ("sync/state/journal_file.py", '"PRAGMA synchronous = NORMAL"', '"PRAGMA synchronous = OFF"'),
    ("sync/apply/executor.py", "asyncio.shield(self._close())", "self._close()"),
    ("sync/build_plan.py", "except ServerError:", "except NotFound:"),
    ("sync/gc_tuning.py", "_NEW_OBJECTS = 500_000", "_NEW_OBJECTS = 700"),
)
"""A file, what is in it, and what it becomes."""


@dataclass(frozen=True, slots=True)
class Mutant:
    """The text from ``start`` to ``end`` of a file, in bytes, becomes ``new``."""

    path: Path
    line: int
    start: int
    end: int
    old: str
    new: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.old}  ->  {self.new}"

    @property
    def room(self) -> str:
        """The package that the file is in, ``""`` for one directly in ``sync``."""
        return self.path.parts[1] if len(self.path.parts) > 2 else ""


def main() -> None:
    """Make the mutants, try each, and print which are left."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=60)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--room", help="only mutants of this package of sync, and those reviewed")
    parser.add_argument("--skip", type=int, default=0, help="leave out the first ones")
    parser.add_argument("--list", action="store_true", help="only list them")
    options = parser.parse_args()
    reviewed = [find_reviewed(*each) for each in REVIEWED]
    chosen = choose_mutants(options.count - len(reviewed), options.seed, options.room)
    mutants = [*reviewed, *chosen][options.skip :]
    if options.list:
        print(*mutants, sep="\n")
        return
    with TemporaryDirectory() as folder:
        copy = Path(folder) / "checkout"
        copy_checkout(copy)
        (copy.parent / "shared").symlink_to(ROOT.parent / "shared")  # what some tests read, or skip
        data = find_tests_of_lines(copy)
        left = [mutant for mutant in mutants if not is_killed(mutant, copy, data)]
    print(f"\n{len(mutants) - len(left)} of {len(mutants)} killed", *left, sep="\n")


def find_reviewed(name: str, old: str, new: str) -> Mutant:
    """Find the one place of a mutant that survived a review."""
    source = (ROOT / name).read_bytes()
    before, found, _ = source.partition(old.encode())
    if not found:
        raise ValueError(f"{name} has no more {old!r}: say how it is written now")
    start, end = len(before), len(before) + len(found)
    return Mutant(Path(name), before.count(b"\n") + 1, start, end, old, new)


def choose_mutants(count: int, seed: int, room: str | None) -> list[Mutant]:
    """Choose mutants of all rooms in turn, each room's at random."""
    rooms: dict[str, list[Mutant]] = defaultdict(list)
    for path in sorted((ROOT / "sync").rglob("*.py")):
        for mutant in find_mutants(path):
            if room in (None, mutant.room):
                rooms[mutant.room].append(mutant)
    chance = random.Random(seed)  # noqa: S311 - not a secret
    for mutants in rooms.values():
        chance.shuffle(mutants)
    most = max(map(len, rooms.values()), default=0)
    turns = (found[turn] for turn in range(most) for found in rooms.values() if turn < len(found))
    return [mutant for mutant, _ in zip(turns, range(count), strict=False)]


def find_mutants(path: Path) -> Iterator[Mutant]:
    """Yield every mutant of a file: comparisons, conditions, truths and numbers turned."""
    source = path.read_bytes()
    starts = [0]
    for line in source.splitlines(keepends=True):
        starts.append(starts[-1] + len(line))
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.expr) or node.end_lineno != node.lineno:
            continue
        if (new := change(node)) is not None and node.end_col_offset is not None:
            start = starts[node.lineno - 1] + node.col_offset
            end = starts[node.lineno - 1] + node.end_col_offset
            old = source[start:end].decode()
            yield Mutant(path.relative_to(ROOT), node.lineno, start, end, old, new)


def change(node: ast.expr) -> str | None:
    """Return an expression that is slightly wrong, None if there is none."""
    match node:
        case ast.Compare(ops=[op], left=left, comparators=[right]):
            return f"({ast.unparse(left)} {COMPARED[type(op)]} {ast.unparse(right)})"
        case ast.BoolOp(op=op, values=values):
            word = " or " if isinstance(op, ast.And) else " and "
            return f"({word.join(f'({ast.unparse(each)})' for each in values)})"
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            return f"({ast.unparse(operand)})"
        case ast.Constant(value=bool(value)):
            return str(not value)
        case ast.Constant(value=int(value)):
            return str(value + 1)
    return None


def copy_checkout(folder: Path) -> None:
    """Copy the files that git knows, or would be told of."""
    listing = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(listing, cwd=ROOT, capture_output=True, check=True, encoding="utf-8")
    for name in filter(None, listed.stdout.split("\0")):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, folder / name)


def find_tests_of_lines(folder: Path) -> CoverageData:
    """Run the fast tests of the copy once, and say which test runs which line."""
    file = folder / ".coverage"
    options = ("--cov", "--cov-report=", "--cov-context=test", *ALL_CORES)
    if failed := run(options, folder, COVERAGE_FILE=str(file)):
        raise SystemExit(f"{failed} fails without a mutant")
    data = CoverageData(str(file))
    data.read()
    return data


def is_killed(mutant: Mutant, folder: Path, data: CoverageData) -> bool:
    """Whether a test fails once the mutant is in the copy; the copy is restored afterwards."""
    file = folder / mutant.path
    source = file.read_bytes()
    file.write_bytes(source[: mutant.start] + mutant.new.encode() + source[mutant.end :])
    try:
        tests = tests_of(mutant, folder, data)
        killer = (run(("-x", *tests), folder) if tests else "") or run(("-x", *ALL_CORES), folder)
    finally:
        file.write_bytes(source)
    if killer and run((killer,), folder):
        raise SystemExit(f"{killer} fails without a mutant too")
    print(f"killed    {mutant}  by {killer}" if killer else f"SURVIVED  {mutant}", flush=True)
    return bool(killer)


def tests_of(mutant: Mutant, folder: Path, data: CoverageData) -> list[str]:
    """Return the tests named like the module of a mutant, and then those that run its line."""
    named = sorted((folder / "tests").rglob(f"test_{mutant.path.stem}.py"))
    files = [path.relative_to(folder).as_posix() for path in named]
    lines = data.contexts_by_lineno(str(folder / mutant.path))
    # A statement of several lines may be known by its first one only.
    nearest = max((line for line in lines if line <= mutant.line), default=0)
    tests = {context.rpartition("|")[0] for context in lines.get(nearest, ())} - {""}
    return [*files, *sorted(test for test in tests if test.partition("::")[0] not in files)]


def run(arguments: Sequence[str], folder: Path, **environ: str) -> str:
    """Return the first of the fast tests that fails, ``""`` where none does."""
    options = ("-q", "--tb=no", "-p", "no:cacheprovider", "-m", "not slow and not nightly")
    try:
        ended = subprocess.run(
            [sys.executable, "-m", "pytest", *options, *arguments],
            cwd=folder,
            env={**os.environ, "PYTHONPATH": str(folder), **environ},
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            encoding="utf-8",
            timeout=TIME_LIMIT_S,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return "a test that does not end"
    failed = re.search(r"^(?:FAILED|ERROR) (.+?)(?: - .*)?$", ended.stdout, re.MULTILINE)
    return failed[1] if failed else ""


if __name__ == "__main__":
    main()
