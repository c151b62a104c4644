"""The report as a table: one difference a line, and nothing that a spreadsheet would run."""

from __future__ import annotations

import csv
import io

import pytest

from sync.model import DifferenceKind, Verdict
from sync.report.document import Report
from sync.report.render.tsv import COLUMNS, render_tsv
from tests.builders import NETWORK, make_difference, make_report, make_result
from tests.report import samples


def rows(report: Report) -> list[dict[str, str]]:
    text = samples.rendered(render_tsv, report)
    return list(csv.DictReader(io.StringIO(text), delimiter="\t", quoting=csv.QUOTE_NONE))


def test_a_line_says_what_differs_and_where_to_look() -> None:
    differences = (make_difference(), make_difference(DifferenceKind.PROPERTY))
    result = make_result(
        "WP1",
        Verdict.DRIFTED,
        differences=differences,
        messages=("seen",),
        left_out=("a.tsv:3: x",),
    )
    first, second, left_out = rows(make_report(result, source="https://example.org/blob/c0ffee"))

    assert first["kind"] == "only in the record"
    assert (first["what"], first["ids"], first["in the record"]) == (
        "CXCL8",
        "ncbigene:3576",
        "CXCL8",
    )
    assert (first["on NDEx"], first["notes"], second["notes"]) == ("", "seen", "")
    assert (second["kind"], second["what"]) == ("property", "title")
    assert (second["in the record"], second["on NDEx"]) == ("Chemokines in cancer", "Figure 6")
    assert (left_out["kind"], left_out["in the record"]) == ("row left out", "a.tsv:3: x")
    assert first["open the record"] == "https://example.org/blob/c0ffee/_pathways/WP1.md#L17"
    assert first["open in NDEx"] == f"https://www.ndexbio.org/viewer/networks/{NETWORK}"
    assert first["open in Cytoscape Web"] == f"https://web.cytoscape.org/0/networks/{NETWORK}"


@pytest.mark.parametrize("text", [*"=+-@", '=HYPERLINK("https://evil.example")', *samples.HOSTILE])
def test_no_text_is_a_formula_or_breaks_a_line(text: str) -> None:
    result = make_result(text, Verdict.FAILED, messages=(text,))
    [row] = rows(make_report(result))

    assert None not in row
    assert all(not cell.startswith(("=", "+", "-", "@")) for cell in row.values())
    assert tuple(row) == COLUMNS


def test_networks_of_another_server_do_not_open_in_cytoscape_web() -> None:
    [row] = rows(make_report(make_result(), server="https://ndex.example.org"))

    assert row["open in Cytoscape Web"] == ""
    assert row["open in NDEx"] == f"https://ndex.example.org/viewer/networks/{NETWORK}"
