"""An apply beside a bare loop and the stock client, and how its own cost grows.

    python -m benchmarks.apply_plan --count 36 --sizes 300 1000 --memory-size 2000   # some minutes
    python -m benchmarks.apply_plan

First against the real server's manners: one queue that takes 170 ms for each upload, 110 for the
load and 60 for the index job after it (contract 1.4 and 3.3), in a set that holds 30,000 other
networks. Then against a server that loads at once, so that what is left is our own cost. The bare
loop and the stock client are those of ``benchmarks.apply_ways``. Each way is a command that is
timed as a whole and begins with the same files; what the server holds at the end is looked at.
Requests are counted by the server.

A new network counts as loaded before its index job is done (contract 3.3), so a command can end
with all index jobs still in the queue. What is compared is the time until the queue is empty: that
is when the search finds every network.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sqlite3
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx
import orjson

from benchmarks.counted_sandbox import CountedSandbox, Manners, counted_sandbox
from benchmarks.measured import run_measured
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
_QUEUE_POLL_S = 0.05
_REPOSITORY = Path(__file__).resolve().parent.parent
HEAD = """\
| what | latency | actions | requests | an action | wall | found after | an action | / bare | CPU \
| peak memory | journal an action |
|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|"""
_PUSH = f"""\
account = "{OWNER["name"]}"
visibility = "PUBLIC"
push = ["create", "genes", "properties", "membership"]

[collection.limits]
max_update_fraction = 1.0
"""


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table.

    ``found_s`` is how long it took until the server's queue was empty; ``bare`` is that over the
    same of the bare loop beside it.
    """

    what: str
    latency_s: float
    actions: int
    requests: int
    wall_s: float
    found_s: float
    cpu_s: float
    peak_mb: float
    bare: float | None = None
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
        prepared = prepare(folder / f"real-{kind}", kind, options.count, options.members)
        for latency_s in options.latency:
            manners = replace(REAL, latency_s=latency_s)
            yield from _compare(prepared, work, manners)
    for kind in options.kinds:
        for size in options.sizes:
            prepared = prepare(folder / "growing", kind, size, 0)
            yield from list(_apply(prepared, work, AT_ONCE))[1:]
            shutil.rmtree(prepared.folder)
    if options.memory_size:
        prepared = prepare(folder / "large", "update", options.memory_size, 0)
        yield from _apply(prepared, work, AT_ONCE)


def prepare(folder: Path, kind: str, count: int, members: int) -> Prepared:
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
    yield from (replace(row, bare=row.found_s / bare.found_s) for row in (bare, own, stock))


def _other_way(way: str, prepared: Prepared, manners: Manners) -> Row:
    with counted_sandbox(prepared.sandbox, manners) as sandbox:
        name = {"bare": "bare loop", "stock": "stock ndex2 client"}[way]
        asked = (way, prepared.kind, sandbox.url, str(prepared.count))
        command = [sys.executable, "-W", "ignore", "-m", "benchmarks.apply_ways", *asked]
        row = _run(name, prepared, sandbox, manners, command, _REPOSITORY)
    _require_done(prepared)
    return row


def _apply(original: Prepared, work: Path, manners: Manners) -> Iterator[Row]:
    """Plan and apply; yield the cost of each."""
    prepared = original.copy(work)
    shown = [f"--format={each}" for each in ("terminal", "json=plan.json")]
    with counted_sandbox(prepared.sandbox, manners) as sandbox:
        plan = _command(sandbox, "plan", *shown)
        yield _run("plan, shown", prepared, sandbox, manners, plan, prepared.records, status=1)
        before = _journal_bytes(prepared)
        apply = _command(sandbox, "apply", "plan.json")
        applied = _run("apply", prepared, sandbox, manners, apply, prepared.records)
    _require_done(prepared)
    yield replace(applied, journal_bytes=_journal_bytes(prepared) - before)


def _command(sandbox: CountedSandbox, command: str, *arguments: str) -> list[str]:
    return [sys.executable, "-m", "sync", command, *arguments, "--quiet", "--server", sandbox.url]


def _run(
    what: str,
    prepared: Prepared,
    sandbox: CountedSandbox,
    manners: Manners,
    command: list[str],
    folder: Path,
    status: int = 0,
) -> Row:
    """Run a command in a folder until it ends with ``status``; return what it cost."""
    _say(f"{what}: {prepared.count:,} of {prepared.kind}, {manners.latency_s} s latency")
    before = sandbox.count_requests()
    cost = run_measured(command, folder)
    assert cost.status == status, f"{what} ended with {cost.status}"
    requests = sandbox.count_requests() - before
    return Row(
        f"{prepared.kind}: {what}",
        manners.latency_s,
        prepared.count,
        requests,
        cost.wall_s,
        cost.wall_s + _wait_for_queue(prepared, sandbox),
        cost.cpu_s,
        cost.peak_mb,
    )


def _wait_for_queue(prepared: Prepared, sandbox: CountedSandbox) -> float:
    """Return how many seconds it takes until the server's queue is empty."""
    started = time.perf_counter()
    with closing(sqlite3.connect(prepared.sandbox)) as db:
        while True:
            httpx.get(f"{sandbox.url}/v3/admin/status")  # the queue catches up at each request
            waited_s = time.perf_counter() - started
            if not db.execute("SELECT count(*) FROM task").fetchone()[0]:
                return waited_s
            time.sleep(_QUEUE_POLL_S)


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
        f"{row.found_s:,.1f} s",
        f"{row.found_s / row.actions * 1000:,.1f} ms",
        "" if row.bare is None else f"{row.bare:.2f}",
        f"{row.cpu_s:,.1f} s",
        f"{row.peak_mb:,.0f} MB",
        "" if row.journal_bytes is None else f"{row.journal_bytes / row.actions:,.0f} bytes",
    )
    return f"| {' | '.join(cells)} |"


def _say(text: str) -> None:
    print(f"{text} ...", file=sys.stderr)


if __name__ == "__main__":
    main()
