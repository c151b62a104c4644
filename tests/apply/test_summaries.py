"""Summaries for all actions of a run, by one call at a time, over a socket."""

from __future__ import annotations

import asyncio

import orjson
import pytest

from sync.apply.summaries import SharedSummaries
from sync.errors import ServerBroken, Unauthorized
from sync.model import Summary
from sync.ndex.policy import ClientPolicy
from tests.ndex.builders import FakeTime, connect, network_id, summary_v2
from tests.ndex.faulty_server import Received, Step, refuse, respond_json, serve

BATCH = "/v2/batch/network/summary"
ONE_TRY = ClientPolicy(max_tries=1)


def answer(received: Received) -> Step:
    """Know the networks below 10: the batch leaves others out, 10 is gone and 11 private."""
    if received.path == BATCH:
        asked = orjson.loads(received.body)
        known = [number for number in range(10) if network_id(number) in asked]
        return respond_json([summary_v2(number) for number in known])
    if network_id(10) in received.path:
        return refuse(404, "NDEx_Object_Not_Found_Exception", "gone")
    return refuse(401, "NDEx_Unauthorized_Operation_Exception", "private")


async def test_whoever_is_due_first_asks_for_all_who_wait() -> None:
    """Those who would wait an hour have their answer as soon as somebody asks at once."""
    async with serve(answer) as server, connect(server.url) as client, asyncio.timeout(10):
        shared = SharedSummaries(client)
        waits = {1: 3600.0, 2: 3600.0, 3: 0.0}
        read = await asyncio.gather(*(shared.read(network_id(n), w) for n, w in waits.items()))

    assert all(isinstance(each, Summary) for each in read)
    assert server.paths == [BATCH]


async def test_what_a_batch_leaves_out_is_gone_or_refused() -> None:
    async with serve(answer) as server, connect(server.url) as client:
        shared = SharedSummaries(client)
        assert await shared.read(network_id(10)) is None
        with pytest.raises(Unauthorized):
            await shared.read(network_id(11))
        assert await shared.read(network_id(1)) is not None


async def test_a_call_that_fails_fails_for_all_who_wait() -> None:
    broken = refuse(500, "NDEx_Exception", "ERROR: no such relation")
    async with serve(lambda _received: broken) as server, connect(server.url, policy=ONE_TRY) as c:
        shared = SharedSummaries(c, FakeTime().clock)
        read = await asyncio.gather(
            *(shared.read(network_id(number)) for number in (1, 2)), return_exceptions=True
        )

    assert {type(each) for each in read} == {ServerBroken}


async def test_one_who_is_stopped_leaves_nobody_waiting() -> None:
    """The task whose turn it is to ask is cancelled while the other waits for its answer."""
    async with serve(answer) as server, connect(server.url) as client:
        shared = SharedSummaries(client, FakeTime().clock)
        await shared._turn.acquire()
        first = asyncio.ensure_future(shared.read(network_id(1)))
        second = asyncio.ensure_future(shared.read(network_id(2)))
        for _ in range(20):
            await asyncio.sleep(0)
        first.cancel()
        shared._turn.release()

        assert isinstance(await second, Summary)
        with pytest.raises(asyncio.CancelledError):
            await first
    assert orjson.loads(server.received[0].body) == [network_id(2)]
