"""How fast and how many: the rule by law, the waiting without real time."""

from __future__ import annotations

from asyncio import TaskGroup
from itertools import accumulate, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.ndex.pace import Pace, Schedule
from sync.ndex.policy import ClientPolicy
from tests.ndex.builders import FakeTime, HeldTime, connect, network_id
from tests.ndex.faulty_server import respond_json, serve

RATES = st.floats(0.1, 1000)
GAPS = st.lists(st.floats(0, 100), min_size=1, max_size=50)


def starts(gaps: list[float], rate_per_s: float | None) -> list[float]:
    """Return when requests start that arrive with these gaps between them."""
    schedule, found = Schedule(), []
    for arrival_s in accumulate(gaps):
        schedule, wait_s = schedule.reserve(arrival_s, rate_per_s)
        assert wait_s >= 0
        found.append(arrival_s + wait_s)
    return found


@given(GAPS, RATES)
def test_starts_are_never_closer_than_the_rate_allows(gaps: list[float], rate: float) -> None:
    for earlier, later in pairwise(starts(gaps, rate)):
        assert later - earlier >= 1 / rate - 1e-9


@given(GAPS, RATES)
def test_nobody_waits_longer_than_the_rate_demands(gaps: list[float], rate: float) -> None:
    free_s = 0.0
    for arrival_s, start_s in zip(accumulate(gaps), starts(gaps, rate), strict=True):
        assert start_s == pytest.approx(max(arrival_s, free_s))
        free_s = start_s + 1 / rate


@given(GAPS)
def test_without_a_rate_nobody_waits(gaps: list[float]) -> None:
    assert starts(gaps, None) == list(accumulate(gaps))


@given(st.floats(0, 100), st.floats(0, 100))
def test_nothing_starts_before_a_hold_is_over(now_s: float, until_s: float) -> None:
    _, wait_s = Schedule().hold(until_s).reserve(now_s, None)
    assert now_s + wait_s == pytest.approx(max(now_s, until_s))


def test_a_shorter_hold_does_not_lift_a_longer_one() -> None:
    assert Schedule().hold(10).hold(5) == Schedule(10)


async def test_turns_come_one_interval_apart() -> None:
    time = FakeTime()
    pace = Pace(ClientPolicy(rate_per_s=4), time.clock)
    for _ in range(3):
        await pace.turn()
    assert time.slept == [0.25, 0.25]


async def test_a_hold_counts_from_now() -> None:
    time = FakeTime(now_s=100)
    pace = Pace(ClientPolicy(), time.clock)
    pace.hold(30)
    time.now_s = 110
    await pace.turn()
    assert time.slept == [20]


async def test_all_calls_of_a_client_share_one_rate() -> None:
    time = HeldTime()
    policy = ClientPolicy(rate_per_s=10)
    async with (
        serve(lambda _: respond_json([])) as server,
        connect(server.url, time, policy=policy) as client,
        TaskGroup() as tasks,
    ):
        for number in range(4):
            tasks.create_task(client.fetch_cx2(network_id(number)))
        for _ in range(3):
            await time.sleeper()
        assert time.slept == pytest.approx([0.1, 0.2, 0.3])
        await server.arrivals(1)
        assert len(server.received) == 1
        time.release()
