"""Run the command line as a person or a job does: in a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
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
