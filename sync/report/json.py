"""The report as one JSON document: keys in the design's order, one record a line."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TextIO

import orjson

from sync.report.document import RemoteOnly, Report, ReportedRecord
from sync.report.text import disarm_json

OPTIONS = orjson.OPT_NON_STR_KEYS | orjson.OPT_UTC_Z
"""How orjson writes the models: verdicts as keys, times ending in ``Z``."""


def render_json(report: Report, stream: TextIO) -> None:
    """Write the report record by record, so that its text is never held as a whole.

    One record a line keeps the file readable with ``grep`` and ``git diff``.
    """
    head = {
        "schema_version": report.schema_version,
        "tool": report.tool,
        "run": report.run,
        "collections": report.collections,
        "http": report.http,
        "accepted": report.accepted,
        "causes": report.causes,
    }
    stream.write("{")
    for key, value in head.items():
        stream.write(f'"{key}":{dump(value)},\n')
    stream.write('"records":[')
    _write_items(report.records, stream)
    stream.write('],\n"remote_only":[')
    _write_items(report.remote_only, stream)
    stream.write("]}\n")


def dump(value: object) -> str:
    """Return a value of the report as JSON text on one line."""
    return disarm_json(orjson.dumps(value, option=OPTIONS).decode())


def _write_items(items: Iterable[ReportedRecord | RemoteOnly], stream: TextIO) -> None:
    for index, item in enumerate(items):
        stream.write(",\n" if index else "\n")
        stream.write(dump(item))
