"""Keep one line for each completed check of whole collections, in the state folder.

With it the next run says what changed, and a job can fail if the last run was too long ago. The
file may be deleted at any time; a line that cannot be read, or is of a later version, is skipped.
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Annotated, Final, Literal

import msgspec
from msgspec import Meta, Struct

from sync.model import Verdict
from sync.state.folder import make_folder, open_own

FILE_NAME: Final = "runs.jsonl"
MOST: Final = 1_000
"""How many lines are kept."""
_MANY: Final = 2**53


class CheckedRun(Struct, frozen=True, kw_only=True):
    """One run: when it finished, what it checked, and how many records got each verdict."""

    version: Literal[1] = 1
    finished: Annotated[datetime, Meta(tz=True)]
    server: str
    collections: tuple[str, ...]
    records: Annotated[int, Meta(ge=0, le=_MANY)]
    verdicts: dict[Verdict, Annotated[int, Meta(ge=1, le=_MANY)]]


def note_run(folder: Path, run: CheckedRun) -> None:
    """Add a run; raises OSError."""
    make_folder(folder)
    lines = deque(_lines(folder), maxlen=MOST - 1)
    draft = folder / f"{FILE_NAME}.{os.getpid()}"
    with open_own(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC) as stream:
        stream.writelines((*lines, msgspec.json.encode(run) + b"\n"))
    draft.replace(folder / FILE_NAME)


def find_last(
    folder: Path, server: str, collections: tuple[str, ...], before: datetime | None = None
) -> CheckedRun | None:
    """Return the last run of these collections on this server, finished ``before`` a time.

    Raises OSError.
    """
    last = None
    for line in _lines(folder):
        try:
            run = msgspec.json.decode(line, type=CheckedRun)
        except (msgspec.DecodeError, RecursionError):
            continue
        if before is not None and run.finished >= before:
            continue
        if (run.server, run.collections) == (server, collections):
            last = run
    return last


def _lines(folder: Path) -> Iterator[bytes]:
    try:
        with open_own(folder / FILE_NAME, os.O_RDONLY) as stream:
            yield from (line for line in stream if line.endswith(b"\n"))
    except FileNotFoundError:
        return
