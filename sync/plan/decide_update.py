"""Decide what an update changes in one network: differences and policy to one action.

Pure, like ``plan.decide``. A change of the network's content is decided in two steps: first a
draft, then, once the content was read, ``finish_update``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from msgspec.structs import replace

from sync.amounts import plural
from sync.match.spreadsheets import is_mangled
from sync.model import (
    CONTENT_KINDS,
    DRAWING_KINDS,
    GENE_KINDS,
    HIDDEN_BY_INDEX,
    CheckResult,
    Difference,
    DifferenceKind,
    Summary,
    Visibility,
)
from sync.plan.actions import (
    Basis,
    PropertyChange,
    Skipped,
    UpdateNetwork,
)
from sync.plan.candidates import ContentFacts, Draft, PushPolicy, Subject
from sync.plan.properties import explain_changes

_NAMED = 6
"""How many genes a reason names."""

_NOT_INCLUDED = "push in the configuration does not include what differs"


@dataclass(slots=True)
class _Wanted:
    """The differences of one record, by what an action does about them.

    ``left`` are those that nothing is done about, by the reason.
    """

    genes: list[Difference] = field(default_factory=list)
    drawn: list[Difference] = field(default_factory=list)
    left: dict[str, list[Difference]] = field(default_factory=dict)
    properties: list[PropertyChange] = field(default_factory=list)
    visibility: Visibility | None = None
    read_only: bool | None = None
    member: bool = False
    index_lost: bool = False


def decide_update(
    result: CheckResult, summary: Summary, policy: PushPolicy
) -> Iterator[UpdateNetwork | Skipped | Draft]:
    """Decide on a network that differs from its record, and say what is left alone and why.

    If the network's content must be changed, the decision is a draft.
    """
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
        edge_count=summary.edge_count if redraws else 0,
    )
    action = replace(action, reason=_reason_of(action))
    if not action.reason and not wanted.left:
        hidden = HIDDEN_BY_INDEX in result.messages
        yield Skipped(result.id, HIDDEN_BY_INDEX if hidden else _NOT_INCLUDED)
    elif reason := _why_not_update(action, summary, policy):
        yield Skipped(result.id, reason)
    else:
        for reason, genes in wanted.left.items():
            yield Skipped(result.id, reason.format(genes=_enumerated(genes)))
        if action.reason:
            yield Draft(action, redraws) if action.genes or redraws else action


def finish_update(
    draft: Draft, content: ContentFacts, policy: PushPolicy
) -> Iterator[UpdateNetwork | Skipped]:
    """Decide on an update, given the network's content."""
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
            f"extra genes with edges stay ({_enumerated(content.anchored)}): removing them "
            f"costs {plural(lost_edges, 'edge')}; allow_edge_loss = true in [collection.limits] "
            "allows that",
        )
        lost_edges = 0
    action = replace(
        action,
        basis=replace(action.basis, digest=content.digest),
        genes=genes,
        lost_edges=lost_edges,
        repairs=content.repairs if genes else (),
    )
    if reason := _reason_of(action):
        yield replace(action, reason=reason)


def why_untouchable(summary: Summary, account: str) -> str | None:
    """Say why a network may not be changed at all, None if it may (contract 3.6)."""
    if summary.protected:
        return "its network has a DOI or is certified, and is never touched"
    if summary.owner != account:
        return f"its network belongs to {summary.owner}, not to {account}"
    return None


def _is_redrawn(result: CheckResult, policy: PushPolicy) -> bool:
    """Return whether the network's content is to be replaced by that of the record's drawing.

    If somebody accepted a difference of the content, it is not.
    """
    accepted = {each.difference.kind for each in result.accepted if each.difference}
    differs = not CONTENT_KINDS.isdisjoint(each.kind for each in result.differences)
    return (
        Subject.CONTENT in policy.subjects
        and result.whole
        and differs
        and not CONTENT_KINDS & accepted
    )


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
    if reason := _explain_left_alone(difference):
        wanted.left.setdefault(reason, []).append(difference)
    else:
        wanted.genes.append(difference)


def _explain_left_alone(difference: Difference) -> str | None:
    """Say why a gene difference is never pushed, None if it may be.

    The reason has a place for the names of ``{genes}``.
    """
    if difference.kind is DifferenceKind.GENE_EXTRA and "family" in (difference.local or {}):
        return "extra genes that a row of the record lists among others stay ({genes})"
    named = {DifferenceKind.GENE_MISSING, DifferenceKind.GENE_RENAMED}
    if difference.kind in named and is_mangled(difference.symbol):
        return "symbols that a spreadsheet turned into dates or numbers are not pushed ({genes})"
    return None


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


def _finish_redrawing(
    action: UpdateNetwork, content: ContentFacts
) -> Iterator[UpdateNetwork | Skipped]:
    if content.unchanged:
        yield Skipped(action.record, "its network shows all that its drawing has")
        action = replace(action, genes=(), drawn=())
    else:
        basis = replace(action.basis, digest=content.digest)
        action = replace(action, basis=basis, drawing=content.drawing, repairs=content.repairs)
    if reason := _reason_of(action):
        yield replace(action, reason=reason)


def _why_not_edit(content: ContentFacts) -> str | None:
    if content.digest is None:
        return "its content was not read as CX2, so its genes cannot be edited"
    if content.problem is not None:
        return f"its genes cannot be edited: {content.problem}"
    return None


def _reason_of(action: UpdateNetwork) -> str:
    """Return why an update is made, an empty text if there is nothing to do."""
    return " and ".join(_describe_update(action))


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


def _enumerated(genes: Sequence[Difference]) -> str:
    symbols = [each.symbol for each in genes]
    more = f" and {len(symbols) - _NAMED} more" if len(symbols) > _NAMED else ""
    return ", ".join(symbols[:_NAMED]) + more
