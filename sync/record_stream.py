"""Records one after the other while other work goes on: beside the event loop, many on all cores.

Only a few slices are under way at once, so that the reader is never far ahead of whoever uses the
records.
"""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import sys
from collections import deque
from collections.abc import AsyncGenerator, Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field
from multiprocessing import get_context

from sync.model import InvalidRecord, Record
from sync.reading import RecordSource, find_unchanged, read_records, read_to_keep
from sync.state.cache import Cache, KeptRecord
from sync.state.encoding import decode_record, encode_record

logger = logging.getLogger(__name__)


def count_cores() -> int:
    """Return how many cores this process may use."""
    if sys.platform == "linux":
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


@dataclass(frozen=True, slots=True)
class ReadingPolicy:
    """How many records are read at once, and where.

    The first ``alone_records`` that are not in the cache are read in this process, since starting
    others costs about as much; the rest by ``processes``, if that is more than one. A slice is
    what one thread or process reads in one go.
    """

    processes: int = field(default_factory=count_cores)
    alone_records: int = 1_000
    slice_records: int = 200


async def stream_records(
    source: RecordSource,
    paths: Sequence[str],
    cache: Cache,
    policy: ReadingPolicy | None = None,
) -> AsyncGenerator[Record | InvalidRecord, None]:
    """Yield the record of each path, in order; a bad one is a value, never an exception."""
    policy = policy or ReadingPolicy()
    under_way: deque[asyncio.Task[list[Record | InvalidRecord]]] = deque()
    readers = _Readers(source, cache, policy)
    try:
        for start in range(0, len(paths), policy.slice_records):
            part = paths[start : start + policy.slice_records]
            under_way.append(asyncio.create_task(readers.read(part)))
            if len(under_way) > 2 * policy.processes:
                for outcome in await under_way.popleft():
                    yield outcome
        while under_way:
            for outcome in await under_way.popleft():
                yield outcome
    finally:
        for task in under_way:
            task.cancel()
        readers.close()


class _Readers:
    """Reads slices: from the cache, in a thread, or in processes that start when they pay."""

    def __init__(self, source: RecordSource, cache: Cache, policy: ReadingPolicy) -> None:
        self._source = source
        self._cache = cache
        self._policy = policy
        self._read_alone = 0
        self._pool: ProcessPoolExecutor | None = None

    async def read(self, paths: Sequence[str]) -> list[Record | InvalidRecord]:
        known = await asyncio.to_thread(find_unchanged, self._source, paths, self._cache)
        left = [path for path, found in known.items() if found is None]
        fresh = dict(zip(left, await self._read_left(left), strict=True)) if left else {}
        return [found or fresh[path] for path, found in known.items()]

    def close(self) -> None:
        if self._pool is not None:
            self._pool.shutdown(cancel_futures=True)

    async def _read_left(self, paths: Sequence[str]) -> list[Record | InvalidRecord]:
        pack = pack_records_to_keep if self._cache.keeps else pack_records
        if self._policy.processes == 1 or self._read_alone < self._policy.alone_records:
            self._read_alone += len(paths)
            packed = await asyncio.to_thread(pack, self._source, paths)
        else:
            packed = await self._pack_elsewhere(pack, paths)
        return await asyncio.to_thread(lambda: list(self._unpack(packed)))

    async def _pack_elsewhere(
        self, pack: Callable[[RecordSource, Sequence[str]], list[Packed]], paths: Sequence[str]
    ) -> list[Packed]:
        loop = asyncio.get_running_loop()
        try:
            return await loop.run_in_executor(self._open_pool(), pack, self._source, paths)
        except BrokenProcessPool:
            logger.warning("a process that read records was ended; reading them in this one")
            return await asyncio.to_thread(pack, self._source, paths)

    def _open_pool(self) -> ProcessPoolExecutor:
        if self._pool is None:
            self._pool = ProcessPoolExecutor(
                self._policy.processes,
                # Forking a process that has threads can lock it up.
                mp_context=get_context("spawn"),
                initializer=_leave_interrupts_to_the_parent,
            )
        return self._pool

    def _unpack(self, parcels: Iterable[Packed]) -> Iterator[Record | InvalidRecord]:
        settings = self._source.settings
        for parcel in parcels:
            outcome = parcel.open() if isinstance(parcel, Parcel) else parcel
            if isinstance(outcome, KeptRecord):
                self._cache.keep_record(outcome, settings)
                yield outcome.record
            else:
                yield outcome


@dataclass(frozen=True, slots=True)
class Parcel:
    """A record as a reader hands it over: encoded, a tenth of the work of pickling.

    Opened ones share the genes that they have in common, which is most of their memory.

    ``stamp`` and ``digest`` are those of ``KeptRecord``; None for one that is not to be kept.
    """

    path: str
    data: bytes
    stamp: str | None = None
    digest: bytes | None = None

    def open(self) -> KeptRecord | Record:
        """Return what is in it."""
        record = decode_record(self.data, self.path)
        if self.stamp is None or self.digest is None:
            return record
        return KeptRecord(record, self.stamp, self.digest)


Packed = Parcel | Record | InvalidRecord
"""What a reader hands over; a record with text that is no Unicode comes as it is."""


def pack_records(source: RecordSource, paths: Sequence[str]) -> list[Packed]:
    """Read a slice, here or in another process, for a run without a cache."""
    return [_pack(outcome) for outcome in read_records(source, paths)]


def pack_records_to_keep(source: RecordSource, paths: Sequence[str]) -> list[Packed]:
    """Read a slice, here or in another process, for a run with a cache."""
    return [_pack(read_to_keep(source, path)) for path in paths]


def _pack(outcome: KeptRecord | Record | InvalidRecord) -> Packed:
    if isinstance(outcome, InvalidRecord):
        return outcome
    kept = outcome if isinstance(outcome, KeptRecord) else None
    record = outcome.record if isinstance(outcome, KeptRecord) else outcome
    try:
        data = encode_record(record)
    except TypeError:
        return record
    if kept is None:
        return Parcel(record.path, data)
    return Parcel(record.path, data, kept.stamp, kept.digest)


def _leave_interrupts_to_the_parent() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
