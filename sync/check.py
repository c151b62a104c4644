"""The main job: records -> resolve -> observe -> compare, one verdict a record.

Every verdict is delivered as soon as it is known, so that a run which is stopped half-way has
something true to report. Failures of one record or network are verdicts; what escapes from here
is a failure of the whole run.
"""

from __future__ import annotations

import asyncio
from array import array
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import PurePosixPath
from typing import assert_never

from sync.collection.drawn import choose_scope
from sync.collection.inventory import Inventory, Resolved
from sync.collection.inventory_database import InventoryDatabase
from sync.collection.load import (
    Arrivals,
    Collection,
    locate_networks,
    open_inventory,
)
from sync.collection.observe import ObservePolicy, observe_network
from sync.match.claims import (
    Ambiguous,
    Mapped,
    Resolvable,
    Unknown,
    Unmapped,
    accounts_for,
)
from sync.match.compare import (
    compare,
    is_left_alone,
    judge,
    judge_unmapped,
    leave_alone,
)
from sync.model import (
    NOT_LISTED,
    NOTHING_BESIDE,
    Absent,
    CheckResult,
    InvalidRecord,
    ListedBeside,
    Observation,
    Record,
    UnclaimedNetwork,
    Verdict,
)
from sync.ndex.client import NdexClient
from sync.state.cache import FORGETFUL, Cache


@dataclass(frozen=True, slots=True)
class Finding:
    """A verdict with what it was reached from.

    ``number`` is the record's in the database, None where it could not be read. ``observation`` is
    None where no content was asked for.
    """

    result: CheckResult
    number: int | None = None
    observation: Observation | None = None


@dataclass(frozen=True, slots=True)
class Overview:
    """What a check says of a collection as a whole, beside its records.

    ``unclaimed`` are the networks that no record claims; None where that is not known: of a
    selection, or where the collection could not be listed. ``notes`` are sentences for people.
    ``beside`` counts records for which the map file lists other networks beside their own.
    """

    unclaimed: tuple[UnclaimedNetwork, ...] | None
    notes: tuple[str, ...] = ()
    beside: ListedBeside = NOTHING_BESIDE


Deliver = Callable[[CheckResult], None]
"""Takes each verdict as soon as it is known; a later one on the same record takes its place."""

DeliverFinding = Callable[[Finding], None]
"""As ``Deliver``, for verdicts with what they were reached from."""

_JUDGED_AT_ONCE = 128
"""Twice as many as requests may be under way, so that comparing never keeps the wire idle."""

_JUDGED_BETWEEN_TURNS = 100


async def check_collection(
    collection: Collection,
    client: NdexClient,
    policy: ObservePolicy,
    deliver: Deliver,
    cache: Cache = FORGETFUL,
) -> Overview:
    """Deliver a verdict on every record, and return what there is to say beside.

    Raises ConfigError where the map file cannot be read at all, or the configuration names a
    place that does not exist.
    """
    with InventoryDatabase() as database:
        inventory = await examine_collection(
            collection, client, policy, lambda finding: deliver(finding.result), database, cache
        )
        known = collection.complete and inventory.is_listed
        unclaimed = tuple(inventory.unclaimed()) if known else None
        return Overview(unclaimed, tuple(_notes(inventory)), inventory.count_beside())


def _notes(inventory: Inventory) -> Iterator[str]:
    if inventory.failure is not None:
        yield f"{NOT_LISTED}: {inventory.failure}"


async def examine_collection(
    collection: Collection,
    client: NdexClient,
    policy: ObservePolicy,
    deliver: DeliverFinding,
    database: InventoryDatabase,
    cache: Cache = FORGETFUL,
) -> Inventory:
    """Deliver a verdict on every record with what it was reached from; return where they are.

    Networks are looked into while records are still being read. Should a record that is read later
    name the same network, the verdict is delivered anew, as *duplicate*.

    Raises ConfigError where the map file cannot be read at all.
    """
    inventory = await open_inventory(collection, database)
    judge_of = _Judge(inventory, client, policy, cache, collection, deliver)
    ready = _Ready()
    arrivals = Arrivals(
        refuse=lambda invalid: deliver(Finding(judge_invalid(invalid))), ready=ready.put
    )
    async with asyncio.TaskGroup() as tasks:
        for _ in range(_JUDGED_AT_ONCE):
            tasks.create_task(judge_of.judge_ready(ready))
        await locate_networks(
            collection, client, database, inventory, arrivals, policy.loading, cache
        )
        ready.end()
        await judge_of.judge_others()
    return inventory


