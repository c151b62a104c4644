"""Waiting for an upload that the server is still loading."""

from __future__ import annotations

import pytest

from sync.errors import NotFound
from sync.ndex.loading import LoadingPolicy, wait_until_loaded
from tests.ndex.builders import FakeTime, connect, network_id, summary_v2, summary_v3
from tests.ndex.faulty_server import Step, in_turn, refuse, respond_json, serve

NETWORK = network_id(1)
LOADING = respond_json(summary_v3(1, completed=False))
LOADED = respond_json(summary_v3(1)), respond_json(summary_v2(1))
FAILURE = {"errorMessage": "Nodes aspect is missing."}
FAILED = respond_json(summary_v3(1, **FAILURE)), respond_json(summary_v2(1, **FAILURE))
STATE, SUMMARY = f"/v3/networks/{NETWORK}/summary", f"/v2/network/{NETWORK}/summary"
POLICY = LoadingPolicy(first_wait_s=1, longest_wait_s=2, deadline_s=6)


async def test_a_loaded_network_is_not_waited_for() -> None:
    time = FakeTime()
    async with serve(in_turn(*LOADED)) as server, connect(server.url) as client:
        assert (await wait_until_loaded(client, NETWORK, POLICY, time.clock)).completed
    assert time.slept == []
    assert server.paths == [STATE, SUMMARY]


@pytest.mark.parametrize("end", [LOADED, FAILED], ids=["loaded", "failed"])
async def test_the_state_is_watched_with_growing_waits_and_then_the_summary_read_once(
    end: tuple[Step, Step],
) -> None:
    time = FakeTime()
    script = in_turn(LOADING, LOADING, LOADING, *end)
    async with serve(script) as server, connect(server.url) as client:
        summary = await wait_until_loaded(client, NETWORK, POLICY, time.clock)
    assert summary.completed
    assert summary.properties is not None
    assert time.slept == [1, 1.5, 2]
    assert server.paths == [STATE] * 4 + [SUMMARY]


async def test_a_failure_ends_the_wait_even_when_it_stays_incomplete() -> None:
    broken = {"completed": False, "errorMessage": "Failed to create Index"}
    script = in_turn(respond_json(summary_v3(1, **broken)), respond_json(summary_v2(1, **broken)))
    async with serve(script) as server, connect(server.url) as client:
        summary = await wait_until_loaded(client, NETWORK, POLICY, FakeTime().clock)
    assert summary.error_message == "Failed to create Index"


async def test_what_is_still_incomplete_at_the_deadline_is_returned_as_it_is() -> None:
    time = FakeTime()
    still = respond_json(summary_v2(1, completed=False))
    async with (
        serve(lambda received: LOADING if received.path == STATE else still) as server,
        connect(server.url) as client,
    ):
        summary = await wait_until_loaded(client, NETWORK, POLICY, time.clock)
    assert not summary.completed
    assert time.now_s <= POLICY.deadline_s


async def test_a_network_that_goes_away_meanwhile_is_not_found() -> None:
    gone = refuse(404, "NDEx_Object_Not_Found_Exception", "gone")
    async with serve(in_turn(LOADING, gone)) as server, connect(server.url) as client:
        with pytest.raises(NotFound):
            await wait_until_loaded(client, NETWORK, POLICY, FakeTime().clock)
