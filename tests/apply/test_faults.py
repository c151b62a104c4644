"""A push to a server that misbehaves: what is lost is settled by looking, nothing is doubled."""

from __future__ import annotations

import asyncio
import shutil
import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import orjson
import pytest
from msgspec import structs

from sync.apply.recover import LeftOpen, Unrecovered
from sync.apply.run import Applied, _new_run, apply_plan
from sync.apply.states import Step
from sync.apply.target import prepare_create
from sync.cli.remains import describe_remains, find_remains
from sync.model import Visibility
from sync.ndex.loading import wait_until_loaded
from sync.plan.actions import CreateNetwork, Plan, UpdateNetwork
from sync.sandbox import networks as rows
from sync.state.cache import Cache
from sync.state.folder import JOURNAL_NAME
from sync.state.journal import WHOLE_RUN, Entry, Moment, Outcome
from tests.apply.pushing import (
    ACCOUNT,
    EVERYTHING,
    FEWER,
    QUICK_APPLY,
    SERVER,
    Push,
    fill_with_every_kind,
    plan_push,
    pushing,
    quick_sandbox,
    reopened,
)
from tests.apply.test_speed import fill
from tests.samples import Sample, figure, figure_cx2, network_id

GIVEN = {network_id(number) for number in (1, 2, 4, 5, 6)}


def comparable(push: Push) -> list[Any]:
    """Return all that the server holds, in an order that does not depend on a new UUID."""
    networks = push.networks()
    made = set(networks) - GIVEN
    return [[networks[each] for each in sorted(GIVEN)], [networks[each] for each in made]]


def put_right(applied: Applied) -> list[tuple[str, set[Step]]]:
    """Return the networks that earlier runs had left open, and what put them right."""
    left = (each for each in applied.recovered if isinstance(each, LeftOpen))
    return [(each.network, set(each.steps)) for each in left]


@pytest.fixture(scope="module")
def planned(tmp_path_factory: pytest.TempPathFactory) -> tuple[Sample, Plan]:
    """Such a collection, the server that it is on, and the plan of a push."""
    sample = Sample(tmp_path_factory.mktemp("planned"))
    fill_with_every_kind(sample)

    async def _plan() -> Plan:
        async with pushing(sample, **EVERYTHING) as push:
            return await push.plan(prune=True)

    return sample, asyncio.run(_plan())


async def push_with(planned: tuple[Sample, Plan], folder: Path, faults: str) -> list[Any]:
    """Push through faults, then again on a server that is well; return what it holds."""
    sample, plan = planned
    shutil.copytree(sample.root, folder)
    sample = replace(sample, root=folder)
    async with reopened(sample, faults, **EVERYTHING) as push:
        await push.apply(plan)
    async with reopened(sample, **EVERYTHING) as push:
        applied = await push.apply(plan)
        assert applied.count(Outcome.DONE) == len(plan.actions), applied.outcomes
        return comparable(push)


@pytest.fixture(scope="module")
def expected(planned: tuple[Sample, Plan], tmp_path_factory: pytest.TempPathFactory) -> list[Any]:
    """What a server that is well holds after a push."""
    return asyncio.run(push_with(planned, tmp_path_factory.mktemp("well") / "work", ""))


WRITES = (
    "PUT /v3/networks/*",
    "POST /v3/networks",
    "PUT /v2/network/*/properties",
    "PUT /v2/network/*/profile",
    "PUT /v2/network/*/systemproperty",
    "POST /v3/batch/files/setvisibility",
    "POST /v2/networkset/*/members",
    "DELETE /v3/networks/*",
)
FAULTS = ("lost", "reset-before", "reset-after", "error", "error status=503", "truncate bytes=3")


UPLOADS = ("PUT /v3/networks/*", "POST /v3/networks")
GONE_WRONG = [
    *(f"{write} lost" for write in WRITES),
    *(f"{call} load message=broken times={n}" for call in UPLOADS for n in (1, 2, 3, 100)),
    "POST /v3/networks lost times=1; POST /v3/networks load message=broken times=1",
    *(
        pytest.param(f"{write} {fault} times=1", marks=pytest.mark.slow)
        for write in WRITES
        for fault in FAULTS
    ),
]
"""Each write goes wrong in each way once, or so often that the run gives it up."""


