"""HTTP/2, where a server offers it: shared, and no fault of it goes unnamed or spreads."""

from __future__ import annotations

import asyncio
import gzip
import itertools
import ssl
from asyncio import TaskGroup

import orjson
import pytest
from h2.errors import ErrorCodes

from sync.errors import Redirected, ServerBroken, TooLarge, Unreachable
from sync.ndex.policy import ClientPolicy
from tests.ndex.builders import connect, network_id
from tests.ndex.faulty_server import Received
from tests.ndex.http2_server import (
    Act,
    Script,
    after,
    allow,
    answer,
    answer_bytes,
    begin,
    both,
    go_away,
    hang_up,
    keep_waiting,
    reset,
    send_raw,
    serve_http2,
)
from tests.ndex.test_lanes import fetch_many

EIGHT = ClientPolicy(concurrency=8)
TWO_TRIES = ClientPolicy(max_tries=2)
IMPATIENT = ClientPolicy(connect_timeout_s=0.2, read_timeout_s=0.2)
CX2 = [{"CXVersion": "2.0"}, {"status": [{"success": True}]}]


def in_turn(*acts: Act) -> Script:
    """Do these, one a request, and the last for every one after it."""
    *first, last = acts
    left = itertools.chain(first, itertools.repeat(last))
    return lambda _: next(left)


async def test_where_it_is_offered_all_calls_share_one_connection(tls: ssl.SSLContext) -> None:
    async with (
        serve_http2(in_turn(answer(CX2)), tls) as server,
        connect(server.url, policy=EIGHT) as client,
    ):
        assert await client.fetch_cx2(network_id(1)) == CX2
        await fetch_many(client, 199, workers=20)

    assert client.counts.protocols == ("HTTP/2",)
    assert (len(server.received), server.connections) == (200, 1)


async def test_calls_that_begin_together_soon_share_one_connection(tls: ssl.SSLContext) -> None:
    async with (
        serve_http2(in_turn(answer(CX2)), tls) as server,
        connect(server.url, policy=EIGHT) as client,
    ):
        await fetch_many(client, 200, workers=20)

    assert server.connections <= 8
    assert len(set(server.used[20:])) == 1


async def test_gzip_is_asked_for_and_counted_as_sent(tls: ssl.SSLContext) -> None:
    packed = gzip.compress(orjson.dumps(CX2 * 100))
    async with (
        serve_http2(in_turn(answer_bytes(packed, {"content-encoding": "gzip"})), tls) as server,
        connect(server.url) as client,
    ):
        assert await client.fetch_cx2(network_id(1)) == CX2 * 100
        assert client.counts.bytes_received == len(packed)
    assert server.received[0][1].headers["accept-encoding"] == "gzip, identity"


_DATA_OF_STREAM_0 = b"\x00\x00\x01\x00\x00\x00\x00\x00\x00x"
FAULTS = {
    "refused": reset(ErrorCodes.REFUSED_STREAM),
    "reset in the body": both(begin(b"[1,"), reset(ErrorCodes.INTERNAL_ERROR)),
    "told to calm down": reset(ErrorCodes.ENHANCE_YOUR_CALM),
    "no more streams": go_away(),
    "no more streams, this one was not taken": go_away(last_stream=0),
    "no more streams, in the body": both(begin(b"[1,"), go_away(last_stream=0)),
    "no more streams but the first, in the body": both(begin(b"[1,"), go_away(last_stream=1)),
    "connection lost": hang_up,
    "connection lost in the body": both(begin(b"[1,"), hang_up),
    "frame of no stream": send_raw(_DATA_OF_STREAM_0),
    "frame of no stream, in the body": both(begin(b"[1,"), send_raw(_DATA_OF_STREAM_0)),
    "head that cannot be unpacked": send_raw(b"\x00\x00\x04\x01\x05\x00\x00\x00\x01" + b"\xff" * 4),
    "status that is no number": answer_bytes(b"[]", status="lots"),
}


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS.keys())
async def test_a_fault_is_tried_again(tls: ssl.SSLContext, fault: Act) -> None:
    async with (
        serve_http2(in_turn(fault, answer(CX2)), tls) as server,
        connect(server.url) as client,
    ):
        assert await client.fetch_cx2(network_id(1)) == CX2
        assert client.counts.retries == 1


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS.keys())
async def test_a_fault_that_stays_is_unreachable(tls: ssl.SSLContext, fault: Act) -> None:
    async with (
        serve_http2(in_turn(answer(CX2), fault), tls) as server,
        connect(server.url, policy=TWO_TRIES) as client,
    ):
        await client.fetch_cx2(network_id(1))
        with pytest.raises(Unreachable, match="after 2 tries"):
            await client.fetch_cx2(network_id(2))


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS.keys())
async def test_a_fault_of_one_leaves_none_of_many_without_its_answer(
    tls: ssl.SSLContext, fault: Act
) -> None:
    acts = [answer(CX2)] * 10 + [fault]
    async with (
        serve_http2(in_turn(*acts, answer(CX2)), tls) as server,
        connect(server.url, policy=EIGHT) as client,
    ):
        await fetch_many(client, 60, workers=8)
        assert client.counts.retries >= 1


