"""A push keeps the server busy by few requests: what is counted here are requests, not seconds."""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from sync.apply.actions import ActionExecutor
from sync.apply.run import apply_plan
from sync.cli.stop import CLOSING_S, GRACE_S
from sync.model import Verdict
from sync.ndex.loading import wait_until_loaded
from sync.plan.actions import CreateNetwork
from sync.sandbox.faults import parse_rules
from sync.sandbox.store import Store
from sync.state.contents import Contents
from sync.state.journal import WHOLE_RUN, Outcome
from tests.apply.pushing import (
    EVERYTHING,
    FEWER,
    HASTY,
    QUICK_APPLY,
    SET,
    Push,
    opened,
    owned,
    pushing,
    quick_sandbox,
    reopened,
)
from tests.ndex.builders import HeldTime
from tests.samples import CHEMOKINES, CURATOR, Genes, Sample, figure, figure_cx2, network_id

FULL = replace(QUICK_APPLY, at_once=None)
"""As many networks in hand as keep the client busy."""

UPLOADED, CREATED = "PUT /v3/networks/*", "POST /v3/networks"
READ = "GET /v3/networks/*"


def fill(
    root: Path, *numbers: int, genes: Genes = CHEMOKINES, read_only: bool = False, made: int = 0
) -> Sample:
    """Make a collection in a set: records whose networks have other properties, or other genes.

    ``made`` more records have no network.
    """
    sample = Sample(root, users=[dict(CURATOR)])
    for number in numbers:
        sample.add_pair(number, genes, owned(read_only=read_only), paperTitle="Another paper")
    for number in range(1000, 1000 + made):
        sample.add_record(figure(number))
    sample.add_set(SET, sample_ids(numbers), owner=CURATOR["name"])
    return sample


def sample_ids(numbers: tuple[int, ...]) -> list[str]:
    return [network_id(number) for number in numbers]


async def apply_counted(push: Push) -> Counter[str]:
    """Plan and apply; return the calls of the apply, with a star for each id."""
    plan = await push.plan()
    planned = len(push.transport.calls)
    push.transport.most = 0
    applied = await push.apply(plan, FULL)
    assert applied.count(Outcome.DONE) == len(plan.actions), applied.outcomes
    return Counter(
        call.partition(" ")[0] + " " + "/".join(part if len(part) < 36 else "*" for part in parts)
        for call in push.transport.calls[planned:]
        for parts in [call.partition(" ")[2].split("/")]
    )


async def test_a_push_of_properties_costs_one_write_and_shared_looks(tmp_path: Path) -> None:
    async with pushing(fill(tmp_path, *range(1, 41))) as push:
        calls = await apply_counted(push)

        assert calls["PUT /v2/network/*/properties"] == 40
        assert sum(calls.values()) <= 1.5 * 40
        assert not any("/v3/networks" in call for call in calls)
        results = await push.check()
        assert {result.verdict for result in results.values()} == {Verdict.IN_SYNC}


async def test_what_the_check_has_read_is_backed_up_and_changed(tmp_path: Path) -> None:
    """Each content is read by the check, when the new one has been loaded, and once more after its
    properties were written: somebody else may have replaced it just then.
    """
    async with pushing(fill(tmp_path, *range(1, 9), genes=FEWER)) as push:
        push.contents = Contents()
        before = push.networks()
        applied = await push.push(FULL)

        assert applied.count(Outcome.DONE) == 8
        assert len(push.calls_like(READ)) == 3 * 8
        await push.restore(applied.run)
        assert push.networks() == before
        push.contents.close()


async def test_a_content_that_was_replaced_since_the_check_is_not_taken_for_the_old_one(
    tmp_path: Path,
) -> None:
    async with pushing(fill(tmp_path, 1, genes=FEWER)) as push:
        push.contents = Contents()
        plan = await push.plan()
        summary = await push.client.fetch_summary(network_id(1))
        theirs = figure_cx2(figure(1), CHEMOKINES, paperTitle="Theirs")
        await push.client.writer.replace_content(summary, theirs)
        await wait_until_loaded(push.client, network_id(1), QUICK_APPLY.loading)
        before = push.networks()

        applied = await push.apply(plan, FULL)

        assert applied.count(Outcome.CONFLICT) == 1
        assert push.networks() == before
        push.contents.close()


