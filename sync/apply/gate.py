"""What slows an apply down: a gate for uploads, and a breaker for a server that keeps failing.

An upload hides the network and destroys its old content until it has been loaded (contract 3.2,
3.3), so a server that cannot load must not be given many of them.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from weakref import WeakSet

from sync.errors import QuotaExceeded, ServerBroken, ServerError, Throttled, Unreachable

UPLOADS_AT_ONCE = 8
"""The server has one queue for all uploads (contract 3.3), so more at once gain nothing."""

FAILURES_IN_A_ROW = 10
"""This many failures of the server without an answer in between end the run."""

_DOCUMENTS_FAILED = 2
_NUMBERS = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}|\d+")


class UploadGate:
    """Lets the uploads of a run begin, one for each network.

    Until one upload has been loaded, there is one at a time. If two documents fail with the same
    words, the documents are not the cause, and no more uploads begin. The new and the old content
    of one network are two documents.
    """

    def __init__(self, at_once: int = UPLOADS_AT_ONCE) -> None:
        self._at_once = at_once
        self._proven = False
        self._under_way: set[object] = set()
        self._failed: dict[str, set[int]] = {}
        self._changed = asyncio.Condition()
        self.took_s = 0.0
        """How long the last upload that was loaded took."""
        self.closed: str | None = None
        """Why no more uploads begin, None while they may."""

    @property
    def is_free(self) -> bool:
        """Whether an upload may begin without waiting for others."""
        return len(self._under_way) < (self._at_once if self._proven else 1)

    @property
    def is_shared(self) -> bool:
        """Whether several uploads are running."""
        return len(self._under_way) > 1

    @asynccontextmanager
    async def turn(self, action: object) -> AsyncIterator[bool]:
        """Wait until an action's upload may begin; False if no more uploads may.

        It counts as running until the end of the block, or until ``release`` of the same action.
        """
        async with self._changed:
            await self._changed.wait_for(lambda: self.closed is not None or self.is_free)
            admitted = self.closed is None
            if admitted:
                self._under_way.add(action)
        try:
            yield admitted
        finally:
            await self.release(action)

    async def release(self, action: object) -> None:
        """Let another upload begin in place of an action's upload that is over."""
        async with self._changed:
            self._under_way.discard(action)
            self._changed.notify_all()

    def note_loaded(self, took_s: float) -> None:
        """Note that an upload was loaded ``took_s`` after it was sent: several may run now."""
        self._proven = True
        self.took_s = took_s

    def note_failure(self, document: bytes, words: str) -> None:
        """Note that the upload of a document failed, with the server's words."""
        failed = self._failed.setdefault(_NUMBERS.sub("…", words), set())
        failed.add(hash(document))
        if len(failed) >= _DOCUMENTS_FAILED:
            self.close(f"{len(failed)} uploads failed in the same way: {words}")

    def note_refusal(self, error: ServerError) -> None:
        """Note that the server did not accept an upload."""
        if isinstance(error, QuotaExceeded):
            self.close("the account's disk quota is used up; ndex-sync doctor shows it")

    def close(self, reason: str) -> None:
        """Let no more uploads begin."""
        if self.closed is None:
            self.closed = reason


class FailureCount:
    """Counts failures of one kind of call in a row, over all actions of a run."""

    def __init__(self) -> None:
        self.in_a_row = 0
        self._counted: WeakSet[ServerError] = WeakSet()

    def note_answer(self) -> None:
        """Note a good answer of the server."""
        self.in_a_row = 0

    def note_error(self, error: ServerError) -> None:
        """Note how a call failed; a refusal with a reason is an answer.

        A call that several actions wait for counts once.
        """
        if error in self._counted:
            return
        self._counted.add(error)
        if isinstance(error, Unreachable | ServerBroken | Throttled):
            self.in_a_row += 1
        else:
            self.note_answer()


class Breaker:
    """Opens when reads or writes fail too often in a row; good reads do not reset failed writes."""

    def __init__(self, limit: int = FAILURES_IN_A_ROW) -> None:
        self._limit = limit
        self.reads = FailureCount()
        self.writes = FailureCount()

    @property
    def is_open(self) -> bool:
        """Whether to ask the server nothing more."""
        return max(self.reads.in_a_row, self.writes.in_a_row) >= self._limit
