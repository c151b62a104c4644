"""The report as GitHub workflow commands: annotations on the lines of the records at fault.

GitHub shows ten annotations of a step and fifty of a job, and drops the rest without a word. So
the most urgent records are annotated, and one notice counts all others.
"""

from __future__ import annotations

import posixpath
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from heapq import nsmallest
from itertools import islice
from types import MappingProxyType
from typing import TextIO

from sync.model import Verdict
from sync.report.accepted_text import Notice, find_notices
from sync.report.document import RemoteOnly, Report, ReportedRecord
from sync.report.headline import conclusion, rows_not_read
from sync.report.labels import URGENCY, VERDICTS
from sync.report.one_line import describe_unclaimed, summarise
from sync.report.text import shorten, visible

MAX_ANNOTATIONS = 10
"""How many annotations GitHub shows of one step; the last of ours is the notice."""

_MAX_MESSAGE = 2_000
_MAX_TITLE = 120
_PLACE = re.compile(r"(?P<path>.*):(?P<line>\d+): ", re.DOTALL)
_LEVELS: Mapping[Verdict, str] = MappingProxyType(
    {
        Verdict.FAILED: "error",
        Verdict.INVALID_NETWORK: "error",
        Verdict.UNREADABLE: "error",
        Verdict.INVALID_RECORD: "error",
        Verdict.MISMATCHED: "error",
        Verdict.DUPLICATE: "error",
        Verdict.MISSING: "error",
        Verdict.AMBIGUOUS: "warning",
        Verdict.DRIFTED: "warning",
    }
)


def render_github(report: Report, stream: TextIO, folder: str = "") -> None:
    """Write the commands, one a line; ``folder`` leads from the repository to the records.

    A runner obeys them wherever they appear in a step's output, so every text is escaped as its
    own toolkit does it; line breaks are written visibly, as in every report.
    """
    urgent = nsmallest(
        MAX_ANNOTATIONS - 1,
        (record for record in report.records if not record.verdict.settled),
        key=lambda record: URGENCY.index(record.verdict),
    )
    unclaimed = report.remote_only[: MAX_ANNOTATIONS - 1 - len(urgent)]
    for record in urgent:
        stream.write(_of_record(record, folder))
    for network in unclaimed:
        stream.write(_of_network(network))
    room = MAX_ANNOTATIONS - 1 - len(urgent) - len(unclaimed)
    for notice in islice(find_notices(report), room):
        stream.write(_of_entry(notice, report.accepted.file or "", folder))
    room -= min(room, sum(1 for _ in find_notices(report)))
    left_out = ((row, record) for record in report.records for row in record.left_out)
    for row, record in islice(left_out, room):
        stream.write(_of_row(row, record, folder))
    shown = Counter(record.verdict for record in urgent)
    shown[Verdict.REMOTE_ONLY] += len(unclaimed)
    stream.write(_command("notice", {"title": "ndex-sync"}, _notice(report, shown)))


def _of_record(record: ReportedRecord, folder: str) -> str:
    properties = {
        "file": _file(folder, record.path),
        "line": "" if record.line is None else str(record.line),
        "title": f"{record.id}: {VERDICTS[record.verdict].label}",
    }
    return _command(_LEVELS.get(record.verdict, "notice"), properties, summarise(record))


def _file(folder: str, path: str) -> str:
    return posixpath.normpath(posixpath.join(folder, path)) if path else ""


def _of_entry(notice: Notice, file: str, folder: str) -> str:
    properties = {
        "file": _file(folder, file),
        "line": "" if notice.line is None else str(notice.line),
        "title": "accepted entry that no longer holds",
    }
    return _command("notice", properties, f"{notice.name}: {notice.text}")


def _of_row(row: str, record: ReportedRecord, folder: str) -> str:
    """Annotate a row that was left out, where its text says that it is: ``path:line: reason``."""
    place = _PLACE.match(row)
    properties = {
        "file": _file(folder, place["path"]) if place else "",
        "line": place["line"] if place else "",
        "title": f"{record.id}: row left out",
    }
    return _command("warning", properties, f"row left out: {row}")


def _of_network(network: RemoteOnly) -> str:
    message = f"{describe_unclaimed(network)}: {network.name} ({network.network})"
    return _command("notice", {"title": VERDICTS[Verdict.REMOTE_ONLY].label}, message)


def _notice(report: Report, shown: Mapping[Verdict, int]) -> str:
    rest = [
        f"{count:,} {VERDICTS[verdict].label}"
        for verdict in URGENCY
        if (count := report.verdicts[verdict] - shown.get(verdict, 0))
    ]
    more = f"; not annotated: {', '.join(rest)}; the step's summary tells of them" if rest else ""
    notices = sum(1 for _ in find_notices(report))
    entries = f"; accepted entries that no longer hold: {notices:,}" if notices else ""
    left_out = f"; {rows}" if (rows := rows_not_read(report)) else ""
    interrupted = "" if report.run.complete else "; interrupted before the end"
    return f"{conclusion(report)}{more}{entries}{left_out}{interrupted}"


def _command(level: str, properties: Mapping[str, str], message: str) -> str:
    stated = ",".join(_properties(properties))
    return f"::{level} {stated}::{_data(shorten(message, _MAX_MESSAGE))}\n"


def _properties(properties: Mapping[str, str]) -> Iterator[str]:
    for name, value in properties.items():
        if value:
            text = value if name == "file" else shorten(value, _MAX_TITLE)
            yield f"{name}={_data(text).replace(':', '%3A').replace(',', '%2C')}"


def _data(text: str) -> str:
    return visible(text).replace("%", "%25")
