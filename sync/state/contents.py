"""What a check has read of networks, put aside for the apply of the same command."""

from __future__ import annotations

import zlib
from contextlib import suppress

import orjson

from sync.errors import ScratchFull
from sync.model import NetworkId, Summary
from sync.scratch import Scratch

_TABLES = "CREATE TABLE content (network TEXT PRIMARY KEY, modified_ms INTEGER, body BLOB)"
_FAST = 1


class Contents:
    """Whole contents, kept on disk until the process ends, however that is.

    A content changes with its network's modification time and not without it (contract 3.9).
    """

    def __init__(self) -> None:
        self._kept = Scratch(_TABLES)

    def keep(self, network: NetworkId, modified_ms: int, document: object) -> None:
        """Put a CX2 document aside, unless the disk is full."""
        body = zlib.compress(orjson.dumps(document), _FAST)
        row = (network, modified_ms, body)
        with suppress(ScratchFull):
            self._kept.write("INSERT OR REPLACE INTO content VALUES (?, ?, ?)", *row)

    def find(self, summary: Summary) -> object | None:
        """Return the document, None where there is none of this modification time."""
        rows = self._kept.read(
            "SELECT body FROM content WHERE network = ? AND modified_ms = ?",
            summary.id,
            summary.modified_ms,
        )
        return orjson.loads(zlib.decompress(rows[0][0])) if rows else None
