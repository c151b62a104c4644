"""Write the report as one HTML file that loads nothing.

The overview is plain HTML. The records are data for the page's own script, which puts every text
into the page as text. A content security policy allows only that script and that style, so that
texts from a record or a server can never run.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from gzip import compress
from hashlib import sha256
from html import escape
from importlib.resources import files
from typing import TextIO

from sync.amounts import percent, plural
from sync.model import DifferenceKind, Verdict
from sync.report.accepted_view import MAX_LINES, find_decisions, find_notices, where
from sync.report.diff import Comparison, compare_reports
from sync.report.document import Cause, RemoteOnly, Report, ReportedRecord
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
from sync.report.json import dump
from sync.report.labels import DIFFERENCES, LIKELY, URGENCY, VERDICTS
from sync.report.patterns import Pattern, pattern_of_network, patterns_of
from sync.report.pictures import Pictures, no_pictures
from sync.report.render.tsv import COLUMNS as TSV_COLUMNS
from sync.report.since import describe_since
from sync.report.text import cytoscape_url, shorten, viewer_url, visible

_FIRST_CAUSES = 4
_MAX_CAUSES = 24
_MAX_DETAILS = 6
_MAX_TEXT = 300
_MAX_PICTURES_BYTES = 10_000_000
_NO_NETWORK = "00000000-0000-0000-0000-000000000000"
_TONES = {
    Verdict.IN_SYNC: "good",
    Verdict.ACCEPTED: "good",
    Verdict.NOT_COMPARED: "plain",
    Verdict.DRIFTED: "warn",
    Verdict.UNMAPPED: "open",
    Verdict.RESOLVABLE: "open",
    Verdict.REMOTE_ONLY: "open",
    Verdict.AMBIGUOUS: "odd",
    Verdict.MISSING: "odd",
    Verdict.MISMATCHED: "odd",
    Verdict.DUPLICATE: "odd",
}


def render_html(
    report: Report,
    stream: TextIO,
    previous: Report | None = None,
    pictures: Pictures = no_pictures,
) -> None:
    """Write the page; with an earlier report, also what changed since.

    ``pictures`` draws the records that have something to show.
    """
    comparison = None if previous is None else compare_reports(previous, report)
    style, script = _part("page.css") + _part("picture.css"), _script()
    title = f"{conclusion(report)} · ndex-sync"
    parts = {
        "script_hash": _hash(script),
        "style_hash": _hash(style),
        "title": _text(title),
        "style": style,
        "tool": _text(f"{report.tool.name} {report.tool.version} {report.run.command}"),
        "headline": _text(conclusion(report)),
        "facts": "\n".join(f"<li>{fact}</li>" for fact in _facts(report)),
        "covered": _text(f"{coverage(report)} against {report.run.server}"),
        "warning": "" if report.run.complete else f'<p class="warning">{_text(INTERRUPTED)}</p>\n',
        "bar": _bar(report),
        "chips": "\n".join(_chips(report, comparison)),
        "trend": _since(describe_since(report)) if comparison is None else _trend(comparison),
        "causes": _causes(report.causes),
        "more": _rows_left_out(report) + _accepted(report),
    }
    stream.write(_part("page.html").format_map(parts))
    album = _Album(pictures)
    _write_data(report, comparison, album, stream)
    stream.write("</script>\n")
    album.write(stream)
    stream.write(f"<script>{script}</script>\n</body>\n</html>\n")


_SCRIPTS = ("dom.js", "picture.js", "record.js", "share.js", "page.js")


def _script() -> str:
    """Return the page's one script, whose parts share a scope of their own."""
    return f'"use strict";\n(() => {{\n{"".join(map(_part, _SCRIPTS))}}})();\n'


def _part(name: str) -> str:
    return files("sync.report.render.html").joinpath(name).read_text("utf-8")


def _hash(text: str) -> str:
    return f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'"


def _text(text: str) -> str:
    return escape(visible(shorten(text, _MAX_TEXT)))


def _facts(report: Report) -> Iterator[str]:
    for fact in run_facts(report.run, report.http):
        yield _text(fact)
    for said in filter(None, (others_not_compared(report), rows_not_read(report))):
        yield _text(said)
    if report.run.commit is not None:
        yield f"commit <code>{_text(report.run.commit)}</code>"
    if len(report.collections) > 1:
        for collection in report.collections:
            yield _text(f"{collection.name}: {plural(collection.records, 'record')}")
    yield from map(_text, collection_notes(report))


