"""What the records of other shards mean for the verdicts of a shard.

A verdict can hang on another record: on whether that one uses the same network. A shard reads its
own records only; of its siblings, the records of the other shards, it reads those that mention a
network that its own verdicts hang on, and takes from them what the whole run would. So each record
gets the verdict of the whole run.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from pathlib import PurePosixPath

from sync.model import MapEntry, NetworkId, Record
from sync.reading import RecordSource, read_records
from sync.records.scan import find_mentions, find_named
from sync.resolve import Ambiguous, Claim, Listed, Listing, Mapped, NotListed, resolve_records
from sync.shards import Shard
from sync.state.cache import Cache

Takers = Mapping[NetworkId, Sequence[str]]
"""Networks that are not free, each with the files, or map rows, that use it as theirs.

None where it is only one of several that come into question, or not for this run to say.
"""


@dataclass(frozen=True, slots=True)
class Siblings:
    """The record files ``paths`` of the other shards, and the rows of the map file."""

    source: RecordSource
    paths: Sequence[str]
    entries: Sequence[MapEntry]


def find_takers(
    shard: Shard,
    siblings: Siblings,
    named: AbstractSet[NetworkId],
    listing: Listing,
    cache: Cache,
) -> Takers:
    """Return the networks that siblings take or that another shard accounts for.

    ``named`` are the networks that the shard's own records name. A network of the collection is
    accounted for by the shard of the record that it claims, whether there is such a record or
    not; by that of its own UUID where it claims none. Which others siblings take is not told.
    """
    claims = listing.claims if isinstance(listing, Listed) else {}
    own = {network for network, claim in claims.items() if _accounts_for(shard, network, claim)}
    taken = _find_taken(siblings, named | own, cache)
    return {**dict.fromkeys(claims.keys() - own, ()), **taken}


def join_takers(one: Takers, other: Takers) -> Takers:
    """Return the takers of both."""
    return {
        network: (*one.get(network, ()), *other.get(network, ()))
        for network in one.keys() | other.keys()
    }


def _accounts_for(shard: Shard, network: NetworkId, claim: Claim | None) -> bool:
    return shard.holds(network if claim is None else claim.record)


def _find_taken(siblings: Siblings, networks: AbstractSet[NetworkId], cache: Cache) -> Takers:
    """Read the siblings that mention any of these networks, and resolve them as their shard does.

    What the server's networks claim plays no part: one that claims a sibling is accounted for by
    the sibling's shard.
    """
    paths = _find_concerned(siblings, networks)
    outcomes = read_records(siblings.source, paths, cache)
    records = [outcome for outcome in outcomes if isinstance(outcome, Record)]
    read = {record.path for record in records}
    unread = [path for path in paths if path not in read]
    taken = find_named(siblings.source.root, unread, siblings.entries)
    resolutions = resolve_records(records, siblings.entries, NotListed())
    for record, resolution in zip(records, resolutions, strict=True):
        match resolution:
            case Mapped(network):
                taken.setdefault(network, []).append(record.path)
            case Ambiguous(said_by):
                for network in said_by:
                    taken.setdefault(network, [])
            case _:
                pass
    return taken


def _find_concerned(siblings: Siblings, networks: AbstractSet[NetworkId]) -> list[str]:
    mentions = find_mentions(siblings.source.root, siblings.paths, networks)
    mapped = {entry.record for entry in siblings.entries if entry.network in networks}
    return [
        path for path in siblings.paths if path in mentions or PurePosixPath(path).stem in mapped
    ]
