"""Run the command line as a person or a job does: in a process of its own."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path


def clean_environment(**variables: str) -> dict[str, str]:
    """Return this environment without credentials, colours and width, plus ``variables``."""
    hidden = ("NDEX_", "COLUMNS", "FORCE_COLOR", "NO_COLOR", "NETRC", "PYTHONWARNINGS")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(hidden)}
    return {**kept, "COLUMNS": "80", **variables}


def run_command(
    *arguments: str | Path, cwd: Path, environment: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Run ``ndex-sync`` to its end and return what it printed."""
    return subprocess.run(
        command(*arguments),
        cwd=cwd,
        env=environment or clean_environment(HOME=str(cwd)),
        capture_output=True,
        encoding="utf-8",
        timeout=60,
        check=False,
    )


def command(*arguments: str | Path) -> Sequence[str]:
    """Return the command line of ``ndex-sync`` in this Python."""
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
    assert "no production server" in log
    assert "Traceback" not in log
