"""The counts of the records of a collection."""

from __future__ import annotations

from dataclasses import replace

from sync.model import InvalidRecord, Layout, Record, RecordId
from sync.records.counts import LayoutCount, RefusalCount, count_records


def good(layout: Layout) -> Record:
    return Record(RecordId("a"), layout, "a.md", 1, None, {}, ())


def bad(path: str, reason: str, layout: Layout | None) -> InvalidRecord:
    return InvalidRecord(RecordId(path), path, None, reason, layout)


TABLE_A = bad("a.md", "no gene table: _data/a-genes.tsv is missing", Layout.PFOCR)
TABLE_B = bad("b.md", "no gene table: _data/b-genes.tsv is missing", Layout.PFOCR)
YAML = bad("c.md", "not YAML: found: something", None)
UUID_A = bad("d.md", "ndex is not a UUID: 'x'", Layout.PFOCR)
UUID_B = bad("e.md", "ndex is not a UUID: 'y'", Layout.WIKIPATHWAYS)


def test_records_are_counted_by_layout_and_refusals_by_reason() -> None:
    counts = count_records(
        [
            YAML,
            TABLE_B,
            good(Layout.PFOCR_EMBEDDED),
            UUID_B,
            replace(good(Layout.PFOCR), genes_unknown="no gene table"),
            TABLE_A,
            UUID_A,
            good(Layout.PFOCR),
        ]
    )

    assert counts.layouts == (
        LayoutCount(Layout.PFOCR, read=2, refused=3, without_genes=1),
        LayoutCount(Layout.PFOCR_EMBEDDED, read=1, refused=0),
        LayoutCount(Layout.WIKIPATHWAYS, read=0, refused=1),
        LayoutCount(None, read=0, refused=1),
    )
    assert counts.refusals == (
        RefusalCount(Layout.PFOCR, "no gene table", 2, TABLE_A),
        RefusalCount(None, "not YAML", 1, YAML),
        RefusalCount(Layout.PFOCR, "ndex is not a UUID", 1, UUID_A),
        RefusalCount(Layout.WIKIPATHWAYS, "ndex is not a UUID", 1, UUID_B),
    )
