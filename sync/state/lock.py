"""Allow one run at a time on a state folder, by a lock of the system.

The lock ends with its process, killed or not, so none is ever left behind. The note beside it only
says who holds it.
"""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path

from filelock import FileLock, Timeout

from sync.errors import StateLocked, refuse_write
from sync.state.folder import make_folder, open_own

_NAME = "lock"
_NOTE = "lock-holder.txt"
_LONGEST_NOTE = 300


@contextmanager
def lock_state(folder: Path) -> Iterator[None]:
    """Hold the state folder, which is made if it does not exist, until the block is left.

    Raises:
        StateLocked: another process holds it; says which.
        ConfigError, DiskFull: the folder cannot be used.
    """
    lock = FileLock(folder / _NAME, timeout=0, fallback_to_soft=False)
    with ExitStack() as held:
        try:
            make_folder(folder)
            held.enter_context(lock.acquire())
            _write_note(folder)
        except Timeout:
            raise StateLocked(str(folder), _read_note(folder)) from None
        except OSError as error:
            raise refuse_write(f"--state {folder}: cannot be used", error) from error
        yield


def _read_note(folder: Path) -> str:
    try:
        with open_own(folder / _NOTE, os.O_RDONLY) as stream:
            note = stream.read(_LONGEST_NOTE).decode("utf-8", "replace").strip()
    except OSError:
        note = ""
    return note if note.isprintable() and note else "it left no note about itself"


def _write_note(folder: Path) -> None:
    started = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    note = f"process {os.getpid()} on {socket.gethostname()}, started {started}\n"
    with open_own(folder / _NOTE, os.O_WRONLY | os.O_CREAT | os.O_TRUNC) as stream:
        stream.write(note.encode())
