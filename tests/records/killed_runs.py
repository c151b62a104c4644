"""Runs of a write-back that die in the middle, each in a process of its own.

Called in a subprocess with one thread, so that forking is safe: the file is put back to its old
state, a child writes and is killed, and what it left is printed as one JSON line.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path
from types import FrameType

import orjson

from sync.model import NetworkId
from sync.records.discover import find_records
from sync.records.networkline import set_network
from sync.records.writeback import Edit, plan_edit, remove_leftovers, write_edit
from tests.records.writing import UUID

NEW = NetworkId("f0f0f0f0-0000-4000-8000-000000000001")


def write_records(root: Path, count: int) -> dict[str, tuple[bytes, bytes]]:
    """Write so many figures; return for each path its bytes before and after the write-back."""
    (root / "_figures").mkdir(exist_ok=True)
    contents = {}
    for number in range(count):
        path = f"_figures/PMC{number:03}__a.md"
        text = f"---\nfigid: PMC{number:03}__a\nndex: %s\ncaption: {'A B ' * 2000}\n---\n"
        old, new = ((text % value).encode() for value in (UUID, NEW))
        (root / path).write_bytes(old)
        contents[path] = (old, new)
    return contents


def write_back(root: Path) -> Iterator[str]:
    """The job: whatever a run before left is taken away, then each record is linked to NEW."""
    paths = find_records(root, "_figures/*.md")
    remove_leftovers(root, paths)
    for path in paths:
        edit = plan_edit(root, path, partial(set_network, path=path, network=NEW))
        if edit is not None:
            write_edit(root, edit)
            yield path


def print_progress(root: str) -> None:
    """Do the job and print each path as soon as it is written."""
    for path in write_back(Path(root)):
        print(path, flush=True)  # noqa: T201 - the parent reads it to know when to kill


def kill_before_every_call(root: str) -> None:
    """Kill a write-back of one file before its first call into C, before its second, and so on.

    Nothing reaches the disk but by such a call.
    """
    calls = 0
    while _try(Path(root), partial(_kill_before_call, calls)):
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


def _try(root: Path, arm: Callable[[], object]) -> bool:
    """Have a child write with the weapon that ``arm`` sets; return whether it was killed."""
    contents = write_records(root, 1)
    edits = [Edit(path, old, new) for path, (old, new) in contents.items()]
    child = os.fork()
    if child == 0:
        arm()
        for edit in edits:
            write_edit(root, edit)
        os._exit(0)
    killed = os.WIFSIGNALED(os.waitpid(child, 0)[1])
    before = _look(root, contents)
    for _ in write_back(root):
        pass
    report = {"killed": killed, "found": before, "finished": _look(root, contents)}
    sys.stdout.buffer.write(orjson.dumps(report, option=orjson.OPT_APPEND_NEWLINE))
    return killed


def _look(root: Path, contents: Mapping[str, tuple[bytes, bytes]]) -> dict[str, object]:
    states = []
    for path, (old, new) in contents.items():
        data = (root / path).read_bytes()
        states.append({old: "old", new: "new"}.get(data, "torn"))
    return {"files": states, "others": len([*(root / "_figures").iterdir()]) - len(contents)}
