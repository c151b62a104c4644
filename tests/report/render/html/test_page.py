"""The HTML report in a browser, as a person with or without a mouse uses it."""

from __future__ import annotations

import shlex
from datetime import date
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import pytest

from sync.model import About, Accepted, DifferenceKind, GeneCounts, Verdict
from sync.report.document import Report
from sync.report.render.tsv import render_tsv
from tests.builders import NETWORK, make_difference, make_report, make_result
from tests.report import samples
from tests.report.render.html.conftest import Open, assert_accessible

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.slow

EVIL = (
    "</script><img src=x onerror=\"document.title='owned'\"><script>document.title='owned'</script>"
)


def about(title: str, organism: str, year: str) -> About:
    return About(title, organism, year, "https://pfocr.wikipathways.org/figures/x.html")


REPORT = make_report(
    make_result("PMC10", about=about("Chemokines", "Homo sapiens, Mus musculus", "2015")),
    make_result(
        "PMC9",
        Verdict.DRIFTED,
        about=about("Statins", "Mus musculus", "2020"),
        genes=GeneCounts(local=3, remote=3, shared=2),
        shared_genes=("NFKB1",),
        differences=(
            make_difference(),
            make_difference(DifferenceKind.GENE_EXTRA, symbol="TNF"),
            make_difference(DifferenceKind.GENE_RENAMED, symbol="AOPEP"),
            make_difference(DifferenceKind.PROPERTY),
            make_difference(DifferenceKind.STATE),
        ),
    ),
    make_result("PMC100", Verdict.FAILED, about=about("Kinases", "", ""), messages=("no answer",)),
    unclaimed=(samples.REMOTE,),
    source="https://github.com/wikipathways/pfocr/blob/c0ffee",
    commit="c0ffee",
)


def names(page: Page) -> list[str]:
    return page.locator("#rows tr[data-row] th button").all_inner_texts()


def test_the_most_urgent_record_stands_first(open_page: Open) -> None:
    page = open_page(REPORT)

    assert names(page) == ["PMC100", "PMC9", "PMC9__f9", "PMC10"]
    assert page.locator("#status").inner_text() == "4 of 4 shown"
    assert page.locator("h1").inner_text() == "1 of 3 records in sync: not every record was checked"
    page.locator(".run summary").click()
    assert "c0ffee" in page.locator(".run").inner_text()
    assert page.locator("#change").is_hidden()


@pytest.mark.parametrize(
    ("control", "value", "expected"),
    [
        ("#verdict", "drifted", ["PMC9"]),
        ("#organism", "Mus musculus", ["PMC9", "PMC10"]),
        ("#year", "2015", ["PMC10"]),
        ("#kind", "gene_extra", ["PMC9"]),
        ("#text", "il8", ["PMC9"]),
        ("#text", "no answer", ["PMC100"]),
        ("#text", "STATINS pmc9", ["PMC9"]),
        ("#text", "nowhere", []),
    ],
)
def test_a_choice_or_a_text_leaves_what_it_names(
    open_page: Open, control: str, value: str, expected: list[str]
) -> None:
    page = open_page(REPORT)
    (page.fill if control == "#text" else page.select_option)(control, value)

    assert names(page) == expected
    page.click(".filters button[type=reset]")
    page.locator("#rows tr").nth(3).wait_for()
    assert len(names(page)) == 4


def test_a_column_sorts_both_ways_and_numbers_as_numbers(open_page: Open) -> None:
    page = open_page(REPORT)
    head = page.locator("#columns th").first
    head.locator("button").click()

    assert names(page) == ["PMC9", "PMC9__f9", "PMC10", "PMC100"]
    assert head.get_attribute("aria-sort") == "ascending"
    head.locator("button").click()
    assert names(page) == ["PMC100", "PMC10", "PMC9__f9", "PMC9"]
    assert head.get_attribute("aria-sort") == "descending"


