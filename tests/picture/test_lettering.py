"""Labels: several lines, alignment, fonts, and letters that fit their box."""

from __future__ import annotations

from typing import Any

import pytest

from sync.picture.lettering import Lettering, fit_label
from sync.records.drawing import Box, Font, Look
from tests.picture.drawings import node, picture_of, text_of, texts

BOX = Box(100, 100, 80, 20)


def lettering(label: str, *, box: Box = BOX, framed: bool = True, **font: object) -> Lettering:
    return fit_label(label, box, Font(**font), is_framed=framed)  # type: ignore[arg-type]


@pytest.mark.parametrize("label", ["Cell\ndeath", "Cell\r\ndeath", " Cell \r death\n"])
def test_a_label_of_two_lines_stands_around_its_middle(label: str) -> None:
    picture = picture_of(nodes=(node(label=label, box=Box(100, 100, 80, 40)),))
    upper, lower = text_of(picture)

    assert texts(picture) == ["Cell", "death"]
    assert upper.get("x") == lower.get("x") == "100"
    assert float(upper.get("y", 0)) < 100 < float(lower.get("y", 0))


def test_an_empty_line_leaves_its_room() -> None:
    picture = picture_of(nodes=(node(label="a\n\nb", box=Box(100, 100, 80, 60)),))
    first, last = (float(span.get("y", 0)) for span in text_of(picture))

    assert last - first == pytest.approx(2 * 1.15 * 12, abs=0.11)


@pytest.mark.parametrize(
    ("align", "x", "anchor"),
    [("Left", "65", "start"), ("Center", "100", None), ("Right", "135", "end")],
)
def test_a_label_stands_across_its_box_as_its_font_says(
    align: str, x: str, anchor: str | None
) -> None:
    text = text_of(picture_of(nodes=(node(look=Look(font=Font(align=align))),)))

    assert (text.get("x"), text.get("text-anchor")) == (x, anchor)


def test_a_label_stands_down_its_box_as_its_font_says() -> None:
    box = Box(100, 100, 80, 200)
    tops = [
        lettering("TP53", box=box, valign=valign).bounds.top
        for valign in ("Top", "Middle", "Bottom")
    ]

    assert tops == pytest.approx([5, 93.1, 181.2])


@pytest.mark.parametrize(
    ("label", "font", "size"),
    [
        ("TP53", {"size": 14}, 14),
        ("w" * 500, {}, 0.6 * 12),
        ("w" * 50, {"framed": False}, 12),
    ],
    ids=["fits", "stays readable", "has no frame"],
)
def test_letters_have_a_size(label: str, font: dict[str, Any], size: float) -> None:
    assert lettering(label, **font).size == pytest.approx(size)


def test_letters_that_do_not_fit_are_made_smaller() -> None:
    fitted = lettering("Phosphatidylcholine")

    assert 8 < fitted.size < 12
    assert fitted.bounds.width <= BOX.width


def test_lines_that_do_not_fit_are_made_lower() -> None:
    fitted = lettering("a\nb", box=Box(0, 0, 80, 20))

    assert fitted.bounds.height <= 20


def test_bold_letters_are_wider() -> None:
    plain, bold = lettering("TP53").bounds, lettering("TP53", bold=True).bounds

    assert bold.width > plain.width


@pytest.mark.parametrize(
    ("font", "attributes"),
    [
        (Font(), {}),
        (Font(size=10), {"font-size": "10"}),
        (Font(bold=True, italic=True), {"font-weight": "bold", "font-style": "italic"}),
        (
            Font(underline=True, strikethrough=True),
            {"text-decoration": "underline line-through"},
        ),
        (Font(name="SansSerif"), {}),
        (Font(name="Times New Roman"), {"font-family": "Times New Roman,serif"}),
        (Font(name="Bitstream Vera Sans"), {"font-family": "Bitstream Vera Sans,sans-serif"}),
        (Font(name="Courier New"), {"font-family": "Courier New,monospace"}),
        (Font(name="x;}url('y')"), {"font-family": "xurly,sans-serif"}),
    ],
)
def test_what_differs_from_the_default_is_said(font: Font, attributes: dict[str, str]) -> None:
    text = text_of(picture_of(nodes=(node("n", label="TP53", look=Look(font=font)),)))
    shared = {"x": "100", "stroke": "none"}

    assert {name: value for name, value in text.attrib.items() if name != "y"} == {
        **shared,
        **attributes,
    }
