"""The calls that ndex-sync makes, one method each, with results in the types of the project.

A call that fails raises a ``ServerError``; ``sightings`` makes it the answer for the networks that
it was about.
"""

from __future__ import annotations

import re
from collections.abc import (
    AsyncIterator,
    Callable,
    Iterable,
    Iterator,
    Sequence,
)
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar

import httpx
import orjson

from sync.cx.decode import Cx2Text
from sync.errors import (
    BadRequest,
    Call,
    ConfigError,
    NotFound,
)
from sync.model import NetworkId, Summary, Unanswered
from sync.ndex import responses, summaries
from sync.ndex.address import parse_server_url
from sync.ndex.auth import Credentials
from sync.ndex.clock import SYSTEM_CLOCK, Clock
from sync.ndex.connections import open_connections
from sync.ndex.policy import ClientPolicy
from sync.ndex.requests import Request, call_about, require_id, split_rows
from sync.ndex.responses import FileCounts, ServerStatus, User
from sync.ndex.summaries import CompactSummary, ListedNetwork
from sync.ndex.transport import HttpCounts, Transport
from sync.ndex.trash import OwnTrash

if TYPE_CHECKING:
    from sync.ndex.writer import NdexWriter

MAX_BATCH = 2000
"""How many ids one batch call may have; with one more the server answers 500 (contract 6)."""

