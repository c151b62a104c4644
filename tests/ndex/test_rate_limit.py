"""How fast and how many: the rule by law, the waiting without real time."""

from __future__ import annotations

from asyncio import TaskGroup
from collections.abc import Sequence
from itertools import accumulate, combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.ndex.policy import ClientPolicy
from sync.ndex.rate_limit import Bucket, RateLimit, RateLimitRecord
from tests.ndex.builders import FakeTime, HeldTime, connect, network_id
from tests.ndex.faulty_server import respond_json, serve

RATES = st.floats(0.1, 1000)
GAPS = st.lists(st.floats(0, 100), min_size=1, max_size=50)
# When requests come, and whether the server then asks for silence and for how long.
EVENTS = st.lists(st.tuples(st.floats(0, 2), st.none() | st.floats(0, 10)), min_size=1, max_size=60)


def starts(events: list[tuple[float, float | None]], rate_per_s: float | None) -> list[float]:
    """Return when requests start that come with these gaps, holds between them."""
    bucket, now_s, found = Bucket(rate_per_s), 0.0, []
    for gap_s, hold_s in events:
        now_s += gap_s
        if hold_s is not None:
            bucket = bucket.hold(now_s + hold_s)
        bucket, start_s = bucket.reserve(now_s)
        assert start_s >= now_s
        found.append(start_s)
    return found


def arriving(gaps: Sequence[float]) -> list[tuple[float, float | None]]:
    return [(gap_s, None) for gap_s in gaps]


@given(EVENTS, RATES)
def test_over_any_time_no_more_start_than_the_bucket_holds_and_the_time_brings(
    events: list[tuple[float, float | None]], rate: float
) -> None:
    found = starts(events, rate)
    assert found == sorted(found)
    for first, last in combinations(range(len(found)), 2):
        allowed = max(1, int(rate)) + rate * (found[last] - found[first])
        assert last - first + 1 <= allowed + 1e-6


@given(GAPS, RATES)
def test_nobody_waits_while_there_is_a_token(gaps: list[float], rate: float) -> None:
    """The same bucket, with its tokens counted."""
    capacity = float(max(1, int(rate)))
    tokens, at_s = capacity, 0.0
    for arrival_s, start_s in zip(accumulate(gaps), starts(arriving(gaps), rate), strict=True):
        free_s = max(arrival_s, at_s)
        tokens = min(capacity, tokens + (free_s - at_s) * rate)
        at_s = free_s + max(0.0, 1 - tokens) / rate
        tokens = max(tokens, 1.0) - 1
        assert start_s == pytest.approx(at_s, abs=1e-6)


@given(GAPS)
def test_without_a_rate_nobody_waits(gaps: list[float]) -> None:
    assert starts(arriving(gaps), None) == list(accumulate(gaps))


@given(st.floats(0, 100), st.floats(0, 100), st.none() | RATES)
def test_nothing_starts_before_a_hold_is_over(
    now_s: float, until_s: float, rate: float | None
) -> None:
    _, start_s = Bucket(rate).hold(until_s).reserve(now_s)
    assert start_s == max(now_s, until_s)


def test_a_shorter_hold_does_not_lift_a_longer_one() -> None:
    assert Bucket(None).hold(10).hold(5) == Bucket(None, held_until_s=10)


async def test_turns_come_as_tokens_come_back() -> None:
    time = FakeTime()
    rate_limit = RateLimit(ClientPolicy(rate_per_s=4), time.clock)
    for _ in range(6):
        await rate_limit.turn()
    assert time.slept == [0.25, 0.25]
    assert rate_limit.record == RateLimitRecord(8, 8, 0, 4, rated_s=0.5, held_s=0)


async def test_a_hold_counts_from_now() -> None:
    time = FakeTime(now_s=100)
    rate_limit = RateLimit(ClientPolicy(), time.clock)
    rate_limit.hold(30)
    time.now_s = 110
    await rate_limit.turn()
    assert time.slept == [20]
    assert rate_limit.record.held_s == 30


async def test_holds_that_overlap_are_time_lost_once() -> None:
    time = FakeTime()
    rate_limit = RateLimit(ClientPolicy(), time.clock)
    for wait_s in (30, 10):
        rate_limit.hold(wait_s)
        time.now_s += 15
    rate_limit.hold(5)
    assert rate_limit.record.held_s == 35


async def test_a_request_that_waits_for_its_token_hears_of_a_hold() -> None:
    class _Interrupted(FakeTime):
        async def sleep(self, wait_s: float) -> None:
            if not self.slept:
                rate_limit.hold(30)
            await super().sleep(wait_s)

    time = _Interrupted()
    rate_limit = RateLimit(ClientPolicy(rate_per_s=1), time.clock)
    await rate_limit.turn()
    await rate_limit.turn()
    assert time.now_s == 30


async def test_the_record_tells_what_strain_came_to() -> None:
    time = FakeTime()
    rate_limit = RateLimit(ClientPolicy(concurrency=32), time.clock)
    for started_s in (1, 2, 3):
        time.now_s = started_s
        rate_limit.note_strain(started_s)
    time.now_s = 4
    rate_limit.note_answer(4)
    assert rate_limit.record == RateLimitRecord(32, 4, 3, None, 0, 0)


async def test_all_calls_of_a_client_share_one_rate() -> None:
    time = HeldTime()
    policy = ClientPolicy(rate_per_s=1.5)
    async with (
        serve(lambda _: respond_json([])) as server,
        connect(server.url, time, policy=policy) as client,
        TaskGroup() as tasks,
    ):
        for number in range(4):
            tasks.create_task(client.fetch_cx2(network_id(number)))
        for _ in range(3):
            await time.sleeper()
        assert time.slept == pytest.approx([2 / 3, 4 / 3, 2])
        await server.arrivals(1)
        assert len(server.received) == 1
        time.release()
