"""The state folder: hidden from git, and only used if it is our own.

It is beside a configuration, in a checkout that a stranger's branch may fill. Files in it that git
tracks, or a link, were put there by somebody else: they could hide differences, or make a run write
over a file elsewhere.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import BinaryIO

from sync.errors import ConfigError

JOURNAL_NAME = "journal.sqlite"
"""The file of the journal; a run looks for it to see whether there is one."""

PRIVATE_BACKUPS = "backups-private"
"""The folder of the backups of networks that are not public: a job can leave it out of caches."""

BACKUP_FOLDERS = ("backups", PRIVATE_BACKUPS)
"""The folders of all backups, those of public networks first."""

_NO_LINK = getattr(os, "O_NOFOLLOW", 0)
_BINARY = getattr(os, "O_BINARY", 0)


def make_folder(folder: Path) -> None:
    """Make the folder if it is not there; raises OSError."""
    if not folder.is_dir():
        folder.mkdir(parents=True, exist_ok=True)  # another run may make it meanwhile
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
        ConfigError: names a file that should not be there.
    """
    if tracked:
        raise ConfigError(
            f"--state {folder}: git tracks {tracked[0]} in it, so it came with the records and "
            "could hide what differs; take it out of git, or name another folder"
        )
    for place in (folder, *(folder / name for name in BACKUP_FOLDERS)):
        for path in _entries(place):
            if path.is_symlink():
                raise ConfigError(
                    f"--state {folder}: {path} is a link, so the run would write "
                    "somewhere else; delete the link"
                )


def _entries(folder: Path) -> list[Path]:
    return sorted(folder.iterdir()) if folder.is_dir() else []
