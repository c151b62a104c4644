"""What speaks for a likely cause: counts and dates of its records, in sentences for people.

Each sentence says what the data shows and no more. What is kept does not grow with the records.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, time

from sync.model import DifferenceKind, NetworkTimes, Revisions
from sync.report.cause import LikelyCause
from sync.report.document import ReportedRecord
from sync.report.signs import MAKING, count_kind, sources_of
from sync.report.text import plural, shorten

_MAX_SOURCES = 12
_MAX_NAME = 60


@dataclass(slots=True)
class _Span:
    """The first and the last of some times."""

    first: datetime | None = None
    last: datetime | None = None

    def add(self, when: datetime) -> None:
        self.first = when if self.first is None else min(self.first, when)
        self.last = when if self.last is None else max(self.last, when)

    @property
    def of_last(self) -> str:
        """Say when the last one was."""
        return f"on {_day(self.last)}"

    def __str__(self) -> str:
        first, last = _day(self.first), _day(self.last)
        return f"on {first}" if first == last else f"from {first} to {last}"


def _day(when: datetime | None) -> str:
    return "" if when is None else f"{when.astimezone(UTC):%Y-%m-%d}"


@dataclass(slots=True)
class Evidence:
    """What the records of one cause have in common that tells why they are as they are."""

    records: int = 0
    dated: int = 0
    made: _Span = field(default_factory=_Span)
    changed: _Span = field(default_factory=_Span)
    renamed: int = 0
    missing: int = 0
    extra: int = 0
    changed_later: int = 0
    edited: _Span = field(default_factory=_Span)
    exported: _Span = field(default_factory=_Span)
    with_release: int = 0
    later_here: int = 0
    later_there: int = 0
    same_revision: int = 0
    local: set[str] = field(default_factory=set)
    remote: set[str] = field(default_factory=set)

    def add(self, record: ReportedRecord) -> None:
        """Take up one record of the cause."""
        self.records += 1
        if record.times is not None:
            self._add_times(record.times)
        if record.revisions is not None:
            self._add_revisions(record.revisions)
        self.renamed += count_kind(record, DifferenceKind.GENE_RENAMED)
        self.missing += count_kind(record, DifferenceKind.GENE_MISSING)
        self.extra += count_kind(record, DifferenceKind.GENE_EXTRA)
        for found, kept in zip(sources_of(record), (self.local, self.remote), strict=True):
            for source in sorted(found):
                if len(kept) < _MAX_SOURCES:
                    kept.add(shorten(source, _MAX_NAME))

    def _add_times(self, times: NetworkTimes) -> None:
        self.dated += 1
        self.changed_later += times.modified - times.created > MAKING
        self.made.add(times.created)
        self.changed.add(times.modified)

    def _add_revisions(self, found: Revisions) -> None:
        if found.last_edited is not None:
            self.edited.add(datetime.combine(found.last_edited, time(), UTC))
        if found.exported is not None:
            self.exported.add(datetime.combine(found.exported, time(), UTC))
            self.with_release += 1
        if found.record is not None and found.network is not None:
            self.later_here += found.record > found.network
            self.later_there += found.record < found.network
            self.same_revision += found.record == found.network

    def speaking_for(
        self, likely: LikelyCause | None, frequent: Mapping[str, int]
    ) -> tuple[str, ...]:
        """Return the sentences; ``frequent`` is the shape of most records, with its count."""
        return tuple(self._sentences(likely, frequent))

    def _sentences(self, likely: LikelyCause | None, frequent: Mapping[str, int]) -> Iterator[str]:
        match likely:
            case None:
                return
            case LikelyCause.SYMBOLS_RENAMED:
                yield from self._of_renamed(frequent)
            case LikelyCause.RECORD_REMADE:
                yield from self._of_remade()
            case LikelyCause.UNFINISHED_ON_NDEX:
                yield "the server itself says so"
            case LikelyCause.EDITED_ON_NDEX:
                yield self._networks()
                yield f"all changed more than a day later, the last {self.changed.of_last}"
                yield "NDEx does not tell what was changed"
            case LikelyCause.EDITED_HERE:
                yield from self._of_edited_here()
            case LikelyCause.OTHER_COPY:
                yield from [self._networks()] if self.dated else []
                yield from self._revisions()

    def _networks(self) -> str:
        return f"{plural(self.dated, 'network')} made {self.made}"

    def _of_edited_here(self) -> Iterator[str]:
        if self.dated:
            same = ", none changed more than a day later" if not self.changed_later else ""
            yield f"{self._networks()}{same}"
        yield from self._revisions()

    def _revisions(self) -> Iterator[str]:
        if self.exported.last is not None:
            yield f"{plural(self.with_release, 'network')} exported {self.exported}"
        if self.edited.last is not None:
            yield f"{plural(self.records, 'record')} last edited {self.edited}"
        for count, said in (
            (self.later_here, "of a later revision than the network was made from"),
            (self.later_there, "of an earlier revision than the network was made from"),
            (self.same_revision, "of the revision that the network was made from"),
        ):
            if count:
                yield f"{plural(count, 'record')} {said}"

    def _of_renamed(self, frequent: Mapping[str, int]) -> Iterator[str]:
        yield f"{plural(self.renamed, 'gene')} with the same identifier on both sides"
        for shape, count in frequent.items():
            if count > 1:
                yield f"{shorten(shape, _MAX_NAME)} alone in {plural(count, 'record')}"
        if self.dated:
            yield self._networks()

    def _of_remade(self) -> Iterator[str]:
        local, remote = (", ".join(sorted(each)) for each in (self.local, self.remote))
        yield f"no source in common: {remote} on NDEx, {local} in the record"
        yield f"{plural(self.missing, 'gene')} only in the record, {self.extra:,} only on NDEx"
        if self.dated:
            yield self._networks()
