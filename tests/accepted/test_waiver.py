"""An item states what was accepted: readable, and never to be mistaken for another."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.accepted.waiver import WaivedItem, read_kind, sort_key, stated
from sync.model import Verdict

texts = st.text(max_size=200)


@given(texts, texts)
def test_two_texts_are_stated_alike_only_where_they_are_the_same(one: str, other: str) -> None:
    same = one.encode("utf-8", "backslashreplace") == other.encode("utf-8", "backslashreplace")

    assert (stated(one) == stated(other)) == same


def test_a_short_text_is_stated_as_it_is_and_a_long_one_by_its_beginning() -> None:
    assert stated("Chemokines in cancer") == "Chemokines in cancer"
    assert stated("x" * 500).startswith("x" * 60 + "… (sha256:")
    assert len(stated("x" * 500)) < 120


def test_no_text_can_be_written_to_pass_for_another() -> None:
    long_one = "x" * 500

    assert stated(stated(long_one)) != stated(long_one)


def test_records_are_listed_as_people_count() -> None:
    names = ["WP10b", "WP9", "PMC100__f1", "WP10", "WP2"]
    items = [WaivedItem("c", Verdict.UNMAPPED, record=name) for name in names]

    assert [item.record for item in sorted(items, key=sort_key)] == [
        "PMC100__f1",
        "WP2",
        "WP9",
        "WP10",
        "WP10b",
    ]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("failed", "failed cannot be accepted: it means that something is unknown"),
        ("invalid_record", "cannot be accepted"),
        ("drifted", "name their kinds"),
        ("in_sync", "must be one of gene_missing, .*, unmapped, "),
        ("", "must be one of"),
    ],
)
def test_what_cannot_be_accepted_is_refused_with_the_reason(text: str, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        read_kind(text)
