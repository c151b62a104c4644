"""What an apply works with: one context, passed through all of it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Collection
from dataclasses import dataclass, field, replace
from pathlib import Path

from sync.apply.account import AccountNetworks
from sync.apply.action_log import ActionLog
from sync.apply.batches import Batches, SharedWrites
from sync.apply.gate import UPLOADS_AT_ONCE, Breaker, UploadGate
from sync.apply.set_members import SetMembers
from sync.apply.summaries import SharedSummaries
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
"""How many networks keep one call busy: each waits for a shared look, is written,
and waits again.
"""

_UNLOCKED_PER_CALL = 2
"""How many networks may be unlocked for each call; a stopped run has little time to lock them."""

_GATHERING_WAITS = 5


def now_ms() -> int:
    """Return the time of our own clock, for the journal; it is never compared with NDEx's."""
    return time.time_ns() // 1_000_000


@dataclass(frozen=True, slots=True)
class ApplyPolicy:
    """How patient an apply is, and how many networks it works on at once.

    ``at_once`` None: as many as keep the client busy, which has its own limit of calls at once.
    After a failure it waits ``retry_wait_s`` before it looks again, and longer after each failure
    in a row. ``loading`` says how to wait for uploads, ``keep`` how many old runs to keep.
    """

    at_once: int | None = None
    retry_wait_s: float = 1.0
    loading: LoadingPolicy = field(default_factory=lambda: LoadingPolicy(deadline_s=600.0))
    keep: KeepPolicy = field(default_factory=KeepPolicy)
    clock: Clock = SYSTEM_CLOCK
    now_ms: Callable[[], int] = now_ms


@dataclass(slots=True)
class ApplyContext:
    """Everything an apply works with, and what the actions of its run share.

    ``server`` and ``collection`` are what the plan must name, ``account`` the name and ``user`` the
    id of the user who is logged in. ``root`` is the folder of the records, ``map_path`` the
    collection's map file below it. ``contents`` are those that the check of the same command read,
    if there was one. Once ``stop`` is set no more actions begin.

    ``run`` is the run whose actions are performed. ``repaired`` are networks that this apply has
    just locked or shown again after a run that died: the plan was made while they were open.
    ``finished`` are that run's creates that this apply has just finished.
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
    policy: ApplyPolicy = field(default_factory=ApplyPolicy)
    stop: asyncio.Event = field(default_factory=asyncio.Event)
    run: str = ""
    repaired: frozenset[NetworkId] = frozenset()
    finished: Collection[CreateNetwork] = ()

    at_once: int = field(init=False)
    unlocking: asyncio.Semaphore = field(init=False)
    summaries: SharedSummaries = field(init=False)
    members: SetMembers = field(init=False)
    writes: SharedWrites = field(init=False)
    uuids: UuidWriter = field(init=False)
    account_networks: AccountNetworks = field(init=False)
    breaker: Breaker = field(init=False, default_factory=Breaker)
    gate: UploadGate = field(init=False)
    _disk: Batches[None] = field(init=False)

    def __post_init__(self) -> None:
        client = self.client
        self.at_once = self.policy.at_once or _NETWORKS_PER_CALL * client.concurrency
        self.unlocking = asyncio.Semaphore(_UNLOCKED_PER_CALL * client.concurrency)
        self.summaries = SharedSummaries(client, self.policy.clock)
        self.members = SetMembers(client, self._gather)
        self.writes = SharedWrites(client.writer, self._gather)
        self.uuids = UuidWriter(self.root, self.map_path, self._gather)
        self.account_networks = AccountNetworks(client, self.user, self.log(WHOLE_RUN))
        self.gate = UploadGate(min(self.at_once, UPLOADS_AT_ONCE))
        self._disk = Batches(lambda _: asyncio.to_thread(self.journal.sync))

    def for_run(
        self,
        run: str,
        repaired: frozenset[NetworkId] = frozenset(),
        finished: Collection[CreateNetwork] = (),
    ) -> ApplyContext:
        """Return the context of a run, which shares nothing with the actions of other runs."""
        return replace(self, run=run, repaired=repaired, finished=finished)

    def is_halted(self) -> bool:
        """Return whether no more actions may begin."""
        return self.breaker.is_open or self.gate.closed is not None or self.stop.is_set()

    def log(self, action: int) -> ActionLog:
        """Return the journal as an action of the run sees it."""
        return ActionLog(self.journal, self.run, action, self.policy.now_ms, self._sync)

    async def sleep(self, wait_s: float) -> None:
        """Wait, by the clock of the policy."""
        await self.policy.clock.sleep(wait_s)

    async def _sync(self) -> None:
        await self._disk.do(None)

    async def _gather(self, count: Callable[[], int]) -> None:
        """Wait for more networks that need the same call, while several uploads are running.

        The run is then waiting for the server's one queue anyway (contract 3.3).
        """
        for _ in range(_GATHERING_WAITS):
            alone = self.stop.is_set() or not self.gate.is_shared
            if alone or count() >= UPLOADS_AT_ONCE:
                return
            await self.sleep(self.policy.loading.first_wait_s)