@pytest.mark.parametrize("faults", GONE_WRONG)
async def test_a_write_that_goes_wrong_is_settled_at_once_or_by_the_next_run(
    planned: tuple[Sample, Plan], tmp_path: Path, expected: list[Any], faults: str
) -> None:
    held = await push_with(planned, tmp_path / "work", faults)

    assert held == expected


async def test_content_that_never_loads_is_put_back(sample: Sample) -> None:
    """The first three uploads fail, the fourth is the old content."""
    rules = "PUT /v3/networks/* load message=broken times=3"
    async with pushing(sample, quick_sandbox(rules), **EVERYTHING) as push:
        before = push.networks()[network_id(1)]
        applied = await push.push()
        after = push.networks()[network_id(1)]

    assert applied.outcomes[0].outcome is Outcome.FAILED
    assert "the old content was restored" in applied.outcomes[0].message
    assert after == before
    assert after["visibility"] == Visibility.PUBLIC


async def test_a_server_that_keeps_failing_is_left_alone(sample: Sample) -> None:
    calls = ("PUT *", "POST /v3/networks", "POST /v3/batch/files/*", "DELETE *")
    rules = "; ".join(f"{call} error status=502" for call in calls)
    async with pushing(sample, quick_sandbox(rules), **EVERYTHING) as push:
        before = push.networks()
        applied = await push.push()

        assert applied.stopped is not None
        assert push.networks() == before


async def _leave_unlocked(sample: Sample) -> None:
    """Lose the server in the middle of a push that has lifted read-only."""
    rules = (
        "PUT /v3/networks/* reset-before; PUT /v2/network/*/systemproperty error status=502 after=1"
    )
    plan = await plan_push(sample, **EVERYTHING)
    async with reopened(sample, rules, **EVERYTHING) as push:
        await push.apply(structs.replace(plan, actions=plan.actions[:1]))
        assert push.networks()[network_id(1)]["read_only"] == 0


async def test_what_a_run_left_is_named_without_a_write(sample: Sample) -> None:
    await _leave_unlocked(sample)
    async with reopened(sample, **EVERYTHING) as push:
        [found] = await find_remains(push.state, push.client, SERVER)
        await push.check()
        await push.plan(prune=True)
        written = [call for call in push.transport.calls if not _reads(call)]

    assert "The next push repairs" in describe_remains(found)
    assert written == []


def _reads(call: str) -> bool:
    return call.startswith(("GET ", "POST /v2/batch/", "POST /v3/batch/networks/summary"))


async def test_an_action_that_nobody_can_read_any_more_is_named_and_stops_nothing(
    sample: Sample,
) -> None:
    await _leave_unlocked(sample)
    with closing(sqlite3.connect(sample.root / ".ndex-sync" / JOURNAL_NAME)) as db:
        db.execute("UPDATE action SET data = x'00'")
        db.commit()
    async with reopened(sample, **EVERYTHING) as push:
        [left] = await push.recover()
        applied = await push.push()

    assert str(left).startswith("Not repaired: what action 0 of run ")
    assert "journal.sqlite" in str(left)
    assert applied.count(Outcome.DONE) == len(applied.outcomes) > 1


@pytest.mark.parametrize(
    "rules",
    [
        pytest.param("GET /v3/networks/* error status=500 after=1", id="replaced, not to be read"),
        pytest.param("PUT /v3/networks/* error status=500", id="tried without effect"),
    ],
)
async def test_a_network_that_is_given_up_is_locked_again(sample: Sample, rules: str) -> None:
    plan = await plan_push(sample, **EVERYTHING)
    async with reopened(sample, rules, **EVERYTHING) as push:
        applied = await push.apply(structs.replace(plan, actions=plan.actions[:1]))

        assert applied.outcomes[0].outcome is Outcome.FAILED
        assert push.calls_like("PUT /v3/networks/*")
        network = push.networks()[network_id(1)]
        assert (network["visibility"], network["read_only"]) == ("PUBLIC", 1)


