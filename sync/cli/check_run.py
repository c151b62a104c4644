"""One run of the main job, from open collections to the reports and the exit status."""

from __future__ import annotations

import asyncio
import logging
import sys
from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field, replace
from pathlib import Path

from msgspec import structs

from sync.accepted.waivers import Waivers, open_empty_waivers
from sync.check import check_collection
from sync.cli.log import configure_logging
from sync.cli.options import OutputOptions
from sync.cli.progress import show_progress
from sync.cli.run import INTERRUPTED, Started, Stop, start_run
from sync.collection.load import Collection
from sync.collection.observe import ObservePolicy
from sync.collection.shards import Shard
from sync.errors import NdexSyncError
from sync.model import NOTHING_BESIDE, CheckResult, ListedBeside, UnclaimedNetwork
from sync.ndex.client import NdexClient
from sync.ndex.transport import HttpCounts
from sync.report.acceptance import describe_waivers
from sync.report.build import build_report, describe_collection, describe_result
from sync.report.document import CollectionSummary, Report
from sync.report.exit_status import exit_status
from sync.report.github_job import NO_JOB, Job
from sync.report.publish import publish_report
from sync.report.record_buffer import RecordBuffer
from sync.report.render.formats import FormatRequest
from sync.report.write import require_writable
from sync.state.cache import Cache

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class CheckRequest:
    """What to check, on which server, and how to tell of it.

    ``server`` is what the report calls the server that ``open_client`` opens a client of; ``job``
    is the GitHub job that the format ``github`` writes for, ``commit`` the one checked out,
    ``shard`` the part of the records that the collections were opened for. ``cache`` is opened for
    the run. ``waivers`` holds what was accepted. ``state`` is the folder whose journal says what
    earlier runs left, None where none is used.
    """

    server: str
    open_client: Callable[[], AbstractAsyncContextManager[NdexClient]]
    collections: Sequence[tuple[str, Collection]]
    formats: Sequence[FormatRequest]
    output: OutputOptions
    job: Job = NO_JOB
    commit: str | None = None
    shard: Shard | None = None
    cache: Cache = field(default_factory=Cache)
    waivers: Waivers = field(default_factory=open_empty_waivers)
    state: Path | None = None


class _Findings:
    """What a run has learned so far; it grows, so that a run cut short still has a report."""

    def __init__(self, buffer: RecordBuffer) -> None:
        self.buffer = buffer
        self.unclaimed: dict[str, tuple[UnclaimedNetwork, ...]] = {}
        self.notes: dict[str, tuple[str, ...]] = {}
        self.beside: dict[str, ListedBeside] = {}
        self.counts = HttpCounts()
        self.complete = False


def run_check(request: CheckRequest) -> int:
    """Check, write the reports, and return the exit status (design: Exit status).

    Ctrl-C, or SIGTERM, stops cleanly: what was checked until then is reported.
    """
    configure_logging(request.output)
    require_writable(request.formats)
    run = start_run("check", request.server)
    total = sum(len(collection.paths) for _, collection in request.collections)
    with RecordBuffer([name for name, _ in request.collections]) as buffer:
        findings = _Findings(buffer)
        progress = show_progress("Checking", total, quiet=request.output.quiet)
        with request.cache, progress as advance:
            asyncio.run(_check_all(request, findings, advance))
        report = _report(request, findings, run)
        publish_report(report, request.formats, request.job, sys.stdout)
        return exit_status(report) if findings.complete else INTERRUPTED


async def _check_all(
    request: CheckRequest, findings: _Findings, advance: Callable[[], None]
) -> None:
    Stop.on_signals()
    try:
        async with request.open_client() as client:
            try:
                for name, collection in request.collections:

                    def deliver(result: CheckResult, name: str = name) -> None:
                        settled = request.waivers.settle(name, result)
                        if findings.buffer.put(describe_result(name, settled)):
                            advance()

                    found = await check_collection(
                        collection, client, ObservePolicy(), deliver, request.cache
                    )
                    findings.unclaimed[name] = request.waivers.settle_unclaimed(
                        name, found.unclaimed
                    )
                    findings.notes[name] = found.notes
                    findings.beside[name] = found.beside
                findings.complete = True
                await _name_remains(request, client)
            finally:
                findings.counts = client.counts
    except asyncio.CancelledError:
        logger.warning("stopped before the end; the report tells what was checked until then")


async def _name_remains(request: CheckRequest, client: NdexClient) -> None:
    """Say what earlier runs left on the server, which a check does not change."""
    if request.state is None:
        return
    from sync.cli.remains import describe_remains, find_remains

    try:
        found = await find_remains(request.state, client, request.server)
    except NdexSyncError as error:
        logger.warning("what earlier runs left is not known: %s", error)
        return
    for each in found:
        logger.warning(describe_remains(each))


def _report(request: CheckRequest, findings: _Findings, run: Started) -> Report:
    facts = run.finish(findings.counts, complete=findings.complete)
    source = request.job.source(request.commit)
    whole = [name for name, each in request.collections if each.complete]
    request.waivers.close([name for name in whole if name in findings.unclaimed], request.shard)
    return build_report(
        [_describe(name, collection, findings) for name, collection in request.collections],
        findings.buffer,
        findings.unclaimed,
        replace(facts, commit=request.commit, source=source, shard=request.shard),
        describe_waivers(request.waivers),
    )


def _describe(name: str, collection: Collection, findings: _Findings) -> CollectionSummary:
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
    return structs.replace(summary, map_beside=beside.records, map_newer=beside.newer)
