"""Waiting for an upload that the server is still loading."""

from __future__ import annotations

import pytest

from sync.errors import NotFound
from sync.ndex.loading import LoadingPolicy, wait_until_loaded
from tests.ndex.builders import FakeTime, connect, network_id, summary_v2
from tests.ndex.faulty_server import Step, in_turn, refuse, respond_json, serve

NETWORK = network_id(1)
LOADING = respond_json(summary_v2(1, completed=False))
LOADED = respond_json(summary_v2(1))
FAILED = respond_json(summary_v2(1, errorMessage="Nodes aspect is missing."))
POLICY = LoadingPolicy(first_wait_s=1, longest_wait_s=2, deadline_s=6)


async def test_a_loaded_network_is_not_waited_for() -> None:
    time = FakeTime()
    async with serve(in_turn(LOADED)) as server, connect(server.url) as client:
        assert (await wait_until_loaded(client, NETWORK, POLICY, time.clock)).completed
    assert time.slept == []


@pytest.mark.parametrize("end", [LOADED, FAILED], ids=["loaded", "failed"])
async def test_loading_is_watched_with_growing_waits_until_it_ends(end: Step) -> None:
    time = FakeTime()
    script = in_turn(LOADING, LOADING, LOADING, end)
    async with serve(script) as server, connect(server.url) as client:
        summary = await wait_until_loaded(client, NETWORK, POLICY, time.clock)
    assert summary.completed
    assert time.slept == [1, 1.5, 2]


async def test_a_failure_ends_the_wait_even_when_it_stays_incomplete() -> None:
    broken = respond_json(summary_v2(1, completed=False, errorMessage="Failed to create Index"))
    async with serve(in_turn(broken)) as server, connect(server.url) as client:
        summary = await wait_until_loaded(client, NETWORK, POLICY, FakeTime().clock)
    assert summary.error_message == "Failed to create Index"


async def test_what_is_still_incomplete_at_the_deadline_is_returned_as_it_is() -> None:
    time = FakeTime()
    async with serve(lambda _: LOADING) as server, connect(server.url) as client:
        summary = await wait_until_loaded(client, NETWORK, POLICY, time.clock)
    assert not summary.completed
    assert time.now_s <= POLICY.deadline_s


async def test_a_network_that_goes_away_meanwhile_is_not_found() -> None:
    gone = refuse(404, "NDEx_Object_Not_Found_Exception", "gone")
    async with serve(in_turn(LOADING, gone)) as server, connect(server.url) as client:
        with pytest.raises(NotFound):
            await wait_until_loaded(client, NETWORK, POLICY, FakeTime().clock)