async def _leave_hidden_and_unlocked(sample: Sample) -> None:
    rules = (
        "PUT /v3/networks/* search-down; POST /v3/batch/files/setvisibility error status=502; "
        "PUT /v2/network/*/systemproperty error status=502 after=1"
    )
    plan = await plan_push(sample, **EVERYTHING)
    async with reopened(sample, rules, **EVERYTHING) as push:
        await push.apply(plan)
        hidden = push.networks()[network_id(1)]
        assert (hidden["visibility"], hidden["read_only"]) == ("PRIVATE", 0)


async def test_a_plan_made_while_a_network_stood_open_is_no_conflict(sample: Sample) -> None:
    """As the nightly job does: a plan changes nothing, and the apply first locks the network."""
    await _leave_hidden_and_unlocked(sample)

    async with reopened(sample, **EVERYTHING) as push:
        plan = await push.plan()
        first = plan.actions[0]
        assert isinstance(first, UpdateNetwork)
        assert (first.network, first.basis.read_only) == (network_id(1), False)
        applied = await push.apply(plan)

        assert put_right(applied) == [(network_id(1), {Step.VISIBILITY, Step.LOCK})]
        assert applied.count(Outcome.DONE) == len(plan.actions), applied.outcomes
        assert (await push.plan()).actions == ()


async def test_a_network_that_somebody_hid_after_its_load_stays_hidden(sample: Sample) -> None:
    """Its content is replaced and shown; the run fails after that, at its properties."""
    plan = await plan_push(sample, **EVERYTHING)
    async with reopened(sample, "PUT /v2/network/*/properties reset-before", **EVERYTHING) as push:
        applied = await push.apply(structs.replace(plan, actions=plan.actions[:1]))
        assert applied.outcomes[0].outcome is Outcome.FAILED
        assert push.calls_like("PUT /v3/networks/*")
        assert push.networks()[network_id(1)]["visibility"] == "PUBLIC"

    async with reopened(sample, **EVERYTHING) as push:
        with push.store.writing() as db:
            rows.update(db, network_id(1), visibility="PRIVATE")
        await push.recover()

        assert push.networks()[network_id(1)]["visibility"] == "PRIVATE"


@pytest.mark.parametrize("backup_is", ["whole", "damaged", "gone"])
async def test_a_network_left_hidden_is_shown_by_the_next_run(
    sample: Sample, backup_is: str
) -> None:
    """The search engine was down, and the server lost before the network was shown again.

    What it was is in the plan, too; the machine that has the backup may be gone.
    """
    await _leave_hidden_and_unlocked(sample)
    [backup] = sample.root.rglob(f"{network_id(1)}.json.gz")
    if backup_is == "gone":
        backup.unlink()
    elif backup_is == "damaged":
        backup.write_bytes(backup.read_bytes()[:-9])

    async with reopened(sample, subjects=frozenset()) as push:
        applied = await push.push()

        assert put_right(applied) == [(network_id(1), {Step.VISIBILITY, Step.LOCK})]
        shown = push.networks()[network_id(1)]
        assert (shown["visibility"], shown["read_only"]) == ("PUBLIC", 1)


OTHER = "00000099-0000-11ea-99da-0ac135e8bacf"


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        ({"doi": "10.1/x"}, "has a DOI or is certified"),
        ({"certified": 1}, "has a DOI or is certified"),
        ({"owner_id": OTHER}, "Unauthorized access"),
    ],
    ids=["DOI", "certified", "given away"],
)
async def test_what_may_not_be_touched_by_now_is_not_put_right_and_keeps_no_other_from_it(
    sample: Sample, facts: dict[str, Any], said: str
) -> None:
    """The server would let a visibility be set all the same."""
    await _leave_hidden_and_unlocked(sample)

    async with reopened(sample, subjects=frozenset()) as push:
        with push.store.writing() as db:
            db.execute(
                "INSERT INTO account (id, name, created_ms, modified_ms) VALUES (?, 'other', 1, 1)",
                (OTHER,),
            )
            rows.update(db, network_id(1), **facts)
        before = push.networks()[network_id(1)]
        for _ in range(2):
            applied = await push.push()
            [remains] = [each for each in applied.recovered if not each.fixable]
            assert network_id(1) in str(remains)
            assert said in str(remains)
            assert put_right(applied) == []
        assert push.networks()[network_id(1)] == before


