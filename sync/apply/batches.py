"""Calls about one network each, sent for many networks at once."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

from sync.errors import NdexSyncError, Throttled, Unreachable
from sync.model import NetworkId, Visibility
from sync.ndex.writer import NdexWriter

Item = TypeVar("Item")
Gather = Callable[[Callable[[], int]], Awaitable[None]]
"""Waits for more to come, as long as that is worth it; asks how many are there."""


class Batches(Generic[Item]):
    """Does for several tasks by one call what each of them asks for one item.

    One call is under way at a time. What is asked meanwhile waits for the next one, which takes all
    who wait. So one task alone waits for nobody, and the slower the calls the larger they are.
    ``gather`` may wait for more to come, given the number of those who wait.
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
            NdexSyncError: it was not, or nobody knows; see ``send``. Where a call about several
                items was refused, each is tried alone, so that one keeps no other from being done.
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
                answer.cancel()  # does nothing where there is an answer

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
        answer.exception()  # so that nothing is logged where nobody waits for it any more


class SharedWrites:
    """Sets the visibility and the folder of networks, for several of them by one call."""

    def __init__(self, writer: NdexWriter, gather: Gather | None = None) -> None:
        self._writer = writer
        self._gather = gather
        self._batches: dict[object, Batches[NetworkId]] = {}

    async def set_visibility(self, network: NetworkId, visibility: Visibility) -> None:
        """Set a network's visibility; the server looks at no DOI, so look at it first.

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
