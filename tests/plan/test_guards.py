"""The guards: each trips at its limit and names value, limit and the way out."""

from __future__ import annotations

import re

import pytest
from msgspec.structs import replace

from sync.apply.run import require_approved
from sync.errors import GuardTripped
from sync.model import Difference, DifferenceKind, NetworkId, RecordId, Visibility
from sync.plan.actions import Basis, DeleteNetwork, Plan, UndeleteNetwork, UpdateNetwork
from sync.plan.guards import FEW, GuardLimits, find_tripped
from tests.builders import make_plan
from tests.samples import network_id

BASIS = Basis(1, None, Visibility.PUBLIC, read_only=False)


def plan(updates: int = 0, deletes: int = 0, records: int = 100, *, complete: bool = True) -> Plan:
    changes = [UndeleteNetwork(network_id(n), "run", "why") for n in range(updates)]
    removals = [DeleteNetwork(NetworkId(f"{n}"), "n", "why", BASIS) for n in range(deletes)]
    return make_plan(*changes, *removals, records=records, complete=complete)


def removal(lost: int, genes: int) -> Plan:
    """A plan that takes so many genes out of a network that has so many."""
    extra = Difference(DifferenceKind.GENE_EXTRA, "TNF", remote={})
    missing = Difference(DifferenceKind.GENE_MISSING, "IL6", local={})
    update = UpdateNetwork(
        RecordId("PMC1__f1"),
        "_figures/PMC1__f1.md",
        network_id(1),
        "why",
        BASIS,
        genes=(*[extra] * lost, missing),
        gene_count=genes,
    )
    return make_plan(update)


def redrawing(lost: int, changed: int, edges: int) -> Plan:
    """A plan that redraws a network of so many interactions."""
    extra = Difference(DifferenceKind.INTERACTION_EXTRA, name="A → B", remote={})
    missing = Difference(DifferenceKind.INTERACTION_MISSING, name="A ⊣ B", local={})
    drawn = (*[extra] * (lost + changed), *[missing] * changed)
    [update] = removal(0, 0).actions
    assert isinstance(update, UpdateNetwork)
    return make_plan(replace(update, drawn=drawn, edge_count=edges))


@pytest.mark.parametrize(
    ("made", "limits", "before", "guards"),
    [
        (removal(20, 40), GuardLimits(), None, []),
        (removal(21, 40), GuardLimits(), None, ["max_gene_loss"]),
        (removal(39, 40), GuardLimits(), None, ["max_gene_loss"]),
        (removal(39, 40), GuardLimits(max_gene_loss=1), None, []),
        (removal(2, FEW), GuardLimits(), None, []),
        (removal(3, FEW), GuardLimits(), None, ["max_gene_loss"]),
        (removal(1, FEW), GuardLimits(max_gene_loss=0), None, ["max_gene_loss"]),
        (removal(FEW - 1, FEW - 1), GuardLimits(max_gene_loss=0), None, []),
        (redrawing(20, 20, 40), GuardLimits(), None, []),
        (redrawing(21, 19, 40), GuardLimits(), None, ["max_interaction_loss"]),
        (redrawing(39, 0, 40), GuardLimits(max_interaction_loss=1), None, []),
        (redrawing(FEW - 1, 0, FEW - 1), GuardLimits(), None, []),
        (plan(30), GuardLimits(), None, []),
        (plan(31), GuardLimits(), None, ["max_update_fraction"]),
        (plan(FEW, records=6), GuardLimits(), None, []),
        (plan(FEW + 1, records=6), GuardLimits(), None, ["max_update_fraction"]),
        (plan(1), GuardLimits(max_update_fraction=0), None, ["max_update_fraction"]),
        (plan(deletes=1), GuardLimits(), None, ["max_deletes"]),
        (plan(deletes=2), GuardLimits(max_deletes=2), None, []),
        (plan(1, records=9), GuardLimits(min_records=10), None, ["min_records"]),
        (plan(1, records=79), GuardLimits(), 100, ["min_kept_fraction"]),
        (plan(1, records=80), GuardLimits(), 100, []),
        (plan(1, records=1, complete=False), GuardLimits(min_records=10), 100, []),
        (plan(0, records=1), GuardLimits(min_records=10), 100, []),
    ],
)
def test_a_guard_trips_above_its_limit(
    made: Plan, limits: GuardLimits, before: int | None, guards: list[str]
) -> None:
    tripped = find_tripped(made, limits, before)

    assert [each.guard for each in tripped] == guards
    for each in tripped:
        assert each.guard in each.message
        assert str(each.value) in each.message
        assert str(each.limit) in each.message
        assert not re.search(r"\b1 (networks|records)", each.message)


def test_an_approval_holds_for_one_plan_alone() -> None:
    first = plan(deletes=1)
    stopped = replace(first, tripped=find_tripped(first, GuardLimits(), None))
    other = replace(stopped, account="other")

    require_approved(stopped, stopped.digest)
    with pytest.raises(GuardTripped, match="--approve sha256:") as caught:
        require_approved(other, stopped.digest)
    assert caught.value.digest == other.digest
    assert "max_deletes" in str(caught.value)


def test_a_loss_of_genes_is_told_with_the_first_of_them() -> None:
    [tripped] = find_tripped(removal(39, 40), GuardLimits(), None)

    assert re.search(
        r"remove 39 of the 40 genes .* \((\S+, ){5}…\), leaving 2; the limit is 20", tripped.message
    )
