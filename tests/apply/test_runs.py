"""A run belongs to one plan: the same plan goes on where it was, a new one begins again."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from msgspec import structs

from sync.apply.recover import recover_runs
from sync.errors import PlanMismatch
from sync.sandbox import networks as rows
from sync.state.journal import Outcome
from tests.apply.pushing import (
    ACCOUNT,
    EVERYTHING,
    FEWER,
    SET,
    Push,
    owned,
    plan_push,
    pushing,
    reopened,
)
from tests.samples import CURATOR, Sample, figure, network_id


@pytest.fixture
def sample(tmp_path: Path) -> Sample:
    """Return a collection of one record, whose network lacks genes."""
    made = Sample(tmp_path)
    made.add_pair(1, FEWER, owned(read_only=True))
    made.add_set(SET, [network_id(1)], owner=ACCOUNT)
    made.users.append(dict(CURATOR))
    return made


async def test_writes_that_the_server_has_lost_are_written_again(sample: Sample) -> None:
    """The server is put back to an older state, so the next plan has the same actions."""
    sandbox, older = sample.root / "ndex.sqlite", sample.root / "older.sqlite"
    async with pushing(sample) as push:
        planned = await push.plan()
    shutil.copy(sandbox, older)
    async with reopened(sample) as push:
        await push.apply(planned)
        wanted = push.networks()
    for path in sample.root.glob("ndex.sqlite*"):
        path.unlink()
    shutil.copy(older, sandbox)

    async with reopened(sample) as push:
        plan = await push.plan()
        assert plan.digest == planned.digest
        applied = await push.apply(plan)

        assert applied.count(Outcome.DONE) == 1
        assert not applied.repeated
        assert push.networks() == wanted
        assert len(push.journal.list_runs()) == 2


async def test_a_conflict_that_went_away_is_none_for_a_new_plan(sample: Sample) -> None:
    async with pushing(sample) as push:
        plan = await push.plan()
        _set_read_only(push, 0)
        assert (await push.apply(plan)).count(Outcome.CONFLICT) == 1
        _set_read_only(push, 1)

        again = await push.apply(plan)
        assert again.count(Outcome.CONFLICT) == 1
        new = await push.plan()
        assert new.digest == plan.digest
        assert (await push.apply(new)).count(Outcome.DONE) == 1


async def test_a_plan_for_another_account_or_with_the_id_of_another_is_refused(
    sample: Sample,
) -> None:
    async with pushing(sample, **EVERYTHING) as push:
        plan = await push.plan()
        with pytest.raises(PlanMismatch, match="account other"):
            await push.apply(structs.replace(plan, account="other"))
        await push.apply(plan)
        other = await push.plan(subjects=frozenset())

        with pytest.raises(PlanMismatch, match="is another plan"):
            await push.apply(structs.replace(other, id=plan.id))


async def test_a_plan_made_while_a_network_was_half_made_is_no_conflict(sample: Sample) -> None:
    """As the nightly job does: the plan makes the network, and the apply first finishes it."""
    await _leave_half_made(sample)

    async with reopened(sample, **EVERYTHING) as push:
        plan = await push.plan()
        assert [action.kind for action in plan.actions][-1] == "create"
        applied = await push.apply(plan)

        assert applied.count(Outcome.DONE) == len(plan.actions), applied.outcomes
        assert len(push.networks()) == 2
        assert (await push.plan()).actions == ()


async def test_a_network_that_another_collection_began_to_make_waits_for_its_push(
    sample: Sample,
) -> None:
    """Its UUID belongs in the map file of its own collection only.

    A run on another server or by another account does not even look for it.
    """
    await _leave_half_made(sample)
    half_made = f"the network of {figure(3)}"

    (sample.root / "map.tsv").write_text("")
    async with reopened(sample, name="others", **EVERYTHING) as push:
        context = await push.context()
        for elsewhere in (replace(context, server="other"), replace(context, account="other")):
            assert await recover_runs(elsewhere) == ()
        [left] = await push.recover()
        assert half_made in str(left)
        assert "figures" in str(left)
        assert not left.fixable
        assert (sample.root / "map.tsv").read_text() == ""

    (sample.root / "map.tsv").unlink()
    async with reopened(sample, **EVERYTHING) as push:
        [recovered] = await push.recover()
        assert half_made in str(recovered)
        assert recovered.fixable


async def _leave_half_made(sample: Sample) -> None:
    """Push a record without a network, which cannot be finished."""
    sample.add_record(figure(3))
    plan = await plan_push(sample, **EVERYTHING)
    rules = "PUT /v2/network/*/properties error status=502"
    async with reopened(sample, rules, **EVERYTHING) as push:
        await push.apply(plan)


def _set_read_only(push: Push, value: int) -> None:
    with push.store.writing() as db:
        rows.update(db, network_id(1), read_only=value)
