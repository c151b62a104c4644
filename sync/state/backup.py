"""Back up networks before a run changes them: one compressed file for each network and run.

A file is complete or does not exist. It holds content and summary as NDEx sent them, and nothing
about the login.
"""

from __future__ import annotations

import gzip
import os
import re
import shutil
import zlib
from dataclasses import dataclass
from pathlib import Path

import orjson
from pydantic import TypeAdapter

from sync.errors import ConfigError, StateDamaged, refuse_write
from sync.model import NetworkId, Summary, Visibility
from sync.state.folder import BACKUP_FOLDERS, PRIVATE_BACKUPS, open_own

_RUN = re.compile(r"[0-9A-Za-z-]+")


@dataclass(frozen=True, slots=True)
class Backup:
    """A network before a run.

    ``content`` is its CX2, parsed; None if it has none, or if the run does not change it.
    ``member`` says whether the set that the run added it to held it already, None if the run adds
    it to none.
    """

    summary: Summary
    content: object
    member: bool | None


_FILE = TypeAdapter(Backup)


@dataclass(frozen=True, slots=True)
class KeepPolicy:
    """How long finished runs are kept: by age and by number."""

    max_age_days: float = 90.0
    max_runs: int = 100


class BackupStore:
    """The backups of one state folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def write(self, run: str, backup: Backup) -> None:
        """Keep a network; an earlier backup in this run stays, since it is older.

        Raises:
            ConfigError, DiskFull: it cannot be written; then nothing may be changed.
        """
        network = backup.summary.id
        if any(path.exists() for path in self._paths(run, network)):
            return
        public, private = self._paths(run, network)
        path = public if backup.summary.visibility is Visibility.PUBLIC else private
        data = gzip.compress(_FILE.dump_json(backup), mtime=0)
        draft = path.with_suffix(".tmp")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with open_own(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC) as stream:
                stream.write(data)
                stream.flush()
                os.fsync(stream.fileno())
            draft.replace(path)
        except OSError as error:
            raise refuse_write(f"{path}: the backup cannot be written", error) from error

    def read(self, run: str, network: NetworkId) -> Backup | None:
        """Return the backup of a network, None if there is none.

        Raises:
            ConfigError: the file exists but cannot be opened.
            StateDamaged: it was damaged.
        """
        public, private = self._paths(run, network)
        path = private if private.exists() else public
        try:
            with open_own(path, os.O_RDONLY) as stream:
                data = stream.read()
        except FileNotFoundError:
            return None
        except OSError as error:
            raise ConfigError(f"{path}: the backup cannot be read: {error}") from error
        try:
            return _FILE.validate_python(orjson.loads(gzip.decompress(data)))
        except (gzip.BadGzipFile, zlib.error, EOFError, ValueError) as error:
            raise StateDamaged(
                str(path),
                _first_line(error),
                f"what run {run} changed in network {network} cannot be restored",
                "Restore the file from a copy, or restore the other networks with --select",
            ) from error

    def forget(self, run: str) -> None:
        """Delete the backups of a run."""
        for name in BACKUP_FOLDERS:
            folder = self._folder / name / _checked(run)
            if folder.is_dir():
                shutil.rmtree(folder)

    def find_private(self, run: str) -> Path | None:
        """Return the folder of a run's backups of networks that are not public, if it exists."""
        folder = self._folder / PRIVATE_BACKUPS / _checked(run)
        return folder if folder.is_dir() else None

    def _paths(self, run: str, network: NetworkId) -> tuple[Path, Path]:
        """Return where the backup of a network is: if it was public, and if it was not."""
        public, private = (
            self._folder / name / _checked(run) / f"{network}.json.gz" for name in BACKUP_FOLDERS
        )
        return public, private


def has_backups(folder: Path) -> bool:
    """Return whether a state folder holds backups of any run."""
    folders = (folder / name for name in BACKUP_FOLDERS)
    return any(each.is_dir() and any(each.iterdir()) for each in folders)


def _first_line(error: Exception) -> str:
    return str(error).partition("\n")[0]


def _checked(run: str) -> str:
    if not _RUN.fullmatch(run):
        raise ConfigError(f"{run[:60]!r} is not a run's id")
    return run
