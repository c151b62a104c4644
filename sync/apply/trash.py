"""Say what became of a network that is not there any more: gone, or in the account's own trash."""

from __future__ import annotations

from sync.apply.decide import GONE, Step
from sync.match.compare import describe_absent
from sync.model import IN_TRASH, Absent, NetworkId
from sync.ndex.client import NdexClient
from sync.state.journal import Journal


async def explain_absence(client: NdexClient, journal: Journal, network: NetworkId) -> str:
    """Return a sentence that says where the network is and how to get it back.

    Only the owner's trash tells a deleted network from one that never was (contract 3.7).

    Raises:
        ServerError: the trash could not be read.
    """
    if network not in await client.fetch_trash():
        return GONE
    if run := journal.find_begun(Step.DELETE, network):
        return f"{IN_TRASH}, put there by run {run}: take it out with: ndex-sync restore {run}"
    return describe_absent(network, Absent(in_trash=True))
