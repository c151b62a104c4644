"""The report as JSON lines: the run, then one record a line, then the networks without record.

Each line is an object with a ``type``: ``run``, ``record`` or ``remote_only``; its other keys are
those of the JSON report, so that a line can be read alone.
"""

from __future__ import annotations

from typing import TextIO

from msgspec import structs

from sync.report.document import RemoteOnly, Report, ReportedRecord
from sync.report.json import dump


def render_jsonl(report: Report, stream: TextIO) -> None:
    """Write the report line by line."""
    head = {
        "type": "run",
        "schema_version": report.schema_version,
        "tool": report.tool,
        "run": report.run,
        "collections": report.collections,
        "http": report.http,
        "accepted": report.accepted,
        "causes": report.causes,
    }
    stream.write(dump(head) + "\n")
    for record in report.records:
        stream.write(_line("record", record))
    for network in report.remote_only:
        stream.write(_line("remote_only", network))


def _line(kind: str, item: ReportedRecord | RemoteOnly) -> str:
    return dump({"type": kind} | structs.asdict(item)) + "\n"
