"""What becomes of every way in which a server or network can fail, over a real socket."""

from __future__ import annotations

import asyncio
import gc
import gzip
import itertools
import tracemalloc
from asyncio import TaskGroup
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from queue import SimpleQueue

import httpx
import orjson
import pytest
from starlette.types import ASGIApp, Receive, Scope, Send

from sync.errors import (
    BadRequest,
    Call,
    Redirected,
    ServerBroken,
    ServerError,
    TooLarge,
    Unreachable,
)
from sync.ndex.auth import basic
from sync.ndex.client import open_client
from sync.ndex.clock import SYSTEM_CLOCK
from sync.ndex.policy import ClientPolicy
from sync.ndex.sightings import see_each
from sync.ndex.transport import FAULTS, HttpCounts, translate
from sync.sandbox.store import Store
from sync.version import __version__
from tests.ndex.builders import FakeTime, HeldTime, connect, network_id, summary_v2
from tests.ndex.faulty_server import (
    Step,
    hang,
    in_turn,
    refuse,
    reset,
    respond,
    respond_json,
    send_raw,
    serve,
    stream,
    unused_port,
)
from tests.servers import running_server

CX2 = [{"CXVersion": "2.0", "hasFragments": False}, {"status": [{"success": True}]}]
NETWORK = network_id(1)
SHORT = ClientPolicy(call_deadline_s=0.2)
SMALL = ClientPolicy(max_body_bytes=100_000)
PLAIN = {"Content-Type": "text/plain"}
OK_HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"


async def test_counts_tell_requests_retries_and_bytes_of_bodies() -> None:
    script = in_turn(respond(500, b"12345"), respond_json([summary_v2(1)]))
    async with serve(script) as server, connect(server.url) as client:
        assert replace(client.counts, rate_limit=None) == HttpCounts()
        await see_each(client, [NETWORK])
        counts = client.counts
    assert replace(counts, rate_limit=None) == HttpCounts(
        requests=2,
        retries=1,
        bytes_received=5 + len(orjson.dumps([summary_v2(1)])),
        bytes_sent=2 * len(orjson.dumps([NETWORK])),
        protocols=("HTTP/1.1",),
    )


@pytest.mark.parametrize(
    ("date", "ahead_s"),
    [
        ("Mon, 23 Nov 2026 08:01:40 GMT", 100.0),
        ("Mon, 23 Nov 2026 08:58:20 +0100", -100.0),
        ("yesterday", None),
        ("Fri, 31 Dec 9999 23:59:59 -2300", None),
        (None, None),
    ],
    ids=["ahead", "behind, in another zone", "no date", "beyond all calendars", "not told"],
)
async def test_the_servers_clock_is_held_against_ours(
    date: str | None, ahead_s: float | None
) -> None:
    clock = replace(SYSTEM_CLOCK, now=lambda: datetime(2026, 11, 23, 8, 0, tzinfo=UTC))
    answer = respond_json(CX2, headers={} if date is None else {"Date": date})
    async with (
        serve(in_turn(answer)) as server,
        open_client(server.url, credentials=None, policy=ClientPolicy(), clock=clock) as client,
    ):
        assert client.server_ahead_s is None
        await client.fetch_cx2(NETWORK)
        assert client.server_ahead_s == ahead_s


async def test_a_request_introduces_itself_and_accepts_what_can_be_read_safely() -> None:
    async with serve(in_turn(respond_json([]))) as server, connect(server.url) as client:
        assert not client.logged_in
        await client.fetch_cx2(NETWORK)
    headers = server.received[0].headers
    assert headers["user-agent"] == f"ndex-sync/{__version__}"
    assert headers["accept"] == "*/*"
    assert headers["accept-encoding"] == "gzip, identity"
    assert "authorization" not in headers


async def test_a_refused_connection_is_unreachable_after_all_tries() -> None:
    time = FakeTime()
    async with connect(f"http://127.0.0.1:{unused_port()}", time) as client:
        with pytest.raises(Unreachable, match=r"no connection.* after 5 tries") as caught:
            await client.fetch_cx2(NETWORK)
        assert client.counts.requests == 5
    assert caught.value.tries == 5
    assert time.slept == [0.5, 1.0, 2.0, 4.0]


