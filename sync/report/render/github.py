"""Write the report as GitHub workflow commands: annotations on the lines of the records.

GitHub shows ten errors, ten warnings and ten notices of a step, and silently drops the rest. So the
most urgent records of each level are annotated, and one notice counts all others.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from heapq import nsmallest
from itertools import islice
from types import MappingProxyType
from typing import TextIO

from sync.model import Verdict
from sync.report.accepted_view import Notice, find_notices
from sync.report.document import RemoteOnly, Report, ReportedRecord
from sync.report.headline import conclusion, rows_not_read
from sync.report.labels import URGENCY, VERDICTS
from sync.report.one_line import describe_unclaimed, summarise
from sync.report.render.annotations import BUDGET, Annotation, Level
from sync.report.since import describe_since
from sync.report.text import shorten

_MAX_FAULT = 1_600
_PLACE = re.compile(r"(?P<path>.*):(?P<line>\d+): ", re.DOTALL)
_LEVELS: Mapping[Level, frozenset[Verdict]] = MappingProxyType(
    {
        "error": frozenset(
            {
                Verdict.FAILED,
                Verdict.INVALID_NETWORK,
                Verdict.UNREADABLE,
                Verdict.INVALID_RECORD,
                Verdict.MISMATCHED,
                Verdict.DUPLICATE,
                Verdict.MISSING,
            }
        ),
        "warning": frozenset({Verdict.AMBIGUOUS, Verdict.DRIFTED}),
        "notice": frozenset({Verdict.RESOLVABLE, Verdict.UNMAPPED}),
    }
)


def render_github(report: Report, stream: TextIO, folder: str = "") -> None:
    """Write the commands, one on a line; ``folder`` is the path from the
    repository to the records.
    """
    errors = _urgent(report, "error", BUDGET)
    warnings = _urgent(report, "warning", BUDGET)
    notices = _urgent(report, "notice", BUDGET - 1)  # the last one holds the counts
    unclaimed = report.remote_only[: BUDGET - 1 - len(notices)]
    room = BUDGET - 1 - len(notices) - len(unclaimed)
    left_out = ((row, record) for record in report.records for row in record.left_out)
    shown = [
        *map(_of_record, errors),
        *map(_of_record, warnings),
        *(_of_row(*each) for each in islice(left_out, BUDGET - len(warnings))),
        *map(_of_record, notices),
        *map(_of_network, unclaimed),
        *(_of_entry(each, report) for each in islice(find_notices(report), room)),
    ]
    counted = Counter(record.verdict for record in (*errors, *warnings, *notices))
    counted[Verdict.REMOTE_ONLY] += len(unclaimed)
    shown.append(Annotation("notice", "ndex-sync", _notice(report, counted)))
    stream.writelines(each.command(folder) for each in shown)


def _urgent(report: Report, level: Level, room: int) -> list[ReportedRecord]:
    wanted = _LEVELS[level]
    if not any(report.verdicts[verdict] for verdict in wanted):
        return []
    found = (record for record in report.records if record.verdict in wanted)
    return nsmallest(room, found, key=lambda record: URGENCY.index(record.verdict))


def _of_record(record: ReportedRecord) -> Annotation:
    verdict = VERDICTS[record.verdict]
    return Annotation(
        level=next(level for level, wanted in _LEVELS.items() if record.verdict in wanted),
        title=f"{record.id}: {verdict.label}",
        message=_advise(summarise(record), verdict.advice),
        path=record.path,
        line=record.line,
    )


def _advise(fault: str, advice: str) -> str:
    return f"{shorten(fault, _MAX_FAULT).rstrip('.')}. {advice}"


def _of_entry(notice: Notice, report: Report) -> Annotation:
    fault = f"{notice.name}: {notice.text}"
    return Annotation(
        level="notice",
        title="accepted entry that no longer holds",
        message=_advise(fault, "Look at the difference, and renew the entry or take it out."),
        path=report.accepted.file or "",
        line=notice.line,
    )


def _of_row(row: str, record: ReportedRecord) -> Annotation:
    """Annotate a row that was left out, at the place in its text: ``path:line: reason``."""
    place = _PLACE.match(row)
    return Annotation(
        level="warning",
        title=f"{record.id}: row left out",
        message=_advise(f"row left out: {row}", "Correct the row; its gene was not compared."),
        path=place["path"] if place else "",
        line=int(place["line"]) if place else None,
    )


def _of_network(network: RemoteOnly) -> Annotation:
    verdict = VERDICTS[Verdict.REMOTE_ONLY]
    fault = f"{describe_unclaimed(network)}: {network.name} ({network.network})"
    return Annotation("notice", verdict.label, _advise(fault, verdict.advice))


def _notice(report: Report, shown: Mapping[Verdict, int]) -> str:
    rest = [
        f"{count:,} {VERDICTS[verdict].label}"
        for verdict in URGENCY
        if (count := report.verdicts[verdict] - shown.get(verdict, 0))
    ]
    more = f"; not annotated: {', '.join(rest)}; the step's summary lists them" if rest else ""
    notices = sum(1 for _ in find_notices(report))
    entries = f"; accepted entries that no longer hold: {notices:,}" if notices else ""
    left_out = f"; {rows}" if (rows := rows_not_read(report)) else ""
    interrupted = "" if report.run.complete else "; interrupted before the end"
    since = f". {told}" if (told := describe_since(report)) else ""
    return f"{conclusion(report)}{since}{more}{entries}{left_out}{interrupted}"
