"""Make a report: check every record of several collections and describe the results.

This only reads.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from msgspec import structs

from sync.accepted.waivers import Waivers, open_empty_waivers
from sync.check import check_collection
from sync.collection.load import Collection
from sync.collection.observe import ObservePolicy
from sync.collection.shards import Shard
from sync.model import NOTHING_BESIDE, CheckResult, ListedBeside, UnclaimedNetwork
from sync.ndex.client import NdexClient
from sync.ndex.transport import HttpCounts
from sync.report.build import (
    Started,
    build_report,
    describe_collection,
    describe_result,
    describe_waivers,
)
from sync.report.document import CollectionSummary, Report
from sync.report.record_buffer import RecordBuffer
from sync.state.cache import Cache


@dataclass(frozen=True, slots=True)
class ReportRequest:
    """What to check.

    ``commit`` is the commit that is checked out, ``source`` the web address of the records in it.
    ``shard`` is the part of the records that the collections were opened for. ``waivers`` holds
    what was accepted.
    """

    collections: Sequence[tuple[str, Collection]]
    cache: Cache
    waivers: Waivers = field(default_factory=open_empty_waivers)
    commit: str | None = None
    source: str | None = None
    shard: Shard | None = None


class Findings:
    """What a check has found so far. It grows, so that a stopped run has a report too."""

    def __init__(self, buffer: RecordBuffer) -> None:
        self.buffer = buffer
        self.unclaimed: dict[str, tuple[UnclaimedNetwork, ...]] = {}
        self.notes: dict[str, tuple[str, ...]] = {}
        self.beside: dict[str, ListedBeside] = {}
        self.counts = HttpCounts()
        self.complete = False


async def check_whole(
    request: ReportRequest,
    client: NdexClient,
    run: Started,
    advance: Callable[[], None] = lambda: None,
) -> Report:
    """Check every record, and return the report with its records in memory."""
    with request.cache as cache:
        findings = Findings(RecordBuffer([name for name, _ in request.collections], cache.own))
        await check_collections(request, client, findings, advance)
        report = make_report(request, findings, run)
        return structs.replace(report, records=tuple(report.records))


async def check_collections(
    request: ReportRequest,
    client: NdexClient,
    findings: Findings,
    advance: Callable[[], None] = lambda: None,
) -> None:
    """Check every record; ``advance`` is called once for each. The request's cache is open.

    Raises:
        ConfigError: a map file cannot be read, or the configuration names a set, folder or account
            that does not exist.
    """
    try:
        for name, collection in request.collections:

            def deliver(result: CheckResult, name: str = name) -> None:
                settled = request.waivers.settle(name, result)
                findings.buffer.put(describe_result(name, settled))
                advance()

            found = await check_collection(
                collection, client, ObservePolicy(), deliver, request.cache
            )
            findings.unclaimed[name] = request.waivers.settle_unclaimed(name, found.unclaimed)
            findings.notes[name] = found.notes
            findings.beside[name] = found.beside
        findings.complete = True
    finally:
        findings.counts = client.counts
        request.cache.flush()


def make_report(request: ReportRequest, findings: Findings, run: Started) -> Report:
    """Return the report of what was found so far."""
    whole = [name for name, each in request.collections if each.complete]
    request.waivers.close([name for name in whole if name in findings.unclaimed], request.shard)
    return build_report(
        [_describe(name, collection, findings) for name, collection in request.collections],
        findings.buffer,
        findings.unclaimed,
        run.finish(
            findings.counts,
            complete=findings.complete,
            commit=request.commit,
            source=request.source,
            shard=request.shard,
        ),
        describe_waivers(request.waivers),
    )


def _describe(name: str, collection: Collection, findings: Findings) -> CollectionSummary:
    verdicts = findings.buffer.verdicts_of(name)
    beside = findings.beside.get(name, NOTHING_BESIDE)
    summary = describe_collection(
        name,
        verdicts,
        findings.unclaimed.get(name, ()),
        unchecked=len(collection.paths) - verdicts.total(),
        accepted_differences=findings.buffer.count_accepted(name),
        notes=findings.notes.get(name, ()),
        rows_left_out=findings.buffer.count_left_out(name),
    )
    return structs.replace(
        summary,
        map_beside=beside.records,
        map_newer=beside.newer,
        selected=not collection.complete,
    )
