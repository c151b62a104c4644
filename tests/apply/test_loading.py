"""Pushes to a server that loads, indexes and locks as the real one does (contract 3.3, 3.5)."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from sync.apply.context import ApplyPolicy
from sync.collection.listing import Location
from sync.match.compare import DesiredState
from sync.model import Verdict, Visibility
from sync.sandbox import networks as rows
from sync.sandbox.faults import parse_rules
from sync.sandbox.store import Store
from sync.sandbox.uploads import load_cx2
from sync.state.journal import Outcome
from tests.apply.pushing import FEWER, QUICK_APPLY, Push, opened, owned, quick_sandbox
from tests.samples import CURATOR, Sample, figure, figure_cx2, network_id

SANDBOX = "ndex.sqlite"
NO_WAIT_FOR_INDEX = replace(
    QUICK_APPLY,
    loading=replace(QUICK_APPLY.loading, index_wait_s=0.05),
)


def fill(root: Path, count: int, **entry: Any) -> Sample:
    """Make a collection of ``count`` records whose networks have other genes."""
    sample = Sample(root, users=[dict(CURATOR)])
    for number in range(1, count + 1):
        sample.add_pair(number, FEWER, owned(**entry))
    with Store.open(root / SANDBOX) as store:
        sample.fill(store)
    return sample


@asynccontextmanager
async def on_server(sample: Sample, faults: str = "", **settings: Any) -> AsyncIterator[Push]:
    """Open a push of the sample on its sandbox, which has these faults."""
    quick = replace(quick_sandbox(parse_rules(faults)), **settings)
    async with opened(sample, sample.root / SANDBOX, quick, place=Location()) as push:
        yield push


def at_once(policy: ApplyPolicy = QUICK_APPLY) -> ApplyPolicy:
    """Return a policy under which as many actions go on at once as may."""
    return replace(policy, at_once=ApplyPolicy().at_once)


UPLOAD = "PUT /v3/networks/*"


@pytest.mark.parametrize(("read_only", "most"), [(False, 6), (True, 8)], ids=["open", "read-only"])
async def test_one_network_that_nobody_shares_a_poll_with_costs_as_little(
    tmp_path: Path, read_only: bool, most: int
) -> None:
    async with on_server(fill(tmp_path, 1, read_only=read_only)) as push:
        plan = await push.plan()
        planned = len(push.transport.calls)
        applied = await push.apply(plan)

        assert applied.count(Outcome.DONE) == 1
        apart = ["GET /v2/user"]
        assert len(push.transport.calls[planned:]) - len(apart) <= most


async def test_uploads_that_are_being_loaded_are_polled_together(tmp_path: Path) -> None:
    async with on_server(fill(tmp_path, 9), load_delay_s=0.2) as push:
        plan = await push.plan()
        planned = len(push.transport.polled)
        applied = await push.apply(plan, at_once())

        assert applied.count(Outcome.DONE) == 9
        assert push.calls_like("GET /v2/network/*/summary") == []
        assert max(push.transport.polled[planned:]) >= 4
        # The check and the backup read each content once, and so does the look at what was sent.
        assert len(push.calls_like("GET /v3/networks/*")) == 3 * 9


async def test_a_search_engine_that_is_down_hides_nothing(tmp_path: Path) -> None:
    """Two networks are tried, both are shown and locked again, and the rest is left alone."""
    sample = fill(tmp_path, 8, read_only=True)
    async with on_server(sample, f"{UPLOAD} search-down") as push:
        plan = await push.plan()
        stopped = await push.apply(plan, at_once())

        assert len(push.calls_like(UPLOAD)) == 2
        assert stopped.stopped is not None
        assert "Server refused connection at" in stopped.stopped
        assert len(stopped.outcomes) == 2
        assert {each.message for each in stopped.outcomes.values()} == {
            "its search index is pending"
        }
        states = {(each["visibility"], each["read_only"]) for each in push.networks().values()}
        assert states == {("PUBLIC", 1)}
    async with on_server(sample) as push:
        assert (await push.apply(plan, at_once())).count(Outcome.DONE) == 8
        assert {each.verdict for each in (await push.check()).values()} == {Verdict.IN_SYNC}


async def test_an_index_task_that_dies_does_not_hold_a_push(tmp_path: Path) -> None:
    async with on_server(fill(tmp_path, 1), f"{UPLOAD} index-dies") as push:
        applied = await push.push(NO_WAIT_FOR_INDEX)
        [network] = push.networks().values()

        assert network["completed"] == 0
        ended = applied.outcomes[0]
        assert (ended.outcome, ended.message) == (Outcome.DONE, "its search index is pending")
        assert (await push.check())[figure(1)].verdict is Verdict.IN_SYNC


async def test_a_lock_that_stays_is_found_by_one_upload_a_network(tmp_path: Path) -> None:
    sample = fill(tmp_path, 5, read_only=True)
    async with on_server(sample) as push:
        with push.store.writing() as db:
            rows.update(db, network_id(1), locked=1)
        before = push.networks()[network_id(1)]
        applied = await push.push(at_once())

        assert push.calls_like(f"PUT /v3/networks/{network_id(1)}") == [
            f"PUT /v3/networks/{network_id(1)}"
        ]
        ended = applied.outcomes[0]
        assert ended.outcome is Outcome.FAILED
        assert ended.message == "locked by the server; only its administrators can unlock it"
        assert push.networks()[network_id(1)] == before
        assert applied.count(Outcome.DONE) == 4


async def test_a_server_on_which_every_network_is_locked_gets_two_uploads(tmp_path: Path) -> None:
    async with on_server(fill(tmp_path, 5)) as push:
        with push.store.writing() as db:
            db.execute("UPDATE network SET locked = 1")
        applied = await push.push(at_once())

        assert len(push.calls_like(UPLOAD)) == 2
        assert applied.stopped is not None
        assert "locked by the server" in applied.stopped


async def test_a_lock_that_stays_is_named_where_properties_are_written(tmp_path: Path) -> None:
    sample = Sample(tmp_path, users=[dict(CURATOR)])
    sample.add_record(figure(1), network_id(1))
    sample.add_network(
        network_id(1),
        figure_cx2(figure(1), (("CXCL8", "3576"),), paperTitle="Another paper"),
        **owned(),
    )
    with Store.open(tmp_path / SANDBOX) as store:
        sample.fill(store)
    async with on_server(sample) as push:
        with push.store.writing() as db:
            rows.update(db, network_id(1), locked=1)
        applied = await push.push(subjects=frozenset({"properties"}))

    assert applied.outcomes[0].message == (
        "“set properties” was tried 3 times without effect: "
        "locked by the server; only its administrators can unlock it"
    )


async def test_a_push_over_quota_stops_at_the_first(tmp_path: Path) -> None:
    sample = fill(tmp_path, 5, read_only=True)
    async with on_server(sample, f"{UPLOAD} quota bytes=1") as push:
        before = push.networks()
        applied = await push.push(at_once())

        assert len(push.calls_like(UPLOAD)) == 1
        assert applied.stopped is not None
        assert "quota is used up" in applied.stopped
        assert len(applied.outcomes) == 1
        assert push.networks() == before


async def test_creates_over_quota_stop_at_the_first_too(tmp_path: Path) -> None:
    sample = Sample(tmp_path, users=[dict(CURATOR)])
    for number in (1, 2, 3):
        sample.add_record(figure(number))
    sample.add_figure(9, FEWER, owned())
    with Store.open(tmp_path / SANDBOX) as store:
        sample.fill(store)
    async with on_server(sample, "POST /v3/networks quota bytes=1") as push:
        push.place = Location(account=CURATOR["name"])
        applied = await push.push(at_once())

        assert len(push.calls_like("POST /v3/networks")) == 1
        assert applied.stopped is not None
        assert "quota is used up" in applied.stopped
        assert set(push.networks()) == {network_id(9)}


def fill_indexed(root: Path) -> Sample:
    """Make four networks with an index level: genes, title or properties differ, and one is new.

    1 and 2 were uploaded as CX2, 3 as CX1. 4 is to be made, 5 belongs to no record.
    """
    sample = Sample(root, users=[dict(CURATOR)])
    bodies = {
        1: figure_cx2(figure(1), FEWER),
        2: figure_cx2(figure(2), FEWER, name="Another title", paperTitle="Another paper"),
        3: figure_cx2(figure(3), FEWER, name="A third title", paperTitle="A third paper"),
        5: figure_cx2(figure(5), FEWER),
    }
    bodies[3] = load_cx2(bodies[3]).cx1 or b""
    for number, body in bodies.items():
        sample.add_network(network_id(number), body, **owned(read_only=number != 2))
        if number != 5:
            sample.add_record(figure(number), network_id(number))
    sample.add_record(figure(4))
    with Store.open(root / SANDBOX) as store:
        sample.fill(store)
        with store.writing() as db:
            db.execute("UPDATE network SET index_level = 'ALL'")
    return sample


@asynccontextmanager
async def indexed(sample: Sample, faults: str = "") -> AsyncIterator[Push]:
    """Open a push of a whole account's networks, which prunes."""
    quick = replace(quick_sandbox(parse_rules(faults), load_delay_s=0.005))
    desired = DesiredState(visibility=Visibility.PUBLIC, read_only=True)
    async with opened(
        sample,
        sample.root / SANDBOX,
        quick,
        place=Location(account=CURATOR["name"]),
        desired=desired,
    ) as push:
        yield push


