"""Decide what a push would do: verdicts and policy to ordered actions, each with its reason.

Pure: nothing is read or sent here. A record with a bad verdict or a failed look-up gets no action,
only the reason (design: Unknown is not absent).
"""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from sync.match.properties import state_properties, strip_image_extension
from sync.model import (
    CONTENT_KINDS,
    IN_TRASH,
    CheckResult,
    Layout,
    Record,
    RecordId,
    UnclaimedNetwork,
    Verdict,
    Visibility,
)
from sync.plan.actions import (
    Action,
    Basis,
    CreateNetwork,
    DeleteNetwork,
    PlannedDrawing,
    PlannedGene,
    PropertyChange,
    Skipped,
)
from sync.plan.candidates import Candidate, Draft, PushPolicy, Subject, Surplus
from sync.plan.decide_update import decide_update, why_untouchable
from sync.plan.properties import explain_changes


@dataclass(frozen=True, slots=True)
class Decisions:
    """The actions in the order in which to do them, and what is left alone."""

    actions: tuple[Action, ...] = ()
    skipped: tuple[Skipped, ...] = ()


Decided = Action | Skipped | Draft
"""The decision for one record: something to do, to leave alone, or not known yet."""


def arrange(
    decided: Iterable[tuple[RecordId, Sequence[Action | Skipped]]],
    surplus: Iterable[Surplus],
    policy: PushPolicy,
) -> Decisions:
    """Put the decisions on all records in order, and add what follows from all of them.

    Updates come before creates, and deletes of networks that no record claims come last. Nothing is
    done for a record that several files say they are, and no two networks are made that would claim
    the same record: an id may be written with or without the ending of an image.
    """
    known = list(decided)
    files = Counter(record for record, _ in known)
    claims = Counter(
        strip_image_extension(record)
        for record, each in known
        if any(isinstance(action, CreateNetwork) for action in each)
    )
    made: list[Action | Skipped] = []
    for record, each in known:
        twice = files[record] > 1 or claims[strip_image_extension(record)] > 1
        made += _leave_twice(record, each) if twice else each
    for unclaimed in sorted(surplus, key=lambda each: each.found.network):
        made += _decide_surplus(unclaimed, policy)
    actions = [each for each in made if not isinstance(each, Skipped)]
    return Decisions(
        actions=tuple(sorted(actions, key=lambda action: _ORDER[action.kind])),
        skipped=tuple(each for each in made if isinstance(each, Skipped)),
    )


def decide_record(candidate: Candidate, policy: PushPolicy) -> Iterator[Decided]:
    """Decide on one record."""
    result = candidate.result
    if policy.kinds:
        chosen = tuple(each for each in result.differences if each.kind in policy.kinds)
        if not chosen and result.verdict not in policy.kinds:
            return
        # A redrawing removes all differences of the content, so all must be wanted.
        left = CONTENT_KINDS & {each.kind for each in result.differences} - policy.kinds
        result = dataclasses.replace(result, differences=chosen, whole=result.whole and not left)
        candidate = dataclasses.replace(candidate, result=result)
    if not result.verdict.settled:
        yield from _decide_unsettled(candidate, policy)
    # If people accepted the state on NDEx, a push must not overwrite it.
    for reason, until in sorted({(each.reason, each.until) for each in result.accepted}):
        yield Skipped(result.id, _accepted_until(until, reason), accepted=True)


def leave_unknown(record: RecordId) -> Skipped:
    """Leave alone a record if something about it could not be looked up."""
    return Skipped(record, _WHY_NOT[Verdict.FAILED], unknown=True)


_plan_gene = lru_cache(maxsize=1 << 16)(PlannedGene.of)
"""Plans a gene once that many records share."""

_ORDER = {"undelete": 0, "restore": 1, "update": 2, "create": 3, "delete": 4}
_WHY_NOT = {
    Verdict.RESOLVABLE: "its network is known but not in the record; run ndex-sync resolve first",
    Verdict.AMBIGUOUS: "several networks may belong to it; a person has to choose",
    Verdict.MISSING: "its network is gone; remove the UUID to have a new one made",
    Verdict.UNREADABLE: "its network cannot be read",
    Verdict.MISMATCHED: "its network belongs to another record",
    Verdict.DUPLICATE: "another record names the same network",
    Verdict.INVALID_RECORD: "the record cannot be read; ndex-sync check says where and why",
    Verdict.INVALID_NETWORK: (
        "its network cannot be read, see the check; if a run broke it, apply or restore that run"
    ),
    Verdict.FAILED: "it could not be looked up, so nothing is known about it",
}


