"""Keep the members of network sets: read once, then updated with our own writes."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial

from sync.apply.batches import Batches, Gather
from sync.errors import ServerError
from sync.model import NetworkId
from sync.ndex.client import NdexClient


@dataclass(slots=True)
class SetMembers:
    """The members of network sets: each set is read once, then updated with our own writes.

    ``_read`` is what the server listed. ``_ours`` is what it confirmed of our own writes, which a
    list read at the same time may lack. ``_new`` are networks that were just made, which no set can
    hold yet.
    """

    client: NdexClient
    gather: Gather | None = None
    _read: dict[str, frozenset[NetworkId]] = field(default_factory=dict)
    _ours: dict[str, dict[NetworkId, bool]] = field(default_factory=dict)
    _new: set[NetworkId] = field(default_factory=set)
    _additions: dict[str, Batches[NetworkId]] = field(default_factory=dict)
    _doubts: int = 0
    _turn: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def holds(self, network_set: str, network: NetworkId) -> bool:
        """Return whether the set holds the network."""
        ours = self._ours.setdefault(network_set, {})
        if network in self._new:
            return ours.get(network, False)
        async with self._turn:
            while network not in ours and network_set not in self._read:
                doubts = self._doubts
                members = await self.client.fetch_set_members(network_set)
                if doubts == self._doubts:
                    self._read[network_set] = members
        return ours[network] if network in ours else network in self._read[network_set]

    async def add(self, network_set: str, network: NetworkId) -> None:
        """Add a network to a set, together with others that wait for it.

        NDEx 3.0 lists a network twice that is added twice (contract 7.1), so a network that the set
        holds is not sent.

        Raises:
            ServerError: it was not added, or may not have been.
        """
        if network_set not in self._additions:
            self._additions[network_set] = Batches(partial(self._add, network_set), self.gather)
        await self._additions[network_set].do(network)

    async def _add(self, network_set: str, networks: Sequence[NetworkId]) -> None:
        missing = [each for each in networks if not await self.holds(network_set, each)]
        if not missing:
            return
        try:
            await self.client.writer.add_to_set(network_set, missing)
        except ServerError:
            self._new.difference_update(missing)
            self.forget(network_set)
            raise
        for network in missing:
            self.note_added(network_set, network)

    async def remove(self, network_set: str, network: NetworkId) -> None:
        """Take a network out of a set.

        Raises:
            ServerError: it was not taken out, or may not have been.
        """
        try:
            await self.client.writer.remove_from_set(network_set, [network])
        except ServerError:
            self.forget(network_set)
            raise
        self.note_removed(network_set, network)

    def note_made(self, network: NetworkId) -> None:
        """Note that the server has just made the network."""
        self._new.add(network)

    def note_added(self, network_set: str, network: NetworkId) -> None:
        """Note that the server has added the network to the set."""
        self._ours.setdefault(network_set, {})[network] = True

    def note_removed(self, network_set: str, network: NetworkId) -> None:
        """Note that the server has taken the network out of the set."""
        self._ours.setdefault(network_set, {})[network] = False

    def forget(self, network_set: str) -> None:
        """Read the set again next time, since its members are in doubt."""
        self._doubts += 1
        self._read.pop(network_set, None)