@pytest.mark.parametrize(
    "step",
    [
        respond(body=b"[" + b" " * 4_000_000),
        respond(body=b"[" + b"1," * 4_000_000),
        stream(OK_HEAD + b"Content-Length: 9000000\r\n\r\n", [b" " * 4_000_000]),
    ],
    ids=["not JSON", "too large", "cut off"],
)
async def test_a_failed_call_does_not_hold_its_answers(step: Step) -> None:
    policy = ClientPolicy(max_body_bytes=6_000_000)
    async with serve(in_turn(*[step] * 5)) as server, connect(server.url, policy=policy) as client:
        with _nothing_held(), pytest.raises(ServerError):
            await client.fetch_cx2(NETWORK)


async def test_a_call_that_is_sent_again_does_not_hold_what_it_sent() -> None:
    script = in_turn(*[respond(429)] * 3, respond(201, b"https://x", PLAIN))
    async with serve(script) as server, connect(server.url) as client:
        with _nothing_held():
            await client.writer.add_to_set(network_id(9), [NETWORK] * 40_000)
            server.received.clear()


@contextmanager
def _nothing_held() -> Iterator[None]:
    """Hold that no megabytes are left, without the help of the collector."""
    gc.disable()
    tracemalloc.start()
    try:
        yield
        assert tracemalloc.get_traced_memory()[0] < 3_000_000
    finally:
        tracemalloc.stop()
        gc.enable()


async def test_one_call_told_to_wait_makes_the_others_wait_too() -> None:
    time = HeldTime()
    script = in_turn(respond(429, headers={"Retry-After": "60"}), *[respond_json(CX2)] * 2)
    async with serve(script) as server, connect(server.url, time) as client, TaskGroup() as tasks:
        tasks.create_task(client.fetch_cx2(network_id(1)))
        await time.sleeper()
        tasks.create_task(client.fetch_cx2(network_id(2)))
        await time.sleeper()
        assert time.slept == [60, 60]
        assert len(server.received) == 1
        time.release()
    assert len(server.received) == 3


GZIPPED = gzip.compress(orjson.dumps(CX2 * 50))
CUT = {
    "body shorter than its length": send_raw(OK_HEAD + b"Content-Length: 500\r\n\r\n[1, 2"),
    "chunks without an end": send_raw(
        OK_HEAD + b"Transfer-Encoding: chunked\r\n\r\n5\r\n[1, 2\r\n"
    ),
    "gzip cut with a true length": respond(200, GZIPPED[:-12], {"Content-Encoding": "gzip"}),
    "head only in part": send_raw(b"HTTP/1.1 200 OK\r\nContent-"),
    "no answer at all": send_raw(b""),
    "reset at once": reset(),
    "reset in the body": reset(OK_HEAD + b"Content-Length: 500\r\n\r\n[1, 2"),
    "no HTTP": send_raw(b"SSH-2.0-OpenSSH_9.2\r\n\r\n"),
}


BROKEN = {
    "web page": respond(200, b"<!DOCTYPE html><html>Welcome</html>", {"Content-Type": "text/html"}),
    "length shorter than the body": send_raw(OK_HEAD + b"Content-Length: 4\r\n\r\n[1, 2, 3]"),
    "nested beyond reason": respond(200, b"[" * 50_000 + b"]" * 50_000),
    "called gzip and is none": respond(200, b"[]", {"Content-Encoding": "gzip"}),
}


FAULTY: dict[str, tuple[Step, type[ServerError]]] = {
    name: (fault, Unreachable) for name, fault in CUT.items()
}
FAULTY |= {name: (fault, ServerBroken) for name, fault in BROKEN.items()}


