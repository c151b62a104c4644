"""One run of the main job, from open collections to the reports and the exit status."""

from __future__ import annotations

import asyncio
import logging
import sys
from collections import defaultdict
from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field, replace

from sync.check import check_collection
from sync.cli.log import configure_logging
from sync.cli.options import Manner
from sync.cli.progress import show_progress
from sync.cli.run import INTERRUPTED, Started, start_run, stop_on_sigterm
from sync.locate import Collection
from sync.model import CheckResult, UnclaimedNetwork
from sync.ndex.client import NdexClient
from sync.ndex.transport import HttpCounts
from sync.observe import ObservePolicy
from sync.report.build import CollectionResults, build_report
from sync.report.document import Report
from sync.report.exit_status import exit_status
from sync.report.formats import FormatRequest
from sync.report.github_job import NO_JOB, Job
from sync.report.publish import publish_report
from sync.report.write import require_writable
from sync.shards import Shard
from sync.state.cache import Cache

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class CheckRequest:
    """What to check, on which server, and how to tell of it.

    ``server`` is what the report calls the server that ``open_client`` opens a client of; ``job``
    is the GitHub job that the format ``github`` writes for, ``commit`` the one checked out,
    ``shard`` the part of the records that the collections were opened for. ``cache`` is opened for
    the run.
    """

    server: str
    open_client: Callable[[], AbstractAsyncContextManager[NdexClient]]
    collections: Sequence[tuple[str, Collection]]
    formats: Sequence[FormatRequest]
    manner: Manner
    job: Job = NO_JOB
    commit: str | None = None
    shard: Shard | None = None
    cache: Cache = field(default_factory=Cache)


@dataclass(slots=True)
class _Findings:
    """What a run has learned so far; it grows, so that a run cut short still has a report."""

    results: dict[str, list[CheckResult]] = field(default_factory=lambda: defaultdict(list))
    unclaimed: dict[str, tuple[UnclaimedNetwork, ...]] = field(default_factory=dict)
    counts: HttpCounts = field(default_factory=HttpCounts)
    complete: bool = False


def run_check(request: CheckRequest) -> int:
    """Check, write the reports, and return the exit status (design: Exit status).

    Ctrl-C, or SIGTERM, stops cleanly: what was checked until then is reported.
    """
    configure_logging(request.manner)
    require_writable(request.formats)
    findings = _Findings()
    run = start_run("check", request.server)
    total = sum(len(collection.paths) for _, collection in request.collections)
    progress = show_progress("Checking", total, quiet=request.manner.quiet)
    with request.cache, progress as advance:
        asyncio.run(_check_all(request, findings, advance))
    report = _report(request, findings, run)
    publish_report(report, request.formats, request.job, sys.stdout)
    return exit_status(report) if findings.complete else INTERRUPTED


async def _check_all(
    request: CheckRequest, findings: _Findings, advance: Callable[[], None]
) -> None:
    stop_on_sigterm()
    try:
        async with request.open_client() as client:
            try:
                for name, collection in request.collections:

                    def deliver(result: CheckResult, name: str = name) -> None:
                        findings.results[name].append(result)
                        advance()

                    findings.unclaimed[name] = await check_collection(
                        collection, client, ObservePolicy(), deliver, request.cache
                    )
                findings.complete = True
            finally:
                findings.counts = client.counts
    except asyncio.CancelledError:
        logger.warning("stopped before the end; the report tells what was checked until then")


def _report(request: CheckRequest, findings: _Findings, run: Started) -> Report:
    facts = run.finish(findings.counts, complete=findings.complete)
    source = request.job.source(request.commit)
    return build_report(
        (
            CollectionResults(
                name=name,
                results=sorted(findings.results[name], key=lambda result: result.path),
                unclaimed=findings.unclaimed.get(name, ()),
                unchecked=len(collection.paths) - len(findings.results[name]),
            )
            for name, collection in request.collections
        ),
        replace(facts, commit=request.commit, source=source, shard=request.shard),
    )