def test_a_verdict_or_a_cause_leaves_its_records_until_it_is_pressed_again(open_page: Open) -> None:
    page = open_page(REPORT)
    chip = page.locator("button[data-verdict=in_sync]")
    chip.click()
    assert names(page) == ["PMC10"]
    assert chip.get_attribute("aria-pressed") == "true"
    chip.click()
    assert len(names(page)) == 4

    for cause, expected in ((0, ["PMC100"]), (1, ["PMC9"])):
        page.click(f"button[data-cause='{cause}']")
        assert names(page) == expected
    assert page.locator("#status").inner_text().startswith("1 of 4 shown: cause ")


def test_an_address_holds_filter_and_open_record(open_page: Open) -> None:
    page = open_page(REPORT)
    page.fill("#text", "statins")
    page.click("button[data-cause='1']")
    page.get_by_role("button", name="PMC9", exact=True).click()
    address = page.url
    page.goto("about:blank")
    page.goto(address)

    assert names(page) == ["PMC9"]
    assert page.locator("tr.details").is_visible()
    assert page.input_value("#text") == "statins"
    page.click("button[type=reset]")
    page.wait_for_url(lambda url: not url.partition("#")[2])


def test_what_is_shown_can_be_taken_as_a_command_and_as_a_table(
    open_page: Open, tmp_path: Path
) -> None:
    page = open_page(REPORT)
    with page.expect_download() as started:
        page.click("#download")
    started.value.save_as(tmp_path / "shown.tsv")
    expected = StringIO()
    render_tsv(REPORT, expected)
    shown = (tmp_path / "shown.tsv").read_text(encoding="utf-8").splitlines()
    assert sorted(shown) == sorted(expected.getvalue().splitlines())

    page.select_option("#verdict", "drifted")
    page.click("#copy")
    assert page.locator("#command").inner_text() == "ndex-sync plan --select 'PMC9'"


def test_an_id_cannot_leave_the_command(open_page: Open) -> None:
    ids = ["a'; rm -rf ~; '", "*[x]?", "a\nrm -rf ~"]
    page = open_page(make_report(*(make_result(each, Verdict.FAILED) for each in ids)))
    page.click("#copy")

    words = shlex.split(page.locator("#command").inner_text())
    assert words == ["ndex-sync", "check", "--select", ids[0], "--select", "[*][[]x][?]"]


def test_many_records_are_shown_in_pages_and_print_shows_all(open_page: Open) -> None:
    page = open_page(samples.drift(120))
    assert page.locator("#page").inner_text() == "Page 1 of 3"
    assert page.locator("#previous").is_disabled()
    page.click("#last")
    assert len(names(page)) == 20
    assert page.locator("#next").is_disabled()

    page.fill("#text", "nowhere")
    assert "press “Show all”" in page.locator("#rows").inner_text()
    page.fill("#text", "")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert len(names(page)) == 120
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert len(names(page)) == 50


def test_a_record_opens_to_its_genes_properties_and_places(open_page: Open) -> None:
    page = open_page(REPORT)
    page.get_by_role("button", name="PMC9", exact=True).click()
    details = page.locator("tr.details")
    genes = details.get_by_role("region", name="Genes side by side").locator("tbody tr")
    properties = details.get_by_role("region", name="Properties that differ")

    assert [row.split("\t") for row in genes.all_inner_texts()] == [
        ["CXCL8 (ncbigene:3576)", "–", "only in the record"],
        ["–", "TNF (ncbigene:3576)", "only on NDEx"],
        ["CXCL8 (ncbigene:3576)", "IL8", "other symbol"],
    ]
    details.get_by_text("1 that both have").click()
    assert details.locator("details").get_by_text("NFKB1").is_visible()
    assert properties.locator("tbody tr").all_inner_texts() == [
        "title\tChemokines in cancer\tFigure 6",
        "visibility\nas configured\n\tPUBLIC\tPRIVATE",
    ]
    links = [link.get_attribute("href") for link in details.locator("a").all()]
    assert links[-1] == "https://bioregistry.io/ncbigene:3576"
    assert links[:4] == [
        "https://github.com/wikipathways/pfocr/blob/c0ffee/_pathways/PMC9.md#L17",
        f"https://www.ndexbio.org/viewer/networks/{NETWORK}",
        f"https://web.cytoscape.org/0/networks/{NETWORK}",
        "https://pfocr.wikipathways.org/figures/x.html",
    ]


