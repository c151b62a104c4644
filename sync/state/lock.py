"""One run at a time on one state folder, by a lock of the kernel.

The lock goes with its process, killed or not, so none is ever left behind; what stands in the
file only tells whom one waits for.
"""

from __future__ import annotations

import fcntl
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from sync.errors import ConfigError, StateLocked

_NAME = "lock"
_LONGEST_NOTE = 300


@contextmanager
def lock_state(folder: Path) -> Iterator[None]:
    """Hold the state folder, made if it is not there, until the block is left.

    Raises:
        StateLocked: another process holds it; says which.
        ConfigError: the folder cannot be used.
    """
    descriptor = _open(folder)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise StateLocked(str(folder), _holder(descriptor)) from None
        _sign(descriptor)
        yield
    finally:
        os.close(descriptor)


def _open(folder: Path) -> int:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        return os.open(folder / _NAME, os.O_RDWR | os.O_CREAT, 0o644)
    except OSError as error:
        raise ConfigError(f"--state {folder}: cannot be used: {error.strerror or error}") from error


def _holder(descriptor: int) -> str:
    note = os.pread(descriptor, _LONGEST_NOTE, 0).decode("utf-8", "replace").strip()
    return note if note.isprintable() and note else "it left no note of itself"


def _sign(descriptor: int) -> None:
    started = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    note = f"process {os.getpid()} on {socket.gethostname()}, started {started}\n"
    os.ftruncate(descriptor, 0)
    os.pwrite(descriptor, note.encode(), 0)