def _why_not(result: CheckResult) -> str | None:
    reason = next(iter(result.messages), "")
    return reason if reason.startswith(IN_TRASH) else _WHY_NOT.get(result.verdict)


def _accepted_until(until: date, reason: str) -> str:
    return f"what differs was accepted until {until}: {reason}"


def _leave_twice(record: RecordId, decided: Sequence[Action | Skipped]) -> Iterator[Skipped]:
    accepted = [each for each in decided if isinstance(each, Skipped) and each.accepted]
    if len(accepted) < len(decided):
        yield Skipped(record, "several files say that they are this record")
    yield from accepted


def _decide_unsettled(candidate: Candidate, policy: PushPolicy) -> Iterator[Decided]:
    result = candidate.result
    if candidate.unfinished and candidate.record is not None:
        yield _decide_create(
            candidate, candidate.record, policy, "its network was left unfinished by a push"
        )
    elif reason := _why_not(result):
        yield Skipped(result.id, reason, unknown=result.verdict is Verdict.FAILED)
    elif candidate.record is not None and result.verdict is Verdict.UNMAPPED:
        reason = "it has no network, and no network of the collection claims it"
        yield _decide_create(candidate, candidate.record, policy, reason)
    elif candidate.summary is not None:
        yield from decide_update(result, candidate.summary, policy)
    else:
        yield Skipped(result.id, "its record or network was not read")


def _decide_create(
    candidate: Candidate, record: Record, policy: PushPolicy, reason: str
) -> CreateNetwork | Skipped:
    properties = state_properties(record)
    changes = [PropertyChange(name, None, text) for name, text in properties.items()]
    fault = _why_not_create(candidate, record, policy) or explain_changes((), changes)
    if fault:
        return Skipped(record.id, fault)
    return CreateNetwork(
        record=record.id,
        path=record.path,
        reason=reason,
        genes=tuple(map(_plan_gene, record.genes)),
        properties=dict(properties),
        visibility=policy.visibility or Visibility.PRIVATE,
        read_only=bool(policy.read_only),
        network_set=policy.network_set,
        folder=policy.folder,
        drawing=candidate.drawing if isinstance(candidate.drawing, PlannedDrawing) else None,
    )


def _why_not_create(candidate: Candidate, record: Record, policy: PushPolicy) -> str | None:
    if Subject.CREATE not in policy.subjects:
        return "it has no network, and push in the configuration does not include create"
    if record.layout is Layout.WIKIPATHWAYS:
        if isinstance(candidate.drawing, str):
            return candidate.drawing
    elif not record.genes and record.genes_unknown is None:
        return "it has no genes to make a network from"
    if record.genes_unknown is not None:
        return f"its genes are not known: {record.genes_unknown.partition(':')[0]}"
    if not policy.listed:
        return "the collection's networks cannot be listed: it may have one"
    return None


def _decide_surplus(surplus: Surplus, policy: PushPolicy) -> Iterator[DeleteNetwork | Skipped]:
    summary = surplus.summary
    if not policy.prune:
        return
    if accepted := surplus.found.accepted:
        said = _accepted_until(accepted.until, accepted.reason)
        yield Skipped(summary.id, said, accepted=True)
    elif not policy.listed:
        yield Skipped(summary.id, "the collection could not be listed in full: not deleted")
    elif reason := surplus.problem or why_untouchable(summary, policy.account):
        yield Skipped(summary.id, reason)
    else:
        yield DeleteNetwork(
            network=summary.id,
            name=summary.name,
            reason=_why_surplus(surplus.found),
            basis=Basis(summary.modified_ms, surplus.digest, summary.visibility, summary.read_only),
        )


def _why_surplus(found: UnclaimedNetwork) -> str:
    if found.instead is None:
        return "no record claims it"
    copy = "a newer copy" if found.newer else "a copy"
    return f"{copy} of {found.instead}, which {found.claims} names"
