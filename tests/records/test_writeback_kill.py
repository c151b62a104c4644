"""A run that is killed while it writes back leaves every file old or new, and can be finished."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import orjson
import pytest

from tests.records.killed_runs import write_back, write_records

PROJECT = Path(__file__).resolve().parents[2]

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not hasattr(os, "fork"), reason="kills processes as POSIX systems do"),
]


def call(function: str, root: Path) -> list[str]:
    """The command that runs one function of ``killed_runs`` in a process of its own."""
    script = f"from tests.records.killed_runs import {function}; {function}({str(root)!r})"
    return [sys.executable, "-c", script]


def test_a_kill_before_each_call_of_a_write_leaves_the_old_or_the_new_file(tmp_path: Path) -> None:
    done = subprocess.run(
        call("kill_before_every_call", tmp_path), cwd=PROJECT, capture_output=True, check=False
    )
    assert done.returncode == 0, done.stderr.decode()
    *killed, last = map(orjson.loads, done.stdout.splitlines())

    found = [run["found"] for run in killed]
    renamed = found.index({"files": ["new"], "others": 0})
    assert {(*run["files"], run["others"]) for run in found[:renamed]} == {("old", 0), ("old", 1)}
    assert all(run == {"files": ["new"], "others": 0} for run in found[renamed:])
    assert last["found"] == {"files": ["new"], "others": 0}
    assert all(run["finished"] == {"files": ["new"], "others": 0} for run in (*killed, last))


@pytest.mark.parametrize("seen", [0, 1, 50, 99])
def test_the_next_run_finishes_what_a_killed_one_began(tmp_path: Path, seen: int) -> None:
    contents = write_records(tmp_path, 100)
    with subprocess.Popen(
        call("print_progress", tmp_path), cwd=PROJECT, stdout=subprocess.PIPE
    ) as run:
        assert run.stdout is not None
        for _ in range(seen):
            run.stdout.readline()
        run.kill()

    now = {path: (tmp_path / path).read_bytes() for path in contents}
    assert all(now[path] in both for path, both in contents.items())
    written = [path for path, (_, new) in contents.items() if now[path] == new]
    assert written == sorted(contents)[: len(written)]
    assert len(written) >= seen

    assert list(write_back(tmp_path)) == sorted(contents)[len(written) :]
    assert {path: (tmp_path / path).read_bytes() for path in contents} == {
        path: new for path, (_, new) in contents.items()
    }
    assert len(list(tmp_path.rglob("*"))) == len(contents) + 1
