"""Decide what a push would do: verdicts and policy to ordered actions, each with its reason.

Pure: nothing is read and nothing is sent here. A record whose verdict is bad, or whose look-up
failed, gets no action and says why (design: Unknown is not absent).
"""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache

from msgspec.structs import replace

from sync.match.properties import state_properties, strip_image_extension
from sync.match.spreadsheets import is_mangled
from sync.model import (
    DRAWING_KINDS,
    HIDDEN_BY_INDEX,
    IN_TRASH,
    CheckResult,
    Difference,
    DifferenceKind,
    Layout,
    Record,
    RecordId,
    Summary,
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
    UpdateNetwork,
)
from sync.plan.candidates import Candidate, ContentFacts, Draft, PushPolicy, Subject, Surplus
from sync.plan.properties import explain_changes

GENE_KINDS = frozenset(
    {
        DifferenceKind.GENE_MISSING,
        DifferenceKind.GENE_EXTRA,
        DifferenceKind.GENE_RENAMED,
        DifferenceKind.GENE_REIDENTIFIED,
        DifferenceKind.GENE_ATTRIBUTE,
    }
)
CONTENT_KINDS = GENE_KINDS.union(DRAWING_KINDS)
"""All by which the content of a network can differ."""


@dataclass(frozen=True, slots=True)
class Decisions:
    """The actions in the order in which they are to be done, and what is left alone."""

    actions: tuple[Action, ...] = ()
    skipped: tuple[Skipped, ...] = ()


Decided = Action | Skipped | Draft
"""What comes of one record: something to do, something to leave alone, or neither is known yet."""


def arrange(
    decided: Iterable[tuple[RecordId, Sequence[Action | Skipped]]],
    surplus: Iterable[Surplus],
    policy: PushPolicy,
) -> Decisions:
    """Put what was decided on each record in order, with what follows from all of them.

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
        # A redrawing takes all differences of the content away, so all must be wanted.
        left = CONTENT_KINDS & {each.kind for each in result.differences} - policy.kinds
        result = dataclasses.replace(result, differences=chosen, whole=result.whole and not left)
        candidate = dataclasses.replace(candidate, result=result)
    if not result.verdict.settled:
        yield from _decide_unsettled(candidate, policy)
    # Whoever agreed that NDEx is right wants no push over it.
    for reason, until in sorted({(each.reason, each.until) for each in result.accepted}):
        yield Skipped(result.id, _accepted_until(until, reason), accepted=True)


def finish_update(
    draft: Draft, content: ContentFacts, policy: PushPolicy
) -> Iterator[UpdateNetwork | Skipped]:
    """Decide on an update by what is in the network's content."""
    action = draft.action
    if reason := _why_not_edit(content):
        yield Skipped(action.record, reason)
        return
    if draft.redraws:
        yield from _finish_redrawing(action, content)
        return
    genes, lost_edges = action.genes, content.lost_edges
    if lost_edges and not policy.allow_edge_loss:
        genes = tuple(each for each in genes if each not in content.anchored)
        yield Skipped(
            action.record,
            f"extra genes that hold edges stay ({_enumerated(content.anchored)}): removing them "
            f"costs {lost_edges} edges; allow_edge_loss = true in [collection.limits] allows that",
        )
        lost_edges = 0
    action = replace(
        action,
        basis=replace(action.basis, digest=content.digest),
        genes=genes,
        lost_edges=lost_edges,
        repairs=content.repairs if genes else (),
    )
    if reason := describe_update(action):
        yield replace(action, reason=reason)


def _finish_redrawing(
    action: UpdateNetwork, content: ContentFacts
) -> Iterator[UpdateNetwork | Skipped]:
    if content.unchanged:
        yield Skipped(action.record, "its network shows all that its drawing has")
        action = replace(action, genes=(), drawn=())
    else:
        basis = replace(action.basis, digest=content.digest)
        action = replace(action, basis=basis, drawing=content.drawing, repairs=content.repairs)
    if reason := describe_update(action):
        yield replace(action, reason=reason)


def leave_unknown(record: RecordId) -> Skipped:
    """Leave alone a record of which something could not be looked up."""
    return Skipped(record, _WHY_NOT[Verdict.FAILED], unknown=True)


