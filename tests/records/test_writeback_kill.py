"""A run that is killed while it writes back leaves the file old or new, and can be finished."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from functools import partial
from pathlib import Path
from types import FrameType

import orjson
import pytest

from sync.model import NetworkId
from sync.records.networkline import set_network
from sync.records.writeback import Edit, plan_edit, remove_leftovers, write_edit
from tests.records.writing import figure, write

PROJECT = Path(__file__).resolve().parents[2]
NEW = NetworkId("f0f0f0f0-0000-4000-8000-000000000001")
RECORD = "_figures/PMC1__a.md"
OLD_TEXT = figure(caption="A B " * 2000).encode()
NEW_TEXT = set_network(OLD_TEXT, RECORD, NEW)
WRITTEN = ["new", 0]


def kill_before_every_call(root: str) -> None:
    """Kill a write before its first call into C, before its second, and so on.

    Nothing reaches the disk but by such a call. This runs in a process of one thread, so that
    forking is safe: a child writes and is killed, and what it left, and what is there once the
    next run has finished it, are printed as a JSON line.
    """
    folder, calls, killed = Path(root), 0, True
    while killed:
        write(folder, RECORD, OLD_TEXT)
        if (child := os.fork()) == 0:
            _kill_before_call(calls)
            write_edit(folder, Edit(RECORD, OLD_TEXT, NEW_TEXT))
            os._exit(0)
        killed = os.WIFSIGNALED(os.waitpid(child, 0)[1])
        found = _look(folder)
        remove_leftovers(folder, [RECORD])
        edit = plan_edit(folder, RECORD, partial(set_network, path=RECORD, network=NEW))
        if edit is not None:
            write_edit(folder, edit)
        line = orjson.dumps([killed, found, _look(folder)], option=orjson.OPT_APPEND_NEWLINE)
        sys.stdout.buffer.write(line)
        calls += 1


def _kill_before_call(calls: int) -> None:
    left = calls

    def count(frame: FrameType, event: str, argument: object) -> None:
        nonlocal left
        del argument
        # What resolves paths makes hundreds of calls and only looks.
        if event != "c_call" or "posixpath" in frame.f_code.co_filename:
            return
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        left -= 1

    sys.setprofile(count)


def _look(root: Path) -> list[object]:
    """Return what the record is, and how many files lie beside it."""
    state = {OLD_TEXT: "old", NEW_TEXT: "new"}.get((root / RECORD).read_bytes(), "torn")
    return [state, len([*(root / "_figures").iterdir()]) - 1]


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(os, "fork"), reason="kills processes as POSIX systems do")
def test_a_kill_before_each_call_of_a_write_leaves_the_old_or_the_new_file(tmp_path: Path) -> None:
    script = f"import {__name__} as tests; tests.kill_before_every_call({str(tmp_path)!r})"
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=PROJECT, capture_output=True, check=False
    )
    assert done.returncode == 0, done.stderr.decode()
    runs = [orjson.loads(line) for line in done.stdout.splitlines()]

    found = [left for _, left, _ in runs]
    renamed = found.index(WRITTEN)
    assert {(state, others) for state, others in found[:renamed]} == {("old", 0), ("old", 1)}
    assert all(left == WRITTEN for left in found[renamed:])
    assert [killed for killed, *_ in runs] == [True] * (len(runs) - 1) + [False]
    assert all(finished == WRITTEN for *_, finished in runs)
