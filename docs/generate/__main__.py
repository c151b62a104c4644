"""``python3 dev.py docs``: write the pages of the reference."""

from __future__ import annotations

from pathlib import Path

from docs.generate.pages import PAGES, render_page

ROOT = Path(__file__).resolve().parents[2]


def main() -> None:
    """Write every page, changed or not, and name it."""
    for name in PAGES:
        path = ROOT / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(render_page(name), encoding="utf-8")
        print(name)


if __name__ == "__main__":
    main()
