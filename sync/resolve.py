"""Find each record's network: the record's own UUID, then the map file's, then the server's word.

Pure: what was read from disk and server comes in, one resolution a record goes out. A conflict
is a result with its candidates, never a guess, and a look-up that failed is *Unknown*, never
"there is none" (design: Unknown is not absent).
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from sync.model import MapEntry, NetworkId, Property, Record, RecordId, Summary
from sync.properties import find_property, strip_image_extension

_PATHWAY_NAME = re.compile(r"(WP\d+)(?: - |$)")
_PATHWAY_ID = re.compile(r"WP\d+")
_FIGURE_NAME = re.compile(r"PMC\d+__\S+")


class Source(StrEnum):
    """Who says that a record is a network."""

    FRONT_MATTER = "front matter"
    MAP_FILE = "map file"
    SERVER = "server"


@dataclass(frozen=True, slots=True)
class Claim:
    """The record that a network says it belongs to, and by what: a property's name, or its name."""

    record: RecordId
    by: str


@dataclass(frozen=True, slots=True)
class Mapped:
    """The record, or its map file, names exactly one network.

    ``others`` are networks that the map file names beside the record's own, each with who says so.
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
    """Several networks come into question and the record names none of them.

    ``said_by`` holds the candidates, each with who says so.
    """

    said_by: Mapping[NetworkId, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Unmapped:
    """No UUID, and no network of the collection claims the record."""

    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Unknown:
    """Whether a network claims the record could not be found out."""

    reason: str


Resolution = Mapped | Resolvable | Ambiguous | Unmapped | Unknown


@dataclass(frozen=True, slots=True)
class Listed:
    """The collection's networks on the server, each with the record it claims (None: none)."""

    claims: Mapping[NetworkId, Claim | None]


@dataclass(frozen=True, slots=True)
class NotListed:
    """The configuration names no network set, folder or account to look in."""


@dataclass(frozen=True, slots=True)
class ListingFailed:
    """The collection's networks could not be listed in full."""

    reason: str


Listing = Listed | NotListed | ListingFailed


def read_claim(summary: Summary) -> Claim | None:
    """Say which record the network itself names: by property, else by its name (formats 5, 6).

    The figure id may carry the image's file extension; property names are compared in any
    spelling. Never by a property's position.
    """
    properties = summary.properties or ()
    if figure := find_property(properties, "pfocrId"):
        return Claim(RecordId(strip_image_extension(figure)), "pfocrId")
    return _claim_of_pathway(properties) or _claim_of_name(summary.name)


def _claim_of_pathway(properties: Sequence[Property]) -> Claim | None:
    for name in ("WikipathwaysID", "labels"):
        value = find_property(properties, name)
        if value and _PATHWAY_ID.fullmatch(value.strip()):
            return Claim(RecordId(value.strip()), name)
    return None


def _claim_of_name(name: str) -> Claim | None:
    if pathway := _PATHWAY_NAME.match(name.strip()):
        return Claim(RecordId(pathway[1]), "name")
    if figure := _FIGURE_NAME.fullmatch(name.strip()):
        return Claim(RecordId(strip_image_extension(figure[0])), "name")
    return None


def resolve_records(
    records: Iterable[Record], entries: Iterable[MapEntry], listing: Listing
) -> list[Resolution]:
    """Resolve every record, in the order given: the record first, its map file, the server."""
    rows: dict[RecordId, list[MapEntry]] = defaultdict(list)
    for entry in entries:
        rows[entry.record].append(entry)
    claimants: dict[RecordId, dict[NetworkId, str]] = defaultdict(dict)
    if isinstance(listing, Listed):
        for network, claim in sorted(listing.claims.items()):
            if claim is not None:
                claimants[claim.record][network] = claim.by
    return [
        _resolve(record, rows.get(record.id, []), listing, claimants.get(record.id, {}))
        for record in records
    ]


def _resolve(
    record: Record, rows: Sequence[MapEntry], listing: Listing, claimants: Mapping[NetworkId, str]
) -> Resolution:
    mapped = tuple(dict.fromkeys(row.network for row in rows))
    if record.network is not None:
        return _map_by_record(record.network, rows)
    if len(mapped) == 1:
        note = f"the record names no network; {rows[0].path}:{rows[0].line} does"
        return Mapped(mapped[0], Source.MAP_FILE, (note,))
    if mapped:
        return Ambiguous({network: _rows_naming(network, rows) for network in mapped})
    return _resolve_on_server(listing, claimants)


def _resolve_on_server(listing: Listing, claimants: Mapping[NetworkId, str]) -> Resolution:
    match listing:
        case ListingFailed(reason):
            return Unknown(f"the collection's networks could not be listed: {reason}")
        case NotListed():
            return Unmapped(("no network set, folder or account is configured to look in",))
        case Listed() if len(claimants) == 1:
            [(network, by)] = claimants.items()
            return Resolvable(network, by)
        case Listed() if claimants:
            return Ambiguous({network: (f"its {by}",) for network, by in claimants.items()})
        case Listed():
            return Unmapped()


def _rows_naming(network: NetworkId, rows: Sequence[MapEntry]) -> tuple[str, ...]:
    return tuple(f"{row.path}:{row.line}" for row in rows if row.network == network)


def _map_by_record(network: NetworkId, rows: Sequence[MapEntry]) -> Mapped:
    others = [row for row in rows if row.network != network]
    return Mapped(
        network,
        Source.FRONT_MATTER,
        tuple(f"{row.path}:{row.line} names another network, {row.network}" for row in others),
        {row.network: _rows_naming(row.network, rows) for row in others},
    )


def find_owners(
    records: Sequence[Record],
    resolutions: Sequence[Resolution],
    elsewhere: Mapping[NetworkId, Sequence[str]],
) -> dict[NetworkId, tuple[str, ...]]:
    """Return who names each network: the paths of records, in order.

    ``elsewhere`` are networks that files name which are not among ``records``. A network that only
    claims a record has no owner yet.
    """
    owners: dict[NetworkId, list[str]] = defaultdict(list)
    for network, places in elsewhere.items():
        owners[network].extend(places)
    for record, resolution in zip(records, resolutions, strict=True):
        if isinstance(resolution, Mapped):
            owners[resolution.network].append(record.path)
    return {network: tuple(sorted(paths)) for network, paths in owners.items()}


def find_rivals(
    record: Record, resolution: Resolution, owners: Mapping[NetworkId, Sequence[str]]
) -> tuple[str, ...]:
    """Return who else names the network that the record was resolved to (design: duplicate)."""
    match resolution:
        case Mapped(network) | Resolvable(network):
            paths = owners.get(network, ())
        case _:
            return ()
    others = list(paths)
    if isinstance(resolution, Mapped):
        others.remove(record.path)
    return tuple(others)


def find_unclaimed_networks(
    listed: Listed, resolutions: Iterable[Resolution]
) -> tuple[NetworkId, ...]:
    """Return the collection's networks that no record names or could be resolved to."""
    used: set[NetworkId] = set()
    for resolution in resolutions:
        match resolution:
            case Mapped(network) | Resolvable(network):
                used.add(network)
            case Ambiguous(said_by):
                used.update(said_by)
            case Unmapped() | Unknown():
                pass
    return tuple(sorted(set(listed.claims) - used))
