"""Read records while other work goes on: beside the event loop, and many on all cores.

Only a few slices are read at once, so that the reader is never far ahead of the code that uses the
records.
"""

from __future__ import annotations

import asyncio
import logging
import os
import sys
from collections import deque
from collections.abc import AsyncGenerator, Callable, Iterable, Sequence
from concurrent.futures import BrokenExecutor, ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeVar, TypeVarTuple, Unpack

from sync.model import InvalidRecord
from sync.records.cached import RecordSource, find_unchanged, read_from_files
from sync.records.fingerprint import Folders
from sync.records.worker import prepare_process, read_slice, read_slice_to_keep
from sync.state.cache import Cache
from sync.state.encoded_record import EncodedRecord, FreshRecord, RecordRow

if TYPE_CHECKING:
    from concurrent.futures import ProcessPoolExecutor

logger = logging.getLogger(__name__)

RecordOutcome = RecordRow | FreshRecord | EncodedRecord | InvalidRecord
"""A record that was read, or one that was refused.

It is a row if the cache keeps the record, decoded if this process has just read it, encoded if
another process has read it and the cache does not keep it.
"""

T = TypeVar("T")
Ts = TypeVarTuple("Ts")


def count_cores() -> int:
    """Return how many cores this process may use."""
    if sys.platform == "linux":
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


@dataclass(frozen=True, slots=True)
class ReadingPolicy:
    """How many records are read at once, and where.

    The first ``alone_records`` that are not in the cache are read in this process, since starting
    others costs about as much; the rest by ``processes``, if that is more than one. A slice is what
    one thread or process reads at a time. Of the records that this process has read, the first
    ``held_bytes`` (roughly) stay in memory, so that they need not be decoded to be judged.
    """

    processes: int = field(default_factory=count_cores)
    alone_records: int = 1_000
    slice_records: int = 200
    held_bytes: int = 48 * 2**20


async def stream_records(
    source: RecordSource,
    paths: Sequence[str],
    cache: Cache,
    policy: ReadingPolicy,
) -> AsyncGenerator[RecordOutcome, None]:
    """Yield the record of each path, in order; a bad one is a value, never an exception.

    Records that are kept can be opened after the cache was flushed.
    """
    under_way: deque[asyncio.Task[list[RecordOutcome]]] = deque()
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
    """Reads slices: from the cache, in a thread, or in processes that start when it is worth it."""

    def __init__(self, source: RecordSource, cache: Cache, policy: ReadingPolicy) -> None:
        self._source = source
        self._cache = cache
        self._policy = policy
        self._folders = Folders(source.root)
        self._read_alone = 0
        # Only one: threads that compute do not help each other, they wait for each other.
        self._thread = ThreadPoolExecutor(1, "records")
        self._pool: ProcessPoolExecutor | None = None

    async def read(self, paths: Sequence[str]) -> list[RecordOutcome]:
        known = await self._beside(find_unchanged, self._source, paths, self._cache, self._folders)
        left = [path for path, found in known.items() if found is None]
        fresh = dict(zip(left, await self._read_left(left), strict=True)) if left else {}
        return [found or fresh[path] for path, found in known.items()]

    def close(self) -> None:
        self._thread.shutdown(cancel_futures=True)
        if self._pool is not None:
            self._pool.shutdown(cancel_futures=True)

    async def _read_left(self, paths: Sequence[str]) -> list[RecordOutcome]:
        if self._policy.processes > 1 and self._read_alone >= self._policy.alone_records:
            return await self._read_elsewhere(paths)
        self._read_alone += len(paths)
        return await self._beside(self._read_here, paths)

    def _read_here(self, paths: Sequence[str]) -> list[RecordOutcome]:
        return [read_from_files(self._source, path, self._cache) for path in paths]

    async def _read_elsewhere(self, paths: Sequence[str]) -> list[RecordOutcome]:
        loop, what = asyncio.get_running_loop(), (self._source, paths)
        try:
            if not self._cache.keeps:
                return [*await loop.run_in_executor(self._open_pool(), read_slice, *what)]
            read = await loop.run_in_executor(self._open_pool(), read_slice_to_keep, *what)
        except BrokenExecutor:
            logger.warning("a process that read records was killed; reading them in this one")
            return await self._beside(self._read_here, paths)
        return await self._beside(self._keep_all, read)

    def _open_pool(self) -> ProcessPoolExecutor:
        # Only large collections need processes.
        from concurrent.futures import ProcessPoolExecutor  # noqa: PLC0415
        from multiprocessing import get_context  # noqa: PLC0415

        if self._pool is None:
            self._pool = ProcessPoolExecutor(
                self._policy.processes,
                # Forking a process that has threads can make it hang.
                mp_context=get_context("spawn"),
                initializer=prepare_process,
            )
        return self._pool

    def _keep_all(self, read: Iterable[EncodedRecord | InvalidRecord]) -> list[RecordOutcome]:
        return [*map(self._keep, read)]

    def _keep(self, read: EncodedRecord | InvalidRecord) -> RecordOutcome:
        if isinstance(read, InvalidRecord) or not read.row.digest:
            return read
        self._cache.keep_record(read, self._source.settings)
        return read.row

    async def _beside(self, work: Callable[[Unpack[Ts]], T], *values: *Ts) -> T:
        """Do work in the thread beside the event loop."""
        return await asyncio.get_running_loop().run_in_executor(self._thread, work, *values)
