"""Combine calls about single networks into one call for many networks."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

from sync.errors import NdexSyncError, Throttled, Unreachable
from sync.model import NetworkId, Visibility
from sync.ndex.writer import NdexWriter

Item = TypeVar("Item")
Gather = Callable[[Callable[[], int]], Awaitable[None]]
"""Waits for more items as long as that is worth it; the argument returns how many there are."""


class Batches(Generic[Item]):
    """Does one call for what several tasks ask for, each for one item.

    One call runs at a time. Items that are asked for meanwhile wait for the next call, which takes
    all of them. So a single task waits for nobody, and slower calls become larger. ``gather`` may
    wait for more items, given the number of those that wait.
    """

    def __init__(
        self, send: Callable[[Sequence[Item]], Awaitable[None]], gather: Gather | None = None
    ) -> None:
        self._send = send
        self._gather = gather
        self._waiting: list[tuple[Item, asyncio.Future[None]]] = []
        self._turn = asyncio.Lock()

    async def do(self, item: Item) -> None:
        """Return once the item is done.

        Raises:
            NdexSyncError: it was not done, or that is not known; see ``send``. If a call about
                several items was refused, each is tried alone, so that one does not block the
                others.
        """
        answer: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((item, answer))
        async with self._turn:
            if not answer.done():
                if self._gather is not None:
                    await self._gather(lambda: len(self._waiting))
                await self._do_all()
        await answer

    async def _do_all(self) -> None:
        batch, self._waiting = self._waiting, []
        try:
            error = await self._try([item for item, _ in batch])
            alone = len(batch) > 1 and not isinstance(error, Unreachable | Throttled)
            for item, answer in batch:
                _give(answer, await self._try([item]) if error and alone else error)
        finally:
            for _, answer in batch:
                answer.cancel()  # does nothing if there is an answer

    async def _try(self, items: Sequence[Item]) -> NdexSyncError | None:
        try:
            await self._send(items)
        except NdexSyncError as error:
            return error
        return None


def _give(answer: asyncio.Future[None], error: NdexSyncError | None) -> None:
    if answer.done():
        return
    if error is None:
        answer.set_result(None)
    else:
        answer.set_exception(error)
        answer.exception()  # so that nothing is logged if nobody waits for it any more


class SharedWrites:
    """Sets the visibility and the folder of networks, several in one call."""

    def __init__(self, writer: NdexWriter, gather: Gather | None = None) -> None:
        self._writer = writer
        self._gather = gather
        self._batches: dict[object, Batches[NetworkId]] = {}

    async def set_visibility(self, network: NetworkId, visibility: Visibility) -> None:
        """Set a network's visibility. The server does not check for a DOI, so check it first.

        Raises:
            ServerError: it was not set, or may not have been.
        """

        async def _send(networks: Sequence[NetworkId]) -> None:
            await self._writer.set_visibility(networks, visibility)

        await self._batch(visibility, _send).do(network)

    async def move(self, network: NetworkId, folder: str | None) -> None:
        """Move a network to a folder, None: home.

        Raises:
            ServerError: it was not moved, or may not have been.
        """

        async def _send(networks: Sequence[NetworkId]) -> None:
            await self._writer.move_to_folder(folder, networks)

        await self._batch(("folder", folder), _send).do(network)

    def _batch(
        self, key: object, send: Callable[[Sequence[NetworkId]], Awaitable[None]]
    ) -> Batches[NetworkId]:
        return self._batches.setdefault(key, Batches(send, self._gather))