async def test_a_stream_that_hangs_is_left_while_others_are_answered(tls: ssl.SSLContext) -> None:
    """The connection is never silent, so only a limit of its own can end the one that hangs."""
    hanging = network_id(99)
    asked: list[Received] = []

    def _script(request: Received) -> Act:
        asked.append(request)
        first = hanging in request.target and sum(hanging in each.target for each in asked) == 1
        return keep_waiting if first else answer(CX2)

    async with (
        serve_http2(_script, tls) as server,
        connect(server.url, policy=IMPATIENT) as client,
    ):
        await client.fetch_cx2(network_id(1))
        slow = asyncio.create_task(client.fetch_cx2(hanging))
        await server.arrivals(2)
        number = 2
        while not slow.done():
            await client.fetch_cx2(network_id(number))
            number += 1
        assert await slow == CX2
        assert client.counts.retries == 1


async def test_a_call_ends_at_its_deadline(tls: ssl.SSLContext) -> None:
    policy = ClientPolicy(call_deadline_s=0.2)
    async with (
        serve_http2(in_turn(answer(CX2), keep_waiting), tls) as server,
        connect(server.url, policy=policy) as client,
    ):
        await client.fetch_cx2(network_id(1))
        with pytest.raises(Unreachable, match=r"no answer within the 0\.2 s"):
            await client.fetch_cx2(network_id(2))


async def test_a_body_above_the_limit_is_refused_at_once(tls: ssl.SSLContext) -> None:
    policy = ClientPolicy(max_body_bytes=1000)
    async with (
        serve_http2(in_turn(answer_bytes(b"[" + b" " * 40_000 + b"]")), tls) as server,
        connect(server.url, policy=policy) as client,
    ):
        with pytest.raises(TooLarge, match="limit of 1,000 bytes"):
            await client.fetch_cx2(network_id(1))
        assert client.counts.requests == 1


UNREAD: dict[str, tuple[Act, type[Exception]]] = {
    "too large": (answer_bytes(b"[" + b" " * 40_000 + b"]"), TooLarge),
    "redirect": (answer_bytes(b"[]" * 500, {"location": "/login"}, status="302"), Redirected),
    "encoding not asked for": (answer_bytes(b"[]", {"content-encoding": "br"}), ServerBroken),
}


@pytest.mark.parametrize(("act", "kind"), UNREAD.values(), ids=UNREAD.keys())
async def test_a_connection_with_an_unread_answer_takes_no_further_call(
    tls: ssl.SSLContext, act: Act, kind: type[Exception]
) -> None:
    policy = ClientPolicy(max_body_bytes=1000, max_tries=1)
    async with (
        serve_http2(in_turn(answer([]), act, answer([])), tls) as server,
        connect(server.url, policy=policy) as client,
    ):
        await client.fetch_cx2(network_id(1))
        with pytest.raises(kind):
            await client.fetch_cx2(network_id(2))
        await client.fetch_cx2(network_id(3))
    assert server.used == [1, 1, 2]


