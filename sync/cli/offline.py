"""``check --offline``: read every record and map, ask no server, and report the problems."""

from __future__ import annotations

import logging
import sys
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import partial

from msgspec import structs

from sync.check import judge_invalid
from sync.cli.log import configure_logging
from sync.cli.options import OutputOptions
from sync.collection.load import Collection
from sync.match.compare import judge
from sync.model import CheckResult, InvalidRecord, Record, Verdict
from sync.ndex.transport import HttpCounts
from sync.records.cached import read_records
from sync.records.counts import count_records
from sync.records.mapfile import read_map
from sync.report.build import build_report, describe_collection, describe_result, start_run
from sync.report.document import OFFLINE
from sync.report.exit_status import exit_status
from sync.report.github_job import Job
from sync.report.publish import publish_report
from sync.report.record_buffer import RecordBuffer
from sync.report.render.formats import FormatRequest
from sync.report.render.offline import LayoutTable, render_offline
from sync.report.write import require_writable
from sync.state.temporary import TemporaryDatabase

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class OfflineRequest:
    """Which collections to read, and how to report it; the fields are those of ``CheckRequest``."""

    collections: Sequence[tuple[str, Collection]]
    formats: Sequence[FormatRequest]
    output: OutputOptions
    job: Job
    commit: str | None


def run_offline(request: OfflineRequest) -> int:
    """Read the records, write the reports, and return the exit status.

    On a terminal each collection has a table by layout, and every refused file and every note is
    listed. In the other formats the records that could be read are ``not_compared``.

    Raises:
        ConfigError: a map file cannot be read; nothing is printed then.
    """
    configure_logging(request.output)
    require_writable(request.formats)
    notes = {name: _read_map(collection) for name, collection in request.collections}
    run = start_run(OFFLINE, "")
    with closing(TemporaryDatabase()) as database:
        buffer = RecordBuffer([name for name, _ in request.collections], database)
        tables = {name: _read(name, each, buffer) for name, each in request.collections}
        finished = run.finish(
            HttpCounts(),
            complete=True,
            commit=request.commit,
            source=request.job.source(request.commit),
        )
        summaries = [
            structs.replace(
                describe_collection(
                    name,
                    buffer.verdicts_of(name),
                    (),
                    notes=notes[name],
                    rows_left_out=buffer.count_left_out(name),
                ),
                selected=not each.complete,
            )
            for name, each in request.collections
        ]
        report = build_report(summaries, buffer, {}, finished)
        terminal = partial(render_offline, tables)
        publish_report(report, request.formats, request.job, sys.stdout, terminal=terminal)
        return exit_status(report)


def _read_map(collection: Collection) -> tuple[str, ...]:
    """Return one note for each row of the map file that cannot be read."""
    if collection.map_path is None:
        return ()
    notes = tuple(map(str, read_map(collection.root, collection.map_path).problems))
    for note in notes:
        logger.warning("%s", note)
    return notes


def _read(name: str, collection: Collection, buffer: RecordBuffer) -> LayoutTable:
    records = read_records(collection.source, collection.paths)
    for record in records:
        buffer.put(describe_result(name, _judge(record)))
    others = sum(isinstance(record, Record) and record.of_other_organism for record in records)
    return LayoutTable(count_records(records).layouts, others)


def _judge(record: Record | InvalidRecord) -> CheckResult:
    if isinstance(record, Record):
        unknown = () if record.genes_unknown is None else (record.genes_unknown,)
        return judge(record, record.network, Verdict.NOT_COMPARED, *unknown)
    return judge_invalid(record)
