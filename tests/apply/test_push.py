"""A push against a sandbox: everything that was planned is done, and nothing else is touched."""

from __future__ import annotations

from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from sync.accepted.waiver import Waiver, item_of_unclaimed, items_of
from sync.model import (
    DifferenceKind,
    NetworkId,
    RecordId,
    UnclaimedNetwork,
    Verdict,
)
from sync.plan.actions import UpdateNetwork
from sync.plan.candidates import Subject
from sync.plan.file import parse_plan
from sync.sandbox import networks as rows
from sync.state.cache import Cache
from sync.state.journal import Outcome
from tests.apply.pushing import (
    EVERYTHING,
    SET,
    Push,
    pushing,
)
from tests.builders import plan_file
from tests.collection.test_kept_verdicts import rewrite_verdicts
from tests.samples import Sample, figure, network_id


def stored(network: dict[str, Any]) -> list[tuple[str, str, str]]:
    """Return a network's property list in its order."""
    return [
        (item["predicateString"], item["value"], item["dataType"]) for item in network["properties"]
    ]


def nodes_by_name(network: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {node["v"]["name"]: node for node in network["content"]["nodes"]}


async def test_a_push_does_all_that_was_planned_and_its_restore_undoes_it(push: Push) -> None:
    before, plan = push.networks(), await push.plan(prune=True)
    applied = await push.apply(plan)
    after, again = push.networks(), await push.plan(prune=True)

    assert [action.kind for action in plan.actions] == ["update"] * 3 + ["create", "delete"]
    assert applied.count(Outcome.DONE) == 5, applied.outcomes
    *_, last = (each for each in push.transport.calls if each.startswith(("PUT", "DELETE")))
    assert last.startswith("DELETE")
    assert (again.actions, again.skipped) == ((), ())
    assert {result.verdict for result in (await push.check()).values()} == {Verdict.IN_SYNC}
    gone = after[network_id(5)]
    assert (gone["deleted"], gone["in_trash"], bool(gone["content"])) == (1, 1, True)
    assert_foreign_kept(before, after)
    alive = [network for network in after.values() if not network["deleted"]]
    assert len(alive) == 5
    for network in alive:
        assert (network["read_only"], network["visibility"]) == (1, "PUBLIC")
        assert (network["locked"], network["completed"], network["error"]) == (0, 1, None)
        assert network["sets"] == [SET]
        assert "ndexSyncRun" not in [name for name, *_ in stored(network)]

    restored = await push.restore(applied.run)
    assert restored.count(Outcome.DONE) == len(restored.outcomes) == 4, restored.outcomes
    back = push.networks()
    assert {name: back[name] for name in before} == before
    assert (await push.plan_restore(applied.run)).actions == ()


def assert_foreign_kept(
    before: dict[str, dict[str, Any]], after: dict[str, dict[str, Any]]
) -> None:
    ours = {"figureTitle", "paperTitle", "pmcId"}
    for number in (1, 2, 4, 6):
        old, new = (stored(state[network_id(number)]) for state in (before, after))
        assert [p for p in new if p[0] not in ours] == [p for p in old if p[0] not in ours]
        assert [p[0] for p in new if p[0] in dict.fromkeys(n for n, *_ in old)] == [
            name for name, *_ in old
        ]
    old_first, first = (state[network_id(1)] for state in (before, after))
    assert ("score", "5", "integer") in stored(first)
    assert nodes_by_name(first)["CXCL8"] == nodes_by_name(old_first)["CXCL8"]
    assert set(nodes_by_name(first)) == {"CXCL8", "IL1B", "NFKB1"}
    assert after[network_id(4)] == before[network_id(4)]


async def test_a_plan_with_what_earlier_runs_saw_is_the_same_for_fewer_requests(
    push: Push, tmp_path: Path
) -> None:
    with Cache(tmp_path / "cache.db", "the sandbox") as cache:
        cold = await push.plan(cache)
    cold_requests = push.client.counts.requests
    with Cache(tmp_path / "cache.db", "the sandbox") as cache:
        # What is to be changed is compared again, whatever was kept of it.
        assert rewrite_verdicts(cache, differences=()) > 0
    with Cache(tmp_path / "cache.db", "the sandbox") as cache:
        warm = await push.plan(cache)
    warm_requests = push.client.counts.requests - cold_requests

    assert warm.digest == cold.digest
    assert warm_requests < cold_requests


async def test_a_restore_can_be_restored(push: Push) -> None:
    applied = await push.push()
    pushed = push.networks()
    restored = await push.restore(applied.run)

    await push.restore(restored.run)

    assert push.networks() == pushed


async def test_what_was_restored_is_not_left_for_a_person(push: Push) -> None:
    applied = await push.push()
    await push.restore(applied.run)

    again = await push.plan_restore(applied.run)

    assert again.actions == ()
    assert "its network was changed since the run" not in {each.reason for each in again.skipped}


async def test_one_damaged_backup_keeps_no_other_network_from_being_restored(
    push: Push, sample: Sample
) -> None:
    applied = await push.push()
    whole = await push.plan_restore(applied.run)
    [damaged] = sample.root.rglob(f"{network_id(2)}.json.gz")
    damaged.write_bytes(damaged.read_bytes()[:-9])

    plan = await push.plan_restore(applied.run)

    left = [each for each in whole.actions if getattr(each, "network", "") != network_id(2)]
    assert list(plan.actions) == left != list(whole.actions)
    [said] = [each.reason for each in plan.skipped if "is damaged" in each.reason]
    assert f"{damaged} is damaged" in said


async def test_a_network_changed_since_the_run_is_not_restored(push: Push) -> None:
    applied = await push.push()
    with push.store.writing() as db:
        rows.update(db, network_id(2), description="theirs", modified_ms=9_999_999_999_999)
    plan = await push.plan_restore(applied.run, figure(2))

    assert plan.actions == ()
    assert plan.skipped[0].reason == "its network was changed since the run"


async def test_an_applied_plan_does_nothing_when_applied_again(push: Push) -> None:
    plan = await push.plan(prune=True)
    first = await push.apply(plan)
    after, calls = push.networks(), push.client.counts.requests

    second = await push.apply(plan)

    assert (first.repeated, second.repeated) == (False, True)
    assert second.outcomes == first.outcomes
    assert push.networks() == after
    assert push.client.counts.requests == calls + 1  # only who is logged in


@pytest.mark.parametrize(
    ("subjects", "changed"),
    [
        ({Subject.GENES}, {"genes"}),
        ({Subject.PROPERTIES}, {"properties"}),
        ({Subject.MEMBERSHIP}, {"network_set"}),
        ({Subject.STATE}, {"visibility", "read_only"}),
    ],
    ids=["genes", "properties", "membership", "state"],
)
async def test_only_what_push_names_is_planned(
    sample: Sample, subjects: set[Subject], changed: set[str]
) -> None:
    async with pushing(sample, **EVERYTHING, subjects=frozenset(subjects)) as push:
        plan = await push.plan()

    updates = [action for action in plan.actions if isinstance(action, UpdateNetwork)]
    fields = ("genes", "properties", "network_set", "visibility", "read_only")
    assert updates
    assert {name for action in updates for name in fields if getattr(action, name)} == changed
    assert len(updates) == len(plan.actions)


async def test_what_was_accepted_is_not_pushed_over(push: Push) -> None:
    """Accepted: the extra gene of the first, that the third has no network, that the fifth stays.

    What else differs of the first is pushed.
    """
    checked = await push.check()
    extra = next(
        item
        for item, difference in items_of("figures", checked[figure(1)])
        if difference is not None and difference.kind is DifferenceKind.GENE_EXTRA
    )
    [(unmapped, _)] = items_of("figures", checked[figure(3)])
    orphan = UnclaimedNetwork(NetworkId(network_id(5)), "", RecordId(figure(5)))
    items = [extra, unmapped, item_of_unclaimed("figures", orphan)]
    push.accepted = [Waiver(item, "NDEx is right", date.max) for item in items]

    plan = await push.plan(prune=True)

    update = next(each for each in plan.actions if getattr(each, "record", "") == figure(1))
    assert isinstance(update, UpdateNetwork)
    assert DifferenceKind.GENE_EXTRA not in {change.kind for change in update.genes}
    assert {action.kind for action in plan.actions} == {"update"}
    reason = f"what differs was accepted until {date.max}: NDEx is right"
    assert {(each.record, each.reason, each.accepted) for each in plan.skipped} == {
        (name, reason, True) for name in (figure(1), figure(3), network_id(5))
    }
    assert not plan.leaves_open

    await push.apply(plan)
    after = (await push.check())[figure(1)]
    assert [each.kind for each in after.differences] == [DifferenceKind.GENE_EXTRA]
    assert parse_plan(BytesIO(plan_file(plan)), "plan.json") == plan