_ASPECT = re.compile(r"[A-Za-z@]\w*")
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
    """Open a client for one server; its connections are closed when the block is left.

    ``transport`` replaces the network: an ``httpx.ASGITransport`` is a server in this process.

    Raises:
        ConfigError: the URL, the certificates or the proxy of the environment cannot be used, or
            credentials would be sent unencrypted.
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
        """What was sent and received so far."""
        return self._transport.counts

    @property
    def concurrency(self) -> int:
        """How many calls may run at once; others wait."""
        return self._workers

    @property
    def logged_in(self) -> bool:
        """Whether calls carry credentials; not whether the server accepts them."""
        return self._transport.logged_in

    @property
    def writer(self) -> NdexWriter:
        """The calls that change something, over the same connections, limits and counts."""
        # The code for checks before a write is slow to import.
        from sync.ndex.writer import NdexWriter  # noqa: PLC0415

        return NdexWriter(self._transport)

    @property
    def own_trash(self) -> OwnTrash:
        """The trash of the account that is logged in, as it was when first asked for."""
        return self._own_trash

    @property
    def server_ahead_s(self) -> float | None:
        """By how many seconds the server's clock is ahead of ours; None if it did not say."""
        return self._transport.server_ahead_s

    async def fetch_status(self) -> ServerStatus:
        """Ask for the server's status; no credentials are sent (contract 2, 11)."""
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
        """Look up an account by its name (contract 8).

        Raises:
            NotFound: it does not exist.
        """
        return await self._ask(
            Request("GET", "/v2/user", (("username", name),)), responses.decode_user
        )

    async def fetch_summary_batch(
        self, ids: Sequence[NetworkId]
    ) -> dict[NetworkId, Summary | Unanswered]:
        """Ask once for the summaries of up to 2,000 networks, with their properties.

        Networks that the server drops are left out; a summary that cannot be read is *Unanswered*.
        Version 2 has the properties whatever their values (contract 3.4, 6).

        Raises:
            ServerError: the call failed.
        """
        return await self._ask(_batch("/v2/batch/network/summary", ids), summaries.decode_batch)

    async def fetch_compact_batch(
        self, ids: Sequence[NetworkId]
    ) -> dict[NetworkId, CompactSummary]:
        """Ask once for everything except the properties of up to 2,000 networks.

        Networks that the server drops are left out, and so is what cannot be read. The shorter
        format ``UPDATE`` hides what does not change the modification time (contract 3.4).

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

        404 and 401 distinguish deleted from private (contract 6).
        """
        request = _get("/v3/networks/{id}/summary", network, ("format", "COMPACT"))
        return await self._ask(request, summaries.decode_state)

    async def fetch_cx2(self, network: NetworkId) -> object:
        """Fetch the whole content as CX2, parsed.

        Raises:
            NotFound: there is no CX2 for it, which does not mean that it was deleted (contract 4).
        """
        return await self._transport.send(_get("/v3/networks/{id}", network))

    async def fetch_cx2_text(self, network: NetworkId) -> Cx2Text:
        """Fetch the whole content as CX2; what is not JSON is refused, but not parsed.

        Raises:
            NotFound: as ``fetch_cx2``.
        """
        request = _get("/v3/networks/{id}", network, parse=Cx2Text.split)
        found = await self._transport.send(request)
        return found if isinstance(found, Cx2Text) else Cx2Text(b"")

    async def fetch_cx2_aspect(self, network: NetworkId, aspect: str) -> object:
        """Fetch one whole aspect of the CX2 content, parsed, as stored (contract 4).

        Raises:
            NotFound: there is no such aspect, no CX2, or no network.
            ValueError: the name is not one of an aspect.
        """
        if not _ASPECT.fullmatch(aspect):
            raise ValueError(f"{aspect!r} is not an aspect name")
        return await self._transport.send(_get("/v3/networks/{id}/aspects/" + aspect, network))

    async def fetch_cx1(self, network: NetworkId) -> object:
        """Fetch the whole content as CX1, parsed.

        Raises:
            NotFound: there is no such network, or no file for it while an update is loading
                (contract 4).
        """
        return await self._transport.send(_get("/v2/network/{id}", network))

    async def fetch_set_members(self, network_set: str) -> frozenset[NetworkId]:
        """Ask which networks a network set holds (contract 7.1).

        A set made since NDEx 3.0 is a folder, and shows no networks as a set; so if the set is
        empty, the folder is asked. A real set that is empty has no such folder; an older server has
        no folders at all (an unknown route, contract 1.3).

        Raises:
            Unauthorized: the set shows nothing and its folder is private: its networks are unknown.
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
        """Ask which networks a folder holds, directly or by a shortcut (contract 7.2)."""
        # The compact format names the targets of shortcuts.
        query = ("format", "compact"), ("type", "network")
        request = _get("/v3/files/folders/{id}/list", folder, *query)
        return await self._ask(request, responses.decode_folder_networks)

    async def fetch_account_networks(self, user: str) -> tuple[Summary, ...]:
        """Ask for every network that the logged-in account owns, last changed first.

        This is the only complete listing; shared networks and the shortcut targets that the server
        adds are left out (contract 8).

        Raises:
            Unauthorized: ``user`` is not the account that is logged in.
        """
        return tuple(_own(await self._ask_account(user, summaries.decode_summaries), user))

    async def list_account_networks(self, user: str) -> Iterator[ListedNetwork]:
        """Do as ``fetch_account_networks``, with only what the networks say about themselves.

        Raises:
            Unauthorized: ``user`` is not the account that is logged in.
            ServerBroken: a network cannot be read, when its turn comes.
        """
        return _own(await self._ask_account(user, summaries.decode_listing), user)

    async def fetch_file_counts(self) -> FileCounts:
        """Ask how many items the logged-in account owns, to check a listing (contract 8)."""
        return await self._ask(Request("GET", "/v3/files/count"), responses.decode_file_counts)

    async def fetch_trash(self) -> frozenset[NetworkId]:
        """Ask which networks the logged-in account has in the trash (contract 3.7)."""
        return await self._ask(Request("GET", "/v3/files/trash"), responses.decode_trash)

    async def _ask_account(self, user: str, decode: Callable[[Call, object], T]) -> T:
        """Ask for all networks of an account at once, since its pages repeat (contract 8)."""
        query = ("offset", "0"), ("limit", "0")
        request = _get("/v2/user/{id}/networksummary", user, *query)
        return await self._ask(replace(request, listing=True, parse=split_rows), decode)

    async def _ask(self, request: Request, decode: Callable[[Call, object], T]) -> T:
        return decode(request.call, await self._transport.send(request))


def _get(
    template: str,
    item: str,
    *query: tuple[str, str],
    parse: Callable[[bytes], object] = orjson.loads,
) -> Request:
    call = call_about("GET", template, item)
    return Request(call.method, call.path, query, parse=parse)


def _own(listed: Iterable[Listed], user: str) -> Iterator[Listed]:
    seen: set[NetworkId] = set()
    for network in listed:
        if network.owner_id == user and (uuid := network.id) not in seen:
            seen.add(uuid)
            yield network


def _batch(path: str, ids: Sequence[NetworkId], *query: tuple[str, str]) -> Request:
    # The server pastes ids into SQL and fails the whole call if one is malformed.
    request = Request("POST", path, query, body=orjson.dumps(list(ids)), parse=split_rows)
    for network in ids:
        require_id(network, request.call)
    if len(ids) > MAX_BATCH:
        raise ValueError(f"{len(ids)} ids in one batch call, at most {MAX_BATCH} are allowed")
    return request
