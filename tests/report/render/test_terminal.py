"""The terminal report: readable at any width, with or without colour, and safe."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from io import StringIO

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.console import Console

from sync.model import CheckResult, Curie, DifferenceKind, GeneCounts, Verdict
from sync.report.document import Report
from sync.report.render.drift import MAX_DRIFTED
from sync.report.render.formats import FORMATS, FormatRequest
from sync.report.render.terminal import MAX_REASONS, print_report
from sync.report.text import visible
from sync.report.write import write_reports
from tests.builders import (
    NETWORK,
    make_difference,
    make_report,
    make_result,
)
from tests.report import samples

OWN_ESCAPES = re.compile(r"\x1b\[[\d;]*m|\x1b\]8;[^\x1b]*\x1b\\")

REPORTS = [
    pytest.param(make_report, id="empty"),
    pytest.param(lambda: make_report(make_result()), id="in sync"),
    pytest.param(samples.every_kind, id="every kind"),
    pytest.param(samples.hostile, id="hostile"),
    pytest.param(lambda: samples.drift(5), id="5 drifted"),
    pytest.param(lambda: samples.drift(1_000), id="1,000 drifted"),
]


def shown(report: Report, width: int = 80) -> str:
    stream = StringIO()
    print_report(report, Console(file=stream, width=width))
    return stream.getvalue()


def in_colour(report: Report, width: int = 80) -> str:
    stream = StringIO()
    console = Console(file=stream, width=width, force_terminal=True, color_system="truecolor")
    print_report(report, console)
    return stream.getvalue()


def test_a_report_on_two_records_reads_like_this() -> None:
    genes = (
        make_difference(DifferenceKind.GENE_MISSING),
        make_difference(DifferenceKind.GENE_EXTRA, symbol="TNF", ids=(Curie("ncbigene:7124"),)),
    )
    figure = "PMC4745709__oncotarget-06-29034-g006"
    drifted = make_result(
        figure,
        Verdict.DRIFTED,
        path=f"_figures/{figure}.md",
        differences=genes,
        genes=GeneCounts(local=16, remote=16, shared=15),
    )
    refused = make_result(
        "WP7", Verdict.INVALID_RECORD, network=None, messages=("key 'ndex' twice",)
    )

    assert shown(make_report(drifted, refused)) == (
        """\
ndex-sync check · https://www.ndexbio.org
2026-08-22 10:00 UTC · 3 min 12 s · 2,005 requests · 12.3 MB received

Checked 1 of 2 records

  drifted                1   50.0%  ████████████████████
  invalid record         1   50.0%  ████████████████████

What to look at, most important first

1  invalid record: key 'ndex' twice
    _pathways/WP7.md:17
    → Fix the file at the line shown.

1  drifted: genes only in the record
    CXCL8 (1)
    in PMC4745709__oncotarget-06-29034-g006
    → Update the network's genes: the record has gained them since the upload.

1  drifted: genes only on NDEx
    TNF (1)
    in PMC4745709__oncotarget-06-29034-g006
    → Decide whether the record lost them rightly; if so, update the network's
    genes.

Drifted records (NDEx → record)

PMC4745709__oncotarget-06-29034-g006
_figures/PMC4745709__oncotarget-06-29034-g006.md:17
https://www.ndexbio.org/viewer/networks/2dee1f6d-8b66-11eb-9e72-0ac135e8bacf
  genes               16 in the record, 16 on NDEx, 15 shared
  only in the record  CXCL8 (ncbigene:3576)
  only on NDEx        TNF (ncbigene:7124)

