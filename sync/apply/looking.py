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
    """The members of network sets, each set read once and kept up with our own writes."""

    client: NdexClient
    _known: dict[str, set[NetworkId]] = field(default_factory=dict)
    _turn: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def holds(self, network_set: str, network: NetworkId) -> bool:
        """Tell whether the set holds the network."""
        async with self._turn:
            if network_set not in self._known:
                members = await self.client.fetch_set_members(network_set)
                self._known[network_set] = set(members)
        return network in self._known[network_set]

    def forget(self, network_set: str) -> None:
        """Read the set again next time: it is in doubt what it holds."""
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