@pytest.mark.parametrize("concurrency", [1, 3, 20])
async def test_the_window_of_the_client_is_filled_and_kept(
    tmp_path: Path, concurrency: int
) -> None:
    """The server answers no write until as many wait for it as the client allows itself."""
    sample = fill(tmp_path, *range(1, concurrency + 1))
    with Store.open(sample.root / "ndex.sqlite") as store:
        sample.fill(store)
    policy = replace(HASTY, concurrency=concurrency)
    async with reopened(sample, policy=policy) as push:
        plan = await push.plan()
        push.transport.most = 0
        push.transport.together = concurrency
        assert (await push.apply(plan, FULL)).count(Outcome.DONE) == concurrency

        assert push.transport.most == concurrency


async def test_pushes_that_send_no_content_do_not_wait_for_uploads(tmp_path: Path) -> None:
    """The first upload takes long to load: another one would have to wait for it."""
    sample = fill(tmp_path, 1, 2, 3, genes=FEWER)
    for number in range(4, 10):
        sample.add_pair(number, CHEMOKINES, owned(), paperTitle="Another paper")
        sample.network_sets[0]["networks"].append(network_id(number))
    slow = quick_sandbox(parse_rules(f"{UPLOADED} load seconds=3 times=1"))
    async with pushing(sample, slow) as push:
        applied = await push.push(replace(QUICK_APPLY, at_once=2))
        writes = [call for call in push.transport.calls if call.startswith("PUT")]

    assert applied.count(Outcome.DONE) == 9
    second = [index for index, write in enumerate(writes) if write.startswith("PUT /v3")][1]
    for number in range(4, 10):
        assert f"PUT /v2/network/{network_id(number)}/properties" in writes[:second]


async def test_networks_are_made_side_by_side(tmp_path: Path) -> None:
    """With a map file and a set, which are both written for many at once."""
    sample = fill(tmp_path, made=40)
    sample.add_file("map.tsv", f"PMC9__f1\t{network_id(9)}\n")
    async with pushing(sample, quick_sandbox(load_delay_s=0.01), **EVERYTHING) as push:
        push.transport.together = HASTY.concurrency
        calls = await apply_counted(push)
        [run] = push.journal.list_runs()
        rows = (sample.root / "map.tsv").read_text().splitlines()

        assert calls[CREATED] == 40
        assert calls["GET /v3/networks/*"] == 0
        assert push.transport.most == HASTY.concurrency
        assert calls["GET /v2/user/*/networksummary"] == 1
        assert calls["GET /v2/networkset/*"] == 0
        assert calls["POST /v2/networkset/*/members"] < 40
        assert calls["POST /v3/batch/files/setvisibility"] < 40
        made = push.networks()
        assert len(made) == 40
        assert {(each["visibility"], each["read_only"]) for each in made.values()} == {
            ("PUBLIC", 1)
        }
        assert [each["sets"] for each in made.values()] == [[SET]] * 40
        assert rows[0] == f"PMC9__f1\t{network_id(9)}"
        assert {row.partition("\t")[2] for row in rows[1:]} == set(made)
        log = [
            entry.note
            for number in range(40)
            for entry in push.journal.read_entries(run.id, number)
        ]
        assert max(map(len, log)) < 40
        assert push.journal.list_begun(run.id) == frozenset(range(40))
        assert (await push.plan()).actions == ()


async def test_a_create_is_looked_at_when_it_is_loaded_and_when_it_is_finished(
    tmp_path: Path,
) -> None:
    """Nobody else knows of it in between."""
    async with pushing(fill(tmp_path, made=1), **EVERYTHING) as push:
        calls = await apply_counted(push)

        assert calls == {
            "GET /v2/user": 1,
            "GET /v2/user/*/networksummary": 1,
            CREATED: 1,
            "POST /v2/batch/network/summary": 2,
            "PUT /v2/network/*/properties": 1,
            "POST /v2/networkset/*/members": 1,
            "POST /v3/batch/files/setvisibility": 1,
            "PUT /v2/network/*/systemproperty": 1,
        }


