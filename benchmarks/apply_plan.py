"""An apply beside a bare loop and the stock client, and how its own cost grows.

    python -m benchmarks.apply_plan --count 36 --sizes 300 1000 --memory-size 2000   # some minutes
    python -m benchmarks.apply_plan

First against the real server's manners: one queue that takes 170 ms for each upload, 110 for the
load and 60 for the index job after it (contract 1.4 and 3.3), in a set that holds 30,000 other
networks. Then against a server that loads at once, so that what is left is our own cost. The bare
loop and the stock client are those of ``benchmarks.apply_ways``; their time is without their start,
an apply's is that of the whole command. Each way begins with the same files, and what the server
holds at the end is looked at. Requests are counted by the server.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

import orjson

from benchmarks.counted_sandbox import CountedSandbox, Manners, counted_sandbox
from benchmarks.measured import Cost, run_measured
from benchmarks.pfocr_like import (
    CONFIG,
    OWNER,
    SET,
    SIZE,
    figure_name,
    make_collection,
    make_sandbox,
    more_genes_of,
)
from sync.sandbox import accounts, items, networks
from sync.sandbox.store import Store
from sync.session import STATE_FOLDER
from tests.samples import network_id

MEMBERS = 30_000
REAL = Manners(load_s=0.11, index_s=0.06)
AT_ONCE = Manners()
_FIRST_MEMBER = 0x10000000
_LAST_MEMBER_MS = 1_000_000
"""Other members were made by this time; the networks that are looked at, later."""
HEAD = """\
| what | latency | actions | requests | an action | wall | an action | / bare | CPU | peak memory \
| journal an action |
|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|"""
_PUSH = f"""\
account = "{OWNER["name"]}"
visibility = "PUBLIC"
push = ["create", "genes", "properties", "membership"]

[collection.limits]
max_update_fraction = 1.0
"""


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table; ``bare`` is the time over that of the bare loop beside it."""

    what: str
    latency_s: float
    actions: int
    requests: int
    wall_s: float
    bare: float | None = None
    cpu_s: float | None = None
    peak_mb: float | None = None
    journal_bytes: int | None = None


@dataclass(frozen=True, slots=True)
class Prepared:
    """Records and their server as they are before: of ``count`` updates, or of as many creates."""

    folder: Path
    kind: str
    count: int

    @property
    def records(self) -> Path:
        """The folder of the collection."""
        return self.folder / "records"

    @property
    def sandbox(self) -> Path:
        """The file of the sandbox."""
        return self.folder / "sandbox.db"

    def copy(self, folder: Path) -> Prepared:
        """Return a copy that may be changed, in place of the one before."""
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(self.folder, folder)
        return replace(self, folder=folder)


def main() -> None:
    """Measure and print a table; write it as JSON where asked."""
    options = _options()
    os.environ |= {"NDEX_USERNAME": OWNER["name"], "NDEX_PASSWORD": OWNER["password"]}
    with TemporaryDirectory(dir=options.folder) as name:
        folder = Path(name)
        print(HEAD)
        rows = []
        for row in _measure(folder, options):
            print(_line(row), flush=True)
            rows.append(row)
    if options.json:
        document = list(map(asdict, rows))
        Path(options.json).write_bytes(orjson.dumps(document, option=orjson.OPT_INDENT_2))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=200, help="actions against the real manners")
    parser.add_argument(
        "--latency", type=float, nargs="*", default=[0.0, 0.1], help="seconds a request, each"
    )
    parser.add_argument("--sizes", type=int, nargs="*", default=[1_000, 10_000])
    parser.add_argument("--memory-size", type=int, default=SIZE, help="0 leaves this out")
    parser.add_argument("--members", type=int, default=MEMBERS, help="networks in the set before")
    parser.add_argument("--kinds", nargs="+", default=["update", "create"])
    parser.add_argument("--folder", type=Path, help="where to work, instead of the temporary one")
    parser.add_argument("--json", metavar="PATH")
    return parser.parse_args()


def _measure(folder: Path, options: argparse.Namespace) -> Iterator[Row]:
    work = folder / "work"
    for kind in options.kinds if options.latency else ():
        prepared = _prepare(folder / f"real-{kind}", kind, options.count, options.members)
        for latency_s in options.latency:
            manners = replace(REAL, latency_s=latency_s)
            yield from _compare(prepared, work, manners)
    for kind in options.kinds:
        for size in options.sizes:
            prepared = _prepare(folder / "growing", kind, size, 0)
            yield from list(_apply(prepared, work, AT_ONCE))[1:]
            shutil.rmtree(prepared.folder)
    if options.memory_size:
        prepared = _prepare(folder / "large", "update", options.memory_size, 0)
        yield from _apply(prepared, work, AT_ONCE)


