"""Which files of a collection are its records (design: Configuration, ``records``)."""

from __future__ import annotations

from pathlib import Path, PurePosixPath
from stat import S_ISLNK, S_ISREG

from sync.errors import ConfigError


def find_records(root: Path, pattern: str) -> list[str]:
    """Return the files under ``root`` that match a glob, sorted, as POSIX paths relative to it.

    ``**`` stands for any number of folders. Files that a link leads to outside ``root`` are left
    out. An empty list means that nothing matched.

    Raises:
        ConfigError: ``root`` is no folder; the pattern is empty, absolute, climbs out of
            ``root`` or is no glob.
    """
    _refuse_pattern(root, pattern)
    if not root.is_dir():
        raise ConfigError(f"{root}: no such folder; correct the collection's root")
    inside = _Inside(root)
    return sorted(
        match.relative_to(root).as_posix() for match in root.glob(pattern) if inside(match)
    )


class _Inside:
    """Tells plain files inside a folder, wherever links lead; asks once about each folder."""

    def __init__(self, root: Path) -> None:
        self._home = root.resolve()
        self._folders: dict[Path, bool] = {}

    def __call__(self, match: Path) -> bool:
        try:
            mode = match.lstat().st_mode
        except OSError:
            return False
        if not S_ISREG(mode):
            return S_ISLNK(mode) and match.is_file() and self._holds(match)
        folder = match.parent
        if folder not in self._folders:
            self._folders[folder] = self._holds(folder)
        return self._folders[folder]

    def _holds(self, path: Path) -> bool:
        return path.resolve().is_relative_to(self._home)


def _refuse_pattern(root: Path, pattern: str) -> None:
    shape = PurePosixPath(pattern)
    if not shape.parts or shape.is_absolute() or ".." in shape.parts:
        raise ConfigError(
            f"records = {pattern!r}: the pattern must stay below {root}; write it relative to it"
        )
    # Which of these pathlib takes differs from one Python version to the next.
    if "\0" in pattern or any("**" in part and part != "**" for part in shape.parts):
        raise ConfigError(f"records = {pattern!r}: write '**' as a path part of its own")
