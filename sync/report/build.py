"""Build a report's document from the verdicts and the facts of a run."""

from __future__ import annotations

import re
import secrets
import time
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from msgspec import structs

from sync.accepted.file import ACCEPTED_NAME
from sync.accepted.waiver import Waiver
from sync.accepted.waivers import Waivers, WaiverStatus
from sync.collection.shards import Shard
from sync.dates import time_of
from sync.model import (
    CheckResult,
    UnclaimedNetwork,
    Verdict,
)
from sync.ndex.rate_limit import RateLimitRecord
from sync.ndex.transport import HttpCounts
from sync.report.causes import find_causes
from sync.report.document import (
    NOTHING_ACCEPTED,
    SCHEMA_VERSION,
    TOOL,
    Acceptance,
    AcceptedEntry,
    AcceptedNetwork,
    CollectionSummary,
    Concurrency,
    Http,
    RemoteOnly,
    Report,
    ReportedRecord,
    Run,
    occurring,
)
from sync.report.record_buffer import RecordBuffer

_USER_INFO = re.compile(r"^([a-zA-Z][a-zA-Z0-9+.-]*://)[^/?#]*@")


@dataclass(frozen=True, slots=True)
class FinishedRun:
    """What every document of a run says about it."""

    run: Run
    http: Http


@dataclass(frozen=True, slots=True)
class Started:
    """A run that has begun, in epoch milliseconds; ``server`` is a URL or ``sandbox:…``."""

    command: str
    server: str
    started_ms: int

    def finish(
        self,
        counts: HttpCounts,
        *,
        complete: bool,
        commit: str | None = None,
        source: str | None = None,
        shard: Shard | None = None,
    ) -> FinishedRun:
        """Return the facts of the run as of now."""
        begun = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime(self.started_ms / 1000))
        limited = counts.rate_limit
        run = Run(
            id=f"{begun}-{secrets.token_hex(4)}",
            started=time_of(self.started_ms),
            finished=time_of(_now_ms()),
            server=_without_credentials(self.server),
            command=self.command,
            complete=complete,
            commit=commit,
            source=source,
            shard=shard,
        )
        http = Http(
            requests=counts.requests,
            retries=counts.retries,
            bytes_received=counts.bytes_received,
            bytes_sent=counts.bytes_sent,
            protocols=counts.protocols,
        )
        return FinishedRun(run, http if limited is None else _add_limit(http, limited))


def _add_limit(http: Http, limited: RateLimitRecord) -> Http:
    return structs.replace(
        http,
        concurrency=Concurrency(limited.allowed, limited.lowest, limited.cuts),
        rate_per_s=limited.rate_per_s,
        rated_s=round(limited.rated_s, 3),
        held_s=round(limited.held_s, 3),
    )


def start_run(command: str, server: str) -> Started:
    """Begin a run now."""
    return Started(command, server, _now_ms())


def _now_ms() -> int:
    return time.time_ns() // 1_000_000


def build_report(
    collections: Iterable[CollectionSummary],
    records: Collection[ReportedRecord],
    unclaimed: Mapping[str, Sequence[UnclaimedNetwork]],
    finished: FinishedRun,
    accepted: Acceptance = NOTHING_ACCEPTED,
) -> Report:
    """Return the report of a run, with its records in the order given.

    ``unclaimed`` are the networks without a record by collection; ``accepted`` is how the run used
    the accepted file, without the networks.
    """
    remote_only = tuple(list_remote_only(unclaimed.items()))
    # Settled records have no cause.
    unsettled = records.unsettled() if isinstance(records, RecordBuffer) else records
    return Report(
        schema_version=SCHEMA_VERSION,
        tool=TOOL,
        run=finished.run,
        collections=tuple(collections),
        http=finished.http,
        records=records,
        remote_only=remote_only,
        accepted=structs.replace(accepted, networks=tuple(_accepted_networks(unclaimed.items()))),
        causes=find_causes(unsettled, remote_only),
    )


def describe_waivers(waivers: Waivers) -> Acceptance:
    """Return what a run found out about the entries of its accepted file."""
    if waivers.is_empty:
        return NOTHING_ACCEPTED
    return Acceptance(
        file=ACCEPTED_NAME,
        expired=tuple(map(_entry, waivers.with_status(WaiverStatus.EXPIRED))),
        changed=tuple(map(_entry, waivers.with_status(WaiverStatus.CHANGED))),
        stale=tuple(map(_entry, waivers.with_status(WaiverStatus.STALE))),
    )


def _entry(entry: Waiver) -> AcceptedEntry:
    item = entry.item
    return AcceptedEntry(
        collection=item.collection,
        record=item.record,
        network=item.network,
        kind=item.kind,
        gene=item.gene,
        name=item.name,
        reason=entry.reason,
        until=entry.until,
        line=entry.line,
    )


def list_remote_only(
    networks: Iterable[tuple[str, Iterable[UnclaimedNetwork]]],
) -> Iterator[RemoteOnly]:
    """Yield the networks of named collections that no record claims, without the accepted ones."""
    for collection, unclaimed in networks:
        for left in unclaimed:
            if left.accepted is None:
                yield RemoteOnly(
                    left.network, left.name, left.claims, collection, left.instead, left.newer
                )


def describe_collection(
    name: str,
    verdicts: Mapping[Verdict, int],
    unclaimed: Sequence[UnclaimedNetwork],
    unchecked: int = 0,
    accepted_differences: int = 0,
    notes: tuple[str, ...] = (),
    rows_left_out: int = 0,
) -> CollectionSummary:
    """Describe a collection by how many of its records have which verdict.

    ``unchecked`` counts the records that an interrupted run did not reach. ``notes`` are about the
    collection as a whole.
    """
    accepted_networks = sum(each.accepted is not None for each in unclaimed)
    counts = Counter(verdicts)
    counts[Verdict.REMOTE_ONLY] += len(unclaimed) - accepted_networks
    return CollectionSummary(
        name=name,
        records=sum(verdicts.values()) + unchecked,
        verdicts=occurring(counts),
        accepted_differences=accepted_differences,
        accepted_networks=accepted_networks,
        notes=notes,
        rows_left_out=rows_left_out,
    )


def describe_result(collection: str, result: CheckResult) -> ReportedRecord:
    """Describe the result of a check for one record of a collection."""
    return ReportedRecord(
        id=result.id,
        collection=collection,
        path=result.path,
        line=result.line,
        network=result.network,
        verdict=result.verdict,
        genes=result.genes,
        differences=result.differences,
        messages=result.messages,
        about=result.about,
        shared_genes=result.shared_genes,
        times=result.times,
        accepted=result.accepted,
        claims=result.claims,
        candidates=result.candidates,
        left_out=result.left_out,
        revisions=result.revisions,
    )


def _accepted_networks(
    unclaimed: Iterable[tuple[str, Sequence[UnclaimedNetwork]]],
) -> Iterator[AcceptedNetwork]:
    for collection, networks in unclaimed:
        for left in networks:
            if left.accepted is not None:
                yield AcceptedNetwork(
                    network=left.network,
                    name=left.name,
                    claims=left.claims,
                    collection=collection,
                    reason=left.accepted.reason,
                    until=left.accepted.until,
                )


def _without_credentials(server: str) -> str:
    """Drop a user name and password from a URL: reports are passed on (design: Credentials)."""
    return _USER_INFO.sub(r"\1", server)
