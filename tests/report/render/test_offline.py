"""What a terminal and Markdown show of records that were only read."""

from __future__ import annotations

from io import StringIO

import pytest
from rich.cells import cell_len

from sync.model import CheckResult, Layout, Verdict
from sync.records.counts import LayoutCount
from sync.report.document import OFFLINE, Report
from sync.report.render.markdown import MAX_BYTES, render_markdown
from sync.report.render.offline import LayoutTable, render_offline
from sync.report.text import visible
from tests.builders import make_report, make_result
from tests.report.samples import HOSTILE, rendered

EMPTY = LayoutTable(())


def offline(*results: CheckResult) -> Report:
    return make_report(*results, command=OFFLINE, server="")


def refused(record: str, reason: str) -> CheckResult:
    path = f"_pathways/{record}.md"
    return make_result(record, Verdict.INVALID_RECORD, path=path, line=3, messages=(reason,))


def read(record: str, *notes: str, left_out: tuple[str, ...] = ()) -> CheckResult:
    return make_result(record, Verdict.NOT_COMPARED, messages=notes, left_out=left_out)


def shown(table: LayoutTable, *results: CheckResult) -> str:
    stream = StringIO()
    render_offline({"pfocr": table}, offline(*results), stream)
    return stream.getvalue()


def test_a_table_counts_by_layout_and_lists_everything() -> None:
    text = shown(
        LayoutTable(
            (
                LayoutCount(Layout.PFOCR_EMBEDDED, 65, 0, 4),
                LayoutCount(Layout.WIKIPATHWAYS, 2_083, 3),
            ),
            7,
        ),
        refused("WP1", "the front matter has no end; close it with ---"),
        refused("X", "not an id: 'X' is not a WP id"),
        refused("Y", "not an id: 'Y' is not a WP id"),
        refused("WP9", "the front matter has no end; close it with ---"),
        refused("WP8", "the front matter has no end; close it with ---"),
        read("WP4", "WP4-datanodes.tsv:3: odd", "also odd", left_out=("t.tsv:9: ragged",)),
    )

    assert (
        text
        == """\
Records of pfocr

layout               read   no genes    refused
pfocr-embedded         65          4          0
wikipathways        2,083          0          3
all                 2,148          4          3

7 records of organisms that the configuration does not ask for

Why records were refused
3  the front matter has no end; close it with ---
   _pathways/WP1.md:3
   _pathways/WP9.md:3
   _pathways/WP8.md:3
2  not an id
   _pathways/X.md:3: 'X' is not a WP id
   _pathways/Y.md:3: 'Y' is not a WP id

Rows that could not be read and were left out
t.tsv:9: ragged

Notes
WP4-datanodes.tsv:3: odd
_pathways/WP4.md: also odd

1 of 6 records read: not every record can be read
"""
    )


def test_without_anything_odd_there_is_only_the_table() -> None:
    text = shown(LayoutTable((LayoutCount(Layout.PFOCR, 1, 0),)), read("PMC1"))

    assert text.endswith(
        "all            1          0          0\n\n1 of 1 record read: every record can be read\n"
    )


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_reasons_and_paths_do_nothing(text: str) -> None:
    lines = shown(EMPTY, refused(text, text), read(text, text, left_out=(text,))).split("\n")

    assert all(visible(line) == line and cell_len(line) <= 80 for line in lines)


def test_markdown_lists_everything_while_there_is_room() -> None:
    few = rendered(render_markdown, offline(refused("WP1", "no end"), read("WP4", "odd")))
    many = rendered(render_markdown, offline(*(read(f"WP{n}", "x" * 300) for n in range(4_000))))

    assert "- **1**: `no end`\n  - `_pathways/WP1.md:3`\n" in few
    assert few.endswith("## Notes\n\n- `_pathways/WP4.md: odd`\n")
    assert len(many.encode()) <= MAX_BYTES
    assert "more lines: they are in the JSON report" in many
