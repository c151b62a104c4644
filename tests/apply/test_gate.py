"""When uploads may begin: one first, then eight, and none once two documents fail alike."""

from __future__ import annotations

import asyncio

import pytest

from sync.apply.gate import UPLOADS_AT_ONCE, UploadGate
from sync.errors import Call, Forbidden, Locked, QuotaExceeded, ServerError
from tests.samples import network_id

CALL = Call("PUT", "/v3/networks")


class Uploads:
    """Uploads that wait at a gate, begin, and end when a test says so."""

    def __init__(self, gate: UploadGate, count: int) -> None:
        self.under_way = 0
        self.refused = 0
        self._end = asyncio.Semaphore(0)
        self.tasks = [asyncio.ensure_future(self._upload(gate)) for _ in range(count)]

    async def _upload(self, gate: UploadGate) -> None:
        async with gate.turn(object()) as admitted:
            if not admitted:
                self.refused += 1
                return
            self.under_way += 1
            await self._end.acquire()
            self.under_way -= 1

    async def end(self, count: int = 1) -> None:
        """Let so many end, and see what begins."""
        for _ in range(count):
            self._end.release()
        await self.settle()

    async def settle(self) -> None:
        """Let everything happen that can."""
        for _ in range(100):
            await asyncio.sleep(0)

    async def finish(self) -> None:
        """Let all of them end."""
        await self.end(len(self.tasks))
        await asyncio.gather(*self.tasks)


async def test_one_upload_goes_first_and_then_eight_at_once() -> None:
    gate = UploadGate()
    uploads = Uploads(gate, 20)
    await uploads.settle()
    assert uploads.under_way == 1

    gate.note_loaded(0.2)
    await uploads.end()
    assert uploads.under_way == UPLOADS_AT_ONCE == 8

    await uploads.finish()
    assert uploads.refused == 0


async def test_after_a_failure_one_goes_alone_again() -> None:
    gate = UploadGate()
    uploads = Uploads(gate, 5)
    await uploads.settle()

    gate.note_failure(b"one", "Element count mismatch")
    await uploads.end()

    assert uploads.under_way == 1
    await uploads.finish()


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("Server refused connection", "Server refused connection"),
        (f"cannot read {network_id(1)} of 12 bytes", f"cannot read {network_id(2)} of 345 bytes"),
    ],
    ids=["the same words", "other numbers and ids"],
)
async def test_two_documents_that_fail_alike_close_the_gate(first: str, second: str) -> None:
    gate = UploadGate()
    uploads = Uploads(gate, 5)
    await uploads.settle()

    gate.note_failure(b"one", first)
    gate.note_failure(b"one", first)
    assert gate.closed is None
    gate.note_failure(b"two", second)
    await uploads.finish()

    assert gate.closed == f"2 uploads failed in the same way: {second}"
    assert uploads.refused == 4


async def test_documents_that_fail_each_in_its_way_do_not_close_it() -> None:
    gate = UploadGate()
    for number, words in enumerate(("an edge without a node", "no such visual property")):
        gate.note_failure(str(number).encode(), words)

    assert gate.closed is None


@pytest.mark.parametrize(
    ("error", "closed"),
    [
        (QuotaExceeded(CALL, "over quota"), True),
        (Forbidden(CALL, "no"), False),
        (Locked(CALL, "locked"), False),
    ],
    ids=repr,
)
async def test_a_quota_that_is_used_up_closes_it_at_once(error: ServerError, closed: bool) -> None:
    gate = UploadGate()
    gate.note_refusal(error)

    assert (gate.closed is not None) is closed
