"""Look at one network before and after every write."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial

from sync.apply.batches import Batches, Gather
from sync.apply.decide import Observed
from sync.apply.summaries import SharedSummaries
from sync.apply.target import form_of
from sync.errors import NotFound, ServerError
from sync.model import NetworkId, Summary
from sync.ndex.client import NdexClient
from sync.ndex.loading import load_failure, read_load_state


@dataclass(slots=True)
class SetMembers:
    """The members of network sets: each set is read once, and then kept up with our own writes.

    ``_read`` is what the server listed, ``_ours`` what it has confirmed of our own writes, which
    a list that was read meanwhile may lack. ``_new`` are networks that were only just made, which
    no set can hold.
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
        """Tell whether the set holds the network."""
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
        """Add a network to a set, together with others that are waiting for it.

        A set of NDEx 3.0 has a network twice that is added twice (contract 7.1), so one that the
        set holds is not sent.

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
        """Note that the server has only just made the network."""
        self._new.add(network)

    def note_added(self, network_set: str, network: NetworkId) -> None:
        """Note that the server has added the network to the set."""
        self._ours.setdefault(network_set, {})[network] = True

    def note_removed(self, network_set: str, network: NetworkId) -> None:
        """Note that the server has taken the network out of the set."""
        self._ours.setdefault(network_set, {})[network] = False

    def forget(self, network_set: str) -> None:
        """Read the set again next time: it is in doubt what it holds."""
        self._doubts += 1
        self._read.pop(network_set, None)


@dataclass(frozen=True, slots=True)
class Observer:
    """How the network of one action is looked at; ``network_set`` is the set in question."""

    client: NdexClient
    summaries: SharedSummaries
    members: SetMembers
    network: NetworkId
    network_set: str | None

    async def fetch_summary(self, wait_s: float = 0.0) -> Summary | None:
        """Read the summary after at most ``wait_s``, None where there is no such network."""
        return await self.summaries.read(self.network, wait_s)

    async def fetch_content(self) -> object:
        """Read the content as CX2, None where there is none, or none now (contract 4)."""
        try:
            return await self.client.fetch_cx2(self.network)
        except NotFound:
            return None

    async def fetch_membership(self) -> bool | None:
        """Ask whether the set holds the network, None where no set is in question."""
        if self.network_set is None:
            return None
        return await self.members.holds(self.network_set, self.network)


def look_of(summary: Summary, digest: str | None, member: bool | None) -> Observed:  # noqa: FBT001
    """Return what a summary and a digest show."""
    return Observed(
        form=form_of(summary, digest, member),
        modified_ms=summary.modified_ms,
        load=read_load_state(summary),
        failure=load_failure(summary),
        protected=summary.doi is not None or summary.certified,
        index_level=summary.index_level,
        summary=summary,
    )
