"""The model of a drawing: what it derives from what it holds."""

from __future__ import annotations

from sync.records.drawing import Comment, Drawing, Xref


def test_the_description_is_the_comment_that_is_marked_as_one() -> None:
    comments = (Comment("mapped", "HomologyConvert"), Comment("Text", "WikiPathways-description"))

    assert Drawing(path="WP1.gpml", schema="2013a", comments=comments).description == "Text"
    assert Drawing(path="WP1.gpml", schema="2013a").description == ""


def test_an_identifier_without_an_id_counts_as_none() -> None:
    assert not Xref("Ensembl", "")
    assert Xref("Ensembl", "ENSG00000138798")
