"""Write the report as JSON lines: the run, then the records, then the networks without record.

Each line is an object with a ``type``: ``run``, ``record`` or ``remote_only``; its other keys are
those of the JSON report, so that a line can be read alone.
"""

from __future__ import annotations

from typing import TextIO

from msgspec import structs

from sync.report.document import RemoteOnly, Report, ReportedRecord
from sync.report.json import dump, head_of


def render_jsonl(report: Report, stream: TextIO) -> None:
    """Write the report line by line."""
    stream.write(dump({"type": "run"} | head_of(report)) + "\n")
    for record in report.records:
        stream.write(_line("record", record))
    for network in report.remote_only:
        stream.write(_line("remote_only", network))


def _line(kind: str, item: ReportedRecord | RemoteOnly) -> str:
    return dump({"type": kind} | structs.asdict(item)) + "\n"