def _bar(report: Report) -> str:
    """Return one bar with a part for each verdict, as wide as its share of the records."""
    counts = {each: report.verdicts[each] for each in _BAR if report.verdicts[each]}
    total = sum(counts.values())
    if not total:
        return ""
    parts, start = [], 0.0
    for verdict, count in counts.items():
        width = 1000 * count / total
        parts.append(
            f'<rect class="{_tone(verdict)}" x="{start:.1f}" width="{max(width - 1, 1.5):.1f}"'
            ' height="10" fill="currentColor"/>'
        )
        start += width
    return (
        '<svg class="bar" aria-hidden="true" preserveAspectRatio="none" viewBox="0 0 1000 10">'
        f"{''.join(parts)}</svg>"
    )


_BAR = tuple(each for each in Verdict if each not in (Verdict.REMOTE_ONLY, Verdict.NOT_COMPARED))


def _chips(report: Report, comparison: Comparison | None) -> Iterator[str]:
    before = {} if comparison is None else comparison.before.verdicts
    for verdict in Verdict:
        count, earlier = report.verdicts[verdict], before.get(verdict, 0)
        if not count and not earlier:
            continue
        wording = VERDICTS[verdict]
        told = [f"<b>{count:,}</b>"]
        if verdict in _BAR:
            told.append(f"<span>{percent(count / max(report.to_check, 1))}</span>")
        if comparison is not None and count != earlier:
            told.append(f"({count - earlier:+,})".replace("-", "−"))
        yield (
            f'<li class="{_tone(verdict)}"><button type="button" aria-pressed="false"'
            f' data-verdict="{verdict.value}" title="{_text(wording.meaning)}">'
            f"{_text(wording.label)} {' '.join(told)}</button></li>"
        )


def _tone(verdict: Verdict) -> str:
    return _TONES.get(verdict, "bad")


def _since(text: str) -> str:
    return f'<p class="trend">{_text(text)}</p>\n' if text else ""


def _trend(comparison: Comparison) -> str:
    counts = comparison.counts
    return (
        f'<p class="trend">Since the report of {comparison.before.started:%Y-%m-%d %H:%M} UTC:'
        f" {counts['new']:,} new, {counts['changed']:,} changed, {counts['solved']:,} solved,"
        f" {comparison.unchanged:,} unchanged.</p>\n"
    )


def _causes(causes: Sequence[Cause]) -> str:
    if not causes:
        return ""
    items = [_cause(index, cause) for index, cause in enumerate(causes[:_MAX_CAUSES])]
    shown = _list_of_causes(items[:_FIRST_CAUSES])
    if rest := items[_FIRST_CAUSES:]:
        more = plural(len(causes) - _FIRST_CAUSES, "more cause")
        told = f"<p>… and {len(causes) - _MAX_CAUSES:,} more</p>" if causes[_MAX_CAUSES:] else ""
        listed = _list_of_causes(rest)
        shown += f'<details class="more"><summary>{more}</summary>{listed}{told}</details>\n'
    return f"<section>\n<h2>What to look at, most important first</h2>\n{shown}</section>\n"


def _list_of_causes(items: Sequence[str]) -> str:
    lines = "\n".join(items)
    return f'<ul class="causes">\n{lines}\n</ul>\n'


def _cause(index: int, cause: Cause) -> str:
    label = VERDICTS[cause.verdict].label
    tone = _tone(cause.verdict)
    forms = [f"{_text(each.text)} ({each.count:,})" for each in cause.details[:_MAX_DETAILS]]
    if rest := len(cause.details[_MAX_DETAILS:]) + cause.more_details:
        forms.append(f"… {rest:,} more")
    details = f'<p class="quiet"><bdi>{", ".join(forms)}</bdi></p>' if forms else ""
    return (
        f'<li><button type="button" aria-pressed="false" data-cause="{index}">'
        f'<b>{cause.count:,}</b> <span class="badge {tone}">{_text(label)}</span>'
        f" <bdi>{_text(cause.title)}</bdi></button>"
        f"<details><summary>What to do</summary><p>{_text(cause.advice)}</p>"
        f"{_likely(cause)}{details}</details></li>"
    )


def _likely(cause: Cause) -> str:
    if cause.likely is None:
        return ""
    evidence = _text("; ".join(cause.evidence))
    return f"<p>Likely {_text(LIKELY[cause.likely])}: <bdi>{evidence}</bdi></p>"


def _accepted(report: Report) -> str:
    """Show what was accepted, and the entries that need attention."""
    decisions = find_decisions(report)
    notices = list(find_notices(report))
    lines = [
        f"{_text(decision.summary)}: <bdi>{_text(decision.reason)}</bdi>"
        for decision in decisions[:MAX_LINES]
    ]
    if rest := decisions[MAX_LINES:]:
        lines.append(f"… and {plural(len(rest), 'other reason')}")
    shown = [
        f"<code>{_text(where(report, notice))}</code> <bdi>{_text(notice.name)}</bdi>:"
        f" {_text(notice.text)}"
        for notice in notices[:MAX_LINES]
    ]
    if more := len(notices[MAX_LINES:]):
        shown.append(f"… and {more:,} more")
    return _section("Accepted, and not counted as differences", lines) + _section(
        "Accepted entries that no longer hold", shown
    )


