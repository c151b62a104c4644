"""The number of calls at once: its law, and what a strained server gets to feel of it."""

from __future__ import annotations

import asyncio
import logging

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.ndex.policy import ClientPolicy
from sync.ndex.rate_limit import RateLimit, RateLimitRecord
from sync.ndex.window import Window
from tests.ndex.builders import FakeTime, connect, network_id
from tests.ndex.faulty_server import Step, hang, respond, respond_json, serve

MOST = st.integers(1, 64)
# What happened to one request after another: whether it was answered, sent when, and how slow.
EVENTS = st.lists(st.tuples(st.booleans(), st.floats(0, 5), st.floats(0, 20)), max_size=60)


def after_all(most: int, events: list[tuple[bool, float, float]]) -> list[Window]:
    window, now_s, seen = Window.of(most), 0.0, []
    for answered, gap_s, took_s in events:
        now_s += gap_s + took_s
        note = window.after_answer if answered else window.after_strain
        window = note(now_s - took_s, now_s)
        seen.append(window)
    return seen


def answer_quickly(window: Window, times: int, from_s: float = 1000.0) -> Window:
    for number in range(times):
        started_s = from_s + number
        window = window.after_answer(started_s, started_s + 0.1)
    return window


@given(MOST, EVENTS)
def test_it_stays_between_one_and_what_is_allowed(
    most: int, events: list[tuple[bool, float, float]]
) -> None:
    assert all(1 <= window.allowed <= most for window in after_all(most, events))


@given(MOST, st.integers(0, 100))
def test_without_strain_all_that_is_allowed_is_used(most: int, answers: int) -> None:
    assert answer_quickly(Window.of(most), answers).allowed == most


@given(MOST)
def test_strain_halves_it(most: int) -> None:
    assert Window.of(most).after_strain(0, 1).allowed == max(1, most // 2)


def test_requests_sent_before_the_last_cut_tell_nothing_new() -> None:
    """Thirty that fail together are one sign of strain, not thirty."""
    window = Window.of(32).after_strain(0, 10)
    for _ in range(30):
        window = window.after_strain(9.9, 10.1)
    assert window.allowed == 16
    assert window.after_strain(10.1, 10.2).allowed == 8


@given(MOST)
def test_a_round_of_good_answers_adds_about_one(most: int) -> None:
    cut = Window.of(most).after_strain(0, 1)
    grown = answer_quickly(cut, cut.allowed)
    assert grown.limit - cut.limit <= 1.0
    assert answer_quickly(cut, 3 * most * most + 3).allowed == most


def test_a_server_that_was_always_slow_is_not_strained() -> None:
    window = Window.of(16)
    for number in range(50):
        window = window.after_answer(10.0 * number, 10.0 * number + 8)
    assert window.allowed == 16


async def test_calls_wait_until_the_window_has_a_place_for_them(
    caplog: pytest.LogCaptureFixture,
) -> None:
    rate_limit = RateLimit(ClientPolicy(concurrency=4), FakeTime(now_s=1).clock)
    with caplog.at_level(logging.INFO, logger="sync"):
        rate_limit.note_strain(0.5)
    under_way, most, leave = 0, 0, asyncio.Event()

    async def call() -> None:
        nonlocal under_way, most
        async with rate_limit.slot():
            under_way += 1
            most = max(most, under_way)
            await leave.wait()
            under_way -= 1

    async with asyncio.TaskGroup() as tasks:
        started = [tasks.create_task(call()) for _ in range(10)]
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        assert under_way == 2
        started[5].cancel()
        leave.set()
    assert (most, under_way) == (2, 0)
    assert "at most 2 requests at once" in caplog.text


async def test_a_call_that_is_cancelled_as_its_turn_comes_gives_the_place_back() -> None:
    rate_limit = RateLimit(ClientPolicy(concurrency=1), FakeTime().clock)

    async def call() -> None:
        async with rate_limit.slot():
            pass

    async with rate_limit.slot():
        waiting = [asyncio.create_task(call()) for _ in range(2)]
        await asyncio.sleep(0)
    waiting[0].cancel()
    await asyncio.wait_for(waiting[1], timeout=10)

    assert waiting[0].cancelled()


@pytest.mark.parametrize("status", [429, 503])
async def test_a_server_that_says_slow_down_gets_fewer_calls(
    status: int, caplog: pytest.LogCaptureFixture
) -> None:
    answers = iter([respond(status, b"")])
    async with (
        serve(lambda _: next(answers, respond_json([]))) as server,
        connect(server.url, policy=ClientPolicy(concurrency=8)) as client,
    ):
        with caplog.at_level(logging.INFO, logger="sync.ndex.rate_limit"):
            await client.fetch_cx2(network_id(1))

    assert "at most 4 requests at once" in caplog.text


async def test_a_server_that_does_not_answer_in_time_gets_fewer_calls(
    caplog: pytest.LogCaptureFixture,
) -> None:
    answers = iter([None])
    policy = ClientPolicy(concurrency=8, read_timeout_s=0.2)
    async with (
        serve(lambda _: hang() if next(answers, 0) is None else respond_json([])) as server,
        connect(server.url, policy=policy) as client,
    ):
        with caplog.at_level(logging.INFO, logger="sync.ndex.rate_limit"):
            await client.fetch_cx2(network_id(1))

    assert "at most 4 requests at once" in caplog.text


async def test_a_server_that_grows_slow_gets_fewer_calls() -> None:
    time = FakeTime()

    def _answer_after(took_s: float) -> Step:
        async def _step(writer: asyncio.StreamWriter) -> bool:
            time.now_s += took_s
            return await respond_json([])(writer)

        return _step

    delays = iter([0.1] * 10 + [3.0] * 4)
    async with (
        serve(lambda _: _answer_after(next(delays))) as server,
        connect(server.url, time, policy=ClientPolicy(concurrency=8)) as client,
    ):
        for number in range(10):
            await client.fetch_cx2(network_id(number))
        assert client.counts.rate_limit == RateLimitRecord(8, 8, 0, None, 0, 0)
        for number in range(4):
            await client.fetch_cx2(network_id(number))
        assert client.counts.rate_limit == RateLimitRecord(8, 4, 1, None, 0, 0)
