"""Which files of a collection are its records (design: Configuration, ``records``)."""

from __future__ import annotations

from pathlib import Path, PurePosixPath

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
    home = root.resolve()
    return sorted(
        match.relative_to(root).as_posix()
        for match in root.glob(pattern)
        if match.is_file() and match.resolve().is_relative_to(home)
    )


def _refuse_pattern(root: Path, pattern: str) -> None:
    shape = PurePosixPath(pattern)
    if not shape.parts or shape.is_absolute() or ".." in shape.parts:
        raise ConfigError(
            f"records = {pattern!r}: the pattern must stay below {root}; write it relative to it"
        )
    # Which of these pathlib takes differs from one Python version to the next.
    if "\0" in pattern or any("**" in part and part != "**" for part in shape.parts):
        raise ConfigError(f"records = {pattern!r}: write '**' as a path part of its own")
