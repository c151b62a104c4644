"""The guards: how much a plan may change before a person must approve it. Pure.

Each guard names its value, its limit and what to do. All run when planning too, so that you can
read a plan that would be refused.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sync.amounts import plural
from sync.model import DifferenceKind
from sync.plan.actions import DeleteNetwork, Plan, Tripped, UpdateNetwork

FEW = 5
"""This many networks may always be changed, and networks of fewer genes may lose all of them: a
share of a handful means little.
"""


@dataclass(frozen=True, slots=True)
class GuardLimits:
    """The limits of one collection.

    ``max_update_fraction`` is a share of its records; 0 forbids every change. At least
    ``min_records`` records must have been read, and ``min_kept_fraction`` of those at the last
    apply. ``max_gene_loss`` is the share of its genes that one network of five genes or more may
    lose, ``max_interaction_loss`` that of its interactions.
    """

    max_update_fraction: float = 0.3
    max_deletes: int = 0
    min_records: int = 0
    min_kept_fraction: float = 0.8
    max_gene_loss: float = 0.5
    max_interaction_loss: float = 0.5


def find_tripped(
    plan: Plan, limits: GuardLimits, records_before: int | None
) -> tuple[Tripped, ...]:
    """Return the guards that stop a plan.

    ``records_before`` is how many records the last apply read, None if there was none.
    """
    return tuple(_find_tripped(plan, limits, records_before))


def _find_tripped(plan: Plan, limits: GuardLimits, records_before: int | None) -> Iterator[Tripped]:
    deletes = sum(isinstance(action, DeleteNetwork) for action in plan.actions)
    yield from _check_updates(len(plan.actions) - deletes, plan.records, limits)
    if deletes > limits.max_deletes:
        yield Tripped(
            "max_deletes",
            deletes,
            limits.max_deletes,
            f"would delete {plural(deletes, 'network')}; the limit is {limits.max_deletes}: "
            "raise max_deletes in [collection.limits]",
        )
    for action in plan.actions:
        if isinstance(action, UpdateNetwork):
            yield from _check_genes(action, limits)
            yield from _check_interactions(action, limits)
    if plan.complete and plan.actions:
        yield from _check_records(plan.records, limits, records_before)


def _check_updates(updates: int, records: int, limits: GuardLimits) -> Iterator[Tripped]:
    share = int(limits.max_update_fraction * records)
    limit = max(share, FEW) if limits.max_update_fraction else 0
    if updates > limit:
        yield Tripped(
            "max_update_fraction",
            updates,
            limit,
            f"would change {plural(updates, 'network')} of {plural(records, 'record')}; the limit "
            f"is {limit} (max_update_fraction = {limits.max_update_fraction:g}; {FEW} are always "
            "allowed, unless it is 0): raise max_update_fraction in [collection.limits]",
        )


def _check_genes(action: UpdateNetwork, limits: GuardLimits) -> Iterator[Tripped]:
    before = action.gene_count
    gone = [each.symbol for each in action.genes if each.kind is DifferenceKind.GENE_EXTRA]
    added = sum(each.kind is DifferenceKind.GENE_MISSING for each in action.genes)
    limit = int(limits.max_gene_loss * before)
    if before >= FEW and len(gone) > limit:
        yield Tripped(
            "max_gene_loss",
            len(gone),
            limit,
            f"{action.record}: would remove {len(gone)} of the {before} genes of its network "
            f"({_listed(gone)}), leaving {before - len(gone) + added}; the limit is {limit} "
            f"(max_gene_loss = {limits.max_gene_loss:g}): check whether its table is cut short, "
            "or raise max_gene_loss in [collection.limits]",
        )


def _check_interactions(action: UpdateNetwork, limits: GuardLimits) -> Iterator[Tripped]:
    """Check how many interactions are lost in total: a changed one is both missing and extra."""
    kinds = Counter(each.kind for each in action.drawn)
    lost = kinds[DifferenceKind.INTERACTION_EXTRA] - kinds[DifferenceKind.INTERACTION_MISSING]
    limit = int(limits.max_interaction_loss * action.edge_count)
    if action.edge_count >= FEW and lost > limit:
        yield Tripped(
            "max_interaction_loss",
            lost,
            limit,
            f"{action.record}: its network of {action.edge_count} interactions would have {lost} "
            f"fewer; the limit is {limit} (max_interaction_loss = "
            f"{limits.max_interaction_loss:g}): check whether its drawing is cut short, or raise "
            "max_interaction_loss in [collection.limits]",
        )


def _listed(symbols: Sequence[str]) -> str:
    rest = ", …" if len(symbols) > FEW else ""
    return ", ".join(symbols[:FEW]) + rest


def _check_records(
    records: int, limits: GuardLimits, records_before: int | None
) -> Iterator[Tripped]:
    if records < limits.min_records:
        yield Tripped(
            "min_records",
            records,
            limits.min_records,
            f"only {plural(records, 'record was', 'records were')} read; the limit is "
            f"{limits.min_records}: lower min_records in [collection.limits]",
        )
    kept = int(limits.min_kept_fraction * (records_before or 0))
    if records < kept:
        yield Tripped(
            "min_kept_fraction",
            records,
            kept,
            f"only {plural(records, 'record was', 'records were')} read, {records_before} at the "
            f"last apply; the limit is {kept} (min_kept_fraction = {limits.min_kept_fraction:g}): "
            "check whether records are missing, or lower min_kept_fraction in [collection.limits]",
        )
