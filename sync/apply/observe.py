"""Look at one network before and after every write."""

from __future__ import annotations

from dataclasses import dataclass

from sync.apply.context import ApplyContext
from sync.apply.decide import GONE
from sync.apply.states import Observed, Step
from sync.apply.target import state_of
from sync.errors import NotFound
from sync.match.compare import describe_absent
from sync.model import IN_TRASH, Absent, NetworkId, Summary
from sync.ndex.loading import load_failure, read_load_state


@dataclass(frozen=True, slots=True)
class Observer:
    """Looks at the network of one action; ``network_set`` is the set in question."""

    context: ApplyContext
    network: NetworkId
    network_set: str | None = None

    async def fetch_summary(self, wait_s: float = 0.0) -> Summary | None:
        """Read the summary after at most ``wait_s``, None if there is no such network."""
        return await self.context.summaries.read(self.network, wait_s)

    async def fetch_content(self) -> object:
        """Read the content as CX2, None if there is none, or none now (contract 4)."""
        try:
            return await self.context.client.fetch_cx2(self.network)
        except NotFound:
            return None

    async def fetch_membership(self) -> bool | None:
        """Ask whether the set holds the network, None if no set is in question."""
        if self.network_set is None:
            return None
        return await self.context.members.holds(self.network_set, self.network)


def observed_of(summary: Summary, digest: str | None, member: bool | None) -> Observed:  # noqa: FBT001
    """Return what a summary and a digest show."""
    return Observed(
        state=state_of(summary, digest, member),
        modified_ms=summary.modified_ms,
        load=read_load_state(summary),
        failure=load_failure(summary),
        protected=summary.protected,
        index_level=summary.index_level,
        summary=summary,
    )


async def explain_absence(context: ApplyContext, network: NetworkId) -> str:
    """Say where a missing network is, and how to get it back.

    Only the owner's trash tells a deleted network from one that never existed (contract 3.7).

    Raises:
        ServerError: the trash could not be read.
    """
    if network not in await context.client.fetch_trash():
        return GONE
    if run := context.journal.find_begun(Step.DELETE, network):
        return f"{IN_TRASH}, put there by run {run}: take it out with: ndex-sync restore {run}"
    return describe_absent(network, Absent(in_trash=True))
