"""List the networks of a collection on the server: its network set, its folder, its account."""

from __future__ import annotations

from dataclasses import dataclass

from sync.errors import ServerError
from sync.model import NetworkId, Summary
from sync.ndex.client import NdexClient


@dataclass(frozen=True, slots=True)
class Place:
    """Where a collection's networks are kept; None where the configuration names none."""

    network_set: NetworkId | None = None
    folder: NetworkId | None = None
    account: str | None = None


@dataclass(frozen=True, slots=True)
class Members:
    """The collection's networks as far as they could be listed.

    ``holders`` are the networks that every configured set and folder holds, None where none is
    configured or one could not be read: then nothing can be said of membership. ``summaries``
    came with the listing. ``searched`` tells whether there was any place to look in; ``failure``
    why the list is not complete, None when it is. ``doubt`` says why membership in the configured
    set or folder is not known, None where it is or where none is configured.
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

    ``held`` is None where none is configured, or its list could not be read: then ``doubt`` says
    why.
    """

    held: bool | None = None
    doubt: str | None = None


UNASKED = Membership()
"""Of a network whose membership nobody asked for."""


async def list_members(client: NdexClient, place: Place) -> Members:
    """List the set and the folder; the whole account only where neither is configured.

    An account can be listed by its owner alone (contract 8): without a login that fails.
    """
    try:
        held = await _list_holders(client, place)
        if held:
            first, *others = held
            # With one place both are the same set, and not copies of it: it can be a large one.
            networks = first.union(*others) if others else first
            holders = first.intersection(*others) if others else first
            return Members(networks, holders, searched=True)
        if place.account is not None:
            return await _list_account(client, place.account)
    except ServerError as error:
        is_held = place.network_set is not None or place.folder is not None
        doubt = f"whether the collection holds it is not known: {error}" if is_held else None
        return Members(searched=True, failure=str(error), doubt=doubt)
    return Members()


async def _list_holders(client: NdexClient, place: Place) -> list[frozenset[NetworkId]]:
    held = []
    if place.network_set is not None:
        held.append(await client.fetch_set_members(place.network_set))
    if place.folder is not None:
        held.append(await client.fetch_folder_networks(place.folder))
    return held


async def _list_account(client: NdexClient, account: str) -> Members:
    """List what the account owns; the server's own count tells whether that is all (contract 8)."""
    if not client.logged_in:
        reason = f"the account {account} can be listed by its owner only: log in"
        return Members(searched=True, failure=f"{reason}, or name a network set or folder")
    user = await client.fetch_user(account)
    summaries = await client.fetch_account_networks(user.id)
    counts = await client.fetch_file_counts()
    networks = frozenset(summary.id for summary in summaries)
    failure = None
    if counts.networks != len(networks):
        failure = f"{account} owns {counts.networks:,} networks, the list shows {len(networks):,}"
    return Members(networks, summaries=summaries, searched=True, failure=failure)