def _prepare(folder: Path, kind: str, count: int, members: int) -> Prepared:
    """Make the records and networks of so many actions, and a set with so many others."""
    _say(f"making {count:,} to {kind}, {members:,} other members")
    prepared = Prepared(folder, kind, count)
    make_collection(prepared.records, count, mapped=kind == "update", genes=more_genes_of)
    (prepared.records / "ndex-sync.toml").write_text(CONFIG + _PUSH)
    make_sandbox(prepared.sandbox, folder / "networks", count if kind == "update" else 0)
    shutil.rmtree(folder / "networks")
    with Store.open(prepared.sandbox) as store, store.writing() as db:
        owner = accounts.find_by_name(db, OWNER["name"])
        assert owner is not None
        ids = [network_id(_FIRST_MEMBER + number) for number in range(members)]
        for number, network in enumerate(ids):
            name = figure_name(SIZE + number)
            claim = {"predicateString": "pfocrId", "dataType": "string", "value": f"{name}.jpg"}
            networks.insert(db, network, owner.id, number)
            networks.update(
                db,
                network,
                name=f"Title of {name}",
                properties=orjson.dumps([{"subNetworkId": None, **claim}]).decode(),
                visibility="PUBLIC",
                node_count=20,
                completed=1,
                valid=1,
            )
        items.add_members(db, SET, ids)
    return prepared


def _compare(prepared: Prepared, work: Path, manners: Manners) -> Iterator[Row]:
    bare = _other_way("bare", prepared.copy(work), manners)
    *_, own = _apply(prepared, work, manners)
    stock = _other_way("stock", prepared.copy(work), manners)
    yield from (replace(row, bare=row.wall_s / bare.wall_s) for row in (bare, own, stock))


def _other_way(way: str, prepared: Prepared, manners: Manners) -> Row:
    with counted_sandbox(prepared.sandbox, manners) as sandbox:
        name = {"bare": "bare loop", "stock": "stock ndex2 client"}[way]
        _say(f"{name}: {prepared.count:,} of {prepared.kind}, {manners.latency_s} s latency")
        asked = (way, prepared.kind, sandbox.url, str(prepared.count))
        command = [sys.executable, "-W", "ignore", "-m", "benchmarks.apply_ways", *asked]
        wall_s = float(subprocess.check_output(command, text=True))
        requests = sandbox.count_requests()
    _require_done(prepared)
    what = f"{prepared.kind}: {name}"
    return Row(what, manners.latency_s, prepared.count, requests, wall_s)


def _apply(original: Prepared, work: Path, manners: Manners) -> Iterator[Row]:
    """Plan and apply; yield the cost of each."""
    prepared = original.copy(work)
    shown = [f"--format={each}" for each in ("terminal", "json=plan.json")]
    with counted_sandbox(prepared.sandbox, manners) as sandbox:
        planned = _run(prepared, sandbox, manners, "plan", *shown)
        assert planned[0].status == 1, f"the plan ended with {planned[0].status}"
        yield _row("plan, shown", prepared, manners, *planned)
        before = _journal_bytes(prepared)
        applied = _run(prepared, sandbox, manners, "apply", "plan.json")
    _require_done(prepared)
    assert applied[0].status == 0, f"the apply ended with {applied[0].status}"
    grown = _journal_bytes(prepared) - before
    yield replace(_row("apply", prepared, manners, *applied), journal_bytes=grown)


def _run(
    prepared: Prepared, sandbox: CountedSandbox, manners: Manners, command: str, *arguments: str
) -> tuple[Cost, int]:
    """Run a command of ours in the collection; return its cost, and its requests."""
    _say(f"{command}: {prepared.count:,} of {prepared.kind}, {manners.latency_s} s latency")
    before = sandbox.count_requests()
    run = [sys.executable, "-m", "sync", command, *arguments, "--quiet", "--server", sandbox.url]
    cost = run_measured(run, prepared.records)
    return cost, sandbox.count_requests() - before


def _row(what: str, prepared: Prepared, manners: Manners, cost: Cost, requests: int) -> Row:
    return Row(
        f"{prepared.kind}: {what}",
        manners.latency_s,
        prepared.count,
        requests,
        cost.wall_s,
        cpu_s=cost.cpu_s,
        peak_mb=cost.peak_mb,
    )


def _journal_bytes(prepared: Prepared) -> int:
    state = prepared.records / STATE_FOLDER
    return sum(path.stat().st_size for path in state.glob("journal.sqlite*"))


def _require_done(prepared: Prepared) -> None:
    """See that the set holds each record's network once, loaded, shown, with all genes."""
    wanted = sorted(
        (f"Title of {figure_name(number)}", len(more_genes_of(number)))
        for number in range(prepared.count)
    )
    with Store.open(prepared.sandbox) as store, store.reading() as db:
        held = items.list_members(db, SET)
    found = [row for row in held if row.created_ms > _LAST_MEMBER_MS]
    assert sorted((row.name or "", row.node_count) for row in found) == wanted
    for row in found:
        state = (row.completed, row.valid, row.error, row.visibility)
        assert state == (1, 1, None, "PUBLIC"), f"{row.name}: {state}"


def _line(row: Row) -> str:
    cells = (
        row.what,
        f"{row.latency_s * 1000:.0f} ms",
        f"{row.actions:,}",
        f"{row.requests:,}",
        f"{row.requests / row.actions:.1f}",
        f"{row.wall_s:,.1f} s",
        f"{row.wall_s / row.actions * 1000:,.1f} ms",
        "" if row.bare is None else f"{row.bare:.2f}",
        "" if row.cpu_s is None else f"{row.cpu_s:,.1f} s",
        "" if row.peak_mb is None else f"{row.peak_mb:,.0f} MB",
        "" if row.journal_bytes is None else f"{row.journal_bytes / row.actions:,.0f} bytes",
    )
    return f"| {' | '.join(cells)} |"


def _say(text: str) -> None:
    print(f"{text} ...", file=sys.stderr)


if __name__ == "__main__":
    main()
