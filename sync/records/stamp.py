"""Which files a record is read from, and whether they are still the same."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from stat import S_ISREG
from typing import Final

from sync.model import Layout
from sync.records.source import TABLE_LIMIT_BYTES, places_beside, read_bytes, stem_of

_ENDS: Final[Mapping[Layout, tuple[str, ...]]] = {
    Layout.PFOCR: ("-genes.tsv", "-chemicals.tsv", "-diseases.tsv"),
    Layout.PFOCR_EMBEDDED: (),
    Layout.WIKIPATHWAYS: ("-datanodes.tsv", ".gpml"),
}
# How coarse the times of a file system can be; what is written within it may look unchanged.
_COARSEST_NS = 2_000_000_000


def sources_of(path: str, layout: Layout | None) -> tuple[str, ...]:
    """Return every place that reading the record at ``path`` looks at, file or not.

    A table that appears where there was none changes a record as much as one that is edited.
    ``layout`` None: those of all layouts.
    """
    stem = stem_of(path)
    layouts = Layout if layout is None else (layout,)
    ends = (end for each in layouts for end in _ENDS[each])
    return (path, *(place for end in ends for place in places_beside(path, stem + end)))


@dataclass(frozen=True, slots=True)
class Stamp:
    """Sizes and times of a record's files, as one text; ``newest_ns`` is the latest change."""

    text: str
    newest_ns: int

    def is_telling(self, now_ns: int) -> bool:
        """Whether a later change would show: the files are older than times are coarse."""
        return self.newest_ns + _COARSEST_NS < now_ns


def stamp_files(root: Path, sources: Iterable[str]) -> Stamp | None:
    """Ask the file system about a record's files; None where one is a link or no plain file.

    The time of a file's change counts beside that of its content: it cannot be set back, and it
    shows a file that can no longer be read.
    """
    facts: list[str] = []
    newest_ns = 0
    home = os.fspath(root)
    for source in sources:
        status = _status(home, source)
        if status is None:
            facts.append("-")
            continue
        if not S_ISREG(status.st_mode):
            return None
        newest_ns = max(newest_ns, status.st_mtime_ns, status.st_ctime_ns)
        facts.append(f"{status.st_size}.{status.st_mtime_ns}.{status.st_ctime_ns}")
    return Stamp(" ".join(facts), newest_ns)


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


def _status(home: str, source: str) -> os.stat_result | None:
    try:
        return os.lstat(f"{home}/{source}")
    except (OSError, ValueError):
        return None
