"""Rebuild the map from records to networks, and find where records and networks contradict.

Only the genes of networks that compete for one record are compared here. If a look-up failed, the
record is *failed*, whatever else is known (design: Unknown is not absent).
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from typing import assert_never

from sync.collection.inventory import Inventory
from sync.collection.load import Collection, Loaded, load_collection, read_map_entries
from sync.collection.observe import ObservePolicy, observe_network
from sync.match.candidates import Candidate, Ranking, describe_candidate, rank_candidates
from sync.match.claims import (
    Ambiguous,
    Mapped,
    Resolvable,
    Source,
    Unknown,
    Unmapped,
    find_other_claim,
)
from sync.match.compare import describe_absent
from sync.match.genes import match_genes
from sync.match.links import (
    Link,
    LinkMap,
    link_by_map_file,
    link_invalid,
    unlinked_verdict,
)
from sync.model import (
    NOT_LISTED,
    Absent,
    GeneCounts,
    InvalidRecord,
    NetworkId,
    Observation,
    Record,
    Refused,
    Seen,
    Summary,
    Unanswered,
    Verdict,
)
from sync.ndex.client import NdexClient
from sync.ndex.sightings import Sighting
from sync.records.cached import read_records
from sync.records.uuid_scan import find_named
from sync.state.cache import Cache

logger = logging.getLogger(__name__)


async def map_collection(
    collection: Collection, client: NdexClient, policy: ObservePolicy, cache: Cache
) -> LinkMap:
    """Resolve every record from files and server.

    Raises ConfigError if the map file cannot be read at all.
    """
    async with load_collection(collection, client, policy.loading, cache) as loaded:
        inventory = loaded.inventory
        if inventory.failure is not None:
            logger.warning("%s: %s", NOT_LISTED, inventory.failure)
        links = [link_invalid(invalid) for invalid in inventory.local.refused]
        links += await _link_records(loaded, client, policy)
        unclaimed = tuple(inventory.unclaimed()) if collection.complete else ()
        ordered = tuple(sorted(links, key=lambda link: link.path))
        return LinkMap(ordered, unclaimed, inventory.local.map_rows.entries)


def map_by_file(collection: Collection, cache: Cache) -> LinkMap:
    """Link every record by the map file alone; no server is asked.

    Raises ConfigError if the map file cannot be read at all.
    """
    outcomes = read_records(collection.source, collection.paths, cache)
    records = [outcome for outcome in outcomes if isinstance(outcome, Record)]
    links = [link_invalid(outcome) for outcome in outcomes if isinstance(outcome, InvalidRecord)]
    entries = read_map_entries(collection)
    read = {record.path for record in records}
    unread = [path for path in (*collection.paths, *collection.others) if path not in read]
    links += link_by_map_file(records, entries, find_named(collection.root, unread, entries))
    return LinkMap(tuple(sorted(links, key=lambda link: link.path)), entries=entries)


async def _link_records(loaded: Loaded, client: NdexClient, policy: ObservePolicy) -> list[Link]:
    inventory = loaded.inventory
    await inventory.survey.ask(_find_others(inventory))
    ambiguous: list[tuple[Record, Ambiguous]] = []
    links: list[Link] = []
    for resolved in inventory.resolved():
        record = loaded.record(resolved.number)
        if isinstance(record, InvalidRecord):
            links.append(link_invalid(record))
            continue
        match resolved.resolution:
            case Mapped() | Resolvable() as found if resolved.rivals:
                links.append(_link_shared(record, found, resolved.rivals))
            case Mapped() as mapped:
                links.append(await _link_mapped(record, mapped, inventory, client))
            case Ambiguous() as found:
                ambiguous.append((record, found))
            case Resolvable() | Unmapped() | Unknown() as found:
                links.append(_link_unnamed(record, found))
            case other:
                assert_never(other)
    async with asyncio.TaskGroup() as tasks:
        ranked = [
            tasks.create_task(_link_ambiguous(record, found, inventory, client, policy))
            for record, found in ambiguous
        ]
    return [*links, *(task.result() for task in ranked)]


def _find_others(inventory: Inventory) -> set[NetworkId]:
    """Return the networks that a map file names besides the records' own, to rank them."""
    others: set[NetworkId] = set()
    for resolved in inventory.resolved():
        if isinstance(resolved.resolution, Mapped):
            others.update(resolved.resolution.others)
    return others


