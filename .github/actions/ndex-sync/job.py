"""What the scripts of the action have in common: its inputs, and the step's outputs.

A composite action hands its inputs on in the environment, as ``INPUT_NAME``, so that no value is
ever part of a script or of a command line that it could break out of.
"""

from __future__ import annotations

import hashlib
import posixpath
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

SOURCE = Path(__file__).resolve().parents[3]
RUNTIME = SOURCE / ".ci/runtime.txt"
BUILT_WITH = SOURCE / ".ci/uv.txt"
LOCKS = (RUNTIME, BUILT_WITH)


class UsageError(Exception):
    """An input is not what the action takes; the message says what is."""


@dataclass(frozen=True, slots=True)
class Inputs:
    """The inputs of the step. An empty one counts as not given, as GitHub has it."""

    environ: Mapping[str, str]

    def text(self, name: str, default: str = "") -> str:
        """Return an input of one line, trimmed."""
        return self.environ.get(f"INPUT_{name}", "").strip() or default

    def lines(self, name: str) -> list[str]:
        """Return the lines of an input, trimmed, without empty ones."""
        return [line.strip() for line in self.text(name).splitlines() if line.strip()]

    @property
    def config(self) -> str:
        """The configuration file."""
        return self.text("CONFIG", "ndex-sync.toml")

    @property
    def state(self) -> str:
        """The state folder; ndex-sync's own default where none is given."""
        return self.text("STATE") or posixpath.join(posixpath.dirname(self.config), ".ndex-sync")

    @property
    def cache_key(self) -> str:
        """What names the caches of one configuration, and of no other."""
        told = ("CONFIG", "SERVER", "COLLECTION", "SHARD", "STATE")
        facts = "\0".join(self.text(name) for name in told)
        return f"ndex-sync-{hashlib.sha256(facts.encode()).hexdigest()[:16]}-"


def packages_folder(environ: Mapping[str, str]) -> Path:
    """Return where uv and the packages that it has fetched are; this is cached between jobs."""
    return Path(environ["RUNNER_TEMP"]) / "ndex-sync-packages"


def environment_folder(environ: Mapping[str, str]) -> Path:
    """Return where ndex-sync is installed."""
    return Path(environ["RUNNER_TEMP"]) / "ndex-sync"


def stamp_file(environ: Mapping[str, str]) -> Path:
    """Return the file that says from which checkout it is installed."""
    return environment_folder(environ) / "installed-from"


def is_installed(environ: Mapping[str, str]) -> bool:
    """Tell whether an earlier step of this job has installed this very checkout."""
    stamp = stamp_file(environ)
    return stamp.is_file() and stamp.read_text(encoding="utf-8") == str(SOURCE)


def write_outputs(environ: Mapping[str, str], outputs: Mapping[str, str]) -> None:
    """Add outputs to the step's, where GitHub names a file for them.

    The delimiter is random, so that nothing inside a value can end it.
    """
    path = environ.get("GITHUB_OUTPUT")
    if not path:
        return
    with Path(path).open("a", encoding="utf-8", newline="\n") as stream:
        for name, value in outputs.items():
            delimiter = f"end-{secrets.token_hex(16)}"
            stream.write(f"{name}<<{delimiter}\n{value}\n{delimiter}\n")


def annotate_error(message: str) -> None:
    """Show an error in the run's summary; its text is escaped as GitHub's own toolkit does."""
    text = message.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
    print(f"::error title=ndex-sync::{text}", flush=True)
