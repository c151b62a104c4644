"""Check a collection: read, survey, link and judge, with one verdict for each record.

Verdicts of an earlier run are reused if nothing changed that they depend on; the others are reached
again. Each verdict is delivered as soon as it is known, so that a run that is stopped half-way can
report what it found. Failures of one record or network are verdicts; an exception from here is a
failure of the whole run.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import PurePosixPath
from typing import assert_never

from sync.amounts import plural
from sync.at_once import do_each
from sync.collection.drawn import choose_scope, is_as_read
from sync.collection.inventory import Inventory, Resolved
from sync.collection.kept_verdicts import KeptVerdicts
from sync.collection.load import Collection, Loaded, load_collection
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
from sync.match.whole import AS_A_WHOLE
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
from sync.state.cache import Cache

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Finding:
    """A verdict with the data that it was reached from.

    ``number`` is the record's number among those that could be read, None for one that could not.
    ``observation`` is None if no content was asked for.
    """

    result: CheckResult
    number: int | None = None
    observation: Observation | None = None


@dataclass(frozen=True, slots=True)
class Overview:
    """What a check says about a collection as a whole, besides its records.

    ``unclaimed`` are the networks that no record claims. It is None if that is not known: for a
    selection, or if the collection could not be listed. ``notes`` are sentences for people.
    ``beside`` counts records for which the map file lists other networks besides their own.
    """

    unclaimed: tuple[UnclaimedNetwork, ...] | None
    notes: tuple[str, ...] = ()
    beside: ListedBeside = NOTHING_BESIDE


Deliver = Callable[[CheckResult], None]
"""Takes each verdict once, as soon as it is known."""

DeliverFinding = Callable[[Finding], None]
"""Like ``Deliver``, for verdicts with the data that they were reached from."""

_LOOKED_UP_AT_ONCE = 1_000
_NAMED_DIFFERING = 5


async def check_collection(
    collection: Collection,
    client: NdexClient,
    policy: ObservePolicy,
    deliver: Deliver,
    cache: Cache,
) -> Overview:
    """Deliver a verdict on every record, and return the overview of the collection.

    ``cache`` is open. Raises ConfigError if the map file cannot be read at all, or if the
    configuration names a set, folder or account that does not exist.
    """
    async with load_collection(collection, client, policy.loading, cache, cache) as loaded:
        judge_of = Judge(loaded, collection, client, policy, lambda each: deliver(each.result))
        await judge_of.judge_all(take_over=everything)
        inventory = loaded.inventory
        known = collection.complete and inventory.is_listed
        unclaimed = tuple(inventory.unclaimed()) if known else None
        notes = (*_notes(inventory), *judge_of.notes())
        return Overview(unclaimed, notes, inventory.count_beside())


def _notes(inventory: Inventory) -> Iterator[str]:
    if inventory.failure is not None:
        yield f"{NOT_LISTED}: {inventory.failure}"


def everything(_: CheckResult) -> bool:
    """Reuse every kept verdict."""
    return True


class Judge:
    """Reaches and delivers a verdict on each record of a loaded collection."""

    def __init__(
        self,
        loaded: Loaded,
        collection: Collection,
        client: NdexClient,
        policy: ObservePolicy,
        deliver: DeliverFinding,
    ) -> None:
        self._loaded = loaded
        self._inventory = loaded.inventory
        self._client = client
        self._policy = policy
        self._collection = collection
        self._deliver = deliver
        self._kept = KeptVerdicts(loaded.cache, loaded.inventory, collection.settings)

    async def judge_all(self, take_over: Callable[[CheckResult], bool]) -> None:
        """Reuse the kept verdicts that ``take_over`` allows, then reach all others."""
        for invalid in self._inventory.local.refused:
            self._deliver(Finding(judge_invalid(invalid)))
        left: list[int] = []
        resolved = self._inventory.resolved()
        while part := list(islice(resolved, _LOOKED_UP_AT_ONCE)):
            found = {
                each.number: result for each, result in self._kept.find(part) if take_over(result)
            }
            for number, result in found.items():
                self._deliver(Finding(result, number))
            left += [each.number for each in part if each.number not in found]
            await asyncio.sleep(0)
        logger.info("%d records to judge, all others are unchanged", len(left))
        await self._judge_left(left)

    def notes(self) -> Iterator[str]:
        """Yield a sentence if kept verdicts differ from those that were reached again."""
        if paths := self._kept.differing:
            named = ", ".join(paths[:_NAMED_DIFFERING])
            yield (
                f"{plural(len(paths), 'kept verdict')} had to be corrected ({named}): this is a bug"
                " in ndex-sync, please report it; the report has the new verdicts"
            )

    async def _judge_left(self, numbers: Sequence[int]) -> None:
        resolutions = (self._inventory.resolve(number).resolution for number in numbers)
        await self._inventory.survey.ask_full(
            each.network for each in resolutions if isinstance(each, Mapped)
        )

        async def _judge(number: int) -> None:
            await self._judge(self._inventory.resolve(number))
            await asyncio.sleep(0)

        # Twice as many as calls, so that requests go on while records are compared.
        at_once = min(2 * self._client.concurrency, len(numbers))
        await do_each(numbers, _judge, at_once=at_once)

    async def _judge(self, resolved: Resolved) -> None:
        record, resolution = self._loaded.record(resolved.number), resolved.resolution
        if isinstance(record, InvalidRecord):
            self._deliver(Finding(judge_invalid(record)))
        elif resolved.rivals:
            self._deliver(Finding(_judge_shared(record, resolved), resolved.number))
        elif isinstance(resolution, Mapped):
            await self._judge_mapped(record, resolved, resolution)
        else:
            self._deliver(Finding(_judge_unmapped(record, resolution), resolved.number))

    async def _judge_mapped(self, record: Record, resolved: Resolved, mapped: Mapped) -> None:
        if is_left_alone(record):
            self._deliver(Finding(leave_alone(record, mapped.network), resolved.number))
            return
        survey = self._inventory.survey
        observation = await observe_network(
            self._client,
            survey.sighting(mapped.network),
            survey.membership(mapped.network),
            self._policy,
            self._loaded.cache,
        )
        if isinstance(observation, Absent):
            observation = Absent(await self._client.own_trash.holds(mapped.network))
        collection = self._collection
        scope = await choose_scope(
            collection.root, record, observation, self._client, collection.compared
        )
        result = compare(record, mapped.network, observation, collection.desired, scope)
        result = replace(result, messages=(*result.messages, *mapped.notes))
        # The drawing was read just now, long after the record. The verdict is kept by the record's
        # digest.
        if not scope.compared & AS_A_WHOLE or await asyncio.to_thread(
            is_as_read, collection.root, resolved.row
        ):
            self._kept.keep(resolved, observation, result)
        self._deliver(Finding(result, resolved.number, observation))


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


def _judge_unmapped(
    record: Record, resolution: Resolvable | Ambiguous | Unmapped | Unknown
) -> CheckResult:
    match resolution:
        case Resolvable(network, by):
            reason = f"network {network} claims this record by its {by}; write it into the record"
            return judge(record, network, Verdict.RESOLVABLE, reason)
        case Ambiguous(said_by):
            notes = (f"{network}, by {' and '.join(by)}" for network, by in said_by.items())
            ambiguous = judge(record, None, Verdict.AMBIGUOUS, *notes)
            return replace(ambiguous, candidates=tuple(sorted(said_by)))
        case Unmapped(notes):
            return judge_unmapped(record, *notes)
        case Unknown(reason):
            return judge(record, None, Verdict.FAILED, reason)
        case _:
            assert_never(resolution)


def _is_crosswise(record: Record, rivals: Sequence[str]) -> bool:
    """Return whether other records name the network that claims this one, and
    none is a copy of it.
    """
    return all(PurePosixPath(rival).stem != record.id for rival in rivals)


def _judge_shared(record: Record, resolved: Resolved) -> CheckResult:
    [network] = accounts_for(resolved.resolution)
    if isinstance(resolved.resolution, Resolvable) and _is_crosswise(record, resolved.rivals):
        reason = (
            f"network {network} claims this record by its {resolved.resolution.by},"
            f" but the record does not name it; {', '.join(resolved.rivals)} does"
        )
        return replace(judge(record, network, Verdict.MISMATCHED, reason), claims=record.id)
    reason = f"the same network is named by {', '.join(resolved.rivals)}"
    return judge(record, network, Verdict.DUPLICATE, reason)
