"""Decide what a push would do: verdicts and policy to ordered actions, each with its reason.

Pure: nothing is read and nothing is sent here. A record whose verdict is bad, or whose look-up
failed, gets no action and says why (design: Unknown is not absent).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from sync.actions import (
    Action,
    Basis,
    CreateNetwork,
    DeleteNetwork,
    PlannedGene,
    PropertyChange,
    Skipped,
    UpdateNetwork,
)
from sync.model import (
    HIDDEN_BY_INDEX,
    IN_TRASH,
    CheckResult,
    Difference,
    DifferenceKind,
    Layout,
    Record,
    RecordId,
    Seen,
    Summary,
    UnclaimedNetwork,
    Verdict,
    Visibility,
)
from sync.properties import state_properties
from sync.property_list import explain_changes
from sync.spreadsheets import is_mangled

GENE_KINDS = frozenset(
    {
        DifferenceKind.GENE_MISSING,
        DifferenceKind.GENE_EXTRA,
        DifferenceKind.GENE_RENAMED,
        DifferenceKind.GENE_REIDENTIFIED,
        DifferenceKind.GENE_ATTRIBUTE,
    }
)


class Subject(StrEnum):
    """What a push may change; the words of ``push`` in the configuration."""

    CREATE = "create"
    GENES = "genes"
    PROPERTIES = "properties"
    MEMBERSHIP = "membership"
    STATE = "state"


@dataclass(frozen=True, slots=True)
class ContentFacts:
    """What is known of a network's content beside its genes.

    ``lost_edges`` is what the gene differences would cost, and ``anchored`` are those of them
    that cost any: surplus genes that hold edges. ``problem`` says why the genes cannot be edited,
    None where they can. ``repairs`` say what an upload changes besides (``cx.repair``).
    """

    digest: str | None
    lost_edges: int = 0
    anchored: tuple[Difference, ...] = ()
    problem: str | None = None
    repairs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Candidate:
    """One record with everything that a decision needs.

    ``record`` is None where it cannot be read, ``seen`` where its network was not, ``content``
    where nothing asked for it. ``unfinished``: the network that claims it was left behind by a
    create of ours that did not come to its end.
    """

    result: CheckResult
    record: Record | None = None
    seen: Seen | None = None
    content: ContentFacts | None = None
    unfinished: bool = False


@dataclass(frozen=True, slots=True)
class Surplus:
    """A network of the collection that no record claims, as it was seen.

    ``problem`` says why its content could not be read, None where it could.
    """

    found: UnclaimedNetwork
    summary: Summary
    digest: str | None
    problem: str | None = None


@dataclass(frozen=True, slots=True)
class PushPolicy:
    """What may be changed, where networks belong, and how new ones should be.

    ``account`` is the login that acts; networks of others are left alone. ``listed``: the
    collection's networks are all known, without which nothing is created or deleted.
    """

    account: str
    subjects: frozenset[Subject] = frozenset()
    prune: bool = False
    allow_edge_loss: bool = False
    listed: bool = False
    network_set: str | None = None
    folder: str | None = None
    visibility: Visibility | None = None
    read_only: bool | None = None


@dataclass(frozen=True, slots=True)
class Decisions:
    """The actions in the order in which they are to be done, and what is left alone."""

    actions: tuple[Action, ...] = ()
    skipped: tuple[Skipped, ...] = ()


def decide_actions(
    candidates: Iterable[Candidate], surplus: Iterable[Surplus], policy: PushPolicy
) -> Decisions:
    """Decide on every record and every unclaimed network: updates, then creates, then deletes."""
    ordered = sorted(candidates, key=lambda each: (each.result.path, each.result.id))
    twice = _ids_used_twice(ordered)
    made = [decided for each in ordered for decided in _decide_record(each, policy, twice)]
    for unclaimed in sorted(surplus, key=lambda each: each.found.network):
        made += _decide_surplus(unclaimed, policy)
    made += [skipped for each in ordered for skipped in _skip_accepted(each.result)]
    actions = [each for each in made if not isinstance(each, Skipped)]
    return Decisions(
        actions=tuple(sorted(actions, key=lambda action: _ORDER[action.kind])),
        skipped=tuple(each for each in made if isinstance(each, Skipped)),
    )


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


def _skip_accepted(result: CheckResult) -> Iterator[Skipped]:
    """Leave alone what was accepted: whoever agreed that NDEx is right wants no push over it."""
    for reason, until in sorted({(each.reason, each.until) for each in result.accepted}):
        yield Skipped(result.id, _accepted_until(until, reason), accepted=True)


def _accepted_until(until: date, reason: str) -> str:
    return f"what differs was accepted until {until}: {reason}"


def _ids_used_twice(candidates: Sequence[Candidate]) -> frozenset[RecordId]:
    counts = Counter(each.result.id for each in candidates)
    return frozenset(record for record, count in counts.items() if count > 1)


def _decide_record(
    candidate: Candidate, policy: PushPolicy, twice: frozenset[RecordId]
) -> Iterator[Action | Skipped]:
    result = candidate.result
    if result.verdict.settled:
        return
    if result.id in twice:
        yield Skipped(result.id, "several files say that they are this record")
    elif candidate.unfinished and candidate.record is not None:
        yield _decide_create(candidate.record, policy, "its network was left unfinished by a push")
    elif reason := _why_not(result):
        yield Skipped(result.id, reason, unknown=result.verdict is Verdict.FAILED)
    elif candidate.record is not None and result.verdict is Verdict.UNMAPPED:
        yield _decide_create(
            candidate.record, policy, "no network, and none of the collection claims it"
        )
    elif candidate.seen is not None:
        yield from _decide_update(candidate, candidate.seen.summary, policy)
    else:
        yield Skipped(result.id, "its record or network was not read")


def _decide_create(record: Record, policy: PushPolicy, reason: str) -> CreateNetwork | Skipped:
    properties = tuple(
        PropertyChange(name, None, value) for name, value in state_properties(record).items()
    )
    if fault := _why_not_create(record, policy) or explain_changes((), properties):
        return Skipped(record.id, fault)
    return CreateNetwork(
        record=record.id,
        path=record.path,
        reason=reason,
        genes=tuple(PlannedGene.of(gene) for gene in record.genes),
        properties=properties,
        visibility=policy.visibility or Visibility.PRIVATE,
        read_only=bool(policy.read_only),
        network_set=policy.network_set,
        folder=policy.folder,
    )


def _why_not_create(record: Record, policy: PushPolicy) -> str | None:
    if Subject.CREATE not in policy.subjects:
        return "it has no network, and push does not name create: none is made"
    if record.layout is Layout.WIKIPATHWAYS:
        return "networks of pathways are drawn by their own exporter"
    if record.genes_unknown is not None:
        return f"its genes are not known: {record.genes_unknown.partition(':')[0]}"
    if not record.genes:
        return "it has no gene to make a network of"
    if not policy.listed:
        return "the collection's networks cannot be listed: it may have one"
    return None


def why_untouchable(summary: Summary, account: str) -> str | None:
    """Say why a network may not be changed at all, None where it may (contract 3.6)."""
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
    left: dict[str, list[Difference]] = field(default_factory=dict)
    properties: list[PropertyChange] = field(default_factory=list)
    visibility: Visibility | None = None
    read_only: bool | None = None
    member: bool = False
    index_lost: bool = False

    @property
    def edits(self) -> bool:
        return bool(self.genes or self.properties)

    @property
    def anything(self) -> bool:
        state = self.visibility is not None or self.read_only is not None
        return self.edits or state or self.member or self.index_lost


def _decide_update(
    candidate: Candidate, summary: Summary, policy: PushPolicy
) -> Iterator[UpdateNetwork | Skipped]:
    result, content = candidate.result, candidate.content
    wanted = _sort_differences(result.differences, policy.subjects)
    if not wanted.anything and not wanted.left:
        hidden = HIDDEN_BY_INDEX in result.messages
        yield Skipped(result.id, HIDDEN_BY_INDEX if hidden else "push does not name what differs")
        return
    if reason := _why_not_update(wanted, summary, content, policy):
        yield Skipped(result.id, reason)
        return
    lost_edges = content.lost_edges if content is not None and wanted.genes else 0
    if content is not None and lost_edges and not policy.allow_edge_loss:
        _leave_anchored(wanted, content)
        lost_edges = 0
    for reason, genes in wanted.left.items():
        yield Skipped(result.id, reason.format(genes=_enumerated(genes)))
    if wanted.anything:
        yield UpdateNetwork(
            record=result.id,
            path=result.path,
            network=summary.id,
            reason=_describe(wanted),
            basis=Basis(
                summary.modified_ms,
                None if content is None else content.digest,
                summary.visibility,
                summary.read_only,
            ),
            genes=tuple(wanted.genes),
            lost_edges=lost_edges,
            repairs=content.repairs if content is not None and wanted.genes else (),
            properties=tuple(wanted.properties),
            visibility=wanted.visibility,
            read_only=wanted.read_only,
            network_set=policy.network_set if wanted.member else None,
            folder=policy.folder if wanted.member else None,
            index_lost=wanted.index_lost,
            gene_count=0 if result.genes is None else result.genes.remote,
        )


def _leave_anchored(wanted: _Wanted, content: ContentFacts) -> None:
    """Take the surplus genes that hold edges out of what is wanted."""
    wanted.genes = [each for each in wanted.genes if each not in content.anchored]
    reason = (
        "extra genes that hold edges stay ({genes}): removing them costs "
        f"{content.lost_edges} edges; allow_edge_loss = true in [collection.limits] allows that"
    )
    wanted.left[reason] = list(content.anchored)


def explain_left_alone(difference: Difference) -> str | None:
    """Say why a gene difference is never pushed, None where it may be.

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


