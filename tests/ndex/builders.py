"""What the tests of the client are made from."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime

from sync.model import NetworkId
from sync.ndex.auth import Credentials
from sync.ndex.client import NdexClient, open_client
from sync.ndex.clock import Clock
from sync.ndex.policy import ClientPolicy

NOON = datetime(2026, 7, 2, 12, 0, 0, tzinfo=UTC)


@dataclass
class FakeTime:
    """Time that passes only when somebody sleeps; chance that always draws ``drawn``."""

    now_s: float = 0.0
    drawn: float = 1.0
    slept: list[float] = field(default_factory=list)

    async def sleep(self, wait_s: float) -> None:
        """Let the time pass at once."""
        self.slept.append(wait_s)
        self.now_s += wait_s
        await asyncio.sleep(0)

    @property
    def clock(self) -> Clock:
        """This time as the client takes it."""
        return Clock(lambda: self.now_s, lambda: NOON, self.sleep, lambda: self.drawn)


class HeldTime(FakeTime):
    """Time in which all who sleep go on sleeping until the test wakes them."""

    def __init__(self) -> None:
        super().__init__()
        self._released = asyncio.Event()
        self._asleep = asyncio.Semaphore(0)

    async def sleep(self, wait_s: float) -> None:
        """Sleep until released."""
        self.slept.append(wait_s)
        self._asleep.release()
        await self._released.wait()

    async def sleeper(self) -> None:
        """Wait until one more has gone to sleep; nobody doing so is a failure, not a hang."""
        async with asyncio.timeout(10):
            await self._asleep.acquire()

    def release(self) -> None:
        """Wake everybody; time has not passed for the clock."""
        self._released.set()


@asynccontextmanager
async def connect(
    url: str,
    time: FakeTime | None = None,
    *,
    policy: ClientPolicy | None = None,
    credentials: Credentials | None = None,
) -> AsyncIterator[NdexClient]:
    """Open a client that never really waits."""
    async with open_client(
        url,
        credentials=credentials,
        policy=policy or ClientPolicy(),
        clock=(time or FakeTime()).clock,
    ) as client:
        yield client


def network_id(number: int) -> NetworkId:
    return NetworkId(f"00000000-0000-1000-8000-{number:012x}")


def summary_v2(number: int, **changes: object) -> dict[str, object]:
    """A v2 summary as the server writes it: null fields left out (contract 3.4)."""
    return {
        "externalId": network_id(number),
        "modificationTime": 1_700_000_000_000 + number,
        "creationTime": 1_600_000_000_000,
        "name": f"Network {number}",
        "visibility": "PUBLIC",
        "owner": "wikipathways",
        "ownerUUID": network_id(999),
        "nodeCount": 16,
        "edgeCount": 0,
        "isReadOnly": False,
        "isShowcase": False,
        "isCertified": False,
        "hasLayout": True,
        "completed": True,
        "isValid": True,
        "isDeleted": False,
        "cxFileSize": 10,
        "cx2FileSize": 2000,
        "indexLevel": "NONE",
        "warnings": [],
        "subnetworkIds": [],
        "showInTrash": False,
        "properties": [
            {
                "subNetworkId": None,
                "predicateString": "year",
                "dataType": "integer",
                "value": "2015",
            }
        ],
        **changes,
    }


def summary_v3(number: int, **changes: object) -> dict[str, object]:
    """A v3 ``COMPACT`` summary (contract 3.4)."""
    full = summary_v2(number)
    gone = {"externalId", "isValid", "isDeleted", "properties"}
    return {
        "uuid": network_id(number),
        **{name: value for name, value in full.items() if name not in gone},
        **changes,
    }
