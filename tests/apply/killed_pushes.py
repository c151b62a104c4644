"""Runs of an apply that die at every line of the journal, each in a process of its own.

Called in a subprocess with one thread, so that forking is safe. A push or its restore is prepared
once; then, for each moment, all files are put back to their old state, a child applies the plan and
is killed, a second child goes on, and what the server holds is printed as one JSON line. A push and
a restore go on with the same plan; a night goes on as the next nightly push does, which recovers
what was left and makes a plan of its own.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import sys
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import orjson

from sync.plan.file import read_plan
from sync.sandbox import networks as rows
from sync.sandbox.store import Store
from sync.state.journal import Journal
from tests.apply.pushing import (
    EVERYTHING,
    Push,
    fill_with_every_kind,
    opened,
    owned,
    quick_sandbox,
    read_networks,
)
from tests.apply.test_drawings import MINE, edit, pathways
from tests.builders import plan_file
from tests.pathways import Pathway
from tests.samples import CURATOR, Sample, figure, network_id

SANDBOX = "ndex.sqlite"
MADE = "WP2"
LOADING = quick_sandbox(load_delay_s=0.01)


class KillingJournal(Journal):
    """A journal that kills its process before or after its n-th line."""

    left = -1

    def write(self, statement: str, values: tuple[object, ...]) -> None:
        """Count two moments a line, before it and after it, and die when the count is over."""
        self._tick()
        super().write(statement, values)
        self._tick()

    def _tick(self) -> None:
        if KillingJournal.left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        KillingJournal.left -= 1


def kill(folder: str, run: str, first: int, step: int) -> None:
    """Kill a run at every ``step``-th moment from the ``first``, and once never.

    One JSON line says what became of each.
    """
    root = Path(folder)
    prepared = root / "push"
    _in_child(lambda: (_prepare_drawings if run == "drawings" else _prepare_push)(prepared))
    if run == "restore":
        pushed, prepared = prepared, root / "restore"
        _in_child(lambda: _prepare_restore(pushed, prepared))
    moment = first
    while _kill_once(prepared, root / "work", moment, _push if run == "night" else _apply):
        moment += step


def _kill_once(prepared: Path, work: Path, moment: int, go_on: Callable[[Path], None]) -> bool:
    shutil.rmtree(work, ignore_errors=True)
    shutil.copytree(prepared, work)

    def _dying() -> None:
        KillingJournal.left = moment
        _apply(work)

    killed = _in_child(_dying)

    def _finish() -> None:
        go_on(work)
        _report(work, moment, killed)

    _in_child(_finish)
    return killed


def _in_child(work: Callable[[], None]) -> bool:
    """Do work in a child; return whether it was killed. Any other failure ends it all."""
    child = os.fork()
    if child == 0:
        status = 1
        try:
            work()
            status = 0
        finally:
            sys.stdout.flush()
            os._exit(status)
    _, status = os.waitpid(child, 0)
    if os.WIFEXITED(status) and os.WEXITSTATUS(status) != 0:
        raise SystemExit(f"a child failed with status {status}")
    return os.WIFSIGNALED(status)


def _with_push(folder: Path, work: Callable[[Push], Coroutine[Any, Any, None]]) -> None:
    drawn = (folder / "pathways").is_dir()
    sample, facts = (pathways(folder), MINE) if drawn else (Sample(folder), EVERYTHING)

    async def _run() -> None:
        async with opened(
            sample, folder / SANDBOX, LOADING, journal=KillingJournal, **facts
        ) as push:
            await work(push)

    asyncio.run(_run())


def _prepare_push(folder: Path) -> None:
    folder.mkdir()
    sample = Sample(folder)
    fill_with_every_kind(sample)
    with Store.open(folder / SANDBOX) as store:
        sample.fill(store)
        with store.writing() as db:
            rows.update(db, network_id(1), index_level="ALL")

    _with_push(folder, _plan_all)


def _prepare_drawings(folder: Path) -> None:
    """Prepare a network to be redrawn, and one to be made from its drawing."""
    folder.mkdir()
    sample, drawn = pathways(folder), Pathway(ndex=network_id(1))
    drawn.write(folder)
    sample.add_network(network_id(1), drawn.network(folder), **owned(read_only=True))
    sample.users.append(dict(CURATOR))
    edit(drawn, folder)
    Pathway(MADE).write(folder)
    with Store.open(folder / SANDBOX) as store:
        sample.fill(store)
    _with_push(folder, _plan_all)


async def _plan_all(push: Push) -> None:
    plan = plan_file(await push.plan(prune=True))
    (push.sample.root / "plan.json").write_bytes(plan)


def _prepare_restore(pushed: Path, folder: Path) -> None:
    shutil.copytree(pushed, folder)
    _apply(folder)

    async def _plan(push: Push) -> None:
        [run] = push.journal.list_runs()
        (folder / "plan.json").write_bytes(plan_file(await push.plan_restore(run.id)))

    _with_push(folder, _plan)


def _apply(folder: Path) -> None:
    async def _apply(push: Push) -> None:
        await push.apply(read_plan(folder / "plan.json"))

    _with_push(folder, _apply)


def _push(folder: Path) -> None:
    async def _push(push: Push) -> None:
        await push.recover()
        await push.push(prune=True)

    _with_push(folder, _push)


def _report(work: Path, moment: int, killed: bool) -> None:
    [record] = (each for each in work.rglob("*.md") if each.stem in {figure(3), MADE})

    async def _report(push: Push) -> None:
        unfinished = [run.id for run in push.journal.list_runs() if run.finished_ms is None]
        report = {
            "moment": moment,
            "killed": killed,
            "unfinished": unfinished,
            "record": record.read_text(),
            "networks": read_networks(push.store),
        }
        sys.stdout.buffer.write(orjson.dumps(report, option=orjson.OPT_APPEND_NEWLINE))

    _with_push(work, _report)


if __name__ == "__main__":
    kill(sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4]))
