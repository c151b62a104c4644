"""Pushes in corners: folders, networks without CX2, files and people that move meanwhile."""

from __future__ import annotations

import asyncio
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import ClassVar

import httpx
import pytest
from msgspec import structs

from sync.collection.listing import Location
from sync.errors import DiskFull
from sync.model import NetworkId, Verdict
from sync.sandbox import networks as rows
from sync.state.folder import JOURNAL_NAME
from sync.state.journal import Journal, Outcome
from tests.apply.pushing import (
    ACCOUNT,
    EVERYTHING,
    FEWER,
    Push,
    owned,
    plan_push,
    pushing,
    quick_sandbox,
    reopened,
)
from tests.samples import CHEMOKINES, CURATOR, Sample, figure, figure_cx2, network_id

GIVEN = {network_id(number) for number in (1, 2, 4, 5, 6)}
FOLDER = NetworkId("f01de700-0000-11ea-99da-0ac135e8bacf")
NOWHERE = Location()


def add_folder(push: Push) -> None:
    with push.store.writing() as db:
        db.execute(
            "INSERT INTO item (kind, id, owner_id, name, created_ms, modified_ms)"
            " SELECT 'FOLDER', ?, id, 'figures', 1, 1 FROM account WHERE name = ?",
            (FOLDER, ACCOUNT),
        )


async def test_networks_are_moved_to_the_folder_and_back(sample: Sample) -> None:
    async with pushing(sample, **EVERYTHING, place=Location(folder=FOLDER)) as push:
        add_folder(push)
        before = push.networks()
        applied = await push.push()
        assert applied.count(Outcome.DONE) == len(applied.outcomes)
        moved = {n: each["folder_id"] for n, each in push.networks().items()}
        assert {moved[network_id(number)] for number in (1, 2, 4, 6)} == {FOLDER}
        assert moved[network_id(5)] is None
        assert (await push.plan()).actions == ()

        await push.restore(applied.run)

        after = push.networks()
        assert {name: after[name] for name in before} == before


@pytest.mark.parametrize("changed", [False, True], ids=["as it was", "with other genes since"])
async def test_a_network_that_a_broken_create_left_is_taken_up(
    sample: Sample, changed: bool
) -> None:
    """The run died without a trace: its journal is gone, the network carries its marker."""
    rules = "PUT /v2/network/*/properties error status=502"
    async with pushing(sample, quick_sandbox(rules), **EVERYTHING) as push:
        await push.push()
        [left] = set(push.networks()) - GIVEN
        assert push.networks()[left]["visibility"] == "PRIVATE"
    shutil.rmtree(sample.root / ".ndex-sync")
    if changed:
        sample.add_record(figure(3), genes=FEWER)

    async with reopened(sample, **EVERYTHING) as push:
        applied = await push.push()

        assert applied.count(Outcome.DONE) == len(applied.outcomes)
        assert set(push.networks()) == GIVEN | {left}
        network = push.networks()[left]
        assert (network["visibility"], network["read_only"]) == ("PUBLIC", 1)
        assert "ndexSyncRun" not in {each["predicateString"] for each in network["properties"]}
        assert left in (sample.root / f"_figures/{figure(3)}.md").read_text()
        assert (await push.check())[figure(3)].verdict is Verdict.IN_SYNC


async def test_a_network_that_somebody_else_made_for_a_record_is_not_taken_up(
    sample: Sample,
) -> None:
    made = network_id(33)
    sample.add_network(made, figure_cx2(figure(3), FEWER), **owned(visibility="PRIVATE"))
    async with pushing(sample, **EVERYTHING) as push:
        before = push.networks()[made]
        applied = await push.push()

        ended = list(applied.outcomes.values())[-1]
        assert ended.message == f"network {made} claims the record now"
        assert push.networks()[made] == before


async def test_an_unfinished_network_that_the_collection_lists_is_finished(
    sample: Sample,
) -> None:
    """Its record is resolvable, which no push makes a network for; but this one is ours."""
    made = network_id(33)
    body = figure_cx2(figure(3), FEWER, ndexSyncRun="run/3")
    sample.add_network(made, body, **owned(visibility="PRIVATE"))
    everything = {**EVERYTHING, "place": Location(account=ACCOUNT)}
    async with pushing(sample, **everything) as push:
        plan = await push.plan()
        assert [
            each.kind for each in plan.actions if each.reason.startswith("its network was")
        ] == ["create"]
        assert (await push.apply(plan)).count(Outcome.DONE) == len(plan.actions)
        assert set(push.networks()) == GIVEN | {made}
        assert (await push.check())[figure(3)].verdict is Verdict.IN_SYNC


async def test_a_record_that_names_another_network_meanwhile_is_not_overwritten(
    push: Push, sample: Sample
) -> None:
    plan = await push.plan()
    sample.add_record(figure(3), network_id(77))

    applied = await push.apply(plan)

    ended = applied.outcomes[len(plan.actions) - 1]
    assert ended.outcome is Outcome.FAILED
    assert f"names network {network_id(77)} now" in ended.message
    assert network_id(77) in (sample.root / f"_figures/{figure(3)}.md").read_text()


