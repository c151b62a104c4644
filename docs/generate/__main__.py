"""``python3 dev.py docs``: write the pages of the reference, the JSON Schemas and action.yml."""

from __future__ import annotations

from pathlib import Path

from docs.generate.pages import (
    ACTION,
    PAGES,
    SCHEMAS,
    render_page,
    render_root_action,
    render_schema,
)

ROOT = Path(__file__).resolve().parents[2]


def main() -> None:
    """Write every page and schema, changed or not, and name it."""
    for name, text in [
        *((name, render_page(name)) for name in PAGES),
        *((name, render_schema(name)) for name in SCHEMAS),
        ("action.yml", render_root_action((ROOT / ACTION).read_text(encoding="utf-8"))),
    ]:
        (ROOT / name).write_text(text, encoding="utf-8")
        print(name)


if __name__ == "__main__":
    main()
