"""How long a browser takes with the HTML report of a whole collection.

    python -m benchmarks.html_page --json html_page.json

Needs playwright (``pip install .[dev]``) and Chromium. Times are taken inside the browser: until
the table stands, and how long filtering and sorting hold the page up.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import orjson
from playwright.sync_api import Page, sync_playwright

from benchmarks.pfocr_like import SIZE
from sync.report.render.html.render import render_html
from tests.report import samples

_BEFORE_SEARCH_MS = 1_500
"""How long a person looks at the page before typing."""

_SEARCH = """(text) => {
  const start = performance.now();
  document.getElementById("text").value = text;
  document.querySelector(".filters").dispatchEvent(new Event("input"));
  return performance.now() - start;
}"""
_SORT = """(column) => {
  const start = performance.now();
  document.querySelectorAll("#columns button")[column].click();
  return performance.now() - start;
}"""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was measured: the page's size, and times in seconds and milliseconds."""

    records: int
    megabytes: float
    render_s: float
    load_s: float
    first_search_ms: float
    search_ms: float
    sort_ms: float


def main() -> None:
    """Measure and print; write it as JSON where asked."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--size", type=int, default=SIZE)
    parser.add_argument("--json", help="a file for the numbers")
    options = parser.parse_args()
    browser = shutil.which("chromium") or sys.exit("install chromium first")
    with TemporaryDirectory() as folder:
        outcome = _measure(Path(folder) / "report.html", options.size, browser)
    for name, value in asdict(outcome).items():
        print(f"{name:>16} {value:10,.2f}")
    if options.json:
        Path(options.json).write_bytes(orjson.dumps(asdict(outcome), option=orjson.OPT_INDENT_2))


def _measure(path: Path, size: int, browser: str) -> Outcome:
    report = samples.drift(size)
    start = time.perf_counter()
    with path.open("w", encoding="utf-8") as stream:
        render_html(report, stream)
    render_s = time.perf_counter() - start
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=browser, args=["--no-sandbox"])
        page = running.new_page()
        start = time.perf_counter()
        page.goto(path.as_uri())
        page.wait_for_selector("#rows tr")
        load_s = time.perf_counter() - start
        page.wait_for_timeout(_BEFORE_SEARCH_MS)
        outcome = Outcome(
            records=size,
            megabytes=path.stat().st_size / 1e6,
            render_s=render_s,
            load_s=load_s,
            first_search_ms=_time(page, _SEARCH, "gene7 chemokines"),
            search_ms=_time(page, _SEARCH, "gene12"),
            sort_ms=max(_time(page, _SORT, column) for column in (0, 1, 5)),
        )
        running.close()
    return outcome


def _time(page: Page, script: str, argument: str | int) -> float:
    return float(page.evaluate(script, argument))


if __name__ == "__main__":
    main()