async def test_calls_given_up_do_not_wear_the_client_out(tls: ssl.SSLContext) -> None:
    """Each given up on one connection would count as open there until none more may be."""
    async with (
        serve_http2(
            lambda request: answer([]) if request.target.endswith("00") else keep_waiting,
            tls,
            streams=5,
        ) as server,
        connect(server.url) as client,
    ):
        await client.fetch_cx2(network_id(0))
        for number in range(1, 12):
            call = asyncio.create_task(client.fetch_cx2(network_id(number)))
            await server.arrivals(number + 1)
            call.cancel()
            with pytest.raises(asyncio.CancelledError):
                await call
        assert await client.fetch_cx2(network_id(0)) == []


async def test_a_call_given_up_leaves_those_beside_it_alone(tls: ssl.SSLContext) -> None:
    gate = asyncio.Event()
    async with (
        serve_http2(in_turn(answer(CX2), after(gate, answer(CX2))), tls) as server,
        connect(server.url) as client,
    ):
        await client.fetch_cx2(network_id(0))
        calls = [asyncio.create_task(client.fetch_cx2(network_id(n))) for n in range(1, 5)]
        await server.arrivals(5)
        calls[0].cancel()
        await asyncio.wait([calls[0]])
        gate.set()
        assert await asyncio.gather(*calls[1:]) == [CX2] * 3
        assert client.counts.retries == 0
    assert server.used == [1] * 5


async def test_no_more_streams_are_open_than_the_server_allows(tls: ssl.SSLContext) -> None:
    async with (
        serve_http2(in_turn(answer(CX2)), tls, streams=2) as server,
        connect(server.url, policy=EIGHT) as client,
    ):
        await client.fetch_cx2(network_id(1))
        await fetch_many(client, 60, workers=8)
        assert client.counts.retries == 0
    assert server.connections == 1


async def test_a_server_that_allows_fewer_streams_than_are_open_stops_nothing(
    tls: ssl.SSLContext,
) -> None:
    """Httpcore waits for streams to end before it reads on, and they end by reading."""
    acts: list[Act] = [answer(CX2)] + [keep_waiting] * 3 + [allow(1)]
    async with (
        serve_http2(in_turn(*acts, answer(CX2)), tls) as server,
        connect(server.url, policy=IMPATIENT) as client,
    ):
        await client.fetch_cx2(network_id(0))
        async with TaskGroup() as tasks:
            for number in range(1, 5):
                tasks.create_task(client.fetch_cx2(network_id(number)))


async def test_a_connection_is_left_before_the_server_ends_it(tls: ssl.SSLContext) -> None:
    async with (
        serve_http2(in_turn(answer([])), tls) as server,
        connect(server.url, policy=EIGHT) as client,
    ):
        await client.fetch_cx2(network_id(0))
        await fetch_many(client, 599, workers=8)
        assert client.counts.retries == 0
    assert server.connections == 2
    assert server.used.count(1) == 500


async def test_a_change_has_a_connection_of_its_own(tls: ssl.SSLContext) -> None:
    """So that the end of another call's connection does not leave it in doubt."""
    gate = asyncio.Event()

    def _script(request: Received) -> Act:
        return (
            after(gate, answer_bytes(b"", status="204")) if request.method == "PUT" else answer([])
        )

    async with (
        serve_http2(_script, tls) as server,
        connect(server.url) as client,
    ):
        await client.fetch_cx2(network_id(0))
        write = asyncio.create_task(client.writer.set_read_only(network_id(1), read_only=True))
        await server.arrivals(2)
        await client.fetch_cx2(network_id(2))
        gate.set()
        await write
        await client.writer.set_read_only(network_id(1), read_only=False)
    assert server.used == [1, 2, 1, 2]
    assert [each.method for _, each in server.received] == ["GET", "PUT", "GET", "PUT"]


async def test_a_change_that_was_refused_is_not_sent_again(tls: ssl.SSLContext) -> None:
    async with (
        serve_http2(in_turn(reset(ErrorCodes.INTERNAL_ERROR)), tls) as server,
        connect(server.url) as client,
    ):
        with pytest.raises(Unreachable):
            await client.writer.set_read_only(network_id(1), read_only=True)
    assert len(server.received) == 1
