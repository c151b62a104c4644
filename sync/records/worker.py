"""Read slices of a collection's records in a process of its own.

Such a process imports little: nothing here or below knows servers or tasks.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Sequence
from threading import Thread

from sync.gc_tuning import collect_seldom
from sync.model import InvalidRecord
from sync.records.cached import RecordSource, read_to_keep, read_to_use
from sync.state.encoded_record import EncodedRecord, FreshRecord


def read_slice(source: RecordSource, paths: Sequence[str]) -> list[EncodedRecord | InvalidRecord]:
    """Read a slice for a run without a cache."""
    return [_encode(read_to_use(source, path)) for path in paths]


def read_slice_to_keep(
    source: RecordSource, paths: Sequence[str]
) -> list[EncodedRecord | InvalidRecord]:
    """Read a slice for a run with a cache."""
    return [_encode(read_to_keep(source, path)) for path in paths]


def _encode(read: FreshRecord | InvalidRecord) -> EncodedRecord | InvalidRecord:
    return read.encode() if isinstance(read, FreshRecord) else read


def prepare_process() -> None:
    """Prepare a worker process: it ends when its parent says so or is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    Thread(target=_end_with_parent, daemon=True).start()
    collect_seldom()


def _end_with_parent() -> None:
    from multiprocessing import parent_process  # noqa: PLC0415 - only a worker process needs it

    # A pool's processes do not notice that nobody will give them work again.
    if (parent := parent_process()) is not None:
        parent.join()
        os._exit(1)
