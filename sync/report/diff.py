"""Compare two reports, as a document: new, solved and changed records.

Unknown is not absent: a record that only the earlier report has may be deleted, or may not have
been selected in the later run, so it is counted and never called solved. Neither is one that was
not compared in the later run.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Literal, TextIO

from msgspec import Struct

from sync.model import Difference, RecordId, Verdict
from sync.report.document import (
    SCHEMA_VERSION,
    TOOL,
    RemoteOnly,
    Report,
    ReportedRecord,
    Tool,
    occurring,
)
from sync.report.fields import NonNegative, Positive, Time
from sync.report.json import write_document

_Key = tuple[str, RecordId, int]


class Side(Struct, frozen=True, forbid_unknown_fields=True):
    """One of the two runs, and its verdicts."""

    run: str
    started: Time
    server: str
    complete: bool
    records: NonNegative
    verdicts: dict[Verdict, Positive]


class RecordChange(Struct, frozen=True, forbid_unknown_fields=True):
    """A record on which the two runs differ.

    ``new``: not settled now, and settled or unknown before. ``solved``: in sync or accepted now.
    ``changed``: with another verdict, network or difference, and neither new nor solved, as one
    that is no longer compared. A reworded message is no change. ``before`` is null if the
    record is not in the earlier report. ``appeared`` and ``gone`` are the differences of one run
    only.
    """

    change: Literal["new", "solved", "changed"]
    id: str
    collection: str
    path: str
    line: Positive | None
    network: str | None
    before: Verdict | None
    after: Verdict
    appeared: tuple[Difference, ...]
    gone: tuple[Difference, ...]
    messages: tuple[str, ...]


class Comparison(Struct, frozen=True, forbid_unknown_fields=True):
    """What changed from one run to a later one.

    ``only_before`` and ``only_after`` count the records that only one report has; ``unchanged``
    those that are the same in both. ``unclaimed_new`` are networks without a record that only the
    later report lists, ``unclaimed_gone`` those that it no longer lists.
    """

    schema_version: Literal[1]
    tool: Tool
    before: Side
    after: Side
    unchanged: NonNegative
    only_before: NonNegative
    only_after: NonNegative
    changes: tuple[RecordChange, ...]
    unclaimed_new: tuple[RemoteOnly, ...]
    unclaimed_gone: tuple[RemoteOnly, ...]

    @property
    def counts(self) -> Counter[str]:
        """How many records are new, solved and changed."""
        return Counter(change.change for change in self.changes)

    @property
    def has_news(self) -> bool:
        """Whether anything is new or changed, and not only solved."""
        return bool(self.counts["new"] or self.counts["changed"] or self.unclaimed_new)


def compare_reports(before: Report, after: Report) -> Comparison:
    """Return what changed, records in the order of the later report."""
    earlier, later = _by_key(before.records), _by_key(after.records)
    changes = tuple(_changes(earlier, later))
    new = len(later.keys() - earlier.keys())
    changed = sum(change.before is not None for change in changes)
    return Comparison(
        schema_version=SCHEMA_VERSION,
        tool=TOOL,
        before=_side(before),
        after=_side(after),
        unchanged=len(later) - new - changed,
        only_before=len(earlier.keys() - later.keys()),
        only_after=new,
        changes=changes,
        unclaimed_new=_listed_only_in(after, before),
        unclaimed_gone=_listed_only_in(before, after),
    )


def render_comparison(comparison: Comparison, stream: TextIO) -> None:
    """Write the document as JSON, one line for each key and each change."""
    write_document(comparison, "changes", stream)


def _by_key(records: Iterable[ReportedRecord]) -> Mapping[_Key, ReportedRecord]:
    """Key records by collection and id; copies repeat an id, so the n-th matches the n-th."""
    seen: Counter[tuple[str, str]] = Counter()
    keyed = {}
    for record in records:
        name = (record.collection, record.id)
        keyed[(*name, seen[name])] = record
        seen[name] += 1
    return keyed


def _changes(
    earlier: Mapping[_Key, ReportedRecord], later: Mapping[_Key, ReportedRecord]
) -> Iterator[RecordChange]:
    for key, after in later.items():
        before = earlier.get(key)
        was_fine = before is None or before.verdict.settled
        if after.verdict.settled:
            if not was_fine:
                is_known = after.verdict is not Verdict.NOT_COMPARED
                yield _change("solved" if is_known else "changed", before, after)
        elif was_fine:
            yield _change("new", before, after)
        elif before is not None and _reasons(before) != _reasons(after):
            yield _change("changed", before, after)


def _reasons(record: ReportedRecord) -> tuple[object, ...]:
    return record.verdict, record.network, record.differences, record.claims, record.candidates


def _change(
    change: Literal["new", "solved", "changed"],
    before: ReportedRecord | None,
    after: ReportedRecord,
) -> RecordChange:
    known = () if before is None else before.differences
    return RecordChange(
        change=change,
        id=after.id,
        collection=after.collection,
        path=after.path,
        line=after.line,
        network=after.network,
        before=None if before is None else before.verdict,
        after=after.verdict,
        appeared=tuple(each for each in after.differences if each not in known),
        gone=tuple(each for each in known if each not in after.differences),
        messages=after.messages,
    )


def _side(report: Report) -> Side:
    return Side(
        run=report.run.id,
        started=report.run.started,
        server=report.run.server,
        complete=report.run.complete,
        records=report.total,
        verdicts=occurring(report.verdicts),
    )


def _listed_only_in(one: Report, other: Report) -> tuple[RemoteOnly, ...]:
    listed = {network.network for network in other.remote_only}
    return tuple(network for network in one.remote_only if network.network not in listed)
