"""Paths of SVG become absolute steps."""

from __future__ import annotations

from sync.convert.cytoscape_path import read_path


def test_a_relative_step_after_a_closed_part_begins_where_the_part_began() -> None:
    assert [*read_path("m1,1 l2,0 h3 z l0,4")] == [
        ("M", ((1, 1),)),
        ("L", ((3, 1),)),
        ("L", ((6, 1),)),
        ("Z", ()),
        ("L", ((1, 5),)),
    ]
