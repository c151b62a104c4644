"""Rebuild the map from records to networks: which is whose, and where the sides contradict.

Nothing is compared here but the genes of networks that compete for one record. Where a look-up
failed the record is *failed*, whatever else is known (design: Unknown is not absent).
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from typing import assert_never

from sync.candidates import Candidate, Ranking, describe_candidate, rank_candidates
from sync.genes import match_genes
from sync.links import Link, LinkMap, link_invalid
from sync.locate import Collection, Located, find_unclaimed, locate_networks
from sync.model import (
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
from sync.observe import ObservePolicy, observe_network
from sync.properties import same_figure
from sync.resolve import (
    Ambiguous,
    Mapped,
    Resolvable,
    Source,
    Unknown,
    Unmapped,
    find_owners,
    find_rivals,
    read_claim,
)
from sync.state.cache import FORGETFUL, Cache


async def map_collection(
    collection: Collection, client: NdexClient, policy: ObservePolicy, cache: Cache = FORGETFUL
) -> LinkMap:
    """Resolve every record against files and server.

    Raises ConfigError where the map file cannot be read at all.
    """
    refused: list[InvalidRecord] = []
    located = await locate_networks(collection, client, refused.append, cache)
    links = [link_invalid(invalid) for invalid in refused]
    links += await _link_records(located, client, policy)
    unclaimed = find_unclaimed(located) if collection.complete else ()
    ordered = tuple(sorted(links, key=lambda link: link.path))
    return LinkMap(ordered, unclaimed, located.entries)


async def _link_records(located: Located, client: NdexClient, policy: ObservePolicy) -> list[Link]:
    located = await _look_up_others(located, client)
    owners = find_owners(located.records, located.resolutions, located.elsewhere)
    ambiguous: list[tuple[Record, Ambiguous]] = []
    links: list[Link] = []
    for record, resolution in zip(located.records, located.resolutions, strict=True):
        rivals = find_rivals(record, resolution, owners)
        match resolution:
            case Mapped() | Resolvable() if rivals:
                links.append(_link_shared(record, resolution, rivals))
            case Mapped():
                links.append(_link_mapped(record, resolution, located))
            case Ambiguous():
                ambiguous.append((record, resolution))
            case Resolvable() | Unmapped() | Unknown():
                links.append(_link_unnamed(record, resolution))
            case _:
                assert_never(resolution)
    async with asyncio.TaskGroup() as tasks:
        ranked = [
            tasks.create_task(_link_ambiguous(record, found, located, client, policy))
            for record, found in ambiguous
        ]
    return [*links, *(task.result() for task in ranked)]


async def _look_up_others(located: Located, client: NdexClient) -> Located:
    """Ask for the networks that a map file names beside the records' own, to rank them."""
    others: set[NetworkId] = set()
    for resolution in located.resolutions:
        if isinstance(resolution, Mapped):
            others.update(resolution.others)
    found = await client.fetch_summaries(others - located.sightings.keys())
    return replace(located, sightings={**located.sightings, **found})


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


def _link_mapped(record: Record, mapped: Mapped, located: Located) -> Link:
    """Hold what record or map file say against what the server says of that network."""
    verdict, reasons = _check_mapped(record, mapped, located)
    ranking = _rank_others(record, mapped, located) if mapped.others else None
    notes = mapped.notes if ranking is None else _describe_ranking(record, ranking)
    return _link(
        record,
        verdict,
        mapped.network,
        mapped.source,
        ranking=ranking,
        messages=(*reasons, *notes),
    )


def _rank_others(record: Record, mapped: Mapped, located: Located) -> Ranking:
    """Rank the record's network among those of its map file, by what their summaries say."""
    said_by = {mapped.network: ("the record itself",), **mapped.others}
    holders = located.members.holders
    return rank_candidates(
        record,
        [
            Candidate(
                network,
                said,
                located.sightings[network],
                member=None if holders is None else network in holders,
            )
            for network, said in said_by.items()
        ],
    )


def _describe_ranking(record: Record, ranking: Ranking) -> tuple[str, ...]:
    favoured = (
        f"the evidence favours {ranking.favoured}: {ranking.reason}"
        if ranking.favoured
        else f"the evidence favours none: {ranking.reason}"
    )
    described = (describe_candidate(record, candidate) for candidate in ranking.candidates)
    return (favoured, *described)


def _check_mapped(
    record: Record, mapped: Mapped, located: Located
) -> tuple[Verdict | None, tuple[str, ...]]:
    match located.sightings[mapped.network]:
        case Absent():
            return Verdict.MISSING, ("NDEx does not have this network, or it was deleted",)
        case Refused(reason):
            return Verdict.UNREADABLE, (reason,)
        case Unanswered(reason):
            return Verdict.FAILED, (reason,)
        case Summary() as summary:
            claim = read_claim(summary)
            if claim is None or same_figure(claim.record, record.id):
                return None, ()
            reason = f"the network says by its {claim.by} that it belongs to {claim.record}"
            return Verdict.MISMATCHED, (reason,)
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
            return _link(record, Verdict.UNMAPPED, messages=notes)
        case Unknown(reason):
            return _link(record, Verdict.FAILED, messages=(reason,))
        case _:
            assert_never(resolution)


async def _link_ambiguous(
    record: Record,
    ambiguous: Ambiguous,
    located: Located,
    client: NdexClient,
    policy: ObservePolicy,
) -> Link:
    """Look at each candidate's genes and rank them; the choice stays with a person."""
    candidates = [
        await _examine(record, network, said_by, located, client, policy)
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
    located: Located,
    client: NdexClient,
    policy: ObservePolicy,
) -> Candidate:
    sighting = located.sightings[network]
    holders = located.members.holders
    observation = await observe_network(client, sighting, located.members, policy)
    return Candidate(
        network,
        said_by,
        sighting,
        member=None if holders is None else network in holders,
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
