"""The main job: records -> resolve -> observe -> compare, one verdict a record.

Every verdict is delivered as soon as it is known, so that a run which is stopped half-way has
something true to report. Failures of one record or network are verdicts; what escapes from here
is a failure of the whole run.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import assert_never

from sync.compare import DesiredState, compare, judge
from sync.locate import Collection, Located, Sightings, find_unclaimed, locate_networks
from sync.members import Members
from sync.model import (
    CheckResult,
    InvalidRecord,
    Observation,
    Record,
    UnclaimedNetwork,
    Verdict,
)
from sync.ndex.client import NdexClient
from sync.observe import ObservePolicy, observe_network
from sync.resolve import (
    Ambiguous,
    Listed,
    Mapped,
    Resolution,
    Resolvable,
    Unknown,
    Unmapped,
    find_owners,
    find_rivals,
)
from sync.state.cache import FORGETFUL, Cache


@dataclass(frozen=True, slots=True)
class Finding:
    """A verdict with what it was reached from.

    ``record`` is None where it could not be read, ``observation`` where no content was asked for.
    """

    result: CheckResult
    record: Record | None = None
    observation: Observation | None = None


Deliver = Callable[[CheckResult], None]
"""Takes each verdict as soon as it is known."""

DeliverFinding = Callable[[Finding], None]
"""Takes each verdict, with what it was reached from, as soon as it is known."""

_JUDGED_AT_ONCE = 128
"""Twice as many as requests may be under way, so that comparing never keeps the wire idle."""


async def check_collection(
    collection: Collection,
    client: NdexClient,
    policy: ObservePolicy,
    deliver: Deliver,
    cache: Cache = FORGETFUL,
) -> tuple[UnclaimedNetwork, ...] | None:
    """Deliver a verdict on every record; return the networks that no record claims.

    None where that is not known: of a selection, or where the collection could not be listed.
    Raises ConfigError where the map file cannot be read at all.
    """
    located = await examine_collection(
        collection, client, policy, lambda finding: deliver(finding.result), cache
    )
    known = collection.complete and isinstance(located.listing, Listed)
    return find_unclaimed(located) if known else None


async def examine_collection(
    collection: Collection,
    client: NdexClient,
    policy: ObservePolicy,
    deliver: DeliverFinding,
    cache: Cache = FORGETFUL,
) -> Located:
    """Deliver a verdict on every record with what it was reached from; return where they are.

    Raises ConfigError where the map file cannot be read at all.
    """
    located = await locate_networks(
        collection, client, lambda invalid: deliver(Finding(_judge_invalid(invalid))), cache
    )
    judge_of = _Judge(
        client,
        located.sightings,
        located.members,
        policy,
        cache,
        collection.desired,
        deliver,
    )
    await judge_of.judge_all(located)
    return located


def _judge_invalid(invalid: InvalidRecord) -> CheckResult:
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
    """Everything that is known before contents are read, and where verdicts go."""

    client: NdexClient
    sightings: Sightings
    members: Members
    policy: ObservePolicy
    cache: Cache
    desired: DesiredState
    deliver: DeliverFinding

    async def judge_all(self, located: Located) -> None:
        """Deliver what needs no content at once, the rest as the contents come in."""
        mapped = iter([*self._judge_at_once(located)])
        async with asyncio.TaskGroup() as tasks:
            for _ in range(_JUDGED_AT_ONCE):
                tasks.create_task(self._judge_each(mapped))

    def _judge_at_once(self, located: Located) -> Iterator[tuple[Record, Mapped]]:
        """Deliver the verdicts that need no content; yield the records whose network does."""
        owners = find_owners(located.records, located.resolutions, located.elsewhere)
        for record, resolution in zip(located.records, located.resolutions, strict=True):
            if rivals := find_rivals(record, resolution, owners):
                self.deliver(Finding(_judge_shared(record, resolution, rivals), record))
            elif isinstance(resolution, Mapped):
                yield record, resolution
            else:
                self.deliver(Finding(_judge_unmapped(record, resolution), record))

    async def _judge_each(self, mapped: Iterator[tuple[Record, Mapped]]) -> None:
        for record, resolution in mapped:
            await self._judge_mapped(record, resolution)

    async def _judge_mapped(self, record: Record, mapped: Mapped) -> None:
        observation = await observe_network(
            self.client, self.sightings[mapped.network], self.members, self.policy, self.cache
        )
        result = compare(record, mapped.network, observation, self.desired)
        result = replace(result, messages=(*result.messages, *mapped.notes))
        self.deliver(Finding(result, record, observation))


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
            return judge(record, None, Verdict.UNMAPPED, *notes)
        case Unknown(reason):
            return judge(record, None, Verdict.FAILED, reason)
        case _:
            assert_never(resolution)


def _judge_shared(record: Record, resolution: Resolution, rivals: Sequence[str]) -> CheckResult:
    network = resolution.network if isinstance(resolution, Mapped | Resolvable) else None
    reason = f"the same network is named by {', '.join(rivals)}"
    return judge(record, network, Verdict.DUPLICATE, reason)
