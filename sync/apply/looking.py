"""Look at one network before and after every write."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

from sync.apply.course import form_of
from sync.apply.steps import Look
from sync.apply.summaries import SharedSummaries
from sync.errors import NotFound
from sync.model import NetworkId, Summary
from sync.ndex.client import NdexClient
from sync.ndex.loading import load_failure, read_load_state


@dataclass(slots=True)
class SetMembers:
    """The members of network sets, each set read once and kept up with our own writes.

    What is read while a set changes may be older than the change, so it is read again.
    """

    client: NdexClient
    _known: dict[str, frozenset[NetworkId]] = field(default_factory=dict)
    _changes: int = 0
    _turn: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def holds(self, network_set: str, network: NetworkId) -> bool:
        """Tell whether the set holds the network."""
        async with self._turn:
            while network_set not in self._known:
                changes = self._changes
                members = await self.client.fetch_set_members(network_set)
                if changes == self._changes:
                    self._known[network_set] = members
            return network in self._known[network_set]

    def note_added(self, network_set: str, network: NetworkId) -> None:
        """Note that the server has added the network to the set."""
        self._changes += 1
        if network_set in self._known:
            self._known[network_set] |= {network}

    def note_removed(self, network_set: str, network: NetworkId) -> None:
        """Note that the server has taken the network out of the set."""
        self._changes += 1
        if network_set in self._known:
            self._known[network_set] -= {network}

    def forget(self, network_set: str) -> None:
        """Read the set again next time: it is in doubt what it holds."""
        self._changes += 1
        self._known.pop(network_set, None)


@dataclass(frozen=True, slots=True)
class Eyes:
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


def look_of(summary: Summary, digest: str | None, member: bool | None) -> Look:  # noqa: FBT001
    """Return what a summary and a digest show."""
    return Look(
        form=form_of(summary, digest, member),
        modified_ms=summary.modified_ms,
        load=read_load_state(summary),
        failure=load_failure(summary),
        protected=summary.doi is not None or summary.certified,
        index_level=summary.index_level,
        summary=summary,
    )
