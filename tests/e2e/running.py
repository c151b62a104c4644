"""Run the command line as a person or a job does: in this process, or in one of its own."""

from __future__ import annotations

import io
import logging
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import chdir, contextmanager
from pathlib import Path
from typing import IO
from unittest.mock import patch

import pytest

from sync.__main__ import main
from tests.samples import CURATOR


def clean_environment(**variables: str) -> dict[str, str]:
    """Return this environment without credentials, colours and width, plus ``variables``."""
    hidden = ("NDEX_", "COLUMNS", "FORCE_COLOR", "NO_COLOR", "NETRC", "PYTHONWARNINGS")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(hidden)}
    return {**kept, "COLUMNS": "80", **variables}


def curator_environment(folder: Path) -> dict[str, str]:
    """Return a clean environment of somebody at home in ``folder`` who logs in as the curator."""
    return clean_environment(
        HOME=str(folder), NDEX_USERNAME=CURATOR["name"], NDEX_PASSWORD=CURATOR["password"]
    )


UNLIMITED = "limits.max_update_fraction = 1.0"
"""A line of a configuration's collection that lets a push change every network."""


def configure(*keys: str, server: str = "") -> str:
    """Return a configuration of one collection of figures with these lines more."""
    head = f'[server]\nurl = "{server}"\n\n' if server else ""
    return "\n".join(
        [f'{head}[[collection]]\nname = "figures"\nrecords = "_figures/*.md"', *keys, ""]
    )


def run_command(
    *arguments: str | Path, cwd: Path, environment: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Run ``ndex-sync`` to its end, in this process, and return what it printed.

    What a process has of its own is put in place before and put back after: folder, environment,
    streams and log. What only a process shows (signals, closed pipes, limits)
    is tested with ``command``.
    """
    words = ["ndex-sync", *map(str, arguments)]
    chosen = environment or clean_environment(HOME=str(cwd))
    with _as_own_process(words, cwd, chosen), _captured() as (output, errors):
        status = _call_main()
    return subprocess.CompletedProcess(words, status, output.getvalue(), errors.getvalue())


def refusal(done: subprocess.CompletedProcess[str]) -> str:
    """Return what a command says that cannot do as it was asked."""
    assert done.returncode == 2, done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    return done.stderr


def _call_main() -> int:
    with pytest.raises(SystemExit) as ended:
        main()
    status = ended.value.code or 0
    assert isinstance(status, int)
    return status


@contextmanager
def _as_own_process(words: list[str], cwd: Path, environment: Mapping[str, str]) -> Iterator[None]:
    log = logging.getLogger("sync")
    logged = (log.handlers[:], log.level, log.propagate)
    with (
        patch.object(sys, "argv", words),
        patch.object(tempfile, "tempdir", None),  # so that it is looked for anew, as in TMPDIR
        patch.dict(os.environ, environment, clear=True),
        chdir(cwd),
    ):
        try:
            yield
        finally:
            log.handlers[:], log.level, log.propagate = logged


@contextmanager
def _captured() -> Iterator[tuple[Captured, Captured]]:
    output, errors = Captured("strict"), Captured("backslashreplace")
    with patch.multiple(sys, stdout=output, stderr=errors, stdin=io.StringIO()):
        yield output, errors


class Captured(io.TextIOWrapper):
    """A standard stream that is not a terminal and remembers what was written to it."""

    def __init__(self, errors: str) -> None:
        super().__init__(io.BytesIO(), encoding="utf-8", errors=errors)

    def getvalue(self) -> str:
        """Return all that was written."""
        self.flush()
        written = self.buffer
        assert isinstance(written, io.BytesIO)
        return written.getvalue().decode()


def run_process(
    *arguments: str | Path,
    cwd: Path,
    environment: Mapping[str, str] | None = None,
    stdout: IO[str] | int = subprocess.PIPE,
) -> subprocess.CompletedProcess[str]:
    """Run ``ndex-sync`` to its end, in a process of its own, and return what it printed."""
    return subprocess.run(
        command(*arguments),
        cwd=cwd,
        env=environment or clean_environment(HOME=str(cwd)),
        stdout=stdout,
        stderr=subprocess.PIPE,
        encoding="utf-8",
        timeout=60,
        check=False,
    )


def command(*arguments: str | Path) -> Sequence[str]:
    """Return the command line that runs ``ndex-sync`` in a process of its own."""
    return [sys.executable, "-W", "error", "-m", "sync", *map(str, arguments)]


@contextmanager
def serving(*arguments: str, cwd: Path) -> Iterator[str]:
    """Run ``sandbox serve``, give the URL that it prints first, and end it as a person does."""
    with subprocess.Popen(
        command("sandbox", "serve", *arguments),
        cwd=cwd,
        env=clean_environment(HOME=str(cwd)),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
    ) as server:
        assert server.stdout is not None
        try:
            yield server.stdout.readline().strip()
        finally:
            server.send_signal(signal.SIGINT)
        _, log = server.communicate(timeout=30)
    assert server.returncode == 0
    assert "not for production" in log
    assert "Traceback" not in log
