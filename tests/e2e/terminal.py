"""A command on a terminal of its own, as a person sees it and types into it."""

from __future__ import annotations

import os
import pty
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from select import select

from tests.e2e.running import command

PATIENCE_S = 30.0
END_OF_INPUT = "\x04"


@dataclass(slots=True)
class Terminal:
    """The side of a pseudo-terminal where the person sits."""

    side: int
    process: subprocess.Popen[bytes]
    unread: str = ""

    def read_until(self, text: str) -> str:
        """Read on until ``text`` is shown, and return what was shown up to it."""
        deadline = time.monotonic() + PATIENCE_S
        while text not in self.unread:
            assert time.monotonic() < deadline, self.unread
            if not self._read():
                raise AssertionError(f"ended without {text!r}: {self.unread}")
        shown, _, self.unread = self.unread.partition(text)
        return shown + text

    def type(self, line: str) -> None:
        """Type a line, or Ctrl-D."""
        os.write(self.side, (line if line == END_OF_INPUT else f"{line}\n").encode())

    def end(self) -> tuple[int, str]:
        """Read to the end; return the exit status and the rest of what was shown."""
        while self._read():
            pass
        return self.process.wait(PATIENCE_S), self.unread

    def _read(self) -> bool:
        try:
            ready, _, _ = select([self.side], [], [], PATIENCE_S)
            data = os.read(self.side, 65536) if ready else b""
        except OSError:  # how Linux says that the other side is closed
            return False
        self.unread += data.decode("utf-8", "replace").replace("\r\n", "\n")
        return bool(data)


@contextmanager
def on_terminal(*arguments: str, cwd: Path, environment: Mapping[str, str]) -> Iterator[Terminal]:
    """Run ``ndex-sync`` on a terminal of 80 columns."""
    side, other = pty.openpty()
    try:
        process = subprocess.Popen(
            command(*arguments),
            cwd=cwd,
            env={**environment, "TERM": "dumb"},
            stdin=other,
            stdout=other,
            stderr=other,
            start_new_session=True,
        )
        os.close(other)
        yield Terminal(side, process)
    finally:
        process.kill()
        process.wait()
        os.close(side)
