"""Work on many things at the same time, but only on so many."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from typing import TypeVar

T = TypeVar("T")


async def do_each(
    items: Iterable[T], work: Callable[[T], Awaitable[object]], *, at_once: int
) -> None:
    """Do ``work`` for every item, in their order; ``items`` is read as work goes on.

    Raises:
        ExceptionGroup: ``work`` failed for an item. Work that is still running is cancelled then.
    """
    left = iter(items)

    async def _worker() -> None:
        for item in left:
            await work(item)

    async with asyncio.TaskGroup() as tasks:
        for _ in range(at_once):
            tasks.create_task(_worker())
