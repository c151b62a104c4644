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

    @classmethod
    def of(cls, record: Record, digest: bytes) -> Self:
        """Return the row of a record."""
        return cls(record.path, record.id, record.layout, record.network, digest)


class FreshRecord(Struct, frozen=True):
    """A record that this process has just read from its files.

    ``digest`` is that of its row, ``fingerprint`` that of an ``EncodedRecord``.
    """

    record: Record
    digest: bytes = b""
    fingerprint: str = ""

    @property
    def row(self) -> RecordRow:
        """The record in short."""
        return RecordRow.of(self.record, self.digest)

    def encode(self) -> EncodedRecord:
        """Return what another process or run can open."""
        return EncodedRecord(self.row, pack(encode_record(self.record)), self.fingerprint)


class EncodedRecord(Struct, frozen=True, gc=False):
    """A record with all that it holds, encoded and compressed.

    ``fingerprint`` is what its files were like, ``""`` where they were too fresh for their times
    to tell anything.
    """

    row: RecordRow
    data: bytes
    fingerprint: str = ""

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
