"""Records as processes hand them over and as runs keep them and put them aside: encoded.

That costs a tenth of pickling them, and code that only passes a record on need not know its genes.
"""

from __future__ import annotations

from typing import Self

from msgspec import Struct

from sync.errors import StateForged
from sync.model import Layout, NetworkId, Record, RecordId
from sync.state.codec import decode_record, encode_record, pack, unpack


class RecordRow(Struct, frozen=True, gc=False):
    """A record in short: what it takes to find its files and its network.

    ``digest`` is that of its files, ``b""`` where they changed while they were read.
    """

    path: str
    id: RecordId
    layout: Layout
    network: NetworkId | None
    digest: bytes = b""


class EncodedRecord(Struct, frozen=True, gc=False):
    """A record with all that it holds, encoded and compressed.

    ``fingerprint`` is what its files were like, ``""`` where they were too fresh for their times
    to tell anything.
    """

    row: RecordRow
    data: bytes
    fingerprint: str = ""

    @classmethod
    def packed(cls, record: Record, digest: bytes = b"", fingerprint: str = "") -> Self:
        """Encode a record."""
        row = RecordRow(record.path, record.id, record.layout, record.network, digest)
        return cls(row, pack(encode_record(record)), fingerprint)

    def open(self) -> Record:
        """Return the record, as ``open_record`` does."""
        return open_record(self.row.path, self.data)


def open_record(path: str, data: bytes) -> Record:
    """Return the record; those that were opened share the genes that they have in common.

    Raises:
        StateForged: no record was ever encoded like this.
    """
    try:
        return decode_record(unpack(data), path)
    except (ValueError, TypeError) as error:
        raise StateForged(path) from error
