"""Search texts and what they find (contract 9)."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.sandbox.queries import FIELDS, parse_query

ENTRIES = {
    "first": {"name": "alpha beta net", "nodeName": "GENE1\nTP53", "owner": "ann"},
    "second": {"name": "beta pathway", "description": "of some kind", "organism": "Homo sapiens"},
    "third": {"name": "gamma", "uuid": "7fc70ab6-9fb1-11ea-aaef-0ac135e8bacf"},
}


@pytest.fixture(scope="module")
def index() -> Iterator[sqlite3.Connection]:
    with sqlite3.connect(":memory:") as db:
        db.execute(f"CREATE VIRTUAL TABLE entry USING fts5 (key UNINDEXED, {', '.join(FIELDS)})")
        for key, texts in ENTRIES.items():
            columns, marks = ", ".join(["key", *texts]), ", ".join("?" * (len(texts) + 1))
            db.execute(
                f"INSERT INTO entry ({columns}) VALUES ({marks})",  # noqa: S608 - names of ours
                [key, *texts.values()],
            )
        yield db
    db.close()


def find(db: sqlite3.Connection, text: str) -> str:
    expression = parse_query(text)
    if expression is None:
        return "everything"
    if not expression:
        return ""
    rows = db.execute("SELECT key FROM entry WHERE entry MATCH ? ORDER BY rowid", (expression,))
    return " ".join(row[0] for row in rows)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", "everything"),
        (" * ", "everything"),
        ("alpha", "first"),
        ("ALPHA", "first"),
        ("alpha beta", "first second"),
        ("alpha zzzz", "first"),
        ("alpha,beta", "first second"),
        ("alpha/pathway", "first second"),
        ('"alpha beta"', "first"),
        ('"beta alpha"', ""),
        ('"alpha', "first"),
        ("alpha AND beta", "first"),
        ("alpha && gamma", ""),
        ("zzzz OR alpha", "first"),
        ("zzzz or alpha", "first"),
        ("beta NOT alpha", "second"),
        ("beta -alpha", "second"),
        ("-alpha beta", "second"),
        ("+beta +pathway", "second"),
        ("alpha beta AND pathway", "second"),
        ("-alpha", ""),
        ("(alpha OR pathway) AND beta", "first second"),
        ("(alpha", "first"),
        ("alpha)", "first"),
        ("name:alpha", "first"),
        ("name:TP53", ""),
        ("nodeName:tp53", "first"),
        ('organism:"homo sapiens"', "second"),
        ("nothing:alpha", ""),
        ("alpha OR nothing:alpha", "first"),
        ("alpha AND nothing:alpha", ""),
        ("gam*", "third"),
        ("gam", ""),
        ("pathways", ""),
        ("uuid:7fc70ab6-9fb1-11ea-aaef-0ac135e8bacf", "third"),
        ("gamma AND uuid:7fc70ab6-9fb1-11ea-aaef-0ac135e8bacf", "third"),
        ("alpha :", "first"),
        ("name:[", ""),
        ("AND", ""),
        ("()", ""),
    ],
)
def test_a_search_finds(index: sqlite3.Connection, text: str, found: str) -> None:
    assert find(index, text) == found


@given(st.text(alphabet=st.sampled_from('ab"*():+-!~/\\, \x00é[]^{}'), max_size=20) | st.text())
def test_every_text_can_be_searched_for(text: str) -> None:
    with sqlite3.connect(":memory:") as db:
        db.execute(f"CREATE VIRTUAL TABLE entry USING fts5 ({', '.join(FIELDS)})")
        expression = parse_query(text)
        if expression:
            db.execute("SELECT count(*) FROM entry WHERE entry MATCH ?", (expression,)).fetchone()
    db.close()
