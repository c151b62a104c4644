"""Wait for an upload that the server has accepted and not yet loaded (contract 3.3)."""

from __future__ import annotations

from dataclasses import dataclass

from sync.model import NetworkId, Summary
from sync.ndex.client import NdexClient
from sync.ndex.clock import SYSTEM_CLOCK, Clock


@dataclass(frozen=True, slots=True)
class LoadingPolicy:
    """How long to wait for the server's one loading queue, whose waiting time is unbounded.

    The state is asked for again after ``first_wait_s``, then after half as long again each time, up
    to ``longest_wait_s``, until ``deadline_s`` have passed.
    """

    first_wait_s: float = 0.5
    longest_wait_s: float = 5.0
    deadline_s: float = 30.0


async def wait_until_loaded(
    client: NdexClient, network: NetworkId, policy: LoadingPolicy, clock: Clock = SYSTEM_CLOCK
) -> Summary:
    """Ask for the state until it says that loading has ended, well or badly, or time is up.

    The summary, which costs more, is read once at the end. It may still say ``completed: false``:
    that is no proof of work in progress (contract 10.19), so the caller decides by the content.
    Raises what the client raises.
    """
    waited_s, wait_s = 0.0, policy.first_wait_s
    while not _has_ended(await client.fetch_state(network)):
        if waited_s + wait_s > policy.deadline_s:
            break
        await clock.sleep(wait_s)
        waited_s += wait_s
        wait_s = min(wait_s * 1.5, policy.longest_wait_s)
    return await client.fetch_summary(network)


def _has_ended(state: Summary) -> bool:
    return state.completed or state.error_message is not None
