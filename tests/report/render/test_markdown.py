"""The Markdown report, read by a Markdown parser as GitHub would."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from sync.model import DifferenceKind, Verdict
from sync.report.document import Report
from sync.report.render.markdown import MAX_BYTES, MAX_DRIFTED, code, render_markdown
from sync.report.text import visible
from tests.builders import (
    NETWORK,
    make_difference,
    make_report,
    make_result,
)
from tests.report import samples

PARSER = MarkdownIt("commonmark", {"html": True}).enable("table").enable("strikethrough")


def shown(report: Report) -> str:
    return samples.rendered(render_markdown, report)


@dataclass(frozen=True, slots=True)
class Page:
    """What a Markdown parser makes of a report."""

    kinds: frozenset[str]
    links: tuple[str, ...]
    codes: tuple[str, ...]
    prose: str


def read(markdown: str) -> Page:
    tokens = [
        token for block in PARSER.parse(markdown) for token in (block, *(block.children or ()))
    ]
    return Page(
        kinds=frozenset(token.type for token in tokens),
        links=tuple(str(token.attrGet("href")) for token in tokens if token.type == "link_open"),
        codes=tuple(token.content for token in tokens if token.type == "code_inline"),
        prose="".join(token.content for token in tokens if token.type == "text"),
    )


OURS = read("# a\n\n**b** *c* `d`\n[e](f)\n\n- g\n\n| h |\n|--|\n| i |\n").kinds


def test_a_report_reads_like_this() -> None:
    drifted = make_result(
        verdict=Verdict.DRIFTED,
        differences=tuple(
            make_difference(kind) for kind in (DifferenceKind.GENE_MISSING, DifferenceKind.PROPERTY)
        ),
        messages=("MIR21 is not comparable",),
    )
    refused = make_result("WP2", Verdict.INVALID_RECORD, network=None, messages=("no id",))
    link = f"https://www.ndexbio.org/viewer/networks/{NETWORK}"

    assert shown(make_report(drifted, refused)) == (
        f"""\
# `ndex-sync check`

**0 of 2 records in sync: not every record was checked**

Checked 1 of 2 records against `https://www.ndexbio.org` · 2026-08-22 10:00 UTC · 3 min 12 s · \
2,005 requests · 12.3 MB received

| verdict | count | share |
|:--|--:|--:|
| drifted | 1 | 50.0% |
| invalid record | 1 | 50.0% |

## What to look at, most important first

- **1 invalid record**: `no id`. Fix the file at the line shown.
  - `_pathways/WP2.md:17`
- **1 drifted**: genes only in the record. Update the network's genes: the record has gained them \
since the upload.
  - `CXCL8` (1)
- **1 drifted**: a property differs. Update the network's properties, or correct the record.
  - `title` (1)

## Drifted records (NDEx → record)

### `WP1`

`_pathways/WP1.md:17` · [network]({link}) · genes: 16 in the record, 15 on NDEx, 15 shared

- only in the record: `CXCL8` (`ncbigene:3576`)
- `title`: `Figure 6` → `Chemokines in cancer`
- note: `MIR21 is not comparable`
"""
    )


@pytest.mark.parametrize(
    "build",
    [
        pytest.param(make_report, id="empty"),
        pytest.param(samples.every_kind, id="every kind"),
        pytest.param(samples.hostile, id="hostile"),
        pytest.param(partial(samples.drift, 2 * MAX_DRIFTED), id="more drifted than are shown"),
    ],
)
def test_the_page_holds_only_elements_and_links_of_ours(build: Callable[[], Report]) -> None:
    page = read(shown(build()))

    assert page.kinds <= OURS
    assert all(link.startswith("https://www.ndexbio.org/viewer/networks/") for link in page.links)
    assert not re.search(r"[@<>#\[\]|`\\\x1b]|javascript|evil", page.prose)


@given(st.text(max_size=200))
@example("")
@example(" ")
@example(" padded ")
@example("`")
@example("a ``` b `")
def test_a_code_span_shows_any_text_on_one_line(text: str) -> None:
    markdown = code(text)
    page = read(f"a {markdown} b")

    assert "\n" not in markdown
    if text:
        assert page.codes == (visible(text),)
        assert page.prose.strip() == "a  b"
    else:
        assert page.prose.strip() == "a (empty) b"


def test_drifted_records_are_shown_up_to_a_limit() -> None:
    text = shown(samples.drift(MAX_DRIFTED + 1))

    assert text.count("\n### ") == MAX_DRIFTED
    assert text.endswith(
        "\n… and 1 more drifted record: all of them are in the JSON report"
        " (`--format json=PATH`).\n"
    )


def long_values() -> Report:
    properties = tuple(
        make_difference(
            DifferenceKind.PROPERTY,
            name=f"property {number}",
            local={"value": f"{number}{'β' * 10_000}"},
            remote=None,
        )
        for number in range(200)
    )
    drifted = make_result(verdict=Verdict.DRIFTED, differences=properties)
    return make_report(*[drifted] * MAX_DRIFTED)


def many_reasons() -> Report:
    letters = "abcdefghijklmnopqrstuvwxyz"
    return make_report(
        *(
            make_result(f"WP{index}", Verdict.FAILED, messages=(letter * 10_000,), path="β" * 4_000)
            for index, letter in enumerate(letters * 100)
        )
    )


@pytest.mark.parametrize(
    ("build", "note"),
    [(long_values, "more drifted records"), (many_reasons, "18 other reasons")],
    ids=["long values", "many reasons"],
)
def test_a_report_fits_a_step_summary_whatever_it_holds(
    build: Callable[[], Report], note: str
) -> None:
    text = shown(build())

    assert len(text.encode()) <= MAX_BYTES < 2**20
    assert note in text


def test_long_lists_are_cut_and_what_has_no_page_is_named() -> None:
    genes = [make_difference(symbol=f"GENE{n}", ids=()) for n in range(500)]
    text = shown(samples.drifted(*genes, server="sandbox:"))

    assert "`GENE29`, … 470 more\n" in text
    assert f" · `{NETWORK}` · " in text
    assert "](" not in text


def test_a_file_is_a_link_to_its_line_where_the_repository_is_known() -> None:
    source = "https://github.com/o/r/blob/c0ffee"
    text = shown(samples.drifted(make_difference(), source=source))

    assert f"[`_pathways/WP1.md:17`]({source}/_pathways/WP1.md#L17)" in text
    evil = shown(samples.drifted(make_difference(), source="https://x/) <b>"))
    assert "](https://x/%29%20%3Cb%3E/_pathways/WP1.md#L17)" in evil