_plan_gene = lru_cache(maxsize=1 << 16)(PlannedGene.of)
"""Plans what many records have in common once."""

_NAMED = 6
"""How many genes a reason names."""
_ORDER = {"undelete": 0, "restore": 1, "update": 2, "create": 3, "delete": 4}
_WHY_NOT = {
    Verdict.RESOLVABLE: "its network is known and not written down; run ndex-sync resolve first",
    Verdict.AMBIGUOUS: "several networks come into question; a person has to choose",
    Verdict.MISSING: "its network is gone; remove the UUID to have a new one made",
    Verdict.UNREADABLE: "its network cannot be read",
    Verdict.MISMATCHED: "its network belongs to another record",
    Verdict.DUPLICATE: "another record names the same network",
    Verdict.INVALID_RECORD: "the record cannot be read",
    Verdict.INVALID_NETWORK: (
        "its network cannot be read, as the check says; where a run broke it, apply or restore that"
    ),
    Verdict.FAILED: "it could not be looked up, and unknown is not absent",
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
        reason = "no network, and none of the collection claims it"
        yield _decide_create(candidate, candidate.record, policy, reason)
    elif candidate.summary is not None:
        yield from _decide_update(result, candidate.summary, policy)
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
        return "it has no network, and push does not name create: none is made"
    if record.layout is Layout.WIKIPATHWAYS:
        if isinstance(candidate.drawing, str):
            return candidate.drawing
    elif not record.genes and record.genes_unknown is None:
        return "it has no gene to make a network of"
    if record.genes_unknown is not None:
        return f"its genes are not known: {record.genes_unknown.partition(':')[0]}"
    if not policy.listed:
        return "the collection's networks cannot be listed: it may have one"
    return None


def why_untouchable(summary: Summary, account: str) -> str | None:
    """Say why a network may not be changed at all, None if it may (contract 3.6)."""
    if summary.doi is not None or summary.certified:
        return "its network has a DOI or is certified, and is never touched"
    if summary.owner != account:
        return f"its network belongs to {summary.owner}, not to {account}"
    return None


@dataclass(slots=True)
class _Wanted:
    """The differences of one record, by what an action does about them; ``left`` by the reason why
    nothing is done.
    """

    genes: list[Difference] = field(default_factory=list)
    drawn: list[Difference] = field(default_factory=list)
    left: dict[str, list[Difference]] = field(default_factory=dict)
    properties: list[PropertyChange] = field(default_factory=list)
    visibility: Visibility | None = None
    read_only: bool | None = None
    member: bool = False
    index_lost: bool = False


def _decide_update(
    result: CheckResult, summary: Summary, policy: PushPolicy
) -> Iterator[UpdateNetwork | Skipped | Draft]:
    redraws = _is_redrawn(result, policy)
    wanted = _sort_differences(result.differences, policy.subjects, redraws=redraws)
    action = UpdateNetwork(
        record=result.id,
        path=result.path,
        network=summary.id,
        reason="",
        basis=Basis(summary.modified_ms, None, summary.visibility, summary.read_only),
        genes=tuple(wanted.genes),
        properties=tuple(wanted.properties),
        visibility=wanted.visibility,
        read_only=wanted.read_only,
        network_set=policy.network_set if wanted.member else None,
        folder=policy.folder if wanted.member else None,
        index_lost=wanted.index_lost,
        drawn=tuple(wanted.drawn),
        gene_count=0 if result.genes is None else result.genes.remote,
    )
    action = replace(action, reason=describe_update(action))
    if not action.reason and not wanted.left:
        hidden = HIDDEN_BY_INDEX in result.messages
        yield Skipped(result.id, HIDDEN_BY_INDEX if hidden else "push does not name what differs")
    elif reason := _why_not_update(action, summary, policy):
        yield Skipped(result.id, reason)
    else:
        for reason, genes in wanted.left.items():
            yield Skipped(result.id, reason.format(genes=_enumerated(genes)))
        if action.reason:
            yield Draft(action, redraws) if action.genes or redraws else action


def _is_redrawn(result: CheckResult, policy: PushPolicy) -> bool:
    """Return whether the network's content is to be replaced by what the record's drawing draws.

    Somebody who accepted that the content differs wants no push over it.
    """
    accepted = {each.difference.kind for each in result.accepted if each.difference}
    differs = not CONTENT_KINDS.isdisjoint(each.kind for each in result.differences)
    return (
        Subject.CONTENT in policy.subjects
        and result.whole
        and differs
        and not CONTENT_KINDS & accepted
    )


def describe_update(action: UpdateNetwork) -> str:
    """Return why an update is made, an empty text where there is nothing in it to do."""
    return " and ".join(_describe_update(action))


def explain_left_alone(difference: Difference) -> str | None:
    """Say why a gene difference is never pushed, None if it may be.

    The reason has a place for the names of ``{genes}``.
    """
    if difference.kind is DifferenceKind.GENE_EXTRA and "family" in (difference.local or {}):
        return "extra genes that a row of the record lists among others stay ({genes})"
    named = {DifferenceKind.GENE_MISSING, DifferenceKind.GENE_RENAMED}
    if difference.kind in named and is_mangled(difference.symbol):
        return "symbols that a spreadsheet made dates or numbers of are not pushed ({genes})"
    return None


def _enumerated(genes: Sequence[Difference]) -> str:
    symbols = [each.symbol for each in genes]
    more = f" and {len(symbols) - _NAMED} more" if len(symbols) > _NAMED else ""
    return ", ".join(symbols[:_NAMED]) + more


def _sort_differences(
    differences: Iterable[Difference], subjects: frozenset[Subject], *, redraws: bool
) -> _Wanted:
    wanted = _Wanted()
    for each in differences:
        new = (each.local or {}).get("value", "")
        if redraws and each.kind in DRAWING_KINDS:
            wanted.drawn.append(each)
        elif redraws and each.kind in GENE_KINDS:
            wanted.genes.append(each)
        elif each.kind in GENE_KINDS:
            if Subject.GENES in subjects:
                _want_gene(wanted, each)
        elif each.kind is DifferenceKind.PROPERTY and Subject.PROPERTIES in subjects:
            old = None if each.remote is None else each.remote.get("value")
            wanted.properties.append(PropertyChange(each.name, old, new))
        elif each.kind is DifferenceKind.MEMBERSHIP:
            wanted.member = Subject.MEMBERSHIP in subjects
        elif each.kind is DifferenceKind.STATE and each.name == "search":
            wanted.index_lost = Subject.PROPERTIES in subjects
        elif each.kind is DifferenceKind.STATE and Subject.STATE in subjects and new:
            _want_state(wanted, each.name, new)
    return wanted


def _want_gene(wanted: _Wanted, difference: Difference) -> None:
    if reason := explain_left_alone(difference):
        wanted.left.setdefault(reason, []).append(difference)
    else:
        wanted.genes.append(difference)


def _want_state(wanted: _Wanted, name: str, new: str) -> None:
    if name == "visibility":
        wanted.visibility = Visibility(new)
    elif name == "read_only":
        wanted.read_only = new == "true"


def _why_not_update(action: UpdateNetwork, summary: Summary, policy: PushPolicy) -> str | None:
    if reason := why_untouchable(summary, policy.account):
        return reason
    if action.genes or action.drawn or action.properties:
        return explain_changes(summary.properties or (), action.properties)
    return None


def _why_not_edit(content: ContentFacts) -> str | None:
    if content.digest is None:
        return "its content was not read as CX2, so that its genes cannot be edited"
    if content.problem is not None:
        return f"its genes cannot be edited: {content.problem}"
    return None


def _describe_update(action: UpdateNetwork) -> Iterator[str]:
    if action.drawn:
        yield "its drawing differs"
    if action.genes:
        yield "its genes differ"
    if action.properties:
        yield "its properties differ"
    if action.network_set is not None or action.folder is not None:
        yield "it is not in the collection's set or folder"
    if action.visibility is not None or action.read_only is not None:
        yield "its state is not as configured"
    if action.index_lost:
        yield "the search does not find it"


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