def test_an_accepted_record_says_what_was_accepted_why_and_until_when(open_page: Open) -> None:
    evil = f"agreed {EVIL}"
    accepted = (
        Accepted(
            reason=evil,
            until=date(2027, 3, 1),
            difference=make_difference(DifferenceKind.GENE_RENAMED),
        ),
        Accepted(reason=evil, until=date(2027, 3, 1), verdict=Verdict.UNMAPPED),
    )
    page = open_page(make_report(make_result("PMC1", Verdict.ACCEPTED, accepted=accepted)))
    page.locator("#rows button").click()

    lines = page.locator("#rows .details li").all_inner_texts()
    assert (
        lines[-2]
        == f"other symbol CXCL8: CXCL8 in the record, IL8 on NDEx, until 2027-03-01: {evil}"
    )
    assert lines[-1] == f"unmapped, until 2027-03-01: {evil}"
    assert page.locator(".accepted").inner_text().startswith("Accepted, and not counted")
    assert page.title() != "owned"
    page.fill("#text", "agreed")
    assert names(page) == ["PMC1"]


def test_everything_can_be_done_by_keyboard(open_page: Open) -> None:
    page = open_page(REPORT)
    page.keyboard.press("Tab")
    assert page.locator(":focus").inner_text() == "Skip to the records"
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.locator(":focus").get_attribute("id") == "text"
    page.keyboard.type("PMC9.md")
    for _ in range(20):
        page.keyboard.press("Tab")
        if page.locator(":focus").inner_text() == "PMC9":
            break
    page.keyboard.press("Enter")

    assert page.locator("tr.details").is_visible()
    assert page.locator(":focus").get_attribute("aria-expanded") == "true"
    page.keyboard.press("Space")
    assert page.locator("tr.details").count() == 0
    assert page.locator(":focus").inner_text() == "PMC9"


def test_an_earlier_report_shows_the_trend_and_what_is_new(open_page: Open) -> None:
    page = open_page(REPORT, make_report(make_result("PMC9"), make_result("PMC10")))
    page.select_option("#change", "new")

    assert names(page) == ["PMC100", "PMC9"]
    assert "2 new, 0 changed, 0 solved, 1 unchanged" in page.locator("main").inner_text()
    assert page.locator("button[data-verdict=in_sync]").inner_text() == "in sync 1 33.3% (−1)"


def evil_report() -> Report:
    return make_report(
        *(
            make_result(
                text,
                Verdict.DRIFTED,
                path=text,
                differences=tuple(
                    make_difference(kind, symbol=text, name=text, local={"a": text})
                    for kind in DifferenceKind
                ),
                messages=(text,),
                about=About(text, text, text, f"javascript:{text}"),
                shared_genes=(text,),
            )
            for text in (EVIL, "<!--<script>", *samples.HOSTILE)
        ),
        server=EVIL,
        commit=EVIL,
        source="javascript:alert(1)//",
    )


def test_hostile_texts_are_shown_and_do_nothing(open_page: Open) -> None:
    page = open_page(evil_report())
    title = page.title()
    for index in range(page.locator("#rows tr[data-row]").count()):
        page.locator("#rows tr[data-row] th button").nth(index).click()
        links = [link.get_attribute("href") for link in page.locator("tr.details a").all()]
        assert set(links) == {"https://bioregistry.io/ncbigene:3576"}

    assert EVIL in page.locator("#rows").inner_text()
    assert page.locator("img, iframe, object, [onerror]").count() == 0
    assert page.locator("script").count() == 2
    assert page.title() == title


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390], ids=["wide", "narrow"])
def test_axe_finds_no_serious_problem(
    open_page: Open, scheme: Literal["light", "dark"], width: int
) -> None:
    page = open_page(samples.every_kind(), REPORT)
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": width, "height": 900})
    page.select_option("#verdict", "drifted")
    page.locator("#rows th button").first.click()

    assert_accessible(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