0 of 2 records in sync: not every record was checked
"""
    )


@pytest.mark.parametrize("build", REPORTS)
def test_a_pipe_gets_plain_lines(build: Callable[[], Report]) -> None:
    text = shown(build())

    assert visible(text.replace("\n", "")) == text.replace("\n", "")
    assert max(map(cell_len, text.split("\n"))) <= 80
    assert all(line == line.rstrip() for line in text.split("\n"))
    assert "\n\n\n" not in text
    assert not re.search("[─-╿]", text)


@pytest.mark.parametrize("build", REPORTS)
def test_colour_changes_nothing_but_colour(build: Callable[[], Report]) -> None:
    report = build()
    coloured = in_colour(report)

    assert coloured != shown(report)
    assert OWN_ESCAPES.sub("", coloured) == shown(report)


@pytest.mark.parametrize("text", samples.HOSTILE[:9])
def test_hostile_texts_are_shown_as_they_are_and_do_nothing(text: str) -> None:
    drifted = make_result(
        text,
        Verdict.DRIFTED,
        differences=(
            make_difference(DifferenceKind.GENE_MISSING, symbol=text),
            make_difference(DifferenceKind.PROPERTY, name=text, local={"value": text}),
        ),
        messages=(text,),
    )

    report = shown(make_report(drifted), width=400)

    assert report.count(re.sub(":(?=:)", r"\\x3a", visible(text))) >= 5


def test_a_link_is_made_of_the_uuid_alone_where_the_server_has_pages() -> None:
    link = f"https://www.ndexbio.org/viewer/networks/{NETWORK}"
    text = in_colour(make_report(make_result(verdict=Verdict.DRIFTED)))

    assert re.search(rf"\x1b\]8;id=\d+;{re.escape(link)}\x1b\\", text)
    pageless = shown(make_report(make_result(verdict=Verdict.DRIFTED), server="sandbox:demo.db"))
    assert NETWORK in pageless
    assert "/viewer/" not in pageless


@pytest.mark.parametrize("width", [80, 160])
def test_links_and_places_are_in_one_piece_where_they_fit(width: int) -> None:
    lines = shown(samples.every_kind(), width).split("\n")
    link = f"https://www.ndexbio.org/viewer/networks/{NETWORK}"

    told = sum(not verdict.settled for verdict in Verdict)
    assert sum(line.endswith(link) for line in lines) == told
    assert sum("_pathways/WP" in line for line in lines) == told - 1


def test_a_link_that_needs_some_of_the_margin_to_stay_in_one_piece_gets_it() -> None:
    server = "https://public.ndexbio.org"
    failed = make_result(verdict=Verdict.FAILED, messages=("timed out",))

    lines = shown(make_report(failed, server=server)).split("\n")

    assert f" {server}/viewer/networks/{NETWORK}" in lines


def test_a_colour_ends_where_its_text_ends() -> None:
    text = in_colour(make_report(make_result(verdict=Verdict.DRIFTED)))

    assert "\x1b[32mCXCL8\x1b[0m\x1b[2m (ncbigene:3576)\x1b[0m\n" in text


def test_what_is_in_sync_is_said_in_few_lines() -> None:
    text = shown(make_report(*(make_result(f"WP{index}") for index in range(2_000))))

    assert "Checked 2,000 of 2,000 records" in text
    assert "2,000 of 2,000 records in sync: nothing to do" in text
    assert len(text.splitlines()) == 8


def test_a_thousand_drifted_records_are_a_few_screens() -> None:
    text = shown(samples.drift(1_000))

    assert text.count("\n_figures/") == MAX_DRIFTED
    assert "… and 980 more (see --format json=PATH)" in text
    assert "1,000  drifted: a property differs in case, blanks or punctuation only" in text
    assert len(text.splitlines()) < 300


def test_many_reasons_are_listed_up_to_a_limit() -> None:
    texts = [chr(ord("a") + index) * 9 for index in range(MAX_REASONS + 3)]
    results = [
        make_result(f"WP{index}", Verdict.FAILED, messages=(text,))
        for index, text in enumerate(texts)
    ]

    text = shown(make_report(*results))

    assert text.count("failed: ") == MAX_REASONS + 1
    assert "\n3  failed: 3 other reasons (see --format json=PATH)\n" in text


def test_many_records_of_one_reason_are_counted() -> None:
    results = [
        make_result(f"WP{index}", Verdict.INVALID_RECORD, messages=("no front matter",))
        for index in range(1_312)
    ]

    text = shown(make_report(*results))

    assert "\n1,312  invalid record: no front matter\n" in text
    assert "… and 1,307 more\n" in text


def test_a_rare_verdict_still_has_a_share_and_a_bar() -> None:
    results = [make_result(f"WP{index}") for index in range(3_000)]

    text = shown(make_report(*results, make_result("WPx", Verdict.MISSING)))

    assert "  missing                1   <0.1%  █\n" in text


def test_long_gene_lists_and_texts_are_cut() -> None:
    genes = [make_difference(symbol=f"GENE{n}", ids=()) for n in range(500)]
    description = make_difference(
        DifferenceKind.PROPERTY,
        name="description",
        local={"value": "a" * 3_000 + "here" + "b" * 3_000},
        remote={"value": "a" * 3_000 + "there" + "b" * 3_000},
    )
    text = shown(samples.drifted(*genes, description))

    assert "GENE11, … 488 more" in text.replace("\n" + " " * 22, " ")
    assert re.search(r"^  description         NDEx    …a+\n +a+thereb+\n", text, re.MULTILINE)
    assert len(text.splitlines()) < 50


def test_short_values_stand_on_one_line_and_long_ones_below_each_other() -> None:
    year = make_difference(
        DifferenceKind.PROPERTY, name="year", local={"value": "2015"}, remote=None
    )
    title = make_difference(
        DifferenceKind.PROPERTY,
        name="figureTitle",
        local={"value": "Signalling of chemokines in pancreatic cancer cells"},
        remote={"value": "Figure 6"},
    )
    text = shown(samples.drifted(year, title))

    assert "  year                (none) → 2015\n" in text
    assert (
        "  figureTitle         NDEx    Figure 6\n"
        "                      record  Signalling of chemokines in pancreatic cancer\n"
        "                              cells\n"
    ) in text


def test_a_property_with_a_long_name_has_it_on_its_own_line() -> None:
    name = "aPropertyOfAnotherProgram"
    difference = make_difference(DifferenceKind.PROPERTY, name=name, local={"value": "x " * 40})
    text = shown(samples.drifted(difference))

    assert f"\n  {name}\n{' ' * 22}NDEx    Figure 6\n{' ' * 22}record  x x x" in text


def test_a_gene_without_symbol_or_identifier_is_still_named() -> None:
    nameless = make_difference(symbol="", ids=(Curie("ncbigene:1"),))
    bare = make_difference(symbol="TNF", ids=())
    text = shown(samples.drifted(nameless, bare))

    assert "only in the record  (no symbol) (ncbigene:1), TNF\n" in text


@pytest.mark.parametrize("encoding", ["ascii", "cp1252", "latin-1"])
def test_a_stream_of_a_small_encoding_gets_a_report_all_the_same(encoding: str) -> None:
    with io.TextIOWrapper(io.BytesIO(), encoding=encoding, newline="\n") as stream:
        write_reports(FORMATS, samples.hostile(), [FormatRequest("terminal")], stream)
        stream.flush()
        buffer = stream.buffer
        assert isinstance(buffer, io.BytesIO)
        text = buffer.getvalue().decode(encoding)

    assert "Drifted records (NDEx -> record)" in text
    assert "##########" in text
    assert r"\u65e5\u672c" in text


sane_texts = st.text(max_size=60)
results = st.builds(
    lambda record, verdict, message, symbol: make_result(
        record,
        verdict,
        path=message,
        messages=(message,),
        differences=tuple(
            make_difference(kind, symbol=symbol, name=symbol, local={"value": message})
            for kind in DifferenceKind
        ),
    ),
    sane_texts,
    st.sampled_from(Verdict),
    sane_texts,
    sane_texts,
)


@given(st.lists(results, max_size=3), st.integers(20, 200))
def test_any_text_at_any_width_keeps_to_the_page(found: list[CheckResult], width: int) -> None:
    lines = shown(make_report(*found), width).split("\n")

    assert [line for line in lines if cell_len(line) > width] == []
    assert [line for line in lines if line != visible(line)] == []