def _sort_differences(differences: Iterable[Difference], subjects: frozenset[Subject]) -> _Wanted:
    wanted = _Wanted()
    for each in differences:
        new = (each.local or {}).get("value", "")
        if each.kind in GENE_KINDS:
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


def _why_not_update(
    wanted: _Wanted, summary: Summary, content: ContentFacts | None, policy: PushPolicy
) -> str | None:
    if reason := why_untouchable(summary, policy.account):
        return reason
    reason = explain_changes(summary.properties or (), wanted.properties)
    if wanted.edits and reason:
        return reason
    return _why_not_edit(content) if wanted.genes else None


def _why_not_edit(content: ContentFacts | None) -> str | None:
    if content is None or content.digest is None:
        return "its content was not read as CX2, so that its genes cannot be edited"
    if content.problem is not None:
        return f"its genes cannot be edited: {content.problem}"
    return None


def _describe(wanted: _Wanted) -> str:
    return " and ".join(_descriptions(wanted))


def _descriptions(wanted: _Wanted) -> Iterator[str]:
    if wanted.genes:
        yield "its genes differ"
    if wanted.properties:
        yield "its properties differ"
    if wanted.member:
        yield "it is not in the collection's set or folder"
    if wanted.visibility is not None or wanted.read_only is not None:
        yield "its state is not as configured"
    if wanted.index_lost:
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
