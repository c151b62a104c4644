"""Find each record's network: by the record's own UUID, then the map file, then the server.

Pure: what was read from disk and server comes in, one resolution for each record goes out. A
conflict is a result with its candidates, never a guess. A look-up that failed is *Unknown*, never
"there is none" (design: Unknown is not absent).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import assert_never

from sync.match.properties import (
    fold_name,
    fold_properties,
    read_pathway_id,
    same_figure,
    strip_image_extension,
)
from sync.model import NOT_LISTED, MapEntry, NetworkId, Record, RecordId, Summary

_PATHWAY_NAME = re.compile(r"(WP\d+)(?: - |$)")
_FIGURE_NAME = re.compile(r"PMC\d+__\S+")
_FIGURE_ID = fold_name("pfocrId")
_PATHWAY_IDS = {name: fold_name(name) for name in ("WikipathwaysID", "labels")}


class Source(StrEnum):
    """Where a record's network was found."""

    FRONT_MATTER = "front matter"
    MAP_FILE = "map file"
    SERVER = "server"


@dataclass(frozen=True, slots=True)
class Claim:
    """The record that a network says it belongs to, and where: a property's name, or its name."""

    record: RecordId
    by: str

    @property
    def sentence(self) -> str:
        """The claim, in words."""
        return f"the network claims {self.record} by its {self.by}"


@dataclass(frozen=True, slots=True)
class Mapped:
    """The record, or its map file, names exactly one network.

    ``others`` are networks that the map file names besides the record's own, each with who says so;
    ``notes`` name them if the map file does not list the record's own as well.
    """

    network: NetworkId
    source: Source
    notes: tuple[str, ...] = ()
    others: Mapping[NetworkId, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Resolvable:
    """Nothing local names a network, and exactly one network claims the record."""

    network: NetworkId
    by: str


@dataclass(frozen=True, slots=True)
class Ambiguous:
    """Several networks may belong to the record, and it names none of them.

    ``said_by`` holds the candidates, each with who says so.
    """

    said_by: Mapping[NetworkId, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Unmapped:
    """No UUID, and no network of the collection claims the record."""

    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Unknown:
    """It could not be found out whether a network claims the record."""

    reason: str


Resolution = Mapped | Resolvable | Ambiguous | Unmapped | Unknown


@dataclass(frozen=True, slots=True)
class Listed:
    """The collection was listed in full: its networks that claim the record, each with where.

    ``doubt`` names a network that we may not read and that no record names, since it may claim any
    record that no other network claims; None if there is none.
    """

    claimants: Mapping[NetworkId, str] = field(default_factory=dict)
    doubt: str | None = None


@dataclass(frozen=True, slots=True)
class NotListed:
    """The configuration names no network set, folder or account to look in."""


@dataclass(frozen=True, slots=True)
class ListingFailed:
    """The collection's networks could not be listed in full."""

    reason: str


Listing = Listed | NotListed | ListingFailed


def find_other_claim(record: Record, summary: Summary) -> Claim | None:
    """Return the claim of a record's network if it is for another record."""
    claim = read_claim(summary)
    return None if claim is None or same_figure(claim.record, record.id) else claim


def read_claim(summary: Summary) -> Claim | None:
    """Return the record that the network itself names: by property, else by name (formats 5, 6).

    The figure id may carry the image's file extension; property names are compared in any spelling.
    The position of a property is never used.
    """
    return find_claim(summary.name, fold_properties(summary.properties or ()))


def find_claim(name: str, stated: Mapping[str, str]) -> Claim | None:
    """Do as ``read_claim``, given a network's name and its properties by their folded names."""
    if figure := stated.get(_FIGURE_ID):
        return Claim(RecordId(strip_image_extension(figure)), "pfocrId")
    return _claim_of_pathway(stated) or _claim_of_name(name)


def _claim_of_pathway(stated: Mapping[str, str]) -> Claim | None:
    for name, folded in _PATHWAY_IDS.items():
        value = stated.get(folded)
        if value and (pathway := read_pathway_id(value)):
            return Claim(RecordId(pathway), name)
    return None


def _claim_of_name(name: str) -> Claim | None:
    if pathway := _PATHWAY_NAME.match(name.strip()):
        return Claim(RecordId(pathway[1]), "name")
    if figure := _FIGURE_NAME.fullmatch(name.strip()):
        return Claim(RecordId(strip_image_extension(figure[0])), "name")
    return None


def resolve_record(
    named: NetworkId | None, rows: Sequence[MapEntry], listing: Listing
) -> Resolution:
    """Resolve one record: by the network that it names, its map file's rows, then the server."""
    if named is not None:
        return _map_by_record(named, rows)
    mapped = tuple(dict.fromkeys(row.network for row in rows))
    if len(mapped) == 1:
        note = f"the record names no network; {rows[0].path}:{rows[0].line} does"
        return Mapped(mapped[0], Source.MAP_FILE, (note,))
    if mapped:
        return Ambiguous({network: _rows_naming(network, rows) for network in mapped})
    return _resolve_on_server(listing)


def _resolve_on_server(listing: Listing) -> Resolution:
    match listing:
        case ListingFailed(reason):
            return Unknown(f"{NOT_LISTED}: {reason}")
        case NotListed():
            return Unmapped(("no network set, folder or account is configured to look in",))
        case Listed(claimants) if len(claimants) == 1:
            [(network, by)] = claimants.items()
            return Resolvable(network, by)
        case Listed(claimants) if claimants:
            return Ambiguous({network: (f"its {by}",) for network, by in claimants.items()})
        case Listed(doubt=str(doubt)):
            return Unknown(doubt)
        case Listed():
            return Unmapped()


def _rows_naming(network: NetworkId, rows: Sequence[MapEntry]) -> tuple[str, ...]:
    return tuple(f"{row.path}:{row.line}" for row in rows if row.network == network)


def _map_by_record(network: NetworkId, rows: Sequence[MapEntry]) -> Mapped:
    """Return the record's own network; a map file that lists others too does not contradict it."""
    listed = any(row.network == network for row in rows)
    others = [row for row in rows if row.network != network]
    contradicting = () if listed else others
    return Mapped(
        network,
        Source.FRONT_MATTER,
        tuple(
            f"{row.path}:{row.line} names another network, {row.network}" for row in contradicting
        ),
        {row.network: _rows_naming(row.network, rows) for row in others},
    )


def accounts_for(resolution: Resolution) -> tuple[NetworkId, ...]:
    """Return the networks that the record names, could be resolved to, or would choose from."""
    match resolution:
        case Mapped(network) | Resolvable(network):
            return (network,)
        case Ambiguous(said_by):
            return tuple(said_by)
        case Unmapped() | Unknown():
            return ()
        case _:
            assert_never(resolution)


def find_rivals(path: str, resolution: Resolution, owners: Sequence[str]) -> tuple[str, ...]:
    """Return who else names the network that a record was resolved to (design: duplicate).

    ``owners`` are all who name that network: paths of records, and places in map files. A record
    that a network only claims does not name it yet.
    """
    match resolution:
        case Mapped():
            others = list(owners)
            others.remove(path)
            return tuple(others)
        case Resolvable():
            return tuple(owners)
        case Ambiguous() | Unmapped() | Unknown():
            return ()
        case _:
            assert_never(resolution)
