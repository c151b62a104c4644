"""Records as processes hand them over and as runs keep them and put them aside: encoded.

That costs a tenth of pickling them, and whoever only passes a record on need not know its genes.
"""

from __future__ import annotations

from typing import Self

from msgspec import Struct

from sync.errors import StateForged
from sync.model import Layout, NetworkId, Record, RecordId
from sync.state.codec import decode_record, encode_record


class EncodedRecord(Struct, frozen=True, gc=False):
    """A record, encoded, beside what it takes to find its files and its network."""

    path: str
    id: RecordId
    layout: Layout
    network: NetworkId | None
    data: bytes

    @classmethod
    def packed(cls, record: Record) -> Self:
        """Encode a record."""
        data = encode_record(record)
        return cls(record.path, record.id, record.layout, record.network, data)

    def open(self) -> Record:
        """Return the record, as ``open_record`` does."""
        return open_record(self.path, self.data)


def open_record(path: str, data: bytes) -> Record:
    """Return the record; those that were opened share the genes that they have in common.

    Raises:
        StateForged: no record was ever encoded like this.
    """
    try:
        return decode_record(data, path)
    except (ValueError, TypeError) as error:
        raise StateForged(path) from error
