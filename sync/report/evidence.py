"""Find the evidence for a likely cause: in one record, and in all records of a cause.

A sentence for people says what the data shows and no more. Memory does not grow with the records.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta

from sync.amounts import plural
from sync.model import (
    IN_TRASH,
    LOAD_FAILED,
    NO_CONTENT,
    NOT_LISTED,
    STILL_LOADING,
    UNREAD_MEMBER,
    DifferenceKind,
    NetworkTimes,
    Revisions,
)
from sync.report.document import LikelyCause, ReportedRecord
from sync.report.text import shorten

SOURCE = "source"
"""The attribute of a gene with the part of the lexicon in which it was found."""

_SERVER_FAILURES = (LOAD_FAILED, STILL_LOADING, NO_CONTENT)
_MAKING = timedelta(days=1)
"""How long making a network may take: a change within this time belongs to the making."""

_FEWEST_SHARED = 2
_MAX_SOURCES = 12
_MAX_NAME = 60


def was_changed(record: ReportedRecord) -> bool | None:
    """Return whether the network was changed after it was made; None if NDEx gives no times.

    A day is allowed for the making: properties are written after the upload, and NDEx mixes two
    clocks and local time (contract 3.9). Visibility, read-only and membership leave no trace.
    """
    return None if record.times is None else _changed_later(record.times)


def _changed_later(times: NetworkTimes) -> bool:
    return times.modified - times.created > _MAKING


def was_edited_here(record: ReportedRecord) -> bool | None:
    """Return whether the record was edited since its network was made; None if it is not known.

    Revisions decide if both sides state one. Otherwise the day of the last edit is compared with
    the day of the release that was uploaded, or of the upload if the network does not name its
    release. On the same day nobody knows which came first.
    """
    found = record.revisions
    if found is None:
        return None
    if (ahead := _revisions_ahead(found)) is not None:
        return ahead > 0
    day = found.exported
    if day is None and record.times is not None:
        day = record.times.created.astimezone(UTC).date()
    if found.last_edited is None or day is None or found.last_edited == day:
        return None
    return found.last_edited > day


def states_later_revision(record: ReportedRecord) -> bool:
    """Return whether the record is of a later revision than its network was made from."""
    found = record.revisions
    ahead = None if found is None else _revisions_ahead(found)
    return ahead is not None and ahead > 0


def _revisions_ahead(found: Revisions) -> int | None:
    """Return how far the record's revision is ahead of the network's, None if one is not stated."""
    if found.record is None or found.network is None:
        return None
    return found.record - found.network


def sources_of(record: ReportedRecord) -> tuple[set[str], set[str]]:
    """Return the sources of genes that the record and its network name in their differences."""
    local: set[str] = set()
    remote: set[str] = set()
    for difference in record.differences:
        for side, sources in ((difference.local, local), (difference.remote, remote)):
            if side and SOURCE in side:
                sources.update(side[SOURCE].split(" | "))
    return local, remote


def is_of_other_sources(record: ReportedRecord) -> bool:
    """Return whether record and network have genes found by lexicons without a common part.

    This must hold for every gene that they share, and there must be a few of those.
    """
    genes = record.genes
    if genes is None or genes.shared < _FEWEST_SHARED:
        return False
    differing = sum(
        each.kind is DifferenceKind.GENE_ATTRIBUTE and each.name == SOURCE
        for each in record.differences
    )
    local, remote = sources_of(record)
    return differing >= genes.shared and bool(local and remote) and local.isdisjoint(remote)


def says_server_failed(record: ReportedRecord) -> bool:
    """Return whether the server itself calls the network failed, unfinished or empty."""
    return bool(record.messages) and record.messages[0].startswith(_SERVER_FAILURES)


def is_in_trash(record: ReportedRecord) -> bool:
    """Return whether the record's network is in the trash of the account that is logged in."""
    return bool(record.messages) and record.messages[0].startswith(IN_TRASH)


def hangs_on_list(record: ReportedRecord) -> bool:
    """Return whether the verdict depends on the list of the collection's networks."""
    return bool(record.messages) and record.messages[0].startswith((NOT_LISTED, UNREAD_MEMBER))


def count_kind(record: ReportedRecord, kind: DifferenceKind) -> int:
    """Return how many differences of a kind the record has."""
    return sum(difference.kind is kind for difference in record.differences)


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
    """What the records of one cause have in common that explains them."""

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
        """Add one record of the cause."""
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
        self.changed_later += _changed_later(times)
        self.made.add(times.created)
        self.changed.add(times.modified)

    def _add_revisions(self, found: Revisions) -> None:
        if found.last_edited is not None:
            self.edited.add(datetime.combine(found.last_edited, time(), UTC))
        if found.exported is not None:
            self.exported.add(datetime.combine(found.exported, time(), UTC))
            self.with_release += 1
        if (ahead := _revisions_ahead(found)) is not None:
            self.later_here += ahead > 0
            self.later_there += ahead < 0
            self.same_revision += ahead == 0

    def speaking_for(
        self, likely: LikelyCause | None, frequent: Mapping[str, int]
    ) -> tuple[str, ...]:
        """Return the sentences; ``frequent`` is the form that most records have, with its count."""
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
                yield "NDEx does not say what was changed"
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
        for form, count in frequent.items():
            if count > 1:
                yield f"{shorten(form, _MAX_NAME)} alone in {plural(count, 'record')}"
        if self.dated:
            yield self._networks()

    def _of_remade(self) -> Iterator[str]:
        local, remote = (", ".join(sorted(each)) for each in (self.local, self.remote))
        yield f"no source in common: {remote} on NDEx, {local} in the record"
        yield f"{plural(self.missing, 'gene')} only in the record, {self.extra:,} only on NDEx"
        if self.dated:
            yield self._networks()
