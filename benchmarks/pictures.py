"""Show our pictures of pathways beside the thumbnails of the site, and say what they take.

    python -m benchmarks.pictures ../shared/corpus/drawings WP4255 WP1012 --out /tmp/pictures

Writes ``sheet-1.png``, ``sheet-2.png``… for looking at, two pathways each: ours on the left, the
site's on the right. Without names it takes 20 pathways, spread over the folder by the sizes of
their drawings. Then it prints the sizes of the pictures of all drawings of the folder, and the
processor time of a picture. Needs playwright (``pip install .[dev]``) and Chromium.

The pictures stand in a page whose security policy lets no styles or scripts of theirs through; the
script fails if the browser complains.
"""

from __future__ import annotations

import argparse
import base64
import shutil
import statistics
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from playwright.sync_api import sync_playwright

from sync.picture.svg import draw_svg
from sync.records.drawing_reader import read_drawing

_SHOWN = 20
_ON_A_SHEET = 2
_PAGE = """<!doctype html>
<meta http-equiv="Content-Security-Policy"
 content="default-src 'none'; img-src data:; style-src 'nonce-sheet'">
<style nonce="sheet">
  body {{ margin: 4px; background: #234; color: #fff; font: 14px sans-serif }}
  td {{ vertical-align: top }}
  svg, img {{ width: 860px; height: auto; max-height: 900px; background: #fff }}
</style>
<table>{rows}</table>"""


def main() -> None:
    """Draw, show and measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("names", nargs="*", metavar="NAME", help="pathways to show")
    parser.add_argument("--out", type=Path, required=True, metavar="FOLDER")
    options = parser.parse_args()
    drawings = sorted(options.folder.rglob("*.gpml"), key=lambda path: path.stat().st_size)
    shown = [path for path in drawings if _thumbnail(path).exists()]
    if options.names:
        shown = [path for path in shown if path.stem in options.names]
    else:
        shown = [shown[place * len(shown) // _SHOWN] for place in range(_SHOWN)]
    options.out.mkdir(parents=True, exist_ok=True)
    _write_sheets(shown, options.out)
    _measure(drawings)


def _write_sheets(shown: Sequence[Path], out: Path) -> None:
    browser = shutil.which("chromium") or sys.exit("install chromium first")
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=browser, args=["--no-sandbox"])
        page = running.new_page(viewport={"width": 1760, "height": 400})
        complaints = list[str]()
        page.on("console", lambda message: complaints.append(message.text))
        for number, start in enumerate(range(0, len(shown), _ON_A_SHEET), start=1):
            rows = "".join(map(_row, shown[start : start + _ON_A_SHEET]))
            page.set_content(_PAGE.format(rows=rows))
            sheet = out / f"sheet-{number}.png"
            page.screenshot(path=sheet, full_page=True)
            print(sheet, *(path.stem for path in shown[start : start + _ON_A_SHEET]))
        running.close()
    if complaints:
        sys.exit("\n".join(complaints))


def _row(path: Path) -> str:
    image = base64.b64encode(_thumbnail(path).read_bytes()).decode()
    cells = f'<td>{_draw(path)}<td><img alt="" src="data:image/png;base64,{image}">'
    return f"<tr><th colspan=2>{path.stem}<tr>{cells}"


def _measure(drawings: Sequence[Path]) -> None:
    sizes = sorted((len(_draw(path).encode()), path.stem) for path in drawings)
    read = [read_drawing(str(path), path.read_text(encoding="utf-8")) for path in drawings]
    start = time.process_time()
    for drawing in read:
        draw_svg(drawing)
    each = (time.process_time() - start) / len(read)
    (least, small), (most, large) = sizes[0], sizes[-1]
    median = statistics.median(size for size, _ in sizes)
    print(
        f"{len(sizes)} pictures: {least / 1e3:.1f} kB ({small}), {median / 1e3:.1f} kB (median), "
        f"{most / 1e3:.1f} kB ({large}); {each * 1e3:.1f} ms each"
    )


def _draw(path: Path) -> str:
    return draw_svg(read_drawing(str(path), path.read_text(encoding="utf-8")))


def _thumbnail(path: Path) -> Path:
    return path.with_name(f"{path.stem}-thumb.png")


if __name__ == "__main__":
    main()