class _Ready:
    """The numbers of records that are ready to be judged, first come, first served.

    All records of a collection may be in it at once, so it holds 4 bytes for each and no object.
    """

    def __init__(self) -> None:
        self._numbers = array("I")
        self._taken = 0
        self._waiting = asyncio.Semaphore(0)

    def put(self, number: int) -> None:
        self._numbers.append(number)
        self._waiting.release()

    def end(self) -> None:
        """Let all who take end once everything is taken."""
        self._waiting.release()

    async def taken(self) -> AsyncIterator[int]:
        """Yield numbers that nobody else is given, until the end."""
        while True:
            await self._waiting.acquire()
            if self._taken == len(self._numbers):
                self._waiting.release()
                return
            self._taken += 1
            yield self._numbers[self._taken - 1]


def judge_invalid(invalid: InvalidRecord) -> CheckResult:
    """Return the verdict on a record that was refused."""
    return CheckResult(
        id=invalid.id,
        path=invalid.path,
        line=invalid.line,
        network=None,
        verdict=Verdict.INVALID_RECORD,
        messages=(invalid.reason,),
    )


@dataclass(frozen=True, slots=True)
class _Judge:
    """What verdicts are reached from, and where they go."""

    inventory: Inventory
    client: NdexClient
    policy: ObservePolicy
    cache: Cache
    collection: Collection
    deliver: DeliverFinding

    async def judge_ready(self, ready: _Ready) -> None:
        """Look into the networks of records that are ready, until no more come."""
        async for number in ready.taken():
            resolved = self.inventory.resolve(number)
            if isinstance(resolved.resolution, Mapped) and not resolved.rivals:
                await self._judge_mapped(number, resolved.resolution)

    async def _judge_mapped(self, number: int, mapped: Mapped) -> None:
        record = self.inventory.record(number)
        if is_left_alone(record):
            self.deliver(Finding(leave_alone(record, mapped.network), number))
            return
        observation = await observe_network(
            self.client,
            self.inventory.sighting(mapped.network),
            self.inventory.membership(mapped.network),
            self.policy,
            self.cache,
        )
        if isinstance(observation, Absent):
            observation = Absent(await self.client.own_trash.holds(mapped.network))
        collection = self.collection
        scope = await choose_scope(
            collection.root, record, observation, self.client, collection.compared
        )
        # A record that was read meanwhile may name the same network.
        if self.inventory.is_shared(mapped.network):
            return
        result = compare(record, mapped.network, observation, collection.desired, scope)
        result = replace(result, messages=(*result.messages, *mapped.notes))
        self.deliver(Finding(result, number, observation))

    async def judge_others(self) -> None:
        """Deliver the verdicts that need no content, once all records are known."""
        for count, resolved in enumerate(self.inventory.resolved_without_own()):
            if count % _JUDGED_BETWEEN_TURNS == 0:
                await asyncio.sleep(0)
            record = self.inventory.record(resolved.number)
            if resolved.rivals:
                self.deliver(Finding(_judge_shared(record, resolved), resolved.number))
            elif not isinstance(resolved.resolution, Mapped):
                verdict = _judge_unmapped(record, resolved.resolution)
                self.deliver(Finding(verdict, resolved.number))


def _judge_unmapped(
    record: Record, resolution: Resolvable | Ambiguous | Unmapped | Unknown
) -> CheckResult:
    match resolution:
        case Resolvable(network, by):
            reason = f"network {network} claims this record by its {by}; write it into the record"
            return judge(record, network, Verdict.RESOLVABLE, reason)
        case Ambiguous(said_by):
            notes = (f"{network}, says {' and '.join(by)}" for network, by in said_by.items())
            ambiguous = judge(record, None, Verdict.AMBIGUOUS, *notes)
            return replace(ambiguous, candidates=tuple(sorted(said_by)))
        case Unmapped(notes):
            return judge_unmapped(record, *notes)
        case Unknown(reason):
            return judge(record, None, Verdict.FAILED, reason)
        case _:
            assert_never(resolution)


def _is_crosswise(record: Record, rivals: Sequence[str]) -> bool:
    """Whether other records name the network that claims this one, and none is a copy of it."""
    return all(PurePosixPath(rival).stem != record.id for rival in rivals)


def _judge_shared(record: Record, resolved: Resolved) -> CheckResult:
    [network] = accounts_for(resolved.resolution)
    if isinstance(resolved.resolution, Resolvable) and _is_crosswise(record, resolved.rivals):
        reason = (
            f"network {network} says by its {resolved.resolution.by} that it belongs to this"
            f" record, which does not name it; {', '.join(resolved.rivals)} does"
        )
        return replace(judge(record, network, Verdict.MISMATCHED, reason), claims=record.id)
    reason = f"the same network is named by {', '.join(resolved.rivals)}"
    return judge(record, network, Verdict.DUPLICATE, reason)
