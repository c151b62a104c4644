"""Rank the networks that may belong to one record, and say why (design: ambiguous).

Pure: what the server said about each candidate comes in, an order with its reasons goes out. The
order is advice for a person; nothing is ever written because of it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sync.amounts import plural
from sync.dates import stated_time
from sync.match.claims import read_claim
from sync.match.properties import same_figure
from sync.model import (
    Absent,
    GeneCounts,
    NetworkId,
    Record,
    Refused,
    Summary,
    Unanswered,
)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A network that may belong to a record.

    ``said_by`` names who says so (rows of a map file, the network itself). ``member`` says whether
    the collection's set or folder holds it, ``genes`` how many genes it shares with the record;
    both are None if not known.
    """

    network: NetworkId
    said_by: tuple[str, ...]
    sighting: Summary | Absent | Refused | Unanswered
    member: bool | None = None
    genes: GeneCounts | None = None


@dataclass(frozen=True, slots=True)
class Ranking:
    """Candidates with the likeliest first.

    ``favoured`` is the one that the evidence supports, None if it does not decide between the first
    two or a look-up failed; ``reason`` says what decided, or why nothing could.
    """

    candidates: tuple[Candidate, ...]
    favoured: NetworkId | None
    reason: str


@dataclass(frozen=True, slots=True)
class _Criterion:
    """One piece of evidence: the higher ``value``, the likelier; ``reason`` is its text."""

    value: Callable[[Record, Candidate], float]
    reason: str


def rank_candidates(record: Record, candidates: Sequence[Candidate]) -> Ranking:
    """Order the candidates by the evidence, strongest first.

    The order is: exists on NDEx, claims this record, in the collection, similar genes, newer.
    """
    ranked = sorted(candidates, key=lambda candidate: candidate.network)
    ranked.sort(
        key=lambda candidate: [criterion.value(record, candidate) for criterion in _CRITERIA],
        reverse=True,
    )
    order = tuple(ranked)
    unanswered = [each for each in ranked if isinstance(each.sighting, Unanswered)]
    if unanswered:
        return Ranking(order, None, f"nothing is known about {unanswered[0].network}")
    if len(ranked) < 2:
        return Ranking(order, ranked[0].network if ranked else None, "there is no other")
    first, second = ranked[:2]
    if not isinstance(first.sighting, Summary):
        return Ranking(order, None, "none of them can be read")
    for criterion in _CRITERIA:
        if criterion.value(record, first) > criterion.value(record, second):
            return Ranking(order, first.network, criterion.reason)
    return Ranking(order, None, "the evidence is the same for the first two")


def describe_candidate(record: Record, candidate: Candidate) -> str:
    """Describe a candidate in one line: who names it, owner, dates, and what it shares."""
    facts = [*candidate.said_by]
    match candidate.sighting:
        case Absent():
            facts.append("not on the server, or deleted")
        case Refused():
            facts.append("we may not read it")
        case Unanswered(reason):
            facts.append(f"no answer: {reason}")
        case Summary() as summary:
            facts += _describe_summary(record, summary)
    if candidate.member is not None:
        facts.append("in the collection" if candidate.member else "not in the collection")
    if candidate.genes is not None:
        genes = candidate.genes
        facts.append(
            f"{genes.shared} of {plural(genes.local, 'gene')} shared, {genes.remote} in all"
        )
    return f"{candidate.network}: {'; '.join(facts)}"


def _describe_summary(record: Record, summary: Summary) -> list[str]:
    claim = read_claim(summary)
    facts = [
        f"owned by {summary.owner}",
        f"made {_day(summary.created_ms)}, changed {_day(summary.modified_ms)}",
    ]
    if claim is None:
        facts.append("names no record")
    elif not same_figure(claim.record, record.id):
        facts.append(f"claims {claim.record}")
    return facts


def _day(epoch_ms: int) -> str:
    time = stated_time(epoch_ms)
    return "on an unknown day" if time is None else time.date().isoformat()


def _is_there(_record: Record, candidate: Candidate) -> float:
    return isinstance(candidate.sighting, Summary)


def _says_so(record: Record, candidate: Candidate) -> float:
    """Rank a network's own claim: this record, none, another record."""
    claim = read_claim(candidate.sighting) if isinstance(candidate.sighting, Summary) else None
    if claim is None:
        return 0
    return 1 if same_figure(claim.record, record.id) else -1


def _is_member(_record: Record, candidate: Candidate) -> float:
    return candidate.member is True


def _likeness(_record: Record, candidate: Candidate) -> float:
    """Return the share of all genes of both sides that both have (Jaccard index)."""
    genes = candidate.genes
    if genes is None:
        return 0
    united = genes.local + genes.remote - genes.shared
    return genes.shared / united if united else 1


def _created(_record: Record, candidate: Candidate) -> float:
    return candidate.sighting.created_ms if isinstance(candidate.sighting, Summary) else 0


_CRITERIA = (
    _Criterion(_is_there, "the other cannot be read"),
    _Criterion(_says_so, "it claims this record, the other does not"),
    _Criterion(_is_member, "it is in the collection's set or folder, the other is not"),
    _Criterion(_likeness, "its genes are more like the record's"),
    _Criterion(_created, "it was made later"),
)
