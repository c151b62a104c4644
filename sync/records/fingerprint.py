"""Find the files that a record is read from, and whether they are still the same."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from stat import S_ISREG
from typing import Final

from sync.model import Layout
from sync.records.source import TABLE_LIMIT_BYTES, homes_beside, read_bytes, stem_of

_ENDS: Final[Mapping[Layout, tuple[str, ...]]] = {
    Layout.PFOCR: ("-genes.tsv", "-chemicals.tsv", "-diseases.tsv"),
    Layout.PFOCR_EMBEDDED: (),
    Layout.WIKIPATHWAYS: ("-datanodes.tsv", ".gpml"),
}
EVERY_END: Final = tuple(end for ends in _ENDS.values() for end in ends)
"""How the names of the tables and drawings end that a record can have, in any layout."""

# How coarse the times of a file system can be; a change within this time may not show.
_COARSEST_NS = 2_000_000_000
_NOT_THERE = "-"
_NO_FILE = "?"

ASKED_BEFORE_LISTING = 32
"""For fewer records than this a folder is not listed: asking for their files is cheaper."""


def sources_of(path: str, layout: Layout | None) -> tuple[str, ...]:
    """Return every place that reading the record at ``path`` looks at, whether a file exists or
    not.

    A new table changes a record as much as an edited one. ``layout`` None: the places of all
    layouts.
    """
    stem, homes = stem_of(path), homes_beside(path)
    ends = EVERY_END if layout is None else _ENDS[layout]
    return (path, *[home + stem + end for end in ends for home in homes])


class Folders:
    """Which tables and drawings the folders below ``root`` hold, to know which are missing.

    A folder that is asked about often is listed once and not looked at again, so that later files
    only count for the next run. Names are folded, since some file systems ignore case: a file that
    may exist is never taken for missing.
    """

    def __init__(self, root: Path) -> None:
        self.root = os.fspath(root)
        self._asked: dict[str, int] = {}
        self._held: dict[str, Mapping[str, tuple[str, ...]] | None] = {}

    def ends_in(self, home: str, stem: str) -> tuple[str, ...]:
        """Return the name endings of tables and drawings that a record may have in ``home``.

        All of them until the folder was listed. ``home`` is a folder below the root, with a slash
        at its end, or ``""``; ``stem`` is the record's, folded.
        """
        held = self._held.get(home)
        if held is None:
            if home in self._held or not self._is_asked_often(home):
                return EVERY_END
            held = self._held[home] = _list(os.path.join(self.root, home))
        return EVERY_END if held is None else held.get(stem, ())

    def _is_asked_often(self, home: str) -> bool:
        asked = self._asked[home] = self._asked.get(home, 0) + 1
        return asked > ASKED_BEFORE_LISTING


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """Sizes and times of a record's files; ``newest_ns`` is the latest change among them.

    ``facts`` has a text for each place that was looked at.
    """

    facts: Mapping[str, str]
    newest_ns: int

    @property
    def text(self) -> str:
        """All facts as one text."""
        return " ".join(self.facts.values())

    def has_file(self, place: str) -> bool:
        """Return whether there was a file at one of the places."""
        return self.facts[place] != _NOT_THERE

    def shows_changes(self, now_ns: int) -> bool:
        """Return whether a later change would show: the files are old enough for the times'
        precision.
        """
        return self.newest_ns + _COARSEST_NS < now_ns


def take_fingerprint(root: Path, sources: Iterable[str]) -> Fingerprint | None:
    """Ask the file system about a record's files; None if one is a link or not a plain file.

    The time of a file's change counts besides that of its content: it cannot be set back, and it
    shows a file that can no longer be read.
    """
    home = os.fspath(root)
    statuses = {source: _status(f"{home}/{source}") for source in sources}
    there = [status for status in statuses.values() if status is not None]
    if not all(S_ISREG(status.st_mode) for status in there):
        return None
    newest_ns = max((max(each.st_mtime_ns, each.st_ctime_ns) for each in there), default=0)
    return Fingerprint({place: _fact(each) for place, each in statuses.items()}, newest_ns)


def has_fingerprint(folders: Folders, path: str, layout: Layout, text: str) -> bool:
    """Return whether ``text`` is still the fingerprint of a record's files, with few calls.

    The record itself is checked, and its tables unless ``folders`` knows that they are missing.
    """
    top, stem, ends = folders.root, stem_of(path), _ENDS[layout]
    folded = stem.casefold()
    homes = [(home, folders.ends_in(home, folded)) for home in homes_beside(path)] if ends else []
    # In the order of ``sources_of``, in which a fingerprint is taken.
    facts = [
        _fact_of(f"{top}/{home}{stem}{end}") if end in held else _NOT_THERE
        for end in ends
        for home, held in homes
    ]
    return " ".join([_fact_of(f"{top}/{path}"), *facts]) == text


def digest_files(root: Path, sources: Iterable[str]) -> bytes:
    """Return a digest of the contents of a record's files, and of which of them exist.

    Raises:
        RecordError: one of them cannot be read.
    """
    digest = blake2b(digest_size=20)
    home = os.fspath(root)
    for source in sources:
        if _status(f"{home}/{source}") is not None:
            inside = root.parent if source.startswith("../") else root
            data = read_bytes(root, source, inside=inside, limit_bytes=TABLE_LIMIT_BYTES)
            digest.update(f"{source}\0{len(data)}\0".encode("utf-8", "surrogateescape"))
            digest.update(data)
    return digest.digest()


def _fact_of(file: str) -> str:
    return _fact(_status(file))


def _fact(status: os.stat_result | None) -> str:
    if status is None:
        return _NOT_THERE
    if not S_ISREG(status.st_mode):
        return _NO_FILE
    return f"{status.st_size}.{status.st_mtime_ns}.{status.st_ctime_ns}"


def _status(file: str) -> os.stat_result | None:
    try:
        return os.lstat(file)
    except (OSError, ValueError):
        return None


def _list(folder: str) -> Mapping[str, tuple[str, ...]] | None:
    """Return the endings of tables and drawings by their folded stems, None if they cannot be
    listed.
    """
    try:
        names = os.listdir(folder)
    except (FileNotFoundError, NotADirectoryError):
        return {}
    except (OSError, ValueError):
        return None
    held: dict[str, tuple[str, ...]] = {}
    # Thousands of records have the same endings.
    shared: dict[tuple[str, ...], tuple[str, ...]] = {}
    for name in map(str.casefold, names):
        if name.endswith(EVERY_END):
            [end] = filter(name.endswith, EVERY_END)
            stem = name.removesuffix(end)
            found = (*held.get(stem, ()), end)
            held[stem] = shared.setdefault(found, found)
    return held