async def test_a_network_in_the_trash_is_named_with_the_way_to_restore_it(push: Push) -> None:
    plan = await push.plan()
    await push.client.writer.set_read_only(network_id(1), read_only=False)
    await push.client.writer.delete_network(network_id(1))

    applied = await push.apply(plan)

    ended = applied.outcomes[0]
    assert ended.outcome is Outcome.CONFLICT
    assert ended.message == (
        "the network is in your trash on NDEx: take it out there, or with POST "
        f'/v3/files/trash/restore {{"networks": ["{network_id(1)}"], "folders": [], '
        '"shortcuts": []}'
    )


async def test_a_network_that_a_run_put_into_the_trash_is_restored_by_that_run(
    push: Push, sample: Sample
) -> None:
    """A push, then a prune of the network that it changed; the first run cannot be undone.

    Which run it was the journal tells without the plan of any.
    """
    pushed = await push.push()
    (sample.root / f"_figures/{figure(1)}.md").unlink()
    pruned = await push.push(prune=True)
    with closing(sqlite3.connect(push.state / JOURNAL_NAME)) as db:
        db.execute("DELETE FROM action WHERE run = 2")
        db.commit()

    plan = await push.plan_restore(pushed.run, figure(1))

    assert plan.skipped[0].reason == (
        f"the network is in your trash on NDEx, put there by run {pruned.run}: "
        f"take it out with: ndex-sync restore {pruned.run}"
    )


@pytest.mark.parametrize(
    ("columns", "reason"),
    [
        ({"deleted": 1}, "it is gone"),
        ({"doi": "Pending"}, "its network has a DOI or is certified, and is never touched"),
        ({"read_only": 0}, "it was changed since the plan was made"),
        (
            {"description": "theirs", "modified_ms": 9_999_999_999_999},
            "it was changed since the plan was made",
        ),
    ],
    ids=["deleted", "given a DOI", "unlocked", "described"],
)
async def test_what_others_did_to_a_network_stands(
    push: Push, columns: dict[str, object], reason: str
) -> None:
    plan = await push.plan()
    with push.store.writing() as db:
        rows.update(db, network_id(1), **columns)
    before = push.networks()[network_id(1)]

    applied = await push.apply(plan)

    ended = applied.outcomes[0]
    assert (ended.outcome, ended.message) == (Outcome.CONFLICT, reason)
    assert push.networks()[network_id(1)] == before
    assert applied.count(Outcome.DONE) == len(plan.actions) - 1


async def test_an_edit_between_two_of_our_writes_survives(sample: Sample) -> None:
    """Somebody describes the network right after our profile was written."""
    rules = "PUT /v2/network/*/properties meddle times=1 message=theirs"
    async with pushing(sample, quick_sandbox(rules), **EVERYTHING) as push:
        applied = await push.push()
        met = [n for n in push.networks().values() if n["description"] == "theirs"]

    assert [each.outcome for each in applied.outcomes.values()].count(Outcome.CONFLICT) == 1
    assert len(met) == 1
    assert met[0]["read_only"] == 1


async def test_a_network_without_cx2_has_its_properties_and_no_genes_pushed(push: Push) -> None:
    with push.store.writing() as db:
        db.execute("DELETE FROM content WHERE kind = 'cx2' AND network_id = ?", (network_id(2),))
        rows.update(db, network_id(2), has_cx2=0, cx_format=None)
    applied = await push.push()

    assert applied.count(Outcome.DONE) == len(applied.outcomes)
    assert (await push.plan()).actions == ()


class InterruptedJournal(Journal):
    """A journal in whose n-th line somebody presses Ctrl-C."""

    left: ClassVar[int] = -1
    interrupt: ClassVar[Callable[[], object]]

    def write(self, statement: str, values: tuple[object, ...]) -> None:
        """Write, and interrupt when the count is over."""
        super().write(statement, values)
        type(self).left -= 1
        if type(self).left == 0:
            type(self).interrupt()


@pytest.mark.parametrize("line", range(2, 30, 3))
async def test_ctrl_c_leaves_nothing_unlocked_and_can_be_gone_on_from(
    sample: Sample, line: int
) -> None:
    async with pushing(sample, **EVERYTHING) as push:
        plan = await push.plan()
        locked = {n for n, each in push.networks().items() if each["read_only"]}
    async with reopened(sample, journal=InterruptedJournal, **EVERYTHING) as push:
        task = asyncio.ensure_future(push.apply(plan))
        InterruptedJournal.left, InterruptedJournal.interrupt = line, task.cancel
        with pytest.raises(asyncio.CancelledError):
            await task
        after = push.networks()
        assert {name for name in locked if not after[name]["read_only"]} == set()

        applied = await push.apply(plan)
        assert applied.count(Outcome.DONE) == len(plan.actions)


