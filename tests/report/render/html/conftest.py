"""A browser for the pages; where none is installed, the tests that need one are skipped."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from sync.report.document import Report
from sync.report.pictures import Pictures, no_pictures
from sync.report.render.html.render import render_html

if TYPE_CHECKING:
    from playwright.sync_api import Browser, ConsoleMessage, Page

Open = Callable[..., "Page"]
"""Opens a report, and an earlier one if given, as a page in the browser."""

_NAMES = ("chromium", "chromium-browser", "google-chrome")
_OPTIONS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Start a browser, and end it before other tests run their event loops."""
    api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    path = next(filter(None, map(shutil.which, _NAMES)), None)
    if path is None:
        pytest.skip("no Chromium or Chrome is installed")
    with api.sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=path, args=list(_OPTIONS))
        yield started
        started.close()


@pytest.fixture
def open_page(browser: Browser, tmp_path: Path) -> Iterator[Open]:
    """Open reports as pages; afterwards nothing may have complained or left the file."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    context.set_default_timeout(10_000)
    complaints: list[str] = []

    def listen(message: ConsoleMessage) -> None:
        complaints.append(f"{message.type}: {message.text}")

    def open_report(
        report: Report, previous: Report | None = None, pictures: Pictures = no_pictures
    ) -> Page:
        path = tmp_path / "report.html"
        with path.open("w", encoding="utf-8") as stream:
            render_html(report, stream, previous, pictures)
        page = context.new_page()
        page.on("console", listen)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("dialog", lambda dialog: complaints.append(f"dialog: {dialog.message}"))
        page.on("request", lambda sent: _refuse(sent.url, path, complaints))
        page.goto(path.as_uri())
        return page

    yield open_report
    context.close()
    assert complaints == []


def assert_accessible(page: Page) -> None:
    """Axe finds no serious problem on the page."""
    page.evaluate((Path(__file__).parent / "vendor" / "axe.min.js").read_text("utf-8"))
    found = page.evaluate("axe.run().then((found) => found.violations)")

    serious = [each for each in found if each["impact"] in {"serious", "critical"}]
    assert [(each["id"], each["nodes"][0]["html"]) for each in serious] == []


def _refuse(url: str, path: Path, complaints: list[str]) -> None:
    if url.partition("#")[0] != path.as_uri() and not url.startswith(("blob:", "about:")):
        complaints.append(f"asked for {url}")