async def test_a_network_left_out_of_the_search_is_indexed_by_the_next_run(sample: Sample) -> None:
    rules = "PUT /v2/network/*/systemproperty error status=502 after=1"
    async with pushing(sample, **EVERYTHING) as push:
        with push.store.writing() as db:
            rows.update(db, network_id(2), index_level="META")
        plan = await push.plan()
    async with reopened(sample, rules, **EVERYTHING) as push:
        await push.apply(structs.replace(plan, actions=plan.actions[1:2]))
        assert push.networks()[network_id(2)]["completed"] == 0

    async with reopened(sample, subjects=frozenset()) as push:
        applied = await push.push()

        assert put_right(applied) == [(network_id(2), {Step.INDEX, Step.LOCK})]
        assert network_id(2) in await push.search(figure(2))
        assert push.networks()[network_id(2)]["completed"] == 1


async def test_a_push_that_writes_properties_brings_a_network_back_into_the_search(
    push: Push,
) -> None:
    """Its record is in sync; some other program wrote a property."""
    await push.push()
    with push.store.writing() as db:
        rows.update(db, network_id(4), index_level="ALL", completed=0, search_core=None)
    assert (await push.plan(subjects=frozenset({"genes"}))).actions == ()

    applied = await push.push()

    assert applied.count(Outcome.DONE) == len(applied.outcomes) == 1
    assert network_id(4) in await push.search(figure(4))
    assert push.networks()[network_id(4)]["completed"] == 1
    assert (await push.plan()).actions == ()


async def test_a_failed_write_is_not_waited_for_when_the_run_is_cancelled(tmp_path: Path) -> None:
    """The time that a stopped run has is for locking again."""
    sample = fill(tmp_path, 1, read_only=True)
    rules = "PUT /v2/network/*/properties error status=500"
    policy = replace(QUICK_APPLY, retry_wait_s=60.0)
    async with pushing(sample, quick_sandbox(rules)) as push:
        plan = await push.plan()
        task = asyncio.ensure_future(push.apply(plan, policy))
        await push.wait_for_call("PUT /v2/network/*/properties")
        await asyncio.sleep(0.3)  # until it waits for its second try
        assert not push.networks()[network_id(1)]["read_only"]
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asyncio.wait_for(task, timeout=30)
        assert push.networks()[network_id(1)]["read_only"]


@pytest.mark.parametrize(("prune", "changed"), [(False, 1), (True, 2)], ids=["update", "delete"])
async def test_a_network_whose_content_cannot_be_read_is_left_out_of_the_plan(
    tmp_path: Path, prune: bool, changed: int
) -> None:
    """The check took it from the cache, or needed none; the plan has to read it."""
    sample = fill(tmp_path, 1, genes=FEWER)
    sample.add_figure(2, FEWER, {"owner": ACCOUNT})
    sample.network_sets[0]["networks"].append(network_id(2))
    async with pushing(sample, **EVERYTHING) as push:
        with Cache(tmp_path / "cache.db", "the sandbox") as cache:
            good = await push.plan(cache, prune=prune)
    rules = f"GET /v3/networks/{network_id(changed)} error status=500"
    async with reopened(sample, rules, **EVERYTHING) as push:
        with Cache(tmp_path / "cache.db", "the sandbox") as cache:
            plan = await push.plan(cache, prune=prune)

    kept = {each.network for each in plan.actions if not isinstance(each, CreateNetwork)}
    lost = {each.network for each in good.actions if not isinstance(each, CreateNetwork)} - kept
    assert lost == {network_id(changed)}
    [left] = [each for each in plan.skipped if each not in good.skipped]
    assert left.unknown is not prune


