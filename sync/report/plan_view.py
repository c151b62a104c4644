"""A plan as people read it: one entry for each action, in plain texts that formats make safe."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import assert_never

from sync.amounts import plural
from sync.cx.repair import describe_repair
from sync.match.gene_groups import unite_genes
from sync.model import Difference, DifferenceKind
from sync.plan.actions import (
    Action,
    CreateNetwork,
    DeleteNetwork,
    Plan,
    RestoreNetwork,
    Skipped,
    UndeleteNetwork,
    UpdateNetwork,
)
from sync.report.text import said, shorten, shorten_pair

_MAX_VALUE = 120
_MAX_NAMES = 12
_MAX_IDS = 3


@dataclass(frozen=True, slots=True)
class Entry:
    """One action: what is done to which network, why, and in which steps."""

    title: str
    network: str | None
    reason: str
    changes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PlanView:
    """A whole plan in texts. ``entries`` is an iterator: there may be as many as records.

    ``left`` are reasons with the records that are left alone.
    """

    headline: str
    facts: tuple[str, ...]
    tripped: tuple[str, ...]
    entries: Iterator[Entry]
    left: tuple[tuple[str, str], ...]


def view_plan(plan: Plan) -> PlanView:
    """Return the plan as texts, in its own order."""
    return PlanView(
        headline=_headline(plan),
        facts=(
            f"server {plan.server}",
            f"account {plan.account}",
            f"collection {plan.collection}",
            plural(plan.records, "record"),
            *([f"only {', '.join(plan.kinds)}"] if plan.kinds else []),
        ),
        tripped=tuple(each.message for each in plan.tripped),
        entries=map(_entry, plan.actions),
        left=tuple(group_left(plan.skipped)),
    )


def _headline(plan: Plan) -> str:
    counts = Counter(action.kind for action in plan.actions)
    parts = [f"{count:,} to {kind}" for kind, count in counts.items()]
    return ", ".join(parts) if parts else "Nothing to do"


def group_left(skipped: Iterable[Skipped]) -> Iterator[tuple[str, str]]:
    """Yield each reason for leaving records alone, with their number and some names."""
    names: dict[str, list[str]] = defaultdict(list)
    for each in skipped:
        names[each.reason].append(each.record)
    for reason, records in sorted(names.items(), key=lambda item: (-len(item[1]), item[0])):
        shown = ", ".join(records[:_MAX_NAMES])
        more = f" and {len(records) - _MAX_NAMES:,} more" if len(records) > _MAX_NAMES else ""
        yield reason, f"{plural(len(records), 'record')}: {shown}{more}"


def _entry(action: Action) -> Entry:
    match action:
        case CreateNetwork():
            return Entry(f"create {action.record}", None, action.reason, tuple(_creations(action)))
        case UpdateNetwork():
            title = f"update {action.record}"
            return Entry(title, action.network, action.reason, tuple(_updates(action)))
        case DeleteNetwork():
            title = f"delete {shorten(action.name, _MAX_VALUE) or action.network}"
            return Entry(title, action.network, action.reason, ("to the trash",))
        case RestoreNetwork():
            title = f"restore {action.record or action.network}"
            return Entry(title, action.network, action.reason, action.changes)
        case UndeleteNetwork():
            title = f"undelete {action.network}"
            return Entry(title, action.network, action.reason, ("out of the trash",))
        case _:
            assert_never(action)


def _creations(action: CreateNetwork) -> Iterator[str]:
    if action.drawing is not None:
        yield f"content from {action.drawing.path}"
    genes = unite_genes(gene.to_gene() for gene in action.genes)
    symbols = ", ".join(gene.symbol for gene in genes)
    yield f"{plural(len(genes), 'gene')}: {shorten(symbols, 4 * _MAX_VALUE)}"
    for name, text in action.properties.items():
        yield f"{name}: {shorten(text, _MAX_VALUE)}"
    lock = "read-only" if action.read_only else "not read-only"
    yield f"{action.visibility}, {lock}"
    yield from _places(action)


def _updates(action: UpdateNetwork) -> Iterator[str]:
    if action.drawing is not None:
        yield f"content from {action.drawing.path}{_LAYOUTS.get(action.drawing.layout, '')}"
    yield from map(_gene_change, action.genes)
    yield from map(_drawn_change, action.drawn)
    if action.lost_edges:
        yield f"{plural(action.lost_edges, 'edge')} of removed genes are lost"
    yield from map(describe_repair, action.repairs)
    for change in action.properties:
        old, new = shorten_pair(change.old or "", change.new, _MAX_VALUE)
        yield f"{change.name}: {old if change.old is not None else '(none)'} → {new}"
    if action.visibility is not None:
        yield f"visibility: {action.basis.visibility} → {action.visibility}"
    if action.read_only is not None:
        yield "set read-only" if action.read_only else "lift read-only"
    elif action.basis.read_only and (action.edits_content or action.properties):
        yield "read-only is lifted for it and set again"
    if action.index_lost:
        yield "have it indexed again, since the search does not find it"
    yield from _places(action)


def _places(action: CreateNetwork | UpdateNetwork) -> Iterator[str]:
    if action.network_set is not None:
        yield f"add to network set {action.network_set}"
    if action.folder is not None:
        yield f"move to folder {action.folder}"


_LAYOUTS = {"drawing": ", places and styles too"}


def _drawn_change(change: Difference) -> str:
    match change.kind:
        case DifferenceKind.NODE_MISSING | DifferenceKind.INTERACTION_MISSING:
            return f"add {change.kind.partition('_')[0]} {change.name}"
        case DifferenceKind.NODE_EXTRA | DifferenceKind.INTERACTION_EXTRA:
            return f"remove {change.kind.partition('_')[0]} {change.name}"
        case _:
            return f"group {said(change.remote)} → {said(change.local)}"


def _gene_change(change: Difference) -> str:
    gene = f"{change.symbol} ({_first_ids(change.ids)})" if change.ids else change.symbol
    local, remote = shorten_pair(said(change.local), said(change.remote), _MAX_VALUE)
    match change.kind:
        case DifferenceKind.GENE_MISSING:
            return f"add gene {gene}"
        case DifferenceKind.GENE_EXTRA:
            return f"remove gene {gene}"
        case DifferenceKind.GENE_RENAMED:
            return f"rename gene {remote} → {gene}"
        case DifferenceKind.GENE_REIDENTIFIED:
            return f"identify gene {change.symbol}: {remote} → {local}"
        case _:
            return f"{change.name} of gene {change.symbol}: {remote} → {local}"


def _first_ids(ids: Sequence[str]) -> str:
    more = f" and {len(ids) - _MAX_IDS} more" if len(ids) > _MAX_IDS else ""
    return ", ".join(ids[:_MAX_IDS]) + more
