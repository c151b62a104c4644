"""Encoded records, for passing between processes and for keeping.

This costs a tenth of pickling them, and code that only passes a record on need not decode its
genes.
"""

from __future__ import annotations

from sys import intern
from typing import Self

from msgspec import Struct
from msgspec.structs import force_setattr

from sync.errors import StateForged
from sync.model import Layout, NetworkId, Record, RecordId
from sync.state.codec import decode_record, encode_record, pack, unpack


class RecordRow(Struct, frozen=True, gc=False):
    """A record in short: what is needed to find its files and its network.

    ``digest`` is that of its files, ``b""`` if they changed while they were read.
    """

    path: str
    id: RecordId
    layout: Layout
    network: NetworkId | None
    digest: bytes = b""

    def __post_init__(self) -> None:
        """Share the texts of the ids with other objects: there are many of each."""
        force_setattr(self, "id", intern(self.id))
        if self.network is not None:
            force_setattr(self, "network", intern(self.network))

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
        """Return the record in the form that another process or run can open."""
        return EncodedRecord(self.row, pack(encode_record(self.record)), self.fingerprint)


class EncodedRecord(Struct, frozen=True, gc=False):
    """A record with everything that it holds, encoded and compressed.

    ``fingerprint`` describes its files, ``""`` if they were too new for their times to mean
    anything.
    """

    row: RecordRow
    data: bytes
    fingerprint: str = ""


def open_record(path: str, data: bytes) -> Record:
    """Return the record; opened records share the genes that they have in common.

    Raises:
        StateForged: these bytes were not written by ``encode_record``.
    """
    try:
        return decode_record(unpack(data), path)
    except (ValueError, TypeError) as error:
        raise StateForged(path) from error
