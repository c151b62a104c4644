"""Which files a record is read from, and whether they are still the same."""

from __future__ import annotations

import os
from collections import Counter
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
# How coarse the times of a file system can be; what is written within it may look unchanged.
_COARSEST_NS = 2_000_000_000
_NOT_THERE = "-"
_NO_FILE = "?"

ASKED_BEFORE_LISTING = 32
"""After how many questions about one folder it is listed: before, asking for files is cheaper."""


def sources_of(path: str, layout: Layout | None) -> tuple[str, ...]:
    """Return every place that reading the record at ``path`` looks at, file or not.

    A table that appears where there was none changes a record as much as one that is edited.
    ``layout`` None: those of all layouts.
    """
    layouts = Layout if layout is None else (layout,)
    return (path, *[home + name for each in layouts for home, name in _beside(path, each)])


def _beside(path: str, layout: Layout) -> list[tuple[str, str]]:
    """Return where each table or drawing may stand, and its name, in the order of a stamp."""
    stem, homes = stem_of(path), homes_beside(path)
    return [(home, stem + end) for end in _ENDS[layout] for home in homes]


class Folders:
    """What the folders below ``root`` hold, to know without asking that a file is not there.

    A folder that is asked about often is listed once and not looked at again, so that what
    appears in it later counts for the next run only. Names are compared without case, since
    some file systems do: one that may be there is never taken for missing.
    """

    def __init__(self, root: Path) -> None:
        self._root = os.fspath(root)
        self._asked: Counter[str] = Counter()
        self._names: dict[str, frozenset[str] | None] = {}

    def may_hold(self, home: str, name: str) -> bool:
        """Return False only where ``home`` held no such file when it was listed.

        ``home`` is a folder below the root, with a slash at its end, or ``""``.
        """
        names = self._names.get(home)
        if names is None:
            if home in self._names or not self._is_asked_often(home):
                return True
            names = self._names[home] = _list(os.path.join(self._root, home))
        return names is None or name.casefold() in names

    def _is_asked_often(self, home: str) -> bool:
        self._asked[home] += 1
        return self._asked[home] > ASKED_BEFORE_LISTING


@dataclass(frozen=True, slots=True)
class Stamp:
    """Sizes and times of a record's files; ``newest_ns`` is the latest change among them.

    ``facts`` has one text for each place that was looked at, in their order.
    """

    facts: tuple[str, ...]
    newest_ns: int

    @property
    def text(self) -> str:
        """All facts as one text."""
        return " ".join(self.facts)

    def is_telling(self, now_ns: int) -> bool:
        """Whether a later change would show: the files are older than times are coarse."""
        return self.newest_ns + _COARSEST_NS < now_ns


def stamp_files(root: Path, sources: Iterable[str]) -> Stamp | None:
    """Ask the file system about a record's files; None where one is a link or no plain file.

    The time of a file's change counts beside that of its content: it cannot be set back, and it
    shows a file that can no longer be read.
    """
    home = os.fspath(root)
    statuses = [_status(home, source) for source in sources]
    there = [status for status in statuses if status is not None]
    if not all(S_ISREG(status.st_mode) for status in there):
        return None
    newest_ns = max((max(each.st_mtime_ns, each.st_ctime_ns) for each in there), default=0)
    return Stamp(tuple(map(_fact, statuses)), newest_ns)


def have_times(root: Path, path: str, layout: Layout, folders: Folders, text: str) -> bool:
    """Whether the stamp of a record's files is still ``text``, with as few questions as will do.

    The record itself is asked about, and its tables where ``folders`` does not know that they are
    not there.
    """
    top = os.fspath(root)
    facts = [_fact(_status(top, path))]
    facts += [
        _fact(_status(top, home + name)) if folders.may_hold(home, name) else _NOT_THERE
        for home, name in _beside(path, layout)
    ]
    return " ".join(facts) == text


def digest_files(root: Path, sources: Iterable[str]) -> bytes:
    """Return a digest of what a record's files hold, and of which of them are there.

    Raises:
        RecordError: one of them cannot be read.
    """
    digest = blake2b(digest_size=20)
    home = os.fspath(root)
    for source in sources:
        if _status(home, source) is not None:
            inside = root.parent if source.startswith("../") else root
            data = read_bytes(root, source, inside=inside, limit_bytes=TABLE_LIMIT_BYTES)
            digest.update(f"{source}\0{len(data)}\0".encode("utf-8", "surrogateescape"))
            digest.update(data)
    return digest.digest()


def _fact(status: os.stat_result | None) -> str:
    if status is None:
        return _NOT_THERE
    if not S_ISREG(status.st_mode):
        return _NO_FILE
    return f"{status.st_size}.{status.st_mtime_ns}.{status.st_ctime_ns}"


def _status(home: str, source: str) -> os.stat_result | None:
    try:
        return os.lstat(f"{home}/{source}")
    except (OSError, ValueError):
        return None


def _list(folder: str) -> frozenset[str] | None:
    """Return the folded names in a folder, None where that cannot be told."""
    try:
        return frozenset(map(str.casefold, os.listdir(folder)))
    except (FileNotFoundError, NotADirectoryError):
        return frozenset()
    except (OSError, ValueError):
        return None