async def test_a_create_is_not_sent_again_after_the_signal(tmp_path: Path) -> None:
    """One whose answer was lost is settled; what was not made waits for the next run."""
    sample = fill(tmp_path, made=1)
    rules = "POST /v3/networks reset-before"
    policy = replace(QUICK_APPLY, retry_wait_s=0.3)
    async with pushing(sample, quick_sandbox(rules), **EVERYTHING) as push:
        plan = await push.plan()
        stop = asyncio.Event()
        task = asyncio.ensure_future(apply_plan(plan, await push.context(policy, stop)))
        await push.wait_for_call("POST /v3/networks")
        stop.set()
        applied = await task
        assert len(push.calls_like("POST /v3/networks")) == 1
        assert (applied.outcomes, applied.in_hand) == ({}, frozenset())


async def test_a_signal_before_the_first_upload_leaves_nothing_that_failed(tmp_path: Path) -> None:
    """It comes while the action looks for a network that claims the record already."""
    sample = fill(tmp_path, made=1)
    async with pushing(sample, quick_sandbox("GET * latency seconds=0.3"), **EVERYTHING) as push:
        plan = await push.plan()
        stop = asyncio.Event()
        context = await push.context(QUICK_APPLY, stop)
        task = asyncio.ensure_future(apply_plan(plan, context))
        await push.wait_for_call("GET /v2/user/*/networksummary")
        stop.set()
        applied = await task
        assert push.calls_like("POST /v3/networks") == []
        assert (applied.outcomes, applied.in_hand) == ({}, frozenset())


async def test_a_content_that_others_put_behind_our_properties_is_theirs(tmp_path: Path) -> None:
    """Between our write of properties and the look after it somebody else replaces the content."""
    sample = fill(tmp_path, 1, genes=FEWER)
    theirs = (("ABL1", "25"), ("ABL2", "27"))
    async with pushing(sample) as push:
        plan = await push.plan()
        pass_on = push.transport.handle_async_request

        async def _meddle(request: httpx.Request) -> httpx.Response:
            answer = await pass_on(request)
            if request.url.path.endswith("/properties"):
                push.transport.handle_async_request = pass_on  # type: ignore[method-assign]
                stated = {
                    each["predicateString"]: each["value"] for each in orjson.loads(request.content)
                }
                await pass_on(
                    httpx.Request(
                        "PUT",
                        request.url.copy_with(path=f"/v3/networks/{network_id(1)}"),
                        headers={"Authorization": request.headers["Authorization"]},
                        json=orjson.loads(figure_cx2(figure(1), theirs, **stated)),
                    )
                )
            return answer

        push.transport.handle_async_request = _meddle  # type: ignore[method-assign]
        applied = await push.apply(plan)
        assert applied.count(Outcome.CONFLICT) == 1
        await push.restore(applied.run)
        assert "ABL1" in str(push.networks()[network_id(1)]["content"])


async def test_a_network_that_is_found_again_is_read_before_it_is_called_made(
    tmp_path: Path,
) -> None:
    """Its create was lost with the process; somebody has replaced its content since."""
    sample = fill(tmp_path, made=1)
    loading = QUICK_APPLY.loading
    async with pushing(sample, **EVERYTHING) as push:
        plan = await push.plan()
        push.journal.begin_run(_new_run(plan, 1), plan.actions)
        push.journal.enter(plan.id, Entry(WHOLE_RUN, Moment.SEEN, "create"))
        push.journal.enter(plan.id, Entry(0, Moment.BEGUN, "create", note="0"))
        [action] = plan.actions
        assert isinstance(action, CreateNetwork)
        body = prepare_create(action, f"{plan.id}/0").body or b""
        made = await push.client.writer.create_network(body, Visibility.PRIVATE)
        summary = await wait_until_loaded(push.client, made.network, loading)
        await push.client.writer.replace_content(summary, body.replace(b"CXCL8", b"ABL1X"))
        await wait_until_loaded(push.client, made.network, loading)
        recovered = await push.recover()
        assert [type(each) for each in recovered] == [Unrecovered]
