"""Find out what became of a create whose answer was lost, from the account's networks. Pure.

A create has no key and makes a second network when repeated (contract 3.1), so it is looked for
first: by the marker in its properties. If its load failed and left neither name nor properties, it
is the one nameless network that was not there before. An older network also loses its name if its
content is replaced and cannot be loaded; its modification time has changed since it was created
(contract 3.9).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from msgspec import Struct

from sync.apply.target import MARKER
from sync.match.claims import find_claim
from sync.match.properties import fold_name
from sync.model import NetworkId, Summary
from sync.ndex.summaries import ListedNetwork


@dataclass(frozen=True, slots=True)
class Made:
    """The network exists; ``taken_up``: an earlier run left it unfinished."""

    network: NetworkId
    modified_ms: int
    taken_up: bool = False


class Claimant(Struct, frozen=True, gc=False):
    """A network that claims a record.

    ``unfinished``: it carries the marker of a create that did not finish.
    """

    network: NetworkId
    modified_ms: int
    unfinished: bool


@dataclass(frozen=True, slots=True)
class Pending:
    """A network is being loaded and does not yet say which record it is for."""


@dataclass(frozen=True, slots=True)
class NotMade:
    """The network does not exist."""


def find_create(
    networks: Iterable[ListedNetwork], token: str, nameless_before: Collection[NetworkId]
) -> Made | Pending | NotMade:
    """Return what became of the create that carried ``token``."""
    new = []
    for network in networks:
        if any(item.name == MARKER and item.value == token for item in network.properties or ()):
            return Made(network.id, network.created_ms)
        untouched = network.created_ms == network.modified_ms
        if is_nameless(network) and untouched and network.id not in nameless_before:
            new.append(network)
    # One that is still loading may be it, so no other is taken before that one is known.
    if not all(each.error_message for each in new):
        return Pending()
    return Made(new[0].id, new[0].modified_ms) if new else NotMade()


def is_unfinished(network: Summary | ListedNetwork) -> bool:
    """Return whether a network carries the marker of a create that did not finish."""
    return any(item.name == MARKER for item in network.properties or ())


def is_nameless(network: ListedNetwork) -> bool:
    """Return whether a network has neither name nor properties: it is loading, or failed to."""
    return not network.name and not network.properties and not network.node_count


def index_claims(networks: Iterable[ListedNetwork]) -> tuple[dict[str, Claimant], set[NetworkId]]:
    """Return which network claims which record, and the nameless networks.

    A figure's id is without the image's extension, which only some of its spellings have. If
    several claim a record, the first in the list counts.
    """
    claims: dict[str, Claimant] = {}
    nameless = set()
    for network in networks:
        if is_nameless(network):
            nameless.add(network.id)
            continue
        stated = {
            fold_name(each.name): str(each.value)
            for each in network.properties or ()
            if each.value is not None
        }
        if claim := find_claim(str(network.name or ""), stated):
            claimant = Claimant(network.id, network.modified_ms, is_unfinished(network))
            claims.setdefault(claim.record, claimant)
    return claims, nameless
