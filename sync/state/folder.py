"""The state folder: made out of git's sight, and used only where it is a run's own.

It lies beside a configuration, in a checkout that a stranger's branch may fill. What git tracks in
it, or a link, was put there by somebody else: it could hide what differs, or have a run write over
a file elsewhere.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import BinaryIO

from sync.errors import ConfigError

JOURNAL_NAME = "journal.sqlite"
"""The file of the journal, by which a run sees whether there is one."""

_NO_LINK = getattr(os, "O_NOFOLLOW", 0)
_BINARY = getattr(os, "O_BINARY", 0)


def make_folder(folder: Path) -> None:
    """Make the folder if it is not there; raises OSError."""
    if not folder.is_dir():
        folder.mkdir(parents=True)
        (folder / ".gitignore").write_text("*\n", encoding="utf-8")


def open_own(path: Path, flags: int) -> BinaryIO:
    """Open a file of the state folder, without following a link; ``flags`` are those of os.open.

    Raises:
        OSError: it is a link, or cannot be opened.
    """
    handle = os.open(path, flags | _NO_LINK | _BINARY, 0o644)
    return os.fdopen(handle, "wb") if flags & os.O_WRONLY else os.fdopen(handle, "rb")


def require_own(folder: Path, tracked: Sequence[str]) -> None:
    """Refuse a state folder that others filled; ``tracked`` are the files in it that git tracks.

    Raises:
        ConfigError: names what is there and should not be.
    """
    if tracked:
        raise ConfigError(
            f"--state {folder}: git tracks {tracked[0]} in it, so it came with the records and "
            "could hide what differs; take it out of git, or name another folder"
        )
    for place in (folder, folder / "backups", folder / "backups-private"):
        for path in _entries(place):
            if path.is_symlink():
                raise ConfigError(
                    f"--state {folder}: {path} is a link, and what is kept there would be written "
                    "to another place; delete the link"
                )


def _entries(folder: Path) -> list[Path]:
    return sorted(folder.iterdir()) if folder.is_dir() else []