async def judge(push: Push) -> None:
    """See that every network is in sync, complete and found."""
    results = await push.check()
    assert {each.verdict for each in results.values()} == {Verdict.IN_SYNC}
    alive = {uuid: each for uuid, each in push.networks().items() if not each["deleted"]}
    assert {(each["completed"], each["error"], each["locked"]) for each in alive.values()} == {
        (1, None, 0)
    }
    assert {(each["visibility"], each["read_only"]) for each in alive.values()} == {("PUBLIC", 1)}
    for number in (1, 2, 3, 4):
        network = str(results[figure(number)].network)
        assert network in await push.search(f"{figure(number)}")


@pytest.mark.parametrize("faults", ["", f"{UPLOAD} early"], ids=["well", "completed early"])
async def test_indexed_networks_stay_complete_and_found(tmp_path: Path, faults: str) -> None:
    """Through a push, its restore, a push with prune, and the way back from that; twice over."""
    async with indexed(fill_indexed(tmp_path), faults) as push:
        for _ in range(2):
            before = push.networks()
            pushed = await push.push(prune=True)
            assert pushed.count(Outcome.DONE) == len(pushed.outcomes) > 0, pushed.outcomes
            await judge(push)
            assert push.networks()[network_id(5)]["in_trash"] == 1
            assert (await push.plan(prune=True)).actions == ()

            restored = await push.restore(pushed.run)
            assert restored.count(Outcome.DONE) == len(restored.outcomes) == 4, restored.outcomes
            after = push.networks()
            assert {uuid: after[uuid] for uuid in before} == before
            for uuid, network in before.items():
                assert uuid in await push.search(network["name"])


async def test_a_server_that_loads_nothing_spoils_one_network(tmp_path: Path) -> None:
    """New and old content fail alike, so it is the server; the backup gives it back later."""
    sample = fill(tmp_path, 6)
    async with on_server(sample, f"{UPLOAD} load message=broken") as push:
        before = push.networks()
        applied = await push.push(at_once())

        assert set(push.calls_like(UPLOAD)) == {f"PUT /v3/networks/{network_id(1)}"}
        assert applied.stopped is not None
        assert "failed in the same way: broken" in applied.stopped
        after = push.networks()
        assert {uuid for uuid in before if after[uuid] != before[uuid]} == {network_id(1)}
        assert "could not be restored" in applied.outcomes[0].message
    async with on_server(sample) as push:
        [recovered] = await push.recover()
        assert str(recovered) == (
            f"network {network_id(1)} is hidden and lost its content in run "
            f"{applied.run}; restore it with: ndex-sync restore {applied.run}"
        )
        assert "apply or restore that" in (await push.plan()).skipped[0].reason
        await push.restore(applied.run)
        assert push.networks() == before
