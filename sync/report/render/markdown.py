"""Write the report as GitHub Markdown, for a job's step summary, an issue or a comment.

Every text from a record or a server is in a code span: GitHub reads no markup, HTML, mention,
reference or link there, and a code span only needs a fence longer than any inside. Tables have no
code spans, since pipes would split them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, groupby, islice
from typing import TextIO

from sync.amounts import percent, plural
from sync.model import DRAWING_KINDS, Difference, DifferenceKind, Verdict
from sync.report.accepted_view import MAX_LINES, find_decisions, find_notices, where
from sync.report.document import (
    Cause,
    Example,
    Report,
    ReportedRecord,
    Run,
)
from sync.report.headline import (
    INTERRUPTED,
    MAX_ROWS,
    collection_notes,
    conclusion,
    coverage,
    first_rows_left_out,
    others_not_compared,
    rows_not_read,
    run_facts,
)
from sync.report.labels import DIFFERENCES, LIKELY, VERDICTS
from sync.report.one_line import describe_drawing, describe_revisions, item
from sync.report.render.offline import list_notes, list_refused
from sync.report.since import describe_since
from sync.report.text import (
    code_span,
    place,
    record_url,
    said,
    shorten,
    shorten_pair,
    telling_ids,
    viewer_url,
    visible,
)

MAX_BYTES = 1_000_000
"""How long a report may get: GitHub drops a whole step summary of more than 1 MiB."""

MAX_DRIFTED = 200
"""How many drifted records are shown at most; the rest are counted."""

_ROOM_TO_CLOSE = 1_000
_MAX_REASONS = 8
_MAX_DETAILS = 12
_MAX_ITEMS = 30
_MAX_NAME = 120
_MAX_VALUE = 400
_MAX_NOTE = 800


def render_markdown(report: Report, stream: TextIO) -> None:
    """Write the report: the counts, what to look at, and drifted records while there is room."""
    run = report.run
    parts = (_head(report), _causes(report.causes, run), _rows_left_out(report))
    head = _joined([*chain.from_iterable(parts), *_accepted(report)])
    stream.write(head)
    if report.is_offline:
        _write_reading(report, MAX_BYTES - _ROOM_TO_CLOSE - len(head.encode()), stream)
    if not report.verdicts[Verdict.DRIFTED]:
        return
    drifted = (record for record in report.records if record.verdict is Verdict.DRIFTED)
    stream.write("\n## Drifted records (NDEx → record)\n")
    room = MAX_BYTES - _ROOM_TO_CLOSE - len(head.encode())
    shown = 0
    for record in islice(drifted, MAX_DRIFTED):
        text = _joined(_record(record, run))
        room -= len(text.encode())
        if room < 0:
            break
        stream.write(text)
        shown += 1
    if rest := report.verdicts[Verdict.DRIFTED] - shown:
        stream.write(
            f"\n… and {plural(rest, 'more drifted record')}: all of them are in the JSON report"
            " (`--format json=PATH`).\n"
        )


def _write_reading(report: Report, room: int, stream: TextIO) -> None:
    """Write every refused file and every note of records that were only read,
    while there is room.
    """
    left = 0
    for line in _reading(report):
        room -= len(line.encode()) + 1
        if room < 0:
            left += 1
        else:
            stream.write(f"{line}\n")
    if left:
        stream.write(
            f"\n… and {plural(left, 'more line')}: they are in the JSON report"
            " (`--format json=PATH`).\n"
        )


def _reading(report: Report) -> Iterator[str]:
    for index, (reason, places) in enumerate(list_refused(report.records).items()):
        yield from () if index else ("", "## Why records were refused", "")
        yield f"- **{len(places):,}**: {code(reason)}"
        yield from (f"  - {code(text)}" for text in places)
    for index, note in enumerate(list_notes(report)):
        yield from () if index else ("", "## Notes", "")
        yield f"- {code(note)}"


def _joined(lines: Iterable[str]) -> str:
    return "".join(f"{line}\n" for line in lines)


def code(text: str, limit: int = _MAX_VALUE) -> str:
    """Return a text as a code span on one line, cut to ``limit`` characters."""
    text = visible(shorten(text, limit))
    return code_span(text) if text else "*(empty)*"


def _head(report: Report) -> Iterator[str]:
    yield f"# {code(f'{report.tool.name} {report.run.command}', _MAX_NAME)}"
    yield ""
    yield f"**{conclusion(report)}**"
    yield ""
    facts = (
        f"{coverage(report)} against {code(report.run.server)}",
        *run_facts(report.run, report.http),
    )
    yield " · ".join(facts)
    if since := describe_since(report):
        yield ""
        yield f"{since}."
    if not report.run.complete:
        yield ""
        yield f"**{INTERRUPTED}**"
    for note in collection_notes(report):
        yield ""
        yield f"Note: {code(note, _MAX_NOTE)}"
    for sentence in filter(None, (others_not_compared(report), rows_not_read(report))):
        yield ""
        yield f"{sentence}."
    if verdicts := report.verdicts:
        yield ""
        yield "| verdict | count | share |"
        yield "|:--|--:|--:|"
        for verdict in Verdict:
            if count := verdicts[verdict]:
                share = _share(verdict, count, report)
                yield f"| {VERDICTS[verdict].label} | {count:,} | {share} |"
    if len(report.collections) > 1:
        yield ""
        for collection in report.collections:
            counts = (f"{n:,} {VERDICTS[each].label}" for each, n in collection.verdicts.items())
            records = plural(collection.records, "record")
            yield f"- {code(collection.name, _MAX_NAME)}: {records}: {', '.join(counts)}"


def _share(verdict: Verdict, count: int, report: Report) -> str:
    if verdict is Verdict.REMOTE_ONLY:
        return "networks"
    return "" if verdict is Verdict.NOT_COMPARED else percent(count / report.to_check)


def _causes(causes: Sequence[Cause], run: Run) -> Iterator[str]:
    if not causes:
        return
    yield ""
    yield "## What to look at, most important first"
    yield ""
    for verdict, group in groupby(causes, key=lambda cause: cause.verdict):
        of_verdict = list(group)
        limit = _MAX_REASONS if verdict.incomplete else len(of_verdict)
        for cause in of_verdict[:limit]:
            yield from _cause(cause, run)
        if rest := of_verdict[limit:]:
            count = sum(cause.count for cause in rest)
            yield f"- **{count:,} {VERDICTS[verdict].label}**: {plural(len(rest), 'other reason')}"


def _cause(cause: Cause, run: Run) -> Iterator[str]:
    wording = VERDICTS[cause.verdict]
    title = code(cause.title) if cause.verdict.incomplete else cause.title
    yield f"- **{cause.count:,} {wording.label}**: {title}. {cause.advice}"
    if cause.details:
        yield f"  - {', '.join(_details(cause))}"
    if cause.likely is not None:
        yield f"  - likely {LIKELY[cause.likely]}: {code('; '.join(cause.evidence))}"
    if cause.verdict is Verdict.DRIFTED:
        return
    for index, example in enumerate(cause.examples):
        said = "" if cause.verdict.incomplete and index else example.text
        yield f"  - {_example(example, '' if said == cause.title else said, run)}"
    if rest := cause.count - len(cause.examples):
        yield f"  - … and {rest:,} more"


def _details(cause: Cause) -> Iterator[str]:
    for detail in cause.details[:_MAX_DETAILS]:
        yield f"{code(detail.text, _MAX_NAME)} ({detail.count:,})"
    if rest := len(cause.details[_MAX_DETAILS:]) + cause.more_details:
        yield f"… {rest:,} more"


def _rows_left_out(report: Report) -> Iterator[str]:
    if not report.rows_left_out:
        return
    yield ""
    yield "## Rows that could not be read and were left out"
    yield ""
    for text in first_rows_left_out(report):
        yield f"- {code(text)}"
    if (rest := report.rows_left_out - MAX_ROWS) > 0:
        yield f"- … and {rest:,} more: all of them are in the JSON report (`--format json=PATH`)"


def _accepted(report: Report) -> Iterator[str]:
    if decisions := find_decisions(report):
        yield ""
        yield "## Accepted, and not counted as differences"
        yield ""
        for decision in decisions[:MAX_LINES]:
            yield f"- {decision.summary}: {code(decision.reason)}"
        if rest := decisions[MAX_LINES:]:
            yield f"- … and {plural(len(rest), 'other reason')}"
    if notices := list(find_notices(report)):
        yield ""
        yield "## Accepted entries that no longer hold"
        yield ""
        for notice in notices[:MAX_LINES]:
            yield f"- {code(where(report, notice))} {code(notice.name)}: {notice.text}"
        if more := len(notices[MAX_LINES:]):
            yield f"- … and {more:,} more"


def _example(example: Example, said: str, run: Run) -> str:
    parts = []
    if example.path:
        parts.append(_file(run, example.path, example.line))
    if said:
        parts.append(code(said))
    if example.id and not example.path:
        parts.append(f"claims {code(example.id, _MAX_NAME)}")
    if example.network is not None:
        parts.append(_network(run.server, example.network))
    return " · ".join(parts)


def _file(run: Run, path: str, line: int | None) -> str:
    url = record_url(run.source, path, line)
    return f"[{code(place(path, line))}]({url})" if url else code(place(path, line))


def _network(server: str, network: str) -> str:
    url = viewer_url(server, network)
    return f"[network]({url})" if url else code(network, _MAX_NAME)


def _record(record: ReportedRecord, run: Run) -> Iterator[str]:
    yield ""
    yield f"### {code(record.id, _MAX_NAME)}"
    yield ""
    facts = [_file(run, record.path, record.line)]
    if record.network is not None:
        facts.append(_network(run.server, record.network))
    if genes := record.genes:
        facts.append(
            f"genes: {genes.local:,} in the record, {genes.remote:,} on NDEx,"
            f" {genes.shared:,} shared"
        )
    if record.revisions is not None:
        facts.append(f"revision: {describe_revisions(record.revisions)}")
    yield " · ".join(facts)
    yield ""
    for kind, differences in record.differences_by_kind().items():
        if kind is not DifferenceKind.PROPERTY and kind not in DRAWING_KINDS:
            yield f"- {DIFFERENCES[kind]}: {', '.join(_items(differences))}"
    if drawing := describe_drawing(record):
        yield f"- as a whole: {drawing}"
    for difference in record.properties():
        remote, local = shorten_pair(said(difference.remote), said(difference.local), _MAX_VALUE)
        yield f"- {code(difference.name, _MAX_NAME)}: {code(remote)} → {code(local)}"
    yield from _notes(record)


def _notes(record: ReportedRecord) -> Iterator[str]:
    if record.accepted:
        yield f"- accepted: {plural(len(record.accepted), 'difference')}"
    for text in record.left_out[:_MAX_ITEMS]:
        yield f"- row left out: {code(text)}"
    if rest := record.left_out[_MAX_ITEMS:]:
        yield f"- row left out: … {len(rest):,} more"
    for message in record.messages:
        yield f"- note: {code(message)}"


def _items(differences: Sequence[Difference]) -> Iterator[str]:
    for difference in differences[:_MAX_ITEMS]:
        yield _item(difference)
    if rest := differences[_MAX_ITEMS:]:
        yield f"… {len(rest):,} more"


def _item(difference: Difference) -> str:
    change = " → ".join(
        code(said(side), _MAX_NAME) for side in (difference.remote, difference.local)
    )
    match difference.kind:
        case DifferenceKind.PROPERTY | DifferenceKind.MEMBERSHIP | DifferenceKind.STATE:
            return f"{code(difference.name, _MAX_NAME)} {change}"
        case DifferenceKind.GENE_ATTRIBUTE:
            symbol, name = code(difference.symbol, _MAX_NAME), code(difference.name, _MAX_NAME)
            return f"{name} of {symbol} {change}"
        case DifferenceKind.GENE_RENAMED:
            return change + _ids(difference)
        case DifferenceKind.GENE_REIDENTIFIED:
            return f"{code(difference.symbol, _MAX_NAME)} {change}"
        case DifferenceKind.GENE_MISSING | DifferenceKind.GENE_EXTRA:
            return code(difference.symbol, _MAX_NAME) + _ids(difference)
        case _:
            return code(item(difference), _MAX_NAME)


def _ids(difference: Difference) -> str:
    return f" ({code(telling_ids(difference.ids), _MAX_NAME)})" if difference.ids else ""
