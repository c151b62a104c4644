"""Look at networks on the server: summaries in batches, then each content in the cheapest way.

A failure for one network becomes an observation of that network. What could not be seen stays
*Unanswered*; only the server's own answer makes a network *Absent* (design: Unknown is not
absent).
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field

from sync.amounts import plural
from sync.collection.listing import Membership
from sync.cx.decode import decode_cx1, decode_cx2_aspects
from sync.errors import Forbidden, NetworkError, NotFound, ServerError, Unauthorized
from sync.model import (
    LOAD_FAILED,
    NO_CONTENT,
    STILL_LOADING,
    Absent,
    Broken,
    Network,
    NetworkId,
    Observation,
    Refused,
    Seen,
    Summary,
    Unanswered,
)
from sync.ndex.client import NdexClient
from sync.ndex.loading import (
    LoadingPolicy,
    LoadState,
    load_failure,
    read_again,
    read_load_state,
    wait_until_loaded,
)
from sync.state.cache import FORGETFUL, Cache


@dataclass(frozen=True, slots=True)
class ObservePolicy:
    """How content is read.

    Documents up to ``whole_below_bytes`` are fetched whole, in one request; of larger ones only the
    aspects that hold genes, in two. The size that the server states is a rough guide (contract
    3.4), which is enough for this choice.
    """

    whole_below_bytes: int = 1_000_000
    loading: LoadingPolicy = field(default_factory=LoadingPolicy)


async def observe_network(
    client: NdexClient,
    summary: Summary | Absent | Refused | Unanswered,
    membership: Membership,
    policy: ObservePolicy,
    cache: Cache = FORGETFUL,
) -> Observation:
    """Read the content behind a summary, from the cache if it cannot have changed since.

    ``membership`` is passed on with the result. Never raises an error of the server.
    """
    if not isinstance(summary, Summary):
        return summary
    try:
        return await _read_twice(client, summary, membership, policy, cache)
    except NotFound:
        return Absent()
    except (Unauthorized, Forbidden) as error:
        return Refused(f"NDEx shows the summary but refuses the content: {error}")
    except NetworkError as error:
        return Broken(str(error))
    except ServerError as error:
        return Unanswered(str(error))


async def _read_twice(
    client: NdexClient,
    summary: Summary,
    membership: Membership,
    policy: ObservePolicy,
    cache: Cache,
) -> Observation:
    """Read content once more, some seconds later, before calling it invalid."""
    try:
        return await _read_fitting(client, summary, membership, policy, cache)
    except NetworkError:
        again = await read_again(client, summary.id, policy.loading)
        return await _read_fitting(client, again, membership, policy, cache)


async def _read_fitting(
    client: NdexClient,
    summary: Summary,
    membership: Membership,
    policy: ObservePolicy,
    cache: Cache,
) -> Observation:
    """Read content that matches its summary, waiting for an upload that is still being loaded.

    If somebody replaces a network meanwhile, the summary is of one content and the aspects are of
    another. A stream can also end early with status 200 (contract 4). The node count shows both. A
    network is called broken after two reads some seconds apart, never after one (contract 3.3).
    """
    if load_failure(summary) is not None:
        summary = await read_again(client, summary.id, policy.loading)
        if failure := load_failure(summary):
            return Broken(f"{LOAD_FAILED}: {failure}")
    if read_load_state(summary) is not LoadState.LOADING:
        content = await _read_or_find(client, summary, policy, cache)
        if content is not None and _fits(content, summary):
            settled = await _confirm_search(client, summary, policy)
            if settled.modified_ms == summary.modified_ms:
                return _see(settled, content, membership)
    return await _read_when_loaded(client, summary.id, membership, policy)


async def _confirm_search(client: NdexClient, summary: Summary, policy: ObservePolicy) -> Summary:
    """Look a second time before a network counts as lost by the search: it may be being indexed."""
    if not summary.out_of_search:
        return summary
    return await read_again(client, summary.id, policy.loading)


@dataclass(frozen=True, slots=True)
class _Content:
    """A decoded content; ``text`` is what it was decoded from, if that was whole."""

    network: Network
    text: bytes | None = None


def _see(summary: Summary, content: _Content, membership: Membership) -> Seen:
    return Seen(
        summary,
        content.network,
        membership.held,
        membership.doubt,
        index_failed=read_load_state(summary) is LoadState.UNINDEXED,
        text=content.text,
    )


async def _read_when_loaded(
    client: NdexClient, asked: NetworkId, membership: Membership, policy: ObservePolicy
) -> Observation:
    settled = await wait_until_loaded(client, asked, policy.loading)
    if failure := load_failure(settled):
        return Broken(f"{LOAD_FAILED}: {failure}")
    content = await _read_content(client, settled, policy)
    if content is None and read_load_state(settled).ended:
        settled = await read_again(client, asked, policy.loading)
        content = await _read_content(client, settled, policy)
    if content is None:
        return Broken(_without_content(settled))
    if not _fits(content, settled):
        return Unanswered(
            f"NDEx sends {plural(content.network.node_count, 'node')} of a network that has "
            f"{settled.node_count:,}"
        )
    return _see(settled, content, membership)


async def _read_or_find(
    client: NdexClient, summary: Summary, policy: ObservePolicy, cache: Cache
) -> _Content | None:
    if (found := cache.find_network(summary)) is not None:
        return _Content(found)
    content = await _read_content(client, summary, policy)
    if content is not None and _fits(content, summary):
        cache.keep_network(summary, content.network)
    return content


async def _read_content(
    client: NdexClient, summary: Summary, policy: ObservePolicy
) -> _Content | None:
    """Read CX2, or CX1 if there is no CX2; None if there is neither.

    CX2 that the server made from CX1 has element counts that may be wrong (contract 5.2); aspects
    that are read alone state none.
    """
    try:
        if summary.size_bytes <= policy.whole_below_bytes:
            document = await client.fetch_cx2_text(summary.id)
            with suppress(NetworkError):
                return _Content(document.decode(), document.text)
        nodes = await client.fetch_cx2_aspect(summary.id, "nodes")
        declarations = await client.fetch_cx2_aspect(summary.id, "attributeDeclarations")
        return _Content(decode_cx2_aspects(nodes, declarations))
    except NotFound:
        return await _read_cx1(client, summary)


async def _read_cx1(client: NdexClient, summary: Summary) -> _Content | None:
    """Read CX1; while an update is being loaded the server has no file for it (contract 4)."""
    try:
        return _Content(decode_cx1(await client.fetch_cx1(summary.id)))
    except NotFound:
        return None


def _fits(content: _Content, summary: Summary) -> bool:
    return content.network.node_count == summary.node_count


def _without_content(summary: Summary) -> str:
    if summary.completed:
        return f"{NO_CONTENT}; upload it again"
    return f"{STILL_LOADING}; check again later, and if that lasts tell the server's operators"
