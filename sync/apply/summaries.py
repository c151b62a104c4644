"""Read the summaries of the networks that a run works on, in one call at a time for all of them."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import Any

from sync.errors import NotFound, ServerError
from sync.model import NetworkId, Summary
from sync.ndex.client import NdexClient
from sync.ndex.clock import SYSTEM_CLOCK, Clock

_Answer = asyncio.Future[Summary | None]


@dataclass(slots=True)
class SharedSummaries:
    """Reads summaries for all actions of a run.

    The action that is due first asks for every network that any action waits for, so that loading
    uploads share one batch call.
    """

    client: NdexClient
    clock: Clock = SYSTEM_CLOCK
    _wanted: dict[NetworkId, _Answer] = field(default_factory=dict)
    _turn: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def read(self, network: NetworkId, wait_s: float = 0.0) -> Summary | None:
        """Return a summary that is requested after this call, within at most ``wait_s`` seconds.

        None if the server says that there is no such network. One task at a time may ask for a
        network.

        Raises:
            ServerError: the server did not show it.
        """
        answer: _Answer = asyncio.get_running_loop().create_future()
        self._wanted[network] = answer
        try:
            await self._sleep(wait_s, answer)
            if not answer.done():
                await self._read_all(answer)
            return answer.result()
        finally:
            # A later caller must not be given an answer to an earlier request.
            if self._wanted.get(network) is answer:
                del self._wanted[network]

    async def _sleep(self, wait_s: float, answer: _Answer) -> None:
        """Sleep until it is time, or until somebody else has brought the answer."""
        sleeping = asyncio.ensure_future(self.clock.sleep(wait_s))
        try:
            either: set[asyncio.Future[Any]] = {sleeping, answer}
            await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
        finally:
            sleeping.cancel()

    async def _read_all(self, answer: _Answer) -> None:
        async with self._turn:
            if answer.done():
                return
            wanted = dict(self._wanted)
            try:
                found = await self.client.fetch_summary_batch(list(wanted))
            except ServerError as error:
                for each in wanted.values():
                    _give(each, error)
                return
            for network, each in wanted.items():
                match found.get(network):
                    case Summary() as summary:
                        _give(each, summary)
                    case _:
                        _give(each, await self._read_one(network))

    async def _read_one(self, network: NetworkId) -> Summary | ServerError | None:
        """Read a network that the batch left out, to learn whether it is gone or hidden from us."""
        try:
            return await self.client.fetch_summary(network)
        except NotFound:
            return None
        except ServerError as error:
            return error


def _give(answer: _Answer, brought: Summary | ServerError | None) -> None:
    if answer.done():
        return
    if isinstance(brought, ServerError):
        answer.set_exception(brought)
        answer.exception()  # so that nothing is logged if nobody waits for it any more
    else:
        answer.set_result(brought)