def _link_shared(record: Record, found: Mapped | Resolvable, rivals: Sequence[str]) -> Link:
    source, notes = (
        (found.source, found.notes) if isinstance(found, Mapped) else (Source.SERVER, ())
    )
    return _link(
        record,
        Verdict.DUPLICATE,
        found.network,
        source,
        messages=(f"the same network is named by {', '.join(rivals)}", *notes),
    )


async def _link_mapped(
    record: Record, mapped: Mapped, inventory: Inventory, client: NdexClient
) -> Link:
    """Compare what the record or map file says with what the server says about that network."""
    sighting = inventory.survey.sighting(mapped.network)
    if isinstance(sighting, Absent):
        sighting = Absent(await client.own_trash.holds(mapped.network))
    verdict, reasons = _check_mapped(record, mapped.network, sighting)
    ranking = _rank_others(record, mapped, inventory) if mapped.others else None
    notes = mapped.notes if ranking is None else _describe_ranking(record, ranking)
    return _link(
        record,
        verdict,
        mapped.network,
        mapped.source,
        ranking=ranking,
        messages=(*reasons, *notes),
    )


def _rank_others(record: Record, mapped: Mapped, inventory: Inventory) -> Ranking:
    """Rank the record's network among those of its map file, by their summaries."""
    said_by = {mapped.network: ("the record itself",), **mapped.others}
    return rank_candidates(
        record,
        [
            Candidate(
                network,
                said,
                inventory.survey.sighting(network),
                member=inventory.survey.membership(network).held,
            )
            for network, said in said_by.items()
        ],
    )


def _describe_ranking(record: Record, ranking: Ranking) -> tuple[str, ...]:
    favoured = (
        f"the evidence favours {ranking.favoured}: {ranking.reason}"
        if ranking.favoured
        else f"the evidence favours none of them: {ranking.reason}"
    )
    described = (describe_candidate(record, candidate) for candidate in ranking.candidates)
    return (favoured, *described)


def _check_mapped(
    record: Record, network: NetworkId, sighting: Sighting
) -> tuple[Verdict | None, tuple[str, ...]]:
    match sighting:
        case Absent() as absent:
            return Verdict.MISSING, (describe_absent(network, absent),)
        case Refused(reason):
            return Verdict.UNREADABLE, (reason,)
        case Unanswered(reason):
            return Verdict.FAILED, (reason,)
        case Summary() as summary:
            claim = find_other_claim(record, summary)
            return (None, ()) if claim is None else (Verdict.MISMATCHED, (claim.sentence,))
        case other:
            assert_never(other)


def _link_unnamed(record: Record, resolution: Resolvable | Unmapped | Unknown) -> Link:
    match resolution:
        case Resolvable(network, by):
            return _link(
                record,
                Verdict.RESOLVABLE,
                network,
                Source.SERVER,
                messages=(f"the network claims this record by its {by}",),
            )
        case Unmapped(notes):
            return _link(record, unlinked_verdict(record), messages=notes)
        case Unknown(reason):
            return _link(record, Verdict.FAILED, messages=(reason,))
        case _:
            assert_never(resolution)


async def _link_ambiguous(
    record: Record,
    ambiguous: Ambiguous,
    inventory: Inventory,
    client: NdexClient,
    policy: ObservePolicy,
) -> Link:
    """Compare the genes of each candidate and rank them; a person must choose."""
    candidates = [
        await _examine(record, network, said_by, inventory, client, policy)
        for network, said_by in ambiguous.said_by.items()
    ]
    ranking = rank_candidates(record, candidates)
    return _link(
        record,
        Verdict.AMBIGUOUS,
        ranking=ranking,
        messages=_describe_ranking(record, ranking),
    )


async def _examine(
    record: Record,
    network: NetworkId,
    said_by: tuple[str, ...],
    inventory: Inventory,
    client: NdexClient,
    policy: ObservePolicy,
) -> Candidate:
    sighting, membership = inventory.survey.sighting(network), inventory.survey.membership(network)
    observation = await observe_network(client, sighting, membership, policy)
    return Candidate(
        network,
        said_by,
        sighting,
        member=membership.held,
        genes=_shared_genes(record, observation),
    )


def _shared_genes(record: Record, observation: Observation) -> GeneCounts | None:
    if record.genes_unknown is not None or not isinstance(observation, Seen):
        return None
    return match_genes(record.genes, observation.network.genes).counts


def _link(
    record: Record,
    verdict: Verdict | None,
    network: NetworkId | None = None,
    source: Source | None = None,
    *,
    ranking: Ranking | None = None,
    messages: tuple[str, ...] = (),
) -> Link:
    return Link(record.id, record.path, record.line, verdict, network, source, ranking, messages)
