"""Links between records and networks: their outcome, and what to write into files.

Pure. Only links without a conflict are written, and only if the files do not have them yet. A
record whose look-up failed is never touched (design: Unknown is not absent).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from sync.match.candidates import Ranking
from sync.match.claims import Source
from sync.model import (
    InvalidRecord,
    MapEntry,
    NetworkId,
    Record,
    RecordId,
    UnclaimedNetwork,
    Verdict,
)


@dataclass(frozen=True, slots=True)
class Link:
    """What was found out about one record's network.

    ``verdict`` None: the record has its one network and nothing contradicts. ``source`` says who
    named ``network``; ``ranking`` orders the possible networks if there are several. ``messages``
    are sentences for people.
    """

    record: RecordId
    path: str
    line: int | None
    verdict: Verdict | None
    network: NetworkId | None = None
    source: Source | None = None
    ranking: Ranking | None = None
    messages: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class LinkMap:
    """The whole map: a link for each record, ordered by path, and the networks left over.

    ``entries`` are the map file's rows that it was made from.
    """

    links: tuple[Link, ...]
    unclaimed: tuple[UnclaimedNetwork, ...] = ()
    entries: tuple[MapEntry, ...] = ()


def link_invalid(invalid: InvalidRecord) -> Link:
    """Return the link of a record that cannot be read: where and why."""
    return Link(
        invalid.id, invalid.path, invalid.line, Verdict.INVALID_RECORD, messages=(invalid.reason,)
    )


def unlinked_verdict(record: Record) -> Verdict:
    """Return the verdict on a record without a network; one of another organism needs none."""
    return Verdict.NOT_COMPARED if record.of_other_organism else Verdict.UNMAPPED


def link_by_map_file(
    records: Sequence[Record],
    entries: Sequence[MapEntry],
    elsewhere: Mapping[NetworkId, Sequence[str]],
) -> list[Link]:
    """Link records by their map file alone, in the order given; the server is not asked.

    Here the map file decides, as in the jobs that write a changed map into the front matter. If it
    lists several networks for a record, none is chosen unless the record names one of them, and a
    network of several records goes to none. ``elsewhere`` are networks named by files or rows that
    are not among ``records``.
    """
    rows: dict[RecordId, dict[NetworkId, MapEntry]] = defaultdict(dict)
    for entry in entries:
        rows[entry.record].setdefault(entry.network, entry)
    links = [_link_by_map(record, rows.get(record.id, {})) for record in records]
    owners: dict[NetworkId, list[str]] = defaultdict(list)
    for network, places in elsewhere.items():
        owners[network].extend(places)
    for link in links:
        if link.network is not None:
            owners[link.network].append(link.path)
    return [_refuse_shared(link, owners) for link in links]


def _link_by_map(record: Record, rows: Mapping[NetworkId, MapEntry]) -> Link:
    link = Link(record.id, record.path, record.line, None, record.network, Source.FRONT_MATTER)
    said = tuple(f"{row.path}:{row.line} says {row.network}" for row in rows.values())
    if not rows:
        unlinked = replace(link, verdict=unlinked_verdict(record), source=None)
        return unlinked if record.network is None else link
    if record.network in rows:
        return replace(link, source=Source.MAP_FILE, messages=said if len(rows) > 1 else ())
    if len(rows) > 1:
        return replace(link, verdict=Verdict.AMBIGUOUS, source=None, network=None, messages=said)
    replaced = () if record.network is None else (f"replaces {record.network}",)
    return replace(link, network=min(rows), source=Source.MAP_FILE, messages=replaced)


def _refuse_shared(link: Link, owners: Mapping[NetworkId, Sequence[str]]) -> Link:
    if link.network is None or len(owners[link.network]) < 2:
        return link
    others = list(owners[link.network])
    others.remove(link.path)
    reason = f"the same network is named by {', '.join(sorted(others))}"
    return replace(link, verdict=Verdict.DUPLICATE, messages=(reason, *link.messages))


_WRITABLE = (None, Verdict.RESOLVABLE)


def networks_for_records(links: Iterable[Link]) -> dict[str, NetworkId]:
    """Return the networks to write into front matters, by the record's path."""
    return {
        link.path: link.network
        for link in links
        if link.verdict in _WRITABLE
        and link.network is not None
        and link.source in {Source.MAP_FILE, Source.SERVER}
    }


def networks_for_map(
    links: Iterable[Link], entries: Iterable[MapEntry]
) -> Mapping[RecordId, NetworkId]:
    """Return the rows that the map file lacks.

    A row that names another network than the record is a contradiction that a person must settle,
    and stays.
    """
    there = {entry.record for entry in entries}
    return {
        link.record: link.network
        for link in links
        if link.verdict in _WRITABLE and link.network is not None and link.record not in there
    }


@dataclass(frozen=True, slots=True)
class MapCounts:
    """How many rows and records a map file has, and its clashes.

    ``several`` are the records with more than one network, ``shared`` the networks with more than
    one record, ``orphans`` the ids that no record has; each in the order of the file.
    """

    rows: int
    records: int
    several: Mapping[RecordId, tuple[NetworkId, ...]]
    shared: Mapping[NetworkId, tuple[RecordId, ...]]
    orphans: tuple[RecordId, ...]


def count_map(entries: Sequence[MapEntry], known: Container[RecordId]) -> MapCounts:
    """Count a map file's rows and find its clashes; ``known`` are the ids that records have."""
    networks: dict[RecordId, dict[NetworkId, None]] = defaultdict(dict)
    records: dict[NetworkId, dict[RecordId, None]] = defaultdict(dict)
    for entry in entries:
        networks[entry.record][entry.network] = None
        records[entry.network][entry.record] = None
    return MapCounts(
        rows=len(entries),
        records=len(networks),
        several={record: tuple(found) for record, found in networks.items() if len(found) > 1},
        shared={network: tuple(found) for network, found in records.items() if len(found) > 1},
        orphans=tuple(record for record in networks if record not in known),
    )
