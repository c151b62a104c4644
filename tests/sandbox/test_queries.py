"""Any search text is one (contract 9); what it finds is in the recorded topic ``search``."""

from __future__ import annotations

import sqlite3

from hypothesis import given
from hypothesis import strategies as st

from sync.sandbox.queries import FIELDS, parse_query


@given(st.text(alphabet=st.sampled_from('ab"*():+-!~/\\, \x00é[]^{}'), max_size=20) | st.text())
def test_every_text_can_be_searched_for(text: str) -> None:
    with sqlite3.connect(":memory:") as db:
        db.execute(f"CREATE VIRTUAL TABLE entry USING fts5 ({', '.join(FIELDS)})")
        expression = parse_query(text)
        if expression:
            db.execute("SELECT count(*) FROM entry WHERE entry MATCH ?", (expression,)).fetchone()
    db.close()
