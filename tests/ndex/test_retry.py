"""Which failures are tried again, and when: by table, by law and by a loop without real time."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.errors import (
    Call,
    ConfigError,
    Locked,
    NotFound,
    ServerBroken,
    ServerError,
    Throttled,
    Unreachable,
)
from sync.ndex.policy import ClientPolicy
from sync.ndex.retry import (
    Patience,
    Retried,
    Retry,
    call_with_retries,
    may_repeat,
    retry_decision,
    wait_s,
)
from tests.ndex.builders import FakeTime

CALL = Call("GET", "/v2/user")
POLICY = ClientPolicy(max_tries=4, base_wait_s=1, max_wait_s=5, max_retry_after_s=60)


def subclasses(kind: type[ServerError]) -> set[type[ServerError]]:
    return {kind}.union(*(subclasses(sub) for sub in kind.__subclasses__()))


def throttled(retry_after_s: float | None, status: int = 429) -> Throttled:
    return Throttled(CALL, "slow down", status=status, retry_after_s=retry_after_s)


@pytest.mark.parametrize(
    ("error", "decision"),
    [
        (throttled(None), Retry.BACKOFF),
        (throttled(7.5), 7.5),
        (throttled(0.0), 0.0),
        (ConfigError("x"), Retry.NEVER),
        (KeyboardInterrupt(), Retry.NEVER),
    ],
    ids=repr,
)
def test_other_failures_have_a_decision_each(error: BaseException, decision: Retry | float) -> None:
    assert retry_decision(error) == decision


def test_every_class_of_server_error_has_a_decision() -> None:
    passing = {
        kind for kind in subclasses(ServerError) if retry_decision(kind(CALL, "")) is Retry.BACKOFF
    }
    assert passing == {Unreachable, ServerBroken, Throttled, Locked}


@pytest.mark.parametrize(
    ("error", "repeatable"),
    [
        (Locked(CALL, ""), False),
        (throttled(1.0, status=429), True),
        (throttled(1.0, status=503), False),
        (Unreachable(CALL, ""), False),
        (ServerBroken(CALL, "", status=500), False),
        (NotFound(CALL, ""), False),
    ],
    ids=repr,
)
def test_a_write_is_repeated_only_where_the_server_did_nothing(
    error: ServerError, repeatable: bool
) -> None:
    assert may_repeat(error, repeatable=False) is repeatable


PASSING = st.sampled_from([Unreachable(CALL, ""), Locked(CALL, ""), throttled(None)])


@given(PASSING, st.integers(1, 10_000), st.floats(0, 1))
def test_a_backoff_stays_between_nothing_and_its_cap(
    error: ServerError, tries: int, draw: float
) -> None:
    assert 0 <= wait_s(error, tries, POLICY, draw) <= POLICY.max_wait_s


@given(PASSING, st.integers(1, 100))
def test_the_bound_of_a_backoff_doubles_until_the_cap(error: ServerError, tries: int) -> None:
    now, later = wait_s(error, tries, POLICY, 1.0), wait_s(error, tries + 1, POLICY, 1.0)
    assert later == min(2 * now, POLICY.max_wait_s)


@given(st.floats(0, 1e9), st.integers(1, 10), st.floats(0, 1))
def test_what_the_server_asks_for_is_waited_without_jitter(
    asked_s: float, tries: int, draw: float
) -> None:
    assert wait_s(throttled(asked_s), tries, POLICY, draw) == asked_s


def failing(*errors: ServerError) -> Callable[[], Awaitable[str]]:
    left = iter(errors)

    async def _attempt() -> str:
        for error in left:
            raise error
        return "done"

    return _attempt


async def retry(
    attempt: Callable[[], Awaitable[str]], time: FakeTime | None = None, *, repeatable: bool = True
) -> tuple[str, list[Retried]]:
    """Try until it is over; return the value, and what was heard of the tries."""
    heard: list[Retried] = []
    clock = (time or FakeTime()).clock
    patience = Patience(POLICY, 100)
    value = await call_with_retries(attempt, patience, clock, heard.append, repeatable=repeatable)
    return value, heard


async def test_the_loop_announces_each_wait_and_ends_with_the_value() -> None:
    time, first, second = FakeTime(drawn=0.5), Unreachable(CALL, "a"), throttled(30.0)
    heard = [Retried(first, 1, 0.5), Retried(second, 2, 30.0)]
    assert await retry(failing(first, second), time) == ("done", heard)
    assert time.slept == [0.5, 30.0]


async def test_the_last_error_comes_out_as_it_is_after_the_last_try() -> None:
    errors = [Unreachable(CALL, str(number)) for number in range(9)]
    time = FakeTime()
    with pytest.raises(Unreachable) as caught:
        await retry(failing(*errors), time)
    assert caught.value is errors[POLICY.max_tries - 1]
    assert time.slept == [1, 2, 4]


@pytest.mark.parametrize(
    ("tries", "elapsed_s", "next_wait_s", "over"),
    [
        (1, 0, 0, False),
        (3, 50, 49, False),
        (4, 0, 0, True),
        (1, 50, 50, True),
        (1, 0, 60, False),
        (1, 0, 60.5, True),
    ],
    ids=["fresh", "just in time", "tries", "time", "longest ask", "asks too much"],
)
def test_patience_ends_with_tries_time_or_an_ask_too_long(
    tries: int, elapsed_s: float, next_wait_s: float, over: bool
) -> None:
    assert Patience(POLICY, 100).is_over(tries, elapsed_s, next_wait_s) is over


@given(
    st.lists(st.floats(0, 100) | st.none(), max_size=20),
    st.floats(1, 200),
    st.integers(1, 12),
    st.floats(0, 1),
)
async def test_waits_never_pass_the_deadline_nor_tries_their_cap(
    asks: list[float | None], deadline_s: float, max_tries: int, draw: float
) -> None:
    time, policy = FakeTime(drawn=draw), ClientPolicy(max_tries=max_tries)
    sent = 0

    async def _attempt() -> None:
        nonlocal sent
        sent += 1
        if sent <= len(asks):
            raise throttled(asks[sent - 1])

    try:
        await call_with_retries(
            _attempt, Patience(policy, deadline_s), time.clock, lambda _: None, repeatable=True
        )
    except Throttled:
        assert sent <= len(asks)
    else:
        assert sent == len(asks) + 1
    assert sent <= max_tries
    assert time.now_s < deadline_s
