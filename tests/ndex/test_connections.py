"""How few connections the calls of a client need, over a real socket."""

from __future__ import annotations

import asyncio
import gc
import gzip
import itertools
import ssl
import weakref
from asyncio import TaskGroup

import httpx
import orjson
import pytest

from sync.errors import ServerError
from sync.ndex.client import NdexClient
from sync.ndex.connections import Connections
from sync.ndex.policy import ClientPolicy
from tests.ndex.builders import connect, network_id
from tests.ndex.faulty_server import (
    Step,
    hang,
    in_turn,
    refuse,
    respond,
    respond_json,
    serve,
    stream,
)

EIGHT = ClientPolicy(concurrency=8)
PACKED = gzip.compress(orjson.dumps([{"nodes": []}] * 100))


async def fetch_many(client: NdexClient, count: int, workers: int) -> None:
    """Fetch so many contents, as many at once as there are workers."""
    numbers = iter(range(count))

    async def _work() -> None:
        for number in numbers:
            await client.fetch_cx2(network_id(number))

    async with TaskGroup() as tasks:
        for _ in range(workers):
            tasks.create_task(_work())


async def test_200_calls_at_8_at_once_need_no_more_than_8_connections() -> None:
    async with (
        serve(lambda _: respond(200, PACKED, {"Content-Encoding": "gzip"})) as server,
        connect(server.url, policy=EIGHT) as client,
    ):
        await fetch_many(client, 200, workers=20)

    assert len(server.received) == 200
    assert server.connections <= 8
    assert {request.headers["accept-encoding"] for request in server.received} == {"gzip, identity"}
    assert client.counts.bytes_received == 200 * len(PACKED)


async def test_calls_one_after_the_other_need_one_connection() -> None:
    async with (
        serve(lambda _: respond_json([])) as server,
        connect(server.url, policy=EIGHT) as client,
    ):
        await fetch_many(client, 20, workers=1)

    assert server.connections == 1


async def test_an_error_of_the_server_costs_no_connection() -> None:
    oops = refuse(500, "NDEx_Exception", "database is tired")
    async with (
        serve(in_turn(oops, oops, respond_json([]))) as server,
        connect(server.url) as client,
    ):
        await client.fetch_cx2(network_id(1))

    assert server.connections == 1


@pytest.mark.parametrize(
    "fault",
    [
        respond(302, b"[" + b" " * 10_000 + b"]", {"Location": "/login"}),
        stream(
            b"HTTP/1.1 404 Gone\r\nConnection: keep-alive\r\n\r\n", itertools.repeat(b"x" * 9999)
        ),
        hang(),
    ],
    ids=["redirect", "long page", "hangs"],
)
async def test_a_connection_with_an_unread_answer_is_left(fault: Step) -> None:
    policy = ClientPolicy(read_timeout_s=0.2, max_tries=1)

    async with (
        serve(in_turn(fault, respond_json([]))) as server,
        connect(server.url, policy=policy) as client,
    ):
        with pytest.raises(ServerError):
            await client.fetch_cx2(network_id(1))
        assert await client.fetch_cx2(network_id(2)) == []
    assert server.connections == 2


async def test_calls_over_tls_share_connections_too(tls: ssl.SSLContext) -> None:
    async with (
        serve(lambda _: respond_json([]), tls) as server,
        connect(server.url, policy=EIGHT) as client,
    ):
        await fetch_many(client, 50, workers=20)

    assert client.counts.protocols == ("HTTP/1.1",)
    assert server.connections <= 8


async def test_a_call_cancelled_at_any_moment_leaves_its_connection_usable() -> None:
    """Httpcore's pool may keep a connection of a cancelled request for good, and wait for it."""
    once = ClientPolicy(concurrency=1, max_tries=1, read_timeout_s=2)
    async with (
        serve(lambda _: respond_json([])) as server,
        connect(server.url, policy=once) as client,
    ):
        for moment in range(60):
            call = asyncio.create_task(client.fetch_cx2(network_id(1)))
            for _ in range(moment):
                await asyncio.sleep(0)
            call.cancel()
            await asyncio.wait([call])
            assert await client.fetch_cx2(network_id(2)) == []


async def test_an_answer_that_was_read_is_given_back_without_a_collection() -> None:
    """A network takes megabytes, and the garbage collector is held back during a check."""
    async with serve(lambda _: respond_json([])) as server:
        connections = Connections(httpx.AsyncHTTPTransport, EIGHT)
        gc.disable()
        try:
            async with connections.send(
                "GET", server.url, query=(), headers={}, body=None
            ) as response:
                await response.aread()
                seen = weakref.ref(response)
            del response
            assert seen() is None
        finally:
            gc.enable()
            await connections.aclose()