def _rows_left_out(report: Report) -> str:
    lines = [f"<bdi>{_text(row)}</bdi>" for row in first_rows_left_out(report)]
    if (rest := report.rows_left_out - MAX_ROWS) > 0:
        lines.append(f"… and {rest:,} more, with their records below")
    return _section("Rows that could not be read and were left out", lines)


def _section(title: str, lines: Sequence[str]) -> str:
    if not lines:
        return ""
    items = "\n".join(f"<li>{line}</li>" for line in lines)
    return f'<section class="accepted">\n<h2>{title}</h2>\n<ul>\n{items}\n</ul>\n</section>\n'


def _write_data(
    report: Report, comparison: Comparison | None, album: _Album, stream: TextIO
) -> None:
    changes = () if comparison is None else comparison.changes
    known = {(cause.verdict, cause.title): index for index, cause in enumerate(report.causes)}
    facts = {
        "viewer": _base(viewer_url(report.run.server, _NO_NETWORK)),
        "cytoscape": _base(cytoscape_url(report.run.server, _NO_NETWORK)),
        "source": report.run.source,
        "compared": comparison is not None,
        "changes": {f"{each.collection}\n{each.id}": each.change for each in changes},
        "verdicts": {verdict.value: _wording(verdict) for verdict in Verdict},
        "kinds": {kind.value: DIFFERENCES[kind] for kind in DifferenceKind},
        "causes": [cause.title for cause in report.causes],
        "tsv": TSV_COLUMNS,
        "record_causes": [_causes_of(known, patterns_of(each)) for each in report.records],
        "network_causes": [
            _causes_of(known, {pattern_of_network(each): ()}) for each in report.remote_only
        ],
    }
    stream.write("{")
    for key, value in facts.items():
        stream.write(f'"{key}":{_data(value)},\n')
    stream.write('"records":[')
    _write_items(album.draw(report.records), stream)
    stream.write('],\n"remote_only":[')
    _write_items(report.remote_only, stream)
    stream.write("]}\n")


class _Album:
    """The pictures of records, each a data element of its own, unpacked only when shown.

    They are drawn while the records are iterated, which may be read from disk.
    """

    def __init__(self, pictures: Pictures) -> None:
        self._pictures = pictures
        self._left = _MAX_PICTURES_BYTES
        self._packed: dict[int, str] = {}

    def draw(self, records: Iterable[ReportedRecord]) -> Iterator[ReportedRecord]:
        """Yield the records, and keep the pictures of those that have one."""
        for index, record in enumerate(records):
            if self._left > 0 and (svg := self._pictures(record)) is not None:
                packed = b64encode(compress(svg.encode(), mtime=0)).decode()
                self._packed[index] = packed
                self._left -= len(packed)
            yield record

    def write(self, stream: TextIO) -> None:
        for index, packed in self._packed.items():
            stream.write(
                f'<script type="application/gzip" data-picture="{index}">{packed}</script>\n'
            )


def _wording(verdict: Verdict) -> dict[str, str | int]:
    wording = VERDICTS[verdict]
    rank = URGENCY.index(verdict) if verdict in URGENCY else len(URGENCY)
    return {
        "label": wording.label,
        "meaning": wording.meaning,
        "advice": wording.advice,
        "tone": _tone(verdict),
        "rank": rank,
    }


def _causes_of(
    known: Mapping[tuple[Verdict, str], int], patterns: Mapping[Pattern, Collection[str]]
) -> list[int]:
    """Return the causes of a result; a reason that always has the same words is its own title."""
    found = (
        known.get((pattern.verdict, title))
        for pattern, details in patterns.items()
        for title in (pattern.title, *(details if pattern.verdict.incomplete else ()))
    )
    return [index for index in found if index is not None]


def _base(address: str | None) -> str | None:
    return None if address is None else address.removesuffix(_NO_NETWORK)


def _write_items(items: Iterable[ReportedRecord | RemoteOnly], stream: TextIO) -> None:
    for index, each in enumerate(items):
        stream.write((",\n" if index else "\n") + _data(each))


def _data(value: object) -> str:
    r"""Return a value as JSON that an HTML parser cannot leave: ``<`` is written ``\u003c``."""
    return dump(value).replace("<", r"\u003c")
