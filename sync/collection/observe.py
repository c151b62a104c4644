"""Read the content of one network in the cheapest way, given its summary.

A failure becomes an observation of the network. What could not be seen stays *Unanswered*; only the
server's own answer makes a network *Absent* (design: Unknown is not absent).
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
        return await _Reader(client, membership, policy, cache).read_twice(summary)
    except NotFound:
        return Absent()
    except (Unauthorized, Forbidden) as error:
        return Refused(f"NDEx shows the summary but refuses the content: {error}")
    except NetworkError as error:
        return Broken(str(error))
    except ServerError as error:
        return Unanswered(str(error))


@dataclass(frozen=True, slots=True)
class _Content:
    """A decoded content; ``text`` is what it was decoded from, if that was whole."""

    network: Network
    text: bytes | None = None


@dataclass(frozen=True, slots=True)
class _Reader:
    """Reads the content of one network; ``membership`` is passed on with it."""

    client: NdexClient
    membership: Membership
    policy: ObservePolicy
    cache: Cache

    async def read_twice(self, summary: Summary) -> Observation:
        """Read content once more, some seconds later, before calling it invalid."""
        try:
            return await self._read_fitting(summary)
        except NetworkError:
            return await self._read_fitting(await self._ask_again(summary.id))

    async def _ask_again(self, network: NetworkId) -> Summary:
        return await read_again(self.client, network, self.policy.loading)

    async def _read_fitting(self, summary: Summary) -> Observation:
        """Read content that matches its summary, waiting for an upload that is still being loaded.

        If somebody replaces a network meanwhile, the summary is of one content and the aspects are
        of another. A stream can also end early with status 200 (contract 4). The node count shows
        both. A network is called broken after two reads some seconds apart, never after one
        (contract 3.3).
        """
        if load_failure(summary) is not None:
            summary = await self._ask_again(summary.id)
            if failure := load_failure(summary):
                return Broken(f"{LOAD_FAILED}: {failure}")
        if read_load_state(summary) is not LoadState.LOADING:
            content = await self._read_or_find(summary)
            if content is not None and _fits(content, summary):
                # What the search seems to have lost may be being indexed: look a second time.
                lost = summary.out_of_search
                confirmed = await self._ask_again(summary.id) if lost else summary
                if confirmed.modified_ms == summary.modified_ms:
                    return self._see(confirmed, content)
        return await self._read_when_loaded(summary.id)

    async def _read_when_loaded(self, network: NetworkId) -> Observation:
        loaded = await wait_until_loaded(self.client, network, self.policy.loading)
        if failure := load_failure(loaded):
            return Broken(f"{LOAD_FAILED}: {failure}")
        content = await self._read_content(loaded)
        if content is None and read_load_state(loaded).ended:
            loaded = await self._ask_again(network)
            content = await self._read_content(loaded)
        if content is None:
            return Broken(_without_content(loaded))
        if not _fits(content, loaded):
            return Unanswered(
                f"NDEx sends {plural(content.network.node_count, 'node')} of a network that has "
                f"{loaded.node_count:,}"
            )
        return self._see(loaded, content)

    def _see(self, summary: Summary, content: _Content) -> Seen:
        return Seen(
            summary,
            content.network,
            self.membership.held,
            self.membership.doubt,
            index_failed=read_load_state(summary) is LoadState.UNINDEXED,
            text=content.text,
        )

    async def _read_or_find(self, summary: Summary) -> _Content | None:
        if (found := self.cache.find_network(summary)) is not None:
            return _Content(found)
        content = await self._read_content(summary)
        if content is not None and _fits(content, summary):
            self.cache.keep_network(summary, content.network)
        return content

    async def _read_content(self, summary: Summary) -> _Content | None:
        """Read CX2, or CX1 if there is no CX2; None if there is neither.

        CX2 that the server made from CX1 has element counts that may be wrong (contract 5.2);
        aspects that are read alone state none.
        """
        client = self.client
        try:
            if summary.size_bytes <= self.policy.whole_below_bytes:
                document = await client.fetch_cx2_text(summary.id)
                with suppress(NetworkError):
                    return _Content(document.decode(), document.text)
            nodes = await client.fetch_cx2_aspect(summary.id, "nodes")
            declarations = await client.fetch_cx2_aspect(summary.id, "attributeDeclarations")
            return _Content(decode_cx2_aspects(nodes, declarations))
        except NotFound:
            return await self._read_cx1(summary.id)

    async def _read_cx1(self, network: NetworkId) -> _Content | None:
        """Read CX1; while an update is being loaded the server has no file for it (contract 4)."""
        try:
            return _Content(decode_cx1(await self.client.fetch_cx1(network)))
        except NotFound:
            return None


def _fits(content: _Content, summary: Summary) -> bool:
    return content.network.node_count == summary.node_count


def _without_content(summary: Summary) -> str:
    if summary.completed:
        return f"{NO_CONTENT}; upload it again"
    return f"{STILL_LOADING}; check again later, and if that lasts tell the server's operators"
