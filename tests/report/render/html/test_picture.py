"""Drifted pathways open to their picture, figures to their genes, in a browser."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from sync.model import Curie, Difference, DifferenceKind, GeneCounts, Verdict
from sync.picture.differences import draw_differences
from sync.records.drawing import Box, DataNode, Drawing, Interaction, Point, Xref
from sync.report.document import ReportedRecord
from tests.builders import make_difference, make_report, make_result
from tests.report.render.html.conftest import Open, assert_accessible
from tests.report.render.html.test_page import EVIL

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.slow

DIFFERENCES = (
    make_difference(DifferenceKind.GENE_MISSING, symbol="MDM2", ids=(Curie("ncbigene:4193"),)),
    make_difference(DifferenceKind.GENE_RENAMED, symbol="TP53", ids=()),
    Difference(DifferenceKind.INTERACTION_MISSING, name="A → B", local={"element": "i1"}),
    Difference(DifferenceKind.NODE_EXTRA, name=EVIL, remote={"type": EVIL, "element": EVIL}),
)
DRAWING = Drawing(
    path="WP1.gpml",
    schema="2013a",
    title=EVIL,
    nodes=(
        DataNode(id="n1", label="TP53", box=Box(100, 50, 80, 20)),
        DataNode(id=EVIL, label="MDM2", box=Box(900, 50, 80, 20), xref=Xref("Entrez Gene", "4193")),
        DataNode(id="n3", label=EVIL, box=Box(2000, 1500, 300, 20)),
    ),
    interactions=(Interaction(id="i1", points=(Point(x=140, y=50), Point(x=860, y=50))),),
)
REPORT = make_report(
    make_result("WP1", Verdict.DRIFTED, differences=DIFFERENCES),
    make_result(
        "PMC1",
        Verdict.DRIFTED,
        genes=GeneCounts(local=2, remote=2, shared=1),
        shared_genes=("NFKB1",),
        differences=(
            make_difference(symbol=EVIL),
            make_difference(DifferenceKind.GENE_EXTRA, symbol="TNF"),
        ),
    ),
)


def draw(record: ReportedRecord) -> str | None:
    return draw_differences(DRAWING, record.differences) if record.id == "WP1" else None


def open_record(open_page: Open, record: str) -> Page:
    page = open_page(REPORT, pictures=draw)
    page.get_by_role("button", name=record, exact=True).click()
    return page


def test_a_drifted_pathway_opens_to_its_picture_with_what_differs_in_colour(
    open_page: Open,
) -> None:
    page = open_page(REPORT, pictures=draw)
    assert page.locator(".picture svg").count() == 0
    page.get_by_role("button", name="WP1", exact=True).click()
    page.locator(".picture svg").wait_for()

    colours = {
        mark: page.locator(f".picture svg .{mark}").first.evaluate(
            "(e) => getComputedStyle(e).color"
        )
        for mark in ("missing", "renamed", "extra")
    }
    assert colours == {
        "missing": "rgb(197, 34, 31)",
        "renamed": "rgb(163, 82, 0)",
        "extra": "rgb(123, 47, 160)",
    }
    assert page.locator(".picture svg .missing").count() == 2
    both = page.locator(".picture svg [data-id=n3]")
    assert both.evaluate("(e) => getComputedStyle(e).color") == "rgb(107, 114, 128)"
    assert page.locator(".legend li").all_inner_texts() == [
        "only in the drawing",
        "only on NDEx",
        "named otherwise on NDEx",
    ]
    assert EVIL in (page.locator(".picture svg").text_content() or "")
    assert page.locator(".picture script, .picture img").count() == 0
    assert page.title() != "owned"


def test_the_picture_is_zoomed_by_keyboard_and_buttons_and_stays_in_its_place(
    open_page: Open,
) -> None:
    page = open_record(open_page, "WP1")
    picture = page.locator(".picture svg")
    picture.wait_for()
    view = page.locator(".picture .view")

    def width() -> float:
        return float(picture.get_attribute("width") or 0)

    fitted = width()
    box = view.bounding_box()
    assert box is not None
    assert fitted <= box["width"]
    view.focus()
    for key in ("+", "+", "-"):
        page.keyboard.press(key)
    assert width() == pytest.approx(1.25 * fitted, abs=2)
    page.get_by_role("button", name="Zoom in").click()
    assert width() > box["width"]
    assert page.evaluate("document.documentElement.scrollWidth") <= 1280
    view.focus()
    page.keyboard.press("ArrowRight")
    while not view.evaluate("(element) => element.scrollLeft"):
        page.wait_for_timeout(20)
    page.keyboard.press("0")
    assert width() == fitted


def test_a_figure_opens_to_its_genes_as_chips(open_page: Open) -> None:
    page = open_record(open_page, "PMC1")

    assert [row.split("\n") for row in page.locator(".glance > div").all_inner_texts()] == [
        ["Only in the record (1)", EVIL],
        ["Both (1)", "NFKB1"],
        ["Only on NDEx (1)", "TNF"],
    ]
    assert page.locator(".picture").count() == 0


@pytest.mark.parametrize("record", ["WP1", "PMC1"])
@pytest.mark.parametrize("width", [1280, 390])
def test_axe_finds_no_serious_problem_in_pictures(open_page: Open, record: str, width: int) -> None:
    page = open_record(open_page, record)
    page.set_viewport_size({"width": width, "height": 900})
    page.locator(".picture svg, .glance").first.wait_for()

    assert_accessible(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("broken", ["", "no base64", "aGVsbG8="])
def test_a_picture_that_cannot_be_unpacked_says_so(open_page: Open, broken: str) -> None:
    page = open_page(REPORT, pictures=draw)
    page.evaluate("(text) => document.querySelector('[data-picture]').textContent = text", broken)
    page.get_by_role("button", name="WP1", exact=True).click()

    page.get_by_text("This browser cannot unpack the picture.").wait_for()
