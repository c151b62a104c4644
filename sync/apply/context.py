"""What the actions of one run share."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from pathlib import Path

from sync.apply.account import AccountNetworks
from sync.apply.action_log import ActionLog
from sync.apply.batches import Batches, SharedWrites
from sync.apply.breaker import Breaker
from sync.apply.observe import SetMembers
from sync.apply.summaries import SharedSummaries
from sync.apply.uploads import UPLOADS_AT_ONCE, UploadGate
from sync.apply.write_uuid import UuidWriter
from sync.model import NetworkId
from sync.ndex.client import NdexClient
from sync.ndex.clock import SYSTEM_CLOCK, Clock
from sync.ndex.loading import LoadingPolicy
from sync.plan.actions import CreateNetwork
from sync.state.backup import BackupStore, KeepPolicy
from sync.state.contents import Contents
from sync.state.journal import WHOLE_RUN, Journal

_NETWORKS_PER_CALL = 4
"""A network waits for a look that others share, is written, and waits again: so many for each call
that may be under way keep the client busy."""

_UNLOCKED_PER_CALL = 2
"""Networks that stand unlocked have to be locked in the time that a run has once it is stopped."""

_GATHERING_WAITS = 5


def now_ms() -> int:
    """Return our own clock's time; the journal's, never compared with NDEx's."""
    return time.time_ns() // 1_000_000


@dataclass(frozen=True, slots=True)
class Desk:
    """What an apply works with: the client, who is logged in, and the open state.

    ``server`` and ``collection`` are what the plan has to name. ``user`` is the account's id.
    ``root`` is the folder of the records, ``map_path`` the collection's map file below it.
    ``contents`` are those that the check of the same command has read, if there was one.
    """

    client: NdexClient
    server: str
    account: str
    collection: str
    user: str
    journal: Journal
    backups: BackupStore
    root: Path
    map_path: str | None = None
    contents: Contents | None = None


@dataclass(frozen=True, slots=True)
class WorkPolicy:
    """How patient the work is: ``retry_wait_s`` before looking again after a failure, grown by
    each failure in a row; ``loading`` for uploads.
    """

    retry_wait_s: float = 1.0
    loading: LoadingPolicy = field(default_factory=lambda: LoadingPolicy(deadline_s=600.0))


@dataclass(frozen=True, slots=True)
class ApplyPolicy:
    """How an apply goes about it: how patient it is, and how many networks it has in hand.

    ``at_once`` None: as many as keep the client busy, which has its own limit of calls at once.
    """

    at_once: int | None = None
    work: WorkPolicy = field(default_factory=WorkPolicy)
    keep: KeepPolicy = field(default_factory=KeepPolicy)
    clock: Clock = SYSTEM_CLOCK
    now_ms: Callable[[], int] = now_ms


class ApplyContext:
    """What the actions of one run share: the desk, the policy, and what they do together.

    Once ``stop`` is set no action begins any more. ``put_right`` are networks that this apply has
    just locked or shown again after a run that died: the plan was made while they stood open.
    ``finished`` are that run's creates that this apply has just brought to their end.
    """

    def __init__(
        self,
        desk: Desk,
        run: str,
        policy: ApplyPolicy,
        stop: asyncio.Event | None = None,
        put_right: frozenset[NetworkId] = frozenset(),
        finished: Collection[CreateNetwork] = (),
    ) -> None:
        self.desk = desk
        self.client = desk.client
        self.run = run
        self.policy = policy.work
        self.clock = policy.clock
        self.now_ms = policy.now_ms
        self.at_once = policy.at_once or _NETWORKS_PER_CALL * desk.client.concurrency
        self.unlocking = asyncio.Semaphore(_UNLOCKED_PER_CALL * desk.client.concurrency)
        self.summaries = SharedSummaries(desk.client, policy.clock)
        self.members = SetMembers(desk.client, self._gather)
        self.writes = SharedWrites(desk.client.writer, self._gather)
        self.recorder = UuidWriter(desk.root, desk.map_path, self._gather)
        self._disk: Batches[None] = Batches(lambda _: asyncio.to_thread(desk.journal.sync))
        self.networks = AccountNetworks(desk.client, desk.user, self.log(WHOLE_RUN))
        self.breaker = Breaker()
        self.gate = UploadGate(min(self.at_once, UPLOADS_AT_ONCE))
        self.stop = stop or asyncio.Event()
        self.put_right = put_right
        self.finished = finished

    def is_halted(self) -> bool:
        """Tell whether no further action may begin."""
        return self.breaker.is_open or self.gate.closed is not None or self.stop.is_set()

    async def _gather(self, count: Callable[[], int]) -> None:
        """Wait for more networks that need the same call, while several uploads are under way.

        The server's one queue is what the run waits for then (contract 3.3).
        """
        for _ in range(_GATHERING_WAITS):
            alone = self.stop.is_set() or not self.gate.is_shared
            if alone or count() >= UPLOADS_AT_ONCE:
                return
            await self.clock.sleep(self.policy.loading.first_wait_s)

    async def _sync(self) -> None:
        await self._disk.do(None)

    def log(self, action: int) -> ActionLog:
        """Return the journal as an action of the run sees it."""
        return ActionLog(self.desk.journal, self.run, action, self.now_ms, self._sync)
