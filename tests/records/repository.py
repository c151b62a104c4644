"""A real git repository to try things in, out of reach of the user's own settings."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

_SETTINGS = {"user.name": "A", "user.email": "a@example.org", "core.autocrlf": "false"}


class Repository:
    """A repository in ``folder``, made where there is none."""

    def __init__(self, folder: Path) -> None:
        if shutil.which("git") is None:
            pytest.skip("git is not installed")
        self.folder = folder
        if not (folder / ".git").exists():
            self.git("init", "--quiet", "--initial-branch=main")

    def git(self, *arguments: str, stdin: bytes = b"") -> str:
        """Run git, which must succeed, and return what it prints."""
        settings = [part for name, value in _SETTINGS.items() for part in ("-c", f"{name}={value}")]
        done = subprocess.run(
            ["git", "-C", self.folder, *settings, *arguments],
            input=stdin,
            capture_output=True,
            check=False,
            env=os.environ | {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"},
        )
        assert done.returncode == 0, done.stderr.decode()
        return done.stdout.decode()

    def commit(self) -> str:
        """Commit all that is there and return the commit's id."""
        self.git("add", "--all", "--force")
        self.git("commit", "--quiet", "--allow-empty", "--message=work")
        return self.git("rev-parse", "HEAD").strip()
