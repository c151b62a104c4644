"""The table of an offline survey: how many records of each layout were read, and why others not."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TextIO

from sync.report.page import Page, console_on
from sync.report.text import shorten

_MAX_REASON = 400
_NUMBER = 11


@dataclass(frozen=True, slots=True)
class SurveyRow:
    """How many records of a layout were read and refused; ``layout`` is its name for people.

    ``without_genes`` counts those of the read ones whose genes could not be learned.
    """

    layout: str
    read: int
    refused: int
    without_genes: int = 0


@dataclass(frozen=True, slots=True)
class Refusal:
    """One reason to refuse records, how many it refused, and the path of one of them."""

    reason: str
    count: int
    example: str


def render_survey(
    collection: str, rows: Sequence[SurveyRow], refusals: Iterable[Refusal], stream: TextIO
) -> None:
    """Write a collection's table by layout, then the reasons, most frequent first."""
    page = Page(console_on(stream))
    page.line(page.text(f"Records of {collection}", "bold"))
    page.blank()
    total = SurveyRow(
        "all",
        sum(row.read for row in rows),
        sum(row.refused for row in rows),
        sum(row.without_genes for row in rows),
    )
    width = max(len(row.layout) for row in (*rows, total))
    head = f"{'layout':<{width}}{'read':>{_NUMBER}}{'no genes':>{_NUMBER}}{'refused':>{_NUMBER}}"
    page.line(page.text(head, "bold"))
    for row in rows:
        page.line(page.text(_line(row, width)))
    page.line(page.text(_line(total, width), "bold"))
    ranked = sorted(refusals, key=lambda each: (-each.count, each.reason))
    if ranked:
        page.heading("Why records were refused")
    indent = max((len(f"{each.count:,}") for each in ranked), default=0) + 2
    for each in ranked:
        count = page.text(f"{each.count:>{indent - 2},}", "bold")
        page.item(count, page.text(shorten(each.reason, _MAX_REASON)), indent)
        page.line(page.text(f"for example {each.example}", "dim"), indent)


def _line(row: SurveyRow, width: int) -> str:
    numbers = (row.read, row.without_genes, row.refused)
    return f"{row.layout:<{width}}{''.join(f'{number:>{_NUMBER},}' for number in numbers)}"
