"""Ask for the summaries of many networks, and say for each what became of it.

A call that fails is the answer for the networks that it was about, and never makes one *Absent*
(design: Unknown is not absent).
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence

from sync.at_once import do_each
from sync.errors import Forbidden, NotFound, ServerError, Unauthorized
from sync.match.identifiers import normalise_network_id
from sync.model import Absent, NetworkId, Refused, Summary, Unanswered
from sync.ndex.client import MAX_BATCH, NdexClient

Failed = Absent | Refused | Unanswered
"""Why nothing is known about a network."""

Sighting = Summary | Failed
"""The result of asking for one network's summary."""

BATCHES_AT_ONCE = 2
"""How many batches are requested at once. A batch of 2,000 summaries is some 4 MB of text."""

Note = Callable[[Mapping[NetworkId, Sighting]], None]
"""Takes what a call has returned for some networks."""


def split_batches(ids: Sequence[NetworkId]) -> Iterator[Sequence[NetworkId]]:
    """Yield ids in batches that the server takes."""
    return (ids[start : start + MAX_BATCH] for start in range(0, len(ids), MAX_BATCH))


async def see_each(client: NdexClient, ids: Sequence[NetworkId]) -> dict[NetworkId, Sighting]:
    """Ask for the summaries of many networks, with their properties (contract 6, 11).

    Every id asked for is a key of the result. An id that the server leaves out of a batch is looked
    up alone: *Absent* on 404, *Refused* on 401 or 403. If a batch or look-up fails, its ids are
    *Unanswered*.
    """
    seen: dict[NetworkId, Sighting] = {}
    await note_each(client, list(dict.fromkeys(ids)), seen.update)
    return seen


async def note_each(client: NdexClient, ids: Sequence[NetworkId], note: Note) -> None:
    """Do as ``see_each``; ``note`` takes what each call returns as soon as it is known."""

    async def _see(batch: Sequence[NetworkId]) -> None:
        await _see_batch(client, batch, note)

    await do_each(split_batches(ids), _see, at_once=BATCHES_AT_ONCE)


async def _see_batch(client: NdexClient, batch: Sequence[NetworkId], note: Note) -> None:
    asked = [network for network in batch if normalise_network_id(network) == network]
    if odd := set(batch).difference(asked):
        note(
            {each: Unanswered(f"{each[:60]!r} is not a lower-case UUID; not asked") for each in odd}
        )
    if not asked:
        return
    try:
        found = await client.fetch_summary_batch(asked)
    except ServerError as error:
        note(dict.fromkeys(asked, Unanswered(str(error))))
        return
    note({network: found[network] for network in asked if network in found})

    async def _see_dropped(network: NetworkId) -> None:
        note({network: await _look_up(client, network)})

    dropped = [network for network in asked if network not in found]
    await do_each(dropped, _see_dropped, at_once=min(client.concurrency, len(dropped)))


async def _look_up(client: NdexClient, network: NetworkId) -> Sighting:
    """Look up one network that a batch left out; if it exists after all, read it in full."""
    state = await _sight(client, client.fetch_state, network)
    if not isinstance(state, Summary):
        return state
    return await _sight(client, client.fetch_summary, network)


async def _sight(
    client: NdexClient, fetch: Callable[[NetworkId], Awaitable[Summary]], network: NetworkId
) -> Sighting:
    """Return the result of looking up one network, errors included."""
    try:
        return await fetch(network)
    except NotFound:
        return Absent()
    except (Unauthorized, Forbidden) as error:
        who = "the account that is logged in" if client.logged_in else "an anonymous caller"
        return Refused(f"private: {who} may not read it ({error})")
    except ServerError as error:
        return Unanswered(str(error))
