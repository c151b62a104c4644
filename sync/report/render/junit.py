"""Write the report as JUnit XML, which most CI systems show.

A collection is a test suite, a record a case. A record in sync passes; one that was accepted or is
not compared is skipped; one that could not be checked is an error; any other is a failure, and so
is a network that no record claims. Rows of its tables that were left out are a case's output.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import TextIO
from xml.sax.saxutils import escape

from sync.model import Verdict
from sync.report.accepted_view import of_record
from sync.report.document import RemoteOnly, Report, ReportedRecord
from sync.report.headline import conclusion
from sync.report.labels import VERDICTS
from sync.report.one_line import describe_unclaimed, summarise
from sync.report.text import disarm, place, shorten, viewer_url, visible

_MAX_MESSAGE = 4_000
_MAX_NAME = 400
_NO_XML = re.compile("[\ufffe\uffff]")


def render_junit(report: Report, stream: TextIO) -> None:
    """Write one suite for each collection, then one for the networks that no record claims."""
    name = f"ndex-sync {report.run.command}: {conclusion(report)}"
    seconds = (report.run.finished - report.run.started).total_seconds()
    stream.write('<?xml version="1.0" encoding="UTF-8"?>\n')
    stream.write(f"<testsuites{_counts(report.verdicts)}")
    stream.write(f"{_attributes(name=name, time=f'{seconds:.3f}')}>\n")
    for collection in report.collections:
        verdicts = Counter(collection.verdicts)
        del verdicts[Verdict.REMOTE_ONLY]
        records = (each for each in report.records if each.collection == collection.name)
        _write_suite(collection.name, verdicts, _cases(records, report.run.server), report, stream)
    if report.remote_only:
        name = VERDICTS[Verdict.REMOTE_ONLY].label
        verdicts = Counter({Verdict.REMOTE_ONLY: len(report.remote_only)})
        cases = (_remote_case(network, report.run.server) for network in report.remote_only)
        _write_suite(name, verdicts, cases, report, stream)
    stream.write("</testsuites>\n")


def _write_suite(
    name: str, verdicts: Counter[Verdict], cases: Iterable[str], report: Report, stream: TextIO
) -> None:
    started = report.run.started.isoformat(timespec="seconds")
    stream.write(f"<testsuite{_attributes(name=name, timestamp=started)}")
    stream.write(f"{_counts(verdicts)}>\n")
    stream.writelines(cases)
    stream.write("</testsuite>\n")


def _cases(records: Iterable[ReportedRecord], server: str) -> Iterator[str]:
    for record in records:
        line = "" if record.line is None else str(record.line)
        stated = _attributes(
            name=record.id, classname=record.collection, file=record.path, line=line
        )
        inside = _outcome_of(record, server) + _output(record.left_out)
        yield f"<testcase{stated}>{inside}</testcase>\n" if inside else f"<testcase{stated}/>\n"


def _outcome_of(record: ReportedRecord, server: str) -> str:
    """Return the element with a case's result, ``""`` if it passed."""
    match record.verdict:
        case Verdict.IN_SYNC:
            return ""
        case Verdict.ACCEPTED:
            return _skipped("; ".join(sorted({of_record(item) for item in record.accepted})))
        case Verdict.NOT_COMPARED:
            return _skipped(summarise(record))
        case _:
            where = [place(record.path, record.line), _address(server, record.network)]
            return _outcome(record.verdict, summarise(record), where)


def _skipped(message: str) -> str:
    return f"<skipped{_attributes(limit=_MAX_MESSAGE, message=message)}/>"


def _output(left_out: Sequence[str]) -> str:
    lines = "\n".join(_text(f"row left out: {row}", _MAX_MESSAGE) for row in left_out)
    return f"<system-out>{lines}</system-out>" if lines else ""


def _remote_case(network: RemoteOnly, server: str) -> str:
    stated = _attributes(name=network.network, classname=Verdict.REMOTE_ONLY.value)
    meaning = f"{describe_unclaimed(network)}: {network.name}"
    where = [_address(server, network.network)]
    return f"<testcase{stated}>{_outcome(Verdict.REMOTE_ONLY, meaning, where)}</testcase>\n"


def _outcome(verdict: Verdict, message: str, where: Sequence[str]) -> str:
    element = "error" if verdict.incomplete else "failure"
    lines = [_text(line, _MAX_NAME) for line in [*where, VERDICTS[verdict].advice] if line]
    body = disarm("\n".join(lines))
    stated = _attributes(limit=_MAX_MESSAGE, type=verdict.value, message=message)
    return f"<{element}{stated}>{body}</{element}>"


def _address(server: str, network: str | None) -> str:
    return "" if network is None else viewer_url(server, network) or network


def _counts(verdicts: Counter[Verdict]) -> str:
    errors = sum(count for verdict, count in verdicts.items() if verdict.incomplete)
    settled = sum(count for verdict, count in verdicts.items() if verdict.settled)
    tests = verdicts.total()
    failures = tests - errors - settled
    return _attributes(
        tests=str(tests),
        failures=str(failures),
        errors=str(errors),
        skipped=str(verdicts[Verdict.ACCEPTED] + verdicts[Verdict.NOT_COMPARED]),
    )


def _attributes(limit: int = _MAX_NAME, **values: str) -> str:
    return "".join(
        f' {name}="{_text(value, limit)}"' for name, value in values.items() if value != ""
    )


def _text(text: str, limit: int) -> str:
    """Escape for XML, leaving out what XML does not allow (and ``visible`` lets through)."""
    shown = _NO_XML.sub("\N{REPLACEMENT CHARACTER}", visible(shorten(text, limit)))
    return escape(shown, {'"': "&quot;"})
