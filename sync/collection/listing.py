"""List the networks of a collection on the server: its network set, its folder, its account."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass, field

from sync.amounts import plural
from sync.errors import ConfigError, Forbidden, NotFound, ServerError, Unauthorized
from sync.model import NetworkId, Summary
from sync.ndex.client import NdexClient
from sync.ndex.responses import User


@dataclass(frozen=True, slots=True)
class Location:
    """Where a collection's networks are kept; None if the configuration names none.

    ``keys`` holds file, line and key of each in the configuration, for errors.
    """

    network_set: NetworkId | None = None
    folder: NetworkId | None = None
    account: str | None = None
    keys: Mapping[str, str] = field(default_factory=dict, compare=False)

    def holders(self, client: NdexClient) -> Iterator[Holder]:
        """Yield the network set and the folder if they are configured."""
        if self.network_set is not None:
            yield Holder("network set", "network_set", self.network_set, client.fetch_set_members)
        if self.folder is not None:
            yield Holder("folder", "folder", self.folder, client.fetch_folder_networks)

    def key(self, name: str) -> str:
        """Return where the configuration names the ``network_set``, ``folder`` or ``account``."""
        return self.keys.get(name, name)


@dataclass(frozen=True, slots=True)
class Holder:
    """A network set or folder: its name, its configuration key, its UUID, and how to list it."""

    kind: str
    key: str
    id: NetworkId
    fetch: Callable[[str], Awaitable[frozenset[NetworkId]]]


@dataclass(frozen=True, slots=True)
class Members:
    """The collection's networks as far as they could be listed.

    ``holders`` are the networks that every configured set and folder holds; None if none is
    configured or one could not be read, since then membership is unknown. ``summaries`` came with
    the listing. ``searched`` says whether there was any place to look in; ``failure`` why the list
    is not complete, None if it is. ``doubt`` says why membership in the configured set or folder is
    not known because the server failed. It is None if membership is known, if none is configured,
    or if the server does not show it to this caller.
    """

    networks: frozenset[NetworkId] = frozenset()
    holders: frozenset[NetworkId] | None = None
    summaries: tuple[Summary, ...] = ()
    searched: bool = False
    failure: str | None = None
    doubt: str | None = None


@dataclass(frozen=True, slots=True)
class Membership:
    """Whether the collection's set or folder holds one network.

    ``held`` is None if that is not known; ``doubt`` says why, if it should be known.
    """

    held: bool | None = None
    doubt: str | None = None


@dataclass(frozen=True, slots=True)
class Hidden:
    """A network set or folder that the server does not show to this caller (contract 7.1, 7.2).

    ``reason`` is one sentence; ``advice`` says what to do about it.
    """

    reason: str
    advice: str

    def __str__(self) -> str:
        return f"{self.reason}: {self.advice}"


async def list_members(client: NdexClient, place: Location) -> Members:
    """List the set and the folder; the whole account only if neither is configured.

    Only its owner can list an account (contract 8): without a login that fails.

    Raises:
        ConfigError: a place does not exist, although this caller would see it.
    """
    try:
        holders = list(place.holders(client))
        if holders:
            return await _list_holders(client, place, holders)
        if place.account is not None:
            return await _list_account(client, place.account, place.key("account"))
    except ServerError as error:
        is_held = place.network_set is not None or place.folder is not None
        doubt = f"whether the collection holds it is not known: {error}" if is_held else None
        return Members(searched=True, failure=str(error), doubt=doubt)
    return Members()


async def _list_holders(client: NdexClient, place: Location, holders: list[Holder]) -> Members:
    held: list[frozenset[NetworkId]] = []
    hidden: list[Hidden] = []
    for holder in holders:
        try:
            held.append(await holder.fetch(holder.id))
        except (NotFound, Unauthorized, Forbidden):
            hidden.append(await explain_hidden(client, place, holder))
    if hidden:
        failure = "; ".join(map(str, hidden))
        return Members(frozenset().union(*held), searched=True, failure=failure)
    first, *others = held
    # With one place both are the same set object, which can be large.
    networks = first.union(*others) if others else first
    common = first.intersection(*others) if others else first
    return Members(networks, common, searched=True)


async def explain_hidden(client: NdexClient, place: Location, holder: Holder) -> Hidden:
    """Explain why the server hides a set or folder: deleted and private look the same.

    A set that was made on NDEx 3.0 is a private folder until somebody makes it public (contract
    7.1).

    Raises:
        ConfigError: the account that owns the collection is logged in, and would see it.
        ServerError: it could not be asked who is logged in.
    """
    publish = (
        'POST /v3/batch/files/setvisibility {"visibility": "PUBLIC", "files": '
        f'{{"{holder.id}": "FOLDER"}}}}'
    )
    if not client.logged_in:
        return Hidden(
            f"{holder.kind} {holder.id}: not found, or private",
            "log in with NDEX_USERNAME and NDEX_PASSWORD, or have its owner make the folder"
            f" public with {publish}",
        )
    user = await client.fetch_own_user()
    if place.account is not None and place.account.lower() == user.name.lower():
        raise ConfigError(
            f"{place.key(holder.key)}: NDEx has no {holder.kind} {holder.id} that {user.name}"
            " may see; correct the UUID, or take it out of the trash"
        )
    return Hidden(
        f"{holder.kind} {holder.id}: not found, or private to another account than {user.name}",
        f"log in as its owner, or have them make the folder public with {publish}",
    )


async def find_account(client: NdexClient, account: str, key: str) -> User:
    """Look up the configured account; ``key`` says where the configuration names it.

    Raises:
        ConfigError: NDEx has no such account.
        ServerError: it could not be asked.
    """
    try:
        return await client.fetch_user(account)
    except NotFound as error:
        raise ConfigError(
            f"{key}: NDEx has no account {account!r}, or it is not verified yet; correct the name"
        ) from error


async def _list_account(client: NdexClient, account: str, key: str) -> Members:
    """List what the account owns; the server's own count shows whether it is
    complete (contract 8).
    """
    user = await find_account(client, account, key)
    if not client.logged_in:
        reason = f"only its owner can list the account {account}: log in"
        return Members(searched=True, failure=f"{reason}, or name a network set or folder")
    summaries = await client.fetch_account_networks(user.id)
    counts = await client.fetch_file_counts()
    networks = frozenset(summary.id for summary in summaries)
    failure = None
    if counts.networks != len(networks):
        failure = (
            f"{account} owns {plural(counts.networks, 'network')}, the list has {len(networks):,}"
        )
    return Members(networks, summaries=summaries, searched=True, failure=failure)
