"""Find what the records of other shards mean for the verdicts of a shard.

A verdict can depend on whether another record uses the same network. A shard only reads its own
records. Of those of the other shards it reads the ones that mention a network that its own verdicts
depend on, and treats them as the whole run would. So each record gets the verdict of the whole run.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from pathlib import PurePosixPath

from sync.collection.inventory import MapRows, Owners
from sync.collection.shards import Shard
from sync.model import InvalidRecord, NetworkId, RecordId
from sync.records.cached import RecordSource, read_rows
from sync.records.uuid_scan import find_mentions, find_named
from sync.state.cache import Cache
from sync.state.encoded_record import RecordRow


@dataclass(frozen=True, slots=True)
class OtherShards:
    """The record files ``paths`` of the other shards, and the rows of the map file."""

    source: RecordSource
    paths: Sequence[str]
    map_rows: MapRows


def find_takers(
    shard: Shard,
    others: OtherShards,
    named: AbstractSet[NetworkId],
    claims: Mapping[NetworkId, RecordId | None],
    cache: Cache,
) -> Owners:
    """Return the networks that other shards take or account for, each with who names it.

    Nobody is named if the network is only one of several candidates, or not for this run to say.

    ``named`` are the networks that the shard's own records name, and those that we may not read,
    for which it matters whether any record names them. The shard of the record that a network
    ``claims`` accounts for it, whether there is such a record or not; if it claims none, the shard
    of its own UUID does. Networks that other records take are not returned.
    """
    own = {network for network, claimed in claims.items() if shard.holds(claimed or network)}
    taken = _find_taken(others, named | own, cache)
    return {**dict.fromkeys(claims.keys() - own, ()), **taken}


def _find_taken(others: OtherShards, networks: AbstractSet[NetworkId], cache: Cache) -> Owners:
    """Read the records that mention any of these networks, and resolve them as their shard does.

    The claims of the server's networks are not used: a network that claims one of these records is
    accounted for by that record's shard.
    """
    paths = _find_concerned(others, networks)
    taken: dict[NetworkId, list[str]] = defaultdict(list)
    unread = []
    for path, outcome in zip(paths, read_rows(others.source, paths, cache), strict=True):
        if isinstance(outcome, InvalidRecord):
            unread.append(path)
            continue
        row = outcome if isinstance(outcome, RecordRow) else outcome.row
        places = [path] if others.map_rows.target(row) is not None else []
        for network in others.map_rows.accounts_for(row):
            taken[network] += places
    entries = others.map_rows.entries
    for network, places in find_named(others.source.root, unread, entries).items():
        taken[network] += places
    return taken


def _find_concerned(others: OtherShards, networks: AbstractSet[NetworkId]) -> list[str]:
    mentions = find_mentions(others.source.root, others.paths, networks)
    entries = others.map_rows.entries
    mapped = {entry.record for entry in entries if entry.network in networks}
    return [path for path in others.paths if path in mentions or PurePosixPath(path).stem in mapped]
