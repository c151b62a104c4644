"""Records as a process that reads them hands them over: encoded, a tenth of the work of pickling.

What such a process has to import is little: nothing here or below knows of servers or tasks.
"""

from __future__ import annotations

import signal
from collections.abc import Sequence
from dataclasses import dataclass

from sync.garbage import collect_seldom
from sync.model import InvalidRecord, Record
from sync.reading import RecordSource, read_outcome, read_to_keep
from sync.state.cache import KeptRecord
from sync.state.encoding import decode_record, encode_record


@dataclass(frozen=True, slots=True)
class Parcel:
    """A record that is not to be kept. Opened ones share the genes that they have in common."""

    path: str
    data: bytes

    def open(self) -> Record:
        """Return what is in it."""
        return decode_record(self.data, self.path)


Packed = KeptRecord | Parcel | Record | InvalidRecord
"""What is handed over; a record with text that is no Unicode comes as it is."""


def pack_records(source: RecordSource, paths: Sequence[str]) -> list[Packed]:
    """Read a slice for a run without a cache."""
    return [_pack(read_outcome(source, path)) for path in paths]


def pack_records_to_keep(source: RecordSource, paths: Sequence[str]) -> list[Packed]:
    """Read a slice for a run with a cache."""
    read = (read_to_keep(source, path) for path in paths)
    return [kept or _pack(outcome) for outcome, kept in read]


def prepare_process() -> None:
    """Make a process one that only packs: it ends when its parent says so."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    collect_seldom()


def _pack(outcome: Record | InvalidRecord) -> Packed:
    if isinstance(outcome, InvalidRecord):
        return outcome
    try:
        return Parcel(outcome.path, encode_record(outcome))
    except TypeError:
        return outcome
