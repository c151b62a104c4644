"""The model of a drawing: what it derives from what it holds."""

from __future__ import annotations

from sync.records.drawing import Box, Comment, Drawing, Xref


def test_a_box_has_four_sides() -> None:
    box = Box(x=100, y=50, width=20, height=10)

    assert (box.left, box.right, box.top, box.bottom) == (90, 110, 45, 55)


def test_the_description_is_the_comment_that_is_marked_as_one() -> None:
    comments = (Comment("mapped", "HomologyConvert"), Comment("Text", "WikiPathways-description"))

    assert Drawing(path="WP1.gpml", schema="2013a", comments=comments).description == "Text"
    assert Drawing(path="WP1.gpml", schema="2013a").description == ""


def test_an_identifier_without_an_id_counts_as_none() -> None:
    assert not Xref("Ensembl", "")
    assert Xref("Ensembl", "ENSG00000138798")
