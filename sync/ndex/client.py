"""The calls that ndex-sync makes, one method each, answered in the project's own nouns.

A call that fails raises a ``ServerError``. Where many networks are asked for at once, a failure
is the answer for the networks that it struck, and never makes one *Absent* (design: Unknown is
not absent).
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import (
    AsyncIterator,
    Awaitable,
    Callable,
    Collection,
    Iterable,
    Iterator,
    Mapping,
    Sequence,
)
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar

import httpx
import orjson

from sync.errors import (
    BadRequest,
    Call,
    ConfigError,
    Forbidden,
    NotFound,
    ServerError,
    Unauthorized,
)
from sync.match.identifiers import normalise_network_id
from sync.model import Absent, NetworkId, Refused, Summary, Unanswered
from sync.ndex import responses, summaries
from sync.ndex.address import parse_server_url
from sync.ndex.auth import Credentials
from sync.ndex.clock import SYSTEM_CLOCK, Clock
from sync.ndex.connections import open_connections
from sync.ndex.policy import ClientPolicy
from sync.ndex.requests import Request, call_about, require_id, require_json, split_rows
from sync.ndex.responses import FileCounts, ServerStatus, User
from sync.ndex.summaries import CompactSummary, ListedNetwork
from sync.ndex.transport import HttpCounts, Transport
from sync.ndex.trash import OwnTrash

if TYPE_CHECKING:
    from sync.ndex.writer import NdexWriter

Sighting = Summary | Absent | Refused | Unanswered
"""What asking for one network's summary can bring."""

MAX_BATCH = 2000
"""Ids that one batch call may carry; one more and the server answers 500 (contract 6)."""

_ASPECT = re.compile(r"[A-Za-z@]\w*")
BATCHES_AT_ONCE = 2
"""How many batches are asked for at once. A batch of 2,000 summaries is some 4 MB of text."""

Note = Callable[[Mapping[NetworkId, Sighting]], None]
"""Takes what a call has brought of some networks."""

T = TypeVar("T")
Listed = TypeVar("Listed", Summary, ListedNetwork)


@asynccontextmanager
async def open_client(
    server_url: str,
    *,
    credentials: Credentials | None,
    policy: ClientPolicy,
    transport: httpx.AsyncBaseTransport | None = None,
    clock: Clock = SYSTEM_CLOCK,
) -> AsyncIterator[NdexClient]:
    """Open a client of one server; its connections are closed when the block is left.

    ``transport`` replaces the network: an ``httpx.ASGITransport`` is a server in this process.

    Raises:
        ConfigError: the URL, the certificates or the proxy of the environment cannot be used, or
            credentials would travel unprotected.
    """
    address = parse_server_url(server_url)
    in_process = isinstance(transport, httpx.ASGITransport)
    if credentials is not None and not (address.guarded or in_process):
        raise ConfigError(
            f"credentials from {credentials.source} are not sent to {address.host} over plain "
            "http: use https, or unset them to go on without logging in"
        )
    async with open_connections(address, policy, transport) as connections:
        yield NdexClient(Transport(connections, address.url, credentials, policy, clock), policy)


