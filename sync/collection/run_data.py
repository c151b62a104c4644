"""Keep what one run has read and seen of a collection on disk, so that memory stays flat.

Nothing in it outlives the run; ``state/cache.py`` keeps what should. It is a file of its own: if
something is wrong with the cache, a run keeps what it has read.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Self

from sync.model import NetworkId, Summary
from sync.state.codec import decode_summary, encode_summary
from sync.state.temporary import TemporaryDatabase

_TABLES = """\
CREATE TABLE record (number INTEGER PRIMARY KEY, data BLOB NOT NULL);
CREATE TABLE summary (network TEXT PRIMARY KEY, data BLOB NOT NULL)"""


class RunData:
    """Records that the cache does not keep, and full summaries.

    Every method raises ``TemporaryStorageFull`` if the temporary folder is full.
    """

    def __init__(self) -> None:
        self._database = TemporaryDatabase(_TABLES)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._database.close()

    def add_record(self, number: int, data: bytes) -> None:
        """Store an encoded record."""
        self._database.write("INSERT INTO record VALUES (?, ?)", number, data)

    def find_record(self, number: int) -> bytes | None:
        """Return an encoded record, None if it was not stored."""
        found = self._database.read("SELECT data FROM record WHERE number = ?", number)
        return found[0][0] if found else None

    def add_summaries(self, summaries: Iterable[Summary]) -> None:
        """Store summaries; the last one for a network counts."""
        self._database.write_all(
            "INSERT OR REPLACE INTO summary VALUES (?, ?)",
            ((each.id, encode_summary(each)) for each in summaries),
        )

    def find_summary(self, network: NetworkId) -> Summary | None:
        """Return a network's summary, None if it was not stored."""
        found = self._database.read("SELECT data FROM summary WHERE network = ?", network)
        return decode_summary(found[0][0]) if found else None
