"""Compare one record with what was observed of its network: a pure function to a verdict.

The rules are the design's (Verdicts, Differences, Matching genes). This code knows no times, files
or servers; everything that decides comes in as a value.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import assert_never

from sync.dates import stated_time
from sync.match.claims import find_other_claim
from sync.match.gene_differences import compare_genes
from sync.match.properties import compare_properties, describe_record
from sync.match.revisions import read_revisions
from sync.match.whole import BY_DEFAULT, CONTENT, Compared, Sides, compare_whole
from sync.model import (
    HIDDEN_BY_INDEX,
    IN_TRASH,
    Absent,
    Broken,
    CheckResult,
    Difference,
    DifferenceKind,
    Gene,
    Layout,
    NetworkId,
    NetworkTimes,
    Observation,
    Record,
    Refused,
    Seen,
    Summary,
    Unanswered,
    Verdict,
    Visibility,
)


@dataclass(frozen=True, slots=True)
class DesiredState:
    """The state that the configuration asks for; None leaves a point alone."""

    visibility: Visibility | None = None
    read_only: bool | None = None


LEAVE_STATE = DesiredState()


@dataclass(frozen=True, slots=True)
class Scope:
    """Which parts of a record are compared.

    ``sides`` are record and network as a whole, if nodes or interactions are compared and both
    could be read. ``note`` says why they could not, ``doubt`` that the server did not answer.
    """

    compared: frozenset[Compared] = BY_DEFAULT
    sides: Sides | None = None
    note: str | None = None
    doubt: str | None = None


USUAL = Scope()


def compare(
    record: Record,
    network: NetworkId,
    observation: Observation,
    desired: DesiredState = LEAVE_STATE,
    scope: Scope = USUAL,
) -> CheckResult:
    """Return the verdict on a record and the network that it, or its map file, names."""
    if is_left_alone(record):
        return leave_alone(record, network)
    match observation:
        case Seen():
            return _compare_seen(record, observation, desired, scope)
        case Absent() as absent:
            return judge(record, network, Verdict.MISSING, describe_absent(network, absent))
        case Refused(reason):
            return judge(record, network, Verdict.UNREADABLE, reason)
        case Broken(reason):
            return judge(record, network, Verdict.INVALID_NETWORK, reason)
        case Unanswered(reason):
            return judge(record, network, Verdict.FAILED, reason)
        case _:
            assert_never(observation)


def describe_absent(network: NetworkId, absent: Absent) -> str:
    """Say that a network is missing, and how to get it back (contract 3.7)."""
    if absent.in_trash:
        return (
            f"{IN_TRASH}: take it out there, or with POST /v3/files/trash/restore "
            f'{{"networks": ["{network}"], "folders": [], "shortcuts": []}}'
        )
    return "NDEx does not have this network, or it was deleted; remove or renew the UUID"


def judge(
    record: Record, network: NetworkId | None, verdict: Verdict, *messages: str
) -> CheckResult:
    """Return a verdict that was reached without a comparison, and why."""
    return CheckResult(
        id=record.id,
        path=record.path,
        line=record.line,
        network=network,
        verdict=verdict,
        messages=(*messages, *record.notes),
        about=describe_record(record),
        left_out=record.left_out,
    )


def is_left_alone(record: Record) -> bool:
    """Return whether a pathway is of an organism that does not count, so that nothing is compared.

    A figure's network holds human genes whatever else the figure's table lists (formats 6), so a
    figure with a network is compared.
    """
    return record.of_other_organism and record.layout is Layout.WIKIPATHWAYS


def leave_alone(record: Record, network: NetworkId | None) -> CheckResult:
    """Return the verdict on a record of an organism that does not count."""
    if record.layout is Layout.WIKIPATHWAYS:
        organism = record.fields.get("organism", "")
        reason = f"its organism, {organism}, is not compared"
    else:
        reason = "none of its genes is of an organism that is compared"
    return judge(record, network, Verdict.NOT_COMPARED, reason)


def judge_unmapped(record: Record, *notes: str) -> CheckResult:
    """Return the verdict on a record without a network; one of another organism needs none."""
    if record.of_other_organism:
        return leave_alone(record, None)
    return judge(record, None, Verdict.UNMAPPED, *notes)


def _compare_seen(record: Record, seen: Seen, desired: DesiredState, scope: Scope) -> CheckResult:
    claim = find_other_claim(record, seen.summary)
    if claim is not None:
        mismatched = judge(record, seen.summary.id, Verdict.MISMATCHED, claim.sentence)
        return replace(mismatched, claims=claim.record)
    if record.genes_unknown is not None:
        return judge(record, seen.summary.id, Verdict.INVALID_RECORD, record.genes_unknown)
    if seen.network.genes_unknown is not None:
        return judge(record, seen.summary.id, Verdict.INVALID_NETWORK, seen.network.genes_unknown)
    genes = compare_genes(record, seen.network)
    differences = (
        *(genes.differences if Compared.GENES in scope.compared else ()),
        *(() if scope.sides is None else compare_whole(scope.sides, scope.compared)),
        *(
            _property_differences(record, seen.summary)
            if Compared.PROPERTIES in scope.compared
            else ()
        ),
        *_membership_differences(seen),
        *_state_differences(seen, desired),
    )
    doubt = seen.doubt or scope.doubt
    if doubt is not None and not differences:
        return judge(record, seen.summary.id, Verdict.FAILED, doubt)
    return CheckResult(
        id=record.id,
        path=record.path,
        line=record.line,
        network=seen.summary.id,
        verdict=Verdict.DRIFTED if differences else Verdict.IN_SYNC,
        genes=genes.counts,
        differences=differences,
        messages=(
            *filter(None, (doubt, scope.note)),
            *_visibility_note(differences),
            *_not_comparable_note(genes.not_comparable),
            *genes.notes,
            *record.notes,
        ),
        about=describe_record(record),
        shared_genes=genes.shared if differences else (),
        times=_times(seen.summary) if differences else None,
        revisions=read_revisions(record, seen.summary) if differences else None,
        doubt=doubt,
        whole=_is_whole(record, scope),
        left_out=record.left_out,
    )


def _is_whole(record: Record, scope: Scope) -> bool:
    """Return whether everything in which drawn content can differ was compared."""
    drawn = record.layout is Layout.WIKIPATHWAYS and scope.sides is not None
    return drawn and scope.compared >= CONTENT


def _times(summary: Summary) -> NetworkTimes | None:
    """Return the times of a network, None if the server does not state both."""
    created, modified = stated_time(summary.created_ms), stated_time(summary.modified_ms)
    return NetworkTimes(created, modified) if created and modified else None


def _property_differences(record: Record, summary: Summary) -> Iterator[Difference]:
    for mismatch in compare_properties(record, summary):
        yield Difference(
            DifferenceKind.PROPERTY,
            name=mismatch.name,
            local={"value": mismatch.local},
            remote=None if mismatch.remote is None else {"value": mismatch.remote},
        )


def _membership_differences(seen: Seen) -> Iterator[Difference]:
    if seen.member is False:
        yield Difference(
            DifferenceKind.MEMBERSHIP,
            name="member",
            local={"value": "true"},
            remote={"value": "false"},
        )


def _state_differences(seen: Seen, desired: DesiredState) -> Iterator[Difference]:
    """Yield what is not as configured, and what the server changed by itself."""
    summary, visibility = seen.summary, desired.visibility
    if visibility is not None and summary.visibility is not visibility:
        yield _state("visibility", visibility, summary.visibility)
    if visibility is None and seen.index_failed and summary.visibility is Visibility.PRIVATE:
        yield _state("visibility", None, summary.visibility)
    if desired.read_only is not None and summary.read_only is not desired.read_only:
        yield _state("read_only", _flag(desired.read_only), _flag(summary.read_only))
    if summary.out_of_search:
        yield _state("search", summary.index_level, "lost")


def _state(name: str, local: str | None, remote: str) -> Difference:
    wanted = None if local is None else {"value": local}
    return Difference(DifferenceKind.STATE, name=name, local=wanted, remote={"value": remote})


def _flag(value: bool) -> str:  # noqa: FBT001 - a value to be written, not a switch
    return "true" if value else "false"


def _visibility_note(differences: tuple[Difference, ...]) -> tuple[str, ...]:
    states = [each for each in differences if each.kind is DifferenceKind.STATE]
    if all(each.local is not None for each in states):
        return ()
    return (HIDDEN_BY_INDEX,)


def _not_comparable_note(genes: tuple[Gene, ...]) -> tuple[str, ...]:
    if not genes:
        return ()
    names = ", ".join(gene.symbol for gene in genes)
    return (f"not comparable, the node table cannot hold them and there is no GPML file: {names}",)