@pytest.mark.parametrize(("fault", "kind"), FAULTY.values(), ids=FAULTY)
async def test_an_answer_that_is_broken_is_asked_for_again_and_then_given_up(
    fault: Step, kind: type[ServerError]
) -> None:
    policy = ClientPolicy(max_tries=2)
    script = in_turn(fault, respond_json(CX2), fault, fault)
    async with serve(script) as server, connect(server.url, policy=policy) as client:
        assert await client.fetch_cx2(NETWORK) == CX2
        assert client.counts.retries == 1
        with pytest.raises(kind, match="after 2 tries"):
            await client.fetch_cx2(NETWORK)


HUGE = {
    "declared": stream(
        OK_HEAD + b"Content-Length: 104857600\r\n\r\n", itertools.repeat(b" " * 9999)
    ),
    "endless chunks": stream(
        OK_HEAD + b"Transfer-Encoding: chunked\r\n\r\n",
        itertools.repeat(b"2710\r\n" + b" " * 10_000 + b"\r\n"),
    ),
}


@pytest.mark.parametrize("fault", HUGE.values(), ids=HUGE.keys())
async def test_a_body_above_the_limit_is_refused_at_once(fault: Step) -> None:
    async with serve(in_turn(fault)) as server, connect(server.url, policy=SMALL) as client:
        with pytest.raises(TooLarge, match="limit of 100,000 bytes"):
            await client.fetch_cx2(NETWORK)
        assert client.counts.requests == 1
        assert client.counts.bytes_received < 1_000_000


async def test_the_page_behind_an_error_is_read_only_in_part() -> None:
    page = stream(
        b"HTTP/1.1 502 Bad Gateway\r\nConnection: close\r\n\r\n<html>",
        itertools.repeat(b"x" * 9999),
    )
    async with serve(in_turn(page, respond_json(CX2))) as server, connect(server.url) as client:
        assert await client.fetch_cx2(NETWORK) == CX2
        assert client.counts.bytes_received < 1_000_000


@pytest.mark.parametrize(
    "fault",
    [hang(), hang(OK_HEAD), hang(OK_HEAD + b"Content-Length: 9\r\n\r\n[1,")],
    ids=["before the head", "in the head", "in the body"],
)
async def test_a_server_that_hangs_is_left_at_the_deadline(fault: Step) -> None:
    async with serve(in_turn(fault)) as server, connect(server.url, policy=SHORT) as client:
        with pytest.raises(Unreachable, match=r"no answer within the 0\.2 s"):
            await client.fetch_cx2(NETWORK)


async def test_the_deadline_tells_what_the_try_before_ended_with() -> None:
    oops = refuse(500, "NDEx_Exception", "database is tired")
    script, time = in_turn(oops, hang()), FakeTime(drawn=0.0)
    # The first try has to be answered in time, on a busy machine too.
    policy = ClientPolicy(call_deadline_s=1.0)
    async with serve(script) as server, connect(server.url, time, policy=policy) as client:
        with pytest.raises(Unreachable, match=r"database is tired.* after 2 tries"):
            await client.fetch_cx2(NETWORK)


async def test_a_redirect_is_named_and_never_followed() -> None:
    async with serve(in_turn()) as other:
        target = f"http://user:geheim@{other.url.removeprefix('http://')}/v3/x?key=geheim"
        script = in_turn(respond(301, headers={"Location": target}))
        login = basic("ada", "pass word", "test")
        async with serve(script) as server, connect(server.url, credentials=login) as client:
            assert client.logged_in
            with pytest.raises(Redirected) as caught:
                await client.fetch_cx2(NETWORK)
        assert other.received == []
    message = str(caught.value)
    assert f"{server.url}/v3/networks/{NETWORK} redirects to {other.url}/v3/x;" in message
    assert "geheim" not in message
    assert client.counts.requests == 1


async def test_cookies_are_not_kept() -> None:
    script = in_turn(
        respond_json(CX2, headers={"Set-Cookie": "session=1; Path=/"}), respond_json(CX2)
    )
    async with serve(script) as server, connect(server.url) as client:
        await client.fetch_cx2(NETWORK)
        await client.fetch_cx2(NETWORK)
    assert "cookie" not in server.received[1].headers


