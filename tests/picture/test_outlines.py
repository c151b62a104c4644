"""The outlines of shapes: each fills its box, by either spelling of its name."""

from __future__ import annotations

import re

import pytest

from sync.picture.outlines import complex_outline, double_outline, outline
from sync.records.drawing import Box

BOX = Box(100, 50, 60, 40)
RECTANGLE = "M70 30h60v40h-60z"
KNOWN = (
    *("RoundedRectangle", "Oval", "Arc", "Triangle", "Pentagon", "Hexagon", "Octagon", "Brace"),
    *("Mitochondria", "Endoplasmic Reticulum", "Sarcoplasmic Reticulum", "Golgi Apparatus"),
    *("Cell", "Nucleus", "Organelle", "Vesicle", "Ribosome", "Complex", "mim-degradation"),
)
NUMBER = re.compile(r"-?\d+(?:\.\d)?")


@pytest.mark.parametrize(("shape", "path"), [("None", ""), ("Teapot", RECTANGLE)])
def test_a_shape_that_is_not_known_is_a_rectangle_and_none_has_no_outline(
    shape: str, path: str
) -> None:
    assert outline(shape, BOX) == path


@pytest.mark.parametrize("shape", KNOWN)
def test_a_known_shape_has_an_outline_of_its_own_in_both_versions_of_gpml(shape: str) -> None:
    assert outline(shape, BOX) not in {"", RECTANGLE}
    assert outline(shape.replace(" ", ""), BOX) == outline(shape, BOX)


@pytest.mark.parametrize(
    "shape",
    ["Triangle", "Pentagon", "Hexagon", "Octagon", "Brace", "Mitochondria", "Golgi Apparatus"],
)
def test_a_shape_of_corners_fills_its_box_and_stays_in_it(shape: str) -> None:
    values = [float(value) for value in NUMBER.findall(outline(shape, BOX))]
    xs, ys = values[::2], values[1::2]

    assert BOX.left - 4 <= min(xs) <= BOX.left + 6
    assert BOX.right - 1 <= max(xs) <= BOX.right + 4
    assert BOX.top - 1 <= min(ys) <= BOX.top + 4
    assert BOX.bottom - 4 <= max(ys) <= BOX.bottom + 1


def test_an_arc_is_the_lower_half_of_an_oval() -> None:
    assert outline("Arc", BOX) == "M70 50a30 20 0 0 0 60 0"


def test_the_corners_of_a_double_line_have_one_middle() -> None:
    outer, inner = double_outline("RoundedRectangle", BOX, 3).split("z")[:2]

    assert "q13 0 13 13" in outer
    assert "q7 0 7 7" in inner


@pytest.mark.parametrize("size", [0, 1, 5])
def test_a_small_box_has_small_corners(size: float) -> None:
    for draw in (complex_outline, lambda box: outline("RoundedRectangle", box)):
        assert "h-" not in draw(Box(0, 0, size, size)).partition("h")[0]
        assert all(
            abs(float(value)) <= size for value in NUMBER.findall(draw(Box(0, 0, size, size)))
        )