async def test_ctrl_c_does_not_stop_a_network_from_being_locked_after_an_error(
    sample: Sample,
) -> None:
    """The journal fails once, what was unlocked is locked again, and then comes Ctrl-C."""
    plan = await plan_push(sample, **EVERYTHING)
    slow = "PUT */systemproperty latency seconds=0.3"

    def _fail() -> None:
        raise DiskFull("the journal")

    async with reopened(sample, slow, journal=InterruptedJournal, **EVERYTHING) as push:
        task = asyncio.ensure_future(push.apply(plan))
        InterruptedJournal.left, InterruptedJournal.interrupt = 4, _fail
        await push.wait_for_call("PUT */systemproperty")
        [unlocked] = [call.split("/")[3] for call in push.calls_like("PUT */systemproperty")]
        async with asyncio.timeout(30):
            await push.wait_for_call("PUT */systemproperty", 2)
            assert not push.networks()[unlocked]["read_only"]
            task.cancel()
            await asyncio.wait([task])
            while not push.networks()[unlocked]["read_only"]:  # noqa: ASYNC110 - rows of a table
                await asyncio.sleep(0.01)


class SyncedJournal(Journal):
    """A journal that knows how many of its lines are not known to be on the disk."""

    waiting: ClassVar[int] = 0
    syncs: ClassVar[int] = 0

    def write(self, statement: str, values: tuple[object, ...]) -> None:
        """Write a line, and count it."""
        super().write(statement, values)
        type(self).waiting += 1

    def sync(self) -> None:
        """Wait for the disk."""
        waiting = type(self).waiting
        super().sync()
        type(self).waiting -= waiting
        type(self).syncs += 1


async def test_what_is_begun_is_on_the_disk_before_it_is_sent(
    sample: Sample, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with pushing(sample, **EVERYTHING) as push:
        plan = await push.plan(prune=True)
    async with reopened(sample, journal=SyncedJournal, **EVERYTHING) as push:
        unsynced = []
        handle = push.transport.handle_async_request

        async def _handle(request: httpx.Request) -> httpx.Response:
            asks = request.method == "GET" or request.url.path.endswith("/summary")
            unsynced.append(0 if asks else SyncedJournal.waiting)
            return await handle(request)

        monkeypatch.setattr(push.transport, "handle_async_request", _handle)
        assert (await push.apply(plan)).count(Outcome.DONE) == len(plan.actions)

    assert SyncedJournal.syncs > 10
    assert set(unsynced) == {0}


class FullJournal(Journal):
    """A journal whose disk has room for so many lines more."""

    left: ClassVar[int] = -1

    def write(self, statement: str, values: tuple[object, ...]) -> None:
        """Write, as long as there is room."""
        if type(self).left == 0:
            raise DiskFull("journal.db")
        type(self).left -= 1
        super().write(statement, values)


@pytest.mark.parametrize("lines", range(2, 13))
async def test_a_full_disk_leaves_nothing_unlocked(
    sample: Sample, lines: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = await plan_push(sample, **EVERYTHING)
    async with reopened(sample, journal=FullJournal, **EVERYTHING) as push:
        monkeypatch.setattr(FullJournal, "left", lines)
        with pytest.RaisesGroup(DiskFull):
            await push.apply(structs.replace(plan, actions=plan.actions[:1]))
        assert push.networks()[network_id(1)]["read_only"] == 1


async def test_a_run_that_cannot_be_restored_says_why(push: Push, sample: Sample) -> None:
    applied = await push.push(prune=True)
    with push.store.writing() as db:
        rows.update(db, network_id(1), deleted=1)
        rows.update(db, network_id(2), doi="10.1/1")
        rows.update(db, network_id(5), deleted=0)
    (sample.root / f".ndex-sync/backups-private/{applied.run}/{network_id(6)}.json.gz").unlink()

    plan = await push.plan_restore(applied.run)

    assert plan.actions == ()
    assert {each.record: each.reason.split(",")[0] for each in plan.skipped} == {
        figure(1): "its network is gone",
        figure(2): "its network has a DOI or is certified",
        figure(3): "the run made its network; that stays",
        network_id(5): "it is still there",
        figure(6): "there is no backup of its network",
    }


async def test_a_text_that_a_network_does_not_have_is_not_set(tmp_path: Path) -> None:
    """The profile is changed by the name alone: an empty version would be one more change."""
    sample = Sample(tmp_path, users=[dict(CURATOR)])
    sample.add_pair(1, CHEMOKINES, owned(), name="Another name")
    async with pushing(sample, place=NOWHERE) as push:
        applied = await push.push()
        after = push.networks()[network_id(1)]

    assert applied.count(Outcome.DONE) == 1
    assert (after["name"], after["description"], after["version"]) == (
        f"Title of {figure(1)}",
        None,
        None,
    )


async def test_no_network_is_made_where_the_record_may_have_one(tmp_path: Path) -> None:
    """The configuration names no place in which the collection's networks could be listed."""
    sample = Sample(tmp_path, users=[dict(CURATOR)])
    sample.add_record(figure(1))
    async with pushing(sample, place=NOWHERE) as push:
        plan = await push.plan()

    assert plan.actions == ()
    assert "cannot be listed" in plan.skipped[0].reason
