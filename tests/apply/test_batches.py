"""What is done for several tasks by one call."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence

import pytest

from sync.apply.batches import Batches
from sync.apply.gate import Breaker
from sync.errors import (
    BadRequest,
    Call,
    NdexSyncError,
    ServerBroken,
    ServerError,
    Throttled,
    Unreachable,
)

CALL = Call("POST", "/v2/networkset")


class Sent:
    """Calls that each take until the loop has gone round, and fail where ``bad`` is in them."""

    def __init__(self, error: NdexSyncError | None = None, bad: int | None = None) -> None:
        self.calls: list[list[int]] = []
        self.most = 0
        self._error, self._bad = error, bad
        self._under_way = 0

    async def send(self, items: Sequence[int]) -> None:
        """Send one call."""
        self.calls.append(list(items))
        self._under_way += 1
        self.most = max(self.most, self._under_way)
        await asyncio.sleep(0)
        self._under_way -= 1
        if self._error is not None and (self._bad is None or self._bad in items):
            raise self._error


async def do_all(sent: Sent, count: int) -> list[BaseException | None]:
    """Do so many at once and return how each ended."""
    batches = Batches(sent.send)
    return await asyncio.gather(*map(batches.do, range(count)), return_exceptions=True)


async def test_those_who_ask_during_a_call_go_together_by_the_next() -> None:
    sent = Sent()

    assert await do_all(sent, 9) == [None] * 9
    assert sent.calls == [[0], [1, 2, 3, 4, 5, 6, 7, 8]]
    assert sent.most == 1


async def test_a_call_may_wait_for_more_to_come() -> None:
    sent = Sent()
    counted: list[int] = []

    async def _wait_for_three(count: Callable[[], int]) -> None:
        for _ in range(9):
            counted.append(count())
            await asyncio.sleep(0)

    batches = Batches(sent.send, _wait_for_three)
    tasks = []
    for number in range(3):
        tasks.append(asyncio.ensure_future(batches.do(number)))
        await asyncio.sleep(0)
    await asyncio.gather(*tasks)

    assert sent.calls == [[0, 1, 2]]
    assert (counted[0], counted[-1]) == (1, 3)


@pytest.mark.parametrize("error", [BadRequest(CALL, "no"), ServerBroken(CALL, "oops")], ids=repr)
async def test_one_that_is_refused_keeps_no_other_from_being_done(error: NdexSyncError) -> None:
    ended = await do_all(Sent(error, bad=4), 9)

    assert [number for number, each in enumerate(ended) if each is error] == [4]
    assert [each for each in ended if each is not error] == [None] * 8


@pytest.mark.parametrize(
    "error", [Unreachable(CALL, "nobody there"), Throttled(CALL, "slow")], ids=repr
)
async def test_a_server_that_is_not_there_is_asked_once_for_all(error: NdexSyncError) -> None:
    sent = Sent(error)

    assert await do_all(sent, 9) == [error] * 9
    assert len(sent.calls) == 2


async def test_whoever_is_cancelled_takes_nobody_along() -> None:
    sent = Sent()
    batches = Batches(sent.send)
    tasks = [asyncio.ensure_future(batches.do(number)) for number in range(4)]
    await asyncio.sleep(0)
    tasks[2].cancel()

    ended = await asyncio.gather(*tasks, return_exceptions=True)

    assert [type(each) for each in ended] == [
        type(None),
        type(None),
        asyncio.CancelledError,
        type(None),
    ]


async def test_calls_that_break_at_the_same_time_count_once_each() -> None:
    """However many tasks waited for them, and in whatever order these wake."""
    breaker = Breaker()
    one, two = (Batches(Sent(Unreachable(CALL, "it broke")).send) for _ in range(2))

    async def _work(batches: Batches[int], item: int) -> None:
        try:
            await batches.do(item)
        except ServerError as error:
            breaker.writes.note_error(error)

    await asyncio.gather(*(_work(each, item) for item in range(12) for each in (one, two)))

    assert breaker.writes.in_a_row <= 4