@pytest.mark.parametrize(
    "faults",
    [
        f"{CREATED} lost rate=0.5",
        f"{CREATED} lost rate=0.5; {CREATED} load message=broken times=12",
        f"{CREATED} reset-before rate=0.4",
        f"{CREATED} error status=500 rate=0.4; {CREATED} lost times=3",
    ],
    ids=["lost", "lost and broken", "never sent", "failed"],
)
async def test_creates_side_by_side_whose_answers_are_lost_are_each_found(
    tmp_path: Path, faults: str
) -> None:
    """A network that others left without a name is none of them."""
    sample = fill(tmp_path, made=16)
    sample.add_figure(1, FEWER, owned())
    settings = quick_sandbox(load_delay_s=0.005)
    async with pushing(sample, settings, **EVERYTHING) as push:
        with push.store.writing() as db:
            db.execute(
                "UPDATE network SET name = NULL, properties = '[]', node_count = 0,"
                " error = 'broken', created_ms = modified_ms"
            )
        left = push.networks()[network_id(1)]
        sandbox = sample.root / "ndex.sqlite"
        faulty = replace(settings, faults=tuple(parse_rules(faults)))
        plan = await push.plan()
    async with opened(sample, sandbox, faulty, **EVERYTHING) as push:
        await push.apply(plan, FULL)
        assert len({*push.networks()} - {network_id(1)}) <= 16
    async with opened(sample, sandbox, settings, **EVERYTHING) as push:
        applied = await push.apply(plan, FULL)
        assert applied.count(Outcome.DONE) == len(plan.actions), applied.outcomes
        networks = push.networks()
        assert networks.pop(network_id(1)) == left
        assert len(networks) == 16
        assert len({each["name"] for each in networks.values()}) == 16
        listed = push.journal.read_entries(applied.run, WHOLE_RUN)
        assert [each.note for each in listed] == [network_id(1)] * len(listed)


async def test_others_may_be_made_while_a_create_in_doubt_is_waited_for(tmp_path: Path) -> None:
    """Its network says nothing of itself until it is loaded, which can take ten minutes."""
    faults = parse_rules(f"{CREATED} lost; {CREATED} load seconds=60")
    impatient = replace(QUICK_APPLY, loading=replace(QUICK_APPLY.loading, deadline_s=0.0))
    async with pushing(fill(tmp_path, made=1), quick_sandbox(faults), **EVERYTHING) as push:
        plan = await push.plan()
        [create] = plan.actions
        assert isinstance(create, CreateNetwork)
        assert (await push.apply(plan, impatient)).count(Outcome.FAILED) == 1
        time = HeldTime()
        policy = replace(QUICK_APPLY, clock=time.clock)
        context = (await push.context(policy)).for_run(plan.id)
        finishing = asyncio.ensure_future(
            ActionExecutor(context, context.log(0)).finish_create(create)
        )
        await time.sleeper()

        async with asyncio.timeout(5), context.account_networks.sending():
            finishing.cancel()


@pytest.mark.slow
async def test_all_networks_in_hand_are_locked_in_the_time_that_a_signal_leaves(
    tmp_path: Path,
) -> None:
    """Each write takes a second; what was lifted is locked before the process ends."""
    sample = fill(tmp_path, *range(1, 41), read_only=True)
    rules = "PUT /v2/network/* latency seconds=1; POST * latency seconds=0.5"
    async with pushing(sample, quick_sandbox(rules)) as push:
        plan = await push.plan()
        stop = asyncio.Event()
        task = asyncio.ensure_future(apply_plan(plan, await push.context(FULL, stop)))
        await push.wait_for_call("PUT /v2/network/*/properties")
        stop.set()
        await asyncio.wait([task], timeout=GRACE_S)
        task.cancel()
        await asyncio.wait([task], timeout=CLOSING_S)
        unlocked = [each for each in push.networks().values() if not each["read_only"]]
        await asyncio.wait([task], timeout=30)
        assert not unlocked