async def test_a_call_that_waits_is_sent_before_the_caller_of_the_last_one_goes_on(
    tmp_path: Path,
) -> None:
    arrived: SimpleQueue[str] = SimpleQueue()

    def _watch(app: ASGIApp) -> ASGIApp:
        async def _watched(scope: Scope, receive: Receive, send: Send) -> None:
            arrived.put(scope["type"])
            await app(scope, receive, send)

        return _watched

    with Store.open(tmp_path / "sandbox.db") as store, running_server(store, wrap=_watch) as url:
        async with connect(url, policy=ClientPolicy(concurrency=1)) as client, TaskGroup() as tasks:
            await client.fetch_status()
            tasks.create_task(client.fetch_status())
            await client.fetch_status()
            # The event loop stands still here.
            assert [arrived.get(timeout=5) for _ in range(3)] == ["http"] * 3


async def test_a_call_that_waits_for_its_next_try_keeps_its_place() -> None:
    time, policy = HeldTime(), ClientPolicy(concurrency=1)
    script = in_turn(respond(500), respond_json(CX2), respond_json(CX2))
    async with (
        serve(script) as server,
        connect(server.url, time, policy=policy) as client,
        TaskGroup() as tasks,
    ):
        tasks.create_task(client.fetch_cx2(network_id(1)))
        await time.sleeper()
        tasks.create_task(client.fetch_cx2(network_id(2)))
        await asyncio.sleep(0.05)
        assert len(server.received) == 1
        time.release()
    assert [path[-1] for path in server.paths] == ["1", "1", "2"]


OUR_BUGS = (httpx.StreamError, httpx.CookieConflict)
"""Errors of httpx that no server or network can cause."""


def _all_of(base: type[Exception]) -> set[type[Exception]]:
    return {base}.union(*(_all_of(sub) for sub in base.__subclasses__()))


def test_every_error_of_httpx_is_one_of_ours_or_a_bug() -> None:
    public = {
        value
        for value in vars(httpx).values()
        if isinstance(value, type) and issubclass(value, Exception)
    }
    known = {error for base in public for error in _all_of(base)}
    assert known
    unmapped = {
        error
        for error in known
        if not issubclass(error, OUR_BUGS) and not any(base in FAULTS for base in error.__mro__)
    }
    assert unmapped == set()


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (httpx.ConnectError("refused"), Unreachable),
        (httpx.ReadTimeout(""), Unreachable),
        (httpx.WriteError(""), Unreachable),
        (httpx.ProxyError(""), Unreachable),
        (httpx.RemoteProtocolError(""), Unreachable),
        (httpx.LocalProtocolError(""), BadRequest),
        (httpx.UnsupportedProtocol(""), BadRequest),
        (httpx.InvalidURL(""), BadRequest),
        (httpx.DecodingError(""), ServerBroken),
    ],
    ids=lambda value: value.__name__ if isinstance(value, type) else type(value).__name__,
)
def test_an_error_of_httpx_becomes_ours(error: Exception, kind: type[ServerError]) -> None:
    ours = translate(error, Call("GET", "/v2/user"))
    assert type(ours) is kind
    assert str(ours).startswith("GET /v2/user: ")


class _TimesOut(httpx.AsyncBaseTransport):
    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        raise TimeoutError(str(request.url))


async def test_a_time_out_of_a_server_in_this_process_is_not_taken_for_our_deadline() -> None:
    async with open_client(
        "http://127.0.0.1", credentials=None, policy=ClientPolicy(), transport=_TimesOut()
    ) as client:
        with pytest.raises(TimeoutError, match="/v3/networks/"):
            await client.fetch_cx2(NETWORK)


async def test_a_client_that_was_left_is_closed() -> None:
    async with (
        serve(in_turn(respond_json(CX2))) as server,
        open_client(server.url, credentials=None, policy=ClientPolicy()) as client,
    ):
        await client.fetch_cx2(NETWORK)
    with pytest.raises(RuntimeError, match="closed"):
        await client.fetch_cx2(NETWORK)
