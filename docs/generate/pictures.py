"""``python3 -m docs.generate.pictures``: take the pictures of the documentation, in Chromium.

They are of the sample collection, as ``ndex-sync demo`` checks it. Not part of ``dev.py docs``: a
picture differs with the fonts of a machine.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from msgspec import structs
from playwright.sync_api import sync_playwright

from sync.ndex.address import PUBLIC_SERVER
from sync.report.document import parse_report
from sync.report.render.html.render import render_html

FOLDER = Path(__file__).resolve().parents[1] / "pictures"
PICTURES = {"page.png": "", "pathway.png": "#record=WP90002"}
"""Each picture, and what is chosen in the page."""


def main() -> None:
    """Take all pictures."""
    FOLDER.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        page_file = make_page(Path(folder))
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox"]
        )
        for name, chosen in PICTURES.items():
            page = browser.new_page(viewport={"width": 1280, "height": 800})
            page.goto(f"{page_file.as_uri()}{chosen}")
            page.locator("#rows").wait_for()
            page.screenshot(path=FOLDER / name)
        browser.close()


def make_page(folder: Path) -> Path:
    """Check the samples and write the page as if they were on the public server."""
    report = folder / "report.json"
    command = (sys.executable, "-m", "sync", "demo", "--quiet", "--format", f"json={report}")
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)  # noqa: S603 - our own command
    found = parse_report(report.read_bytes())
    shown = structs.replace(found, run=structs.replace(found.run, server=PUBLIC_SERVER))
    with (folder / "page.html").open("w", encoding="utf-8") as stream:
        render_html(shown, stream)
    return folder / "page.html"


if __name__ == "__main__":
    main()
