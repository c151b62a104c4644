"""The table of an offline survey."""

from __future__ import annotations

from io import StringIO

import pytest
from rich.cells import cell_len

from sync.report.survey import Refusal, SurveyRow, render_survey
from sync.report.text import visible
from tests.report.samples import HOSTILE


def shown(*rows: SurveyRow, refusals: tuple[Refusal, ...] = ()) -> str:
    stream = StringIO()
    render_survey("pathways", rows, refusals, stream)
    return stream.getvalue()


def test_a_survey_counts_by_layout_and_ranks_the_reasons() -> None:
    text = shown(
        SurveyRow("pfocr-embedded", 65, 0, 4),
        SurveyRow("wikipathways", 2_083, 12),
        refusals=(
            Refusal("the id is no WP id", 1, "_pathways/X.md"),
            Refusal("the front matter has no end; close it with ---", 11, "_pathways/WP1.md"),
        ),
    )

    assert text == (
        """\
Records of pathways

layout               read   no genes    refused
pfocr-embedded         65          4          0
wikipathways        2,083          0         12
all                 2,148          4         12

Why records were refused
11  the front matter has no end; close it with ---
    for example _pathways/WP1.md
 1  the id is no WP id
    for example _pathways/X.md
"""
    )


def test_a_survey_without_refusals_ends_with_the_table() -> None:
    assert shown(SurveyRow("pfocr", 3, 0)).endswith("all            3          0          0\n")


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_reasons_and_paths_do_nothing(text: str) -> None:
    refusal = Refusal(text, 1, f"_figures/{text}.md")
    lines = shown(SurveyRow("pfocr", 0, 1), refusals=(refusal,)).split("\n")

    assert all(visible(line) == line and cell_len(line) <= 80 for line in lines)