class NdexClient:
    """Calls to one NDEx server; made by ``open_client``."""

    def __init__(self, transport: Transport, policy: ClientPolicy) -> None:
        self._transport = transport
        self._workers = policy.concurrency
        self._own_trash = OwnTrash(self.fetch_trash if transport.logged_in else None)

    @property
    def counts(self) -> HttpCounts:
        """What went over the wire until now."""
        return self._transport.counts

    @property
    def concurrency(self) -> int:
        """How many calls may be under way at once; more wait."""
        return self._workers

    @property
    def logged_in(self) -> bool:
        """Whether credentials go with the calls; not whether the server takes them."""
        return self._transport.logged_in

    @property
    def writer(self) -> NdexWriter:
        """The calls that change something, over the same connections, limits and counts."""
        # What is checked before a write takes long to import.
        from sync.ndex.writer import NdexWriter  # noqa: PLC0415

        return NdexWriter(self._transport)

    @property
    def own_trash(self) -> OwnTrash:
        """The trash of who is logged in, as it was when it was first asked for."""
        return self._own_trash

    @property
    def server_ahead_s(self) -> float | None:
        """By how many seconds the server's clock is ahead of ours; None if it did not tell."""
        return self._transport.server_ahead_s

    async def fetch_status(self) -> ServerStatus:
        """Ask what the server says of itself; no credentials are sent (contract 2, 11)."""
        # Bad credentials would make even this fail (contract 2).
        request = Request("GET", "/v3/admin/status", anonymous=True)
        return await self._ask(request, responses.decode_status)

    async def fetch_own_user(self) -> User:
        """Ask who we are logged in as (contract 2).

        Raises:
            Unauthorized: no credentials, or wrong ones.
        """
        return await self._ask(
            # Any value but true is a 500 (contract 2).
            Request("GET", "/v2/user", (("valid", "true"),)),
            responses.decode_user,
        )

    async def fetch_user(self, name: str) -> User:
        """Look an account up by its name (contract 8).

        Raises:
            NotFound: there is none.
        """
        return await self._ask(
            Request("GET", "/v2/user", (("username", name),)), responses.decode_user
        )

    async def fetch_summaries(self, ids: Collection[NetworkId]) -> dict[NetworkId, Sighting]:
        """Ask for the summaries of many networks, with their properties (contract 6, 11).

        Every id asked for is a key of the result. An id that the server leaves out of a batch is
        looked up by itself: *Absent* on 404, *Refused* on 401 or 403. Where a batch or look-up
        fails, its ids are *Unanswered*.
        """
        seen: dict[NetworkId, Sighting] = {}
        await self.see_summaries(_batches(list(dict.fromkeys(ids))), seen.update)
        return seen

    async def see_summaries(self, batches: AsyncIterator[Sequence[NetworkId]], note: Note) -> None:
        """As ``fetch_summaries``, for batches of up to 2,000 that come one after the other.

        ``note`` takes what each call brings as soon as it is known.
        """
        taking = asyncio.Lock()

        async def _work() -> None:
            while True:
                async with taking:
                    batch = await anext(batches, None)
                if batch is None:
                    return
                await self._see(batch, note)

        async with asyncio.TaskGroup() as tasks:
            for _ in range(min(self._workers, BATCHES_AT_ONCE)):
                tasks.create_task(_work())

    async def fetch_summary_batch(self, ids: Sequence[NetworkId]) -> dict[NetworkId, Summary]:
        """Ask once for the summaries of up to 2,000 networks.

        What the server drops is left out, and so is a summary that cannot be read.

        Raises:
            ServerError: the call failed.
        """
        found = await self._ask_batch(ids)
        return {network: each for network, each in found.items() if isinstance(each, Summary)}

    async def fetch_compact_batch(
        self, ids: Sequence[NetworkId]
    ) -> dict[NetworkId, CompactSummary]:
        """Ask once for all but the properties of up to 2,000 networks.

        What the server drops is left out, and so is what cannot be read. The shorter format
        ``UPDATE`` hides what does not move the modification time (contract 3.4).

        Raises:
            ServerError: the call failed.
        """
        request = _batch("/v3/batch/networks/summary", ids, ("format", "COMPACT"))
        return {each.id: each for each in await self._ask(request, summaries.decode_compact)}

    async def fetch_summary(self, network: NetworkId) -> Summary:
        """Ask for one network's summary, with its properties (contract 3.4)."""
        return await self._ask(_get("/v2/network/{id}/summary", network), summaries.decode_summary)

    async def fetch_state(self, network: NetworkId) -> Summary:
        """Ask for one network's summary without properties and version (contract 3.4).

        404 and 401 tell gone from private (contract 6).
        """
        request = _get("/v3/networks/{id}/summary", network, ("format", "COMPACT"))
        return await self._ask(request, summaries.decode_state)

    async def fetch_cx2(self, network: NetworkId) -> object:
        """Fetch the whole content as CX2, parsed.

        Raises:
            NotFound: there is no CX2 of it, which does not mean that it is gone (contract 4).
        """
        return await self._transport.send(_get("/v3/networks/{id}", network))

    async def fetch_cx2_text(self, network: NetworkId) -> bytes:
        """Fetch the whole content as CX2; what is not JSON is refused, and nothing is parsed.

        Raises:
            NotFound: as ``fetch_cx2``.
        """
        request = replace(_get("/v3/networks/{id}", network), parse=require_json)
        text = await self._transport.send(request)
        return text if isinstance(text, bytes) else b""

    async def fetch_cx2_aspect(self, network: NetworkId, aspect: str) -> object:
        """Fetch one whole aspect of the CX2 content, parsed, as stored (contract 4).

        Raises:
            NotFound: no such aspect, no CX2, or no network.
            ValueError: the name is not one of an aspect.
        """
        if not _ASPECT.fullmatch(aspect):
            raise ValueError(f"{aspect!r} is not an aspect name")
        return await self._transport.send(_get("/v3/networks/{id}/aspects/" + aspect, network))

    async def fetch_cx1(self, network: NetworkId) -> object:
        """Fetch the whole content as CX1, parsed.

        Raises:
            NotFound: no such network, or no file of it while an update is loading (contract 4).
        """
        return await self._transport.send(_get("/v2/network/{id}", network))

    async def fetch_set_members(self, network_set: str) -> frozenset[NetworkId]:
        """Ask which networks a network set holds (contract 7.1).

        A set made since NDEx 3.0 is a folder, and shows no networks as a set; so the folder is
        asked where the set is empty. A set that is really one, and empty, has no such folder; an
        older server has no folders at all (an unknown route, contract 1.3).

        Raises:
            Unauthorized: the set shows nothing and its folder is private: what it holds is unknown.
        """
        members = await self._ask(
            _get("/v2/networkset/{id}", network_set), responses.decode_set_members
        )
        if members:
            return members
        try:
            return await self.fetch_folder_networks(network_set)
        except (NotFound, BadRequest):
            return members

    async def fetch_folder_networks(self, folder: str) -> frozenset[NetworkId]:
        """Ask which networks a folder holds, themselves or by a shortcut (contract 7.2)."""
        # The compact format names the targets of shortcuts.
        query = ("format", "compact"), ("type", "network")
        request = _get("/v3/files/folders/{id}/list", folder, *query)
        return await self._ask(request, responses.decode_folder_networks)

    async def fetch_account_networks(self, user: str) -> tuple[Summary, ...]:
        """Ask for every network that the logged-in account owns, newest change first.

        The one complete listing; shared networks and the shortcut targets that the server adds
        are left out (contract 8).

        Raises:
            Unauthorized: ``user`` is not the account that is logged in.
        """
        return tuple(_own(await self._ask_account(user, summaries.decode_summaries), user))

    async def list_account_networks(self, user: str) -> Iterator[ListedNetwork]:
        """As ``fetch_account_networks``, for who needs only what the networks say of themselves.

        Raises:
            Unauthorized: ``user`` is not the account that is logged in.
            ServerBroken: a network cannot be read, when it is its turn.
        """
        return _own(await self._ask_account(user, summaries.decode_listing), user)

    async def fetch_file_counts(self) -> FileCounts:
        """Ask how many items the logged-in account owns, to check a listing by (contract 8)."""
        return await self._ask(Request("GET", "/v3/files/count"), responses.decode_file_counts)

    async def fetch_trash(self) -> frozenset[NetworkId]:
        """Ask which networks the logged-in account has in the trash (contract 3.7)."""
        return await self._ask(Request("GET", "/v3/files/trash"), responses.decode_trash)

    async def _ask_batch(self, ids: Sequence[NetworkId]) -> dict[NetworkId, Summary | Unanswered]:
        """Ask for v2 summaries, which carry properties whatever their values (contract 3.4, 6)."""
        return await self._ask(_batch("/v2/batch/network/summary", ids), summaries.decode_batch)

    async def _ask_account(self, user: str, decode: Callable[[Call, object], T]) -> T:
        """Ask for all networks of an account at once, since its pages repeat (contract 8)."""
        query = ("offset", "0"), ("limit", "0")
        request = _get("/v2/user/{id}/networksummary", user, *query)
        return await self._ask(replace(request, listing=True, parse=split_rows), decode)

    async def _ask(self, request: Request, decode: Callable[[Call, object], T]) -> T:
        return decode(request.call, await self._transport.send(request))

    async def _see(self, batch: Sequence[NetworkId], note: Note) -> None:
        asked = [network for network in batch if normalise_network_id(network) == network]
        if odd := set(batch).difference(asked):
            note(
                {
                    each: Unanswered(f"{each[:60]!r} is not a lower-case UUID; not asked")
                    for each in odd
                }
            )
        if not asked:
            return
        found = await self._see_batch(asked)
        note(found)
        dropped = [network for network in asked if network not in found]

        async def _see_one(network: NetworkId) -> None:
            note({network: await self._see_dropped(network)})

        await self._each(dropped, _see_one)

    async def _see_batch(self, chunk: Sequence[NetworkId]) -> dict[NetworkId, Sighting]:
        """Ask for one chunk; what the server dropped, and only that, is not in the result."""
        try:
            found = await self._ask_batch(chunk)
        except ServerError as error:
            return dict.fromkeys(chunk, Unanswered(str(error)))
        return {network: found[network] for network in chunk if network in found}

    async def _see_dropped(self, network: NetworkId) -> Sighting:
        """Look up one network that a batch left out; if it is there after all, read it in full."""
        state = await self._sight(self.fetch_state, network)
        if not isinstance(state, Summary):
            return state
        return await self._sight(self.fetch_summary, network)

    async def _sight(
        self, fetch: Callable[[NetworkId], Awaitable[Summary]], network: NetworkId
    ) -> Sighting:
        """Make a value of whatever the look-up of one network brings."""
        try:
            return await fetch(network)
        except NotFound:
            return Absent()
        except (Unauthorized, Forbidden) as error:
            who = "the account that is logged in" if self.logged_in else "an anonymous caller"
            return Refused(f"private: {who} may not read it ({error})")
        except ServerError as error:
            return Unanswered(str(error))

    async def _each(
        self, items: Sequence[NetworkId], work: Callable[[NetworkId], Awaitable[None]]
    ) -> None:
        """Do ``work`` for every item, as many at once as calls may be under way."""
        left = iter(items)

        async def _worker() -> None:
            for item in left:
                await work(item)

        async with asyncio.TaskGroup() as tasks:
            for _ in range(min(self._workers, len(items))):
                tasks.create_task(_worker())


def _get(template: str, item: str, *query: tuple[str, str]) -> Request:
    call = call_about("GET", template, item)
    return Request(call.method, call.path, query)


def _own(listed: Iterable[Listed], user: str) -> Iterator[Listed]:
    seen: set[NetworkId] = set()
    for network in listed:
        if network.owner_id == user and (uuid := network.id) not in seen:
            seen.add(uuid)
            yield network


def _batch(path: str, ids: Sequence[NetworkId], *query: tuple[str, str]) -> Request:
    # The server pastes ids into SQL and fails the whole call on one that is malformed.
    request = Request("POST", path, query, body=orjson.dumps(list(ids)), parse=split_rows)
    for network in ids:
        require_id(network, request.call)
    if len(ids) > MAX_BATCH:
        raise ValueError(f"{len(ids)} ids in one batch call, at most {MAX_BATCH} are allowed")
    return request


async def _batches(ids: Sequence[NetworkId]) -> AsyncIterator[Sequence[NetworkId]]:
    for start in range(0, len(ids), MAX_BATCH):
        yield ids[start : start + MAX_BATCH]
