"""Count the records of a collection: by layout, and those that were refused by reason."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from sync.model import InvalidRecord, Layout, Record


@dataclass(frozen=True, slots=True)
class LayoutCount:
    """How many records of one layout were read and refused; ``layout`` None: not detected.

    ``without_genes`` counts those whose genes could not be read.
    """

    layout: Layout | None
    read: int
    refused: int
    without_genes: int = 0


@dataclass(frozen=True, slots=True)
class RefusalCount:
    """How many records of one layout were refused for one reason, and the first of them by path.

    ``reason`` is the start of ``InvalidRecord.reason``, up to its colon.
    """

    layout: Layout | None
    reason: str
    count: int
    example: InvalidRecord


@dataclass(frozen=True, slots=True)
class RecordCounts:
    """All counts: layouts in the order of ``Layout``, most frequent refusals first."""

    layouts: tuple[LayoutCount, ...]
    refusals: tuple[RefusalCount, ...]


def count_records(records: Iterable[Record | InvalidRecord]) -> RecordCounts:
    """Count what was read and what was refused; the order of ``records`` does not matter."""
    read: Counter[Layout | None] = Counter()
    without_genes: Counter[Layout | None] = Counter()
    refused: dict[tuple[Layout | None, str], list[InvalidRecord]] = {}
    for record in records:
        if isinstance(record, Record):
            read[record.layout] += 1
            without_genes[record.layout] += record.genes_unknown is not None
        else:
            reason = record.reason.partition(":")[0]
            refused.setdefault((record.layout, reason), []).append(record)
    refusals = [
        RefusalCount(layout, reason, len(group), min(group, key=_place))
        for (layout, reason), group in refused.items()
    ]
    refusals.sort(key=lambda refusal: (-refusal.count, refusal.layout or "", refusal.reason))
    layouts = [
        LayoutCount(layout, read[layout], refused_count, without_genes[layout])
        for layout in (*Layout, None)
        if (refused_count := _refused(refusals, layout)) or read[layout]
    ]
    return RecordCounts(tuple(layouts), tuple(refusals))


def _place(record: InvalidRecord) -> tuple[str, str]:
    return record.path, record.id


def _refused(refusals: Iterable[RefusalCount], layout: Layout | None) -> int:
    return sum(refusal.count for refusal in refusals if refusal.layout is layout)
