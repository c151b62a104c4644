"""Find the record files of a collection (design: Configuration, ``records``)."""

from __future__ import annotations

import logging
import os
import re
from collections.abc import Callable, Iterator, Sequence
from fnmatch import translate
from pathlib import Path, PurePosixPath

from sync.amounts import plural
from sync.errors import ConfigError

logger = logging.getLogger(__name__)

_ANY_DEPTH = "**"


def find_records(root: Path, pattern: str) -> list[str]:
    """Return the files under ``root`` that match a glob, sorted, as POSIX paths relative to it.

    ``**`` stands for any number of folders, but not for links. A link that leads out of ``root`` is
    not followed, and a warning names it. An empty list means that nothing matched.

    Raises:
        ConfigError: ``root`` is not a folder; the pattern is empty, absolute, climbs out of
            ``root``, ends in ``**`` or is not a glob.
    """
    steps = _steps_of(root, pattern)
    if not root.is_dir():
        raise ConfigError(f"{root}: no such folder; correct the collection's root")
    search = _Search(root, steps)
    found = sorted(search.files())
    if ignored := sorted(search.ignored_links):
        count = plural(len(ignored), "link is", "links are")
        advice = "a link must lead to a file below"
        logger.warning("%s ignored, such as %s: %s %s", count, ignored[0], advice, root)
    return found


def _steps_of(root: Path, pattern: str) -> Sequence[str]:
    shape = PurePosixPath(pattern)
    if not shape.parts or shape.is_absolute() or ".." in shape.parts:
        raise ConfigError(
            f"records = {pattern!r}: the pattern must stay below {root}; write it relative to it"
        )
    if shape.name == _ANY_DEPTH:
        raise ConfigError(f"records = {pattern!r}: say which files, as in {pattern}/*.md")
    if "\0" in pattern or any(_ANY_DEPTH in part and part != _ANY_DEPTH for part in shape.parts):
        raise ConfigError(f"records = {pattern!r}: write '**' as a path part of its own")
    return shape.parts


class _Search:
    """Searches the folders that can hold a match, without recursion.

    ``Path.glob`` recurses, and fails in a tree of a thousand levels. A home is a folder below the
    root with a slash at its end, or ``""``; a step is the position of a part in the pattern.
    """

    def __init__(self, root: Path, steps: Sequence[str]) -> None:
        self._root = os.fspath(root)
        self._inside = root.resolve()
        self._steps = steps
        self._not_listed: set[str] = set()
        self.ignored_links: list[str] = []
        self._matchers = [re.compile(translate(os.path.normcase(step))).match for step in steps]

    def files(self) -> Iterator[str]:
        """Yield every match, in any order."""
        last = len(self._steps) - 1
        left = [("", 0)]
        seen = set(left)
        while left:
            home, step = left.pop()
            if step == last:
                yield from self._files_in(home)
            else:
                fresh = [place for place in self._places_from(home, step) if place not in seen]
                seen.update(fresh)
                left += fresh

    def _places_from(self, home: str, step: int) -> Iterator[tuple[str, int]]:
        """Yield each folder to search next, and with which step."""
        if self._steps[step] == _ANY_DEPTH:
            yield home, step + 1
            for entry in self._list(home):
                if _is_folder(entry):
                    yield f"{home}{entry.name}/", step
        else:
            for entry in self._matching(home, step):
                if self._is(entry, os.DirEntry.is_dir):
                    yield f"{home}{entry.name}/", step + 1

    def _files_in(self, home: str) -> Iterator[str]:
        for entry in self._matching(home, -1):
            if self._is(entry, os.DirEntry.is_file):
                yield home + entry.name
            elif entry.is_symlink():
                self.ignored_links.append(home + entry.name)

    def _matching(self, home: str, step: int) -> Iterator[os.DirEntry[str]]:
        matches = self._matchers[step]
        return (entry for entry in self._list(home) if matches(os.path.normcase(entry.name)))

    def _list(self, home: str) -> Iterator[os.DirEntry[str]]:
        """Yield the contents of a folder: nothing if it cannot be listed."""
        try:
            with os.scandir(f"{self._root}/{home}") as entries:
                yield from entries
        except OSError as error:
            if home not in self._not_listed:
                self._not_listed.add(home)
                folder, reason = f"{self._root}/{home}", error.strerror
                logger.warning("%s cannot be listed (%s): its records are ignored", folder, reason)

    def _is(self, entry: os.DirEntry[str], kind: Callable[..., bool]) -> bool:
        """Return whether an entry is a file or a folder, or a link to one inside the root."""
        try:
            if not entry.is_symlink():
                return kind(entry, follow_symlinks=False)
            return kind(entry) and Path(entry.path).resolve().is_relative_to(self._inside)
        except (OSError, RuntimeError):
            return False


def _is_folder(entry: os.DirEntry[str]) -> bool:
    """Return whether an entry is a folder and not a link to one."""
    try:
        return entry.is_dir(follow_symlinks=False)
    except OSError:  # some file systems list names only, and need another call
        return False
