"""Keep the contents that a check has read for the apply of the same command."""

from __future__ import annotations

import zlib

import orjson

from sync.errors import TemporaryStorageFull
from sync.model import NetworkId, Summary
from sync.state.temporary import TemporaryDatabase

_TABLES = "CREATE TABLE content (network TEXT PRIMARY KEY, modified_ms INTEGER, body BLOB)"
_FAST = 1


class Contents:
    """Whole contents, kept on disk until the process ends in any way.

    A content changes exactly when its network's modification time does (contract 3.9).
    """

    def __init__(self) -> None:
        self._kept: TemporaryDatabase | None = TemporaryDatabase(_TABLES)

    def keep(self, network: NetworkId, modified_ms: int, document: object) -> None:
        """Keep a CX2 document, unless the disk was full or orjson cannot write it."""
        if self._kept is None:
            return
        try:
            body = zlib.compress(orjson.dumps(document), _FAST)
        except TypeError:  # orjson reads deeper documents than it writes
            return
        row = (network, modified_ms, body)
        try:
            self._kept.write("INSERT OR REPLACE INTO content VALUES (?, ?, ?)", [row])
        except TemporaryStorageFull:
            self.close()

    def find(self, summary: Summary) -> object | None:
        """Return the document, None if there is none with this modification time."""
        if self._kept is None:
            return None
        key = (summary.id, summary.modified_ms)
        try:
            rows = self._kept.read(
                "SELECT body FROM content WHERE network = ? AND modified_ms = ?", *key
            )
        except TemporaryStorageFull:
            self.close()
            return None
        return orjson.loads(zlib.decompress(rows[0][0])) if rows else None

    def close(self) -> None:
        """Keep nothing from now on."""
        if self._kept is not None:
            self._kept.close()
            self._kept = None
