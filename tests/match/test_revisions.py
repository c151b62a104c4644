"""Which revision a record is, and which one its network was made from, in every spelling."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

import pytest

from sync.match.revisions import read_revisions
from sync.model import Property, Revisions
from tests.nouns import FIGURE, PATHWAY, make_summary


def read(
    fields: Mapping[str, str], properties: Mapping[str, str], version: str = ""
) -> Revisions | None:
    record = replace(PATHWAY, fields={**PATHWAY.fields, **fields})
    stored = tuple(Property(name, value) for name, value in properties.items())
    return read_revisions(record, make_summary(PATHWAY, version=version, properties=stored))


@pytest.mark.parametrize(
    ("fields", "revision", "edited"),
    [
        ({"revision": "r142399", "last-edited": "2026-02-05"}, 142_399, date(2026, 2, 5)),
        ({"revision": " r142399 ", "last-edited": " 2026-02-05"}, 142_399, date(2026, 2, 5)),
        ({"revision": "142399"}, 142_399, None),
        ({"revision": "r100", "last-edited": "2026-02-30"}, 100, None),
        ({"revision": "draft", "last-edited": "yesterday"}, None, None),
    ],
)
def test_a_record_states_its_revision_and_its_last_edit(
    fields: dict[str, str], revision: int | None, edited: date | None
) -> None:
    found = read(fields, {"wikipathwaysVersion": "7"})

    assert found == Revisions(revision, edited, 7, None)


IRI = "http://identifiers.org/wikipathways"
STATED: dict[str, tuple[str, dict[str, str], int | None, date | None]] = {
    "uploader of 2021": (
        "20211213",
        {"wikipathwaysVersion": '"120508"', "wikipathwaysIRI": f"{IRI}/WP5049_r120508"},
        *(120_508, date(2021, 12, 13)),
    ),
    "exporter of 2025": (
        "20250407",
        {"WikipathwaysIRI": f'<a href="{IRI}/WP4255">{IRI}/WP4255</a>'},
        *(None, date(2025, 4, 7)),
    ),
    "revision alone": (
        "",
        {"version": "20260601", "WikipathwaysIRI": "r150000"},
        *(150_000, date(2026, 6, 1)),
    ),
    "in the id": ("", {"WikipathwaysID": "WP9004_r120933"}, 120_933, None),
    "as version": ("r120933", {}, 120_933, None),
    "release": ("", {"wikipathwaysVersion": "2021-03-10"}, None, date(2021, 3, 10)),
    "neither": ("1.0", {"WikipathwaysIRI": "WP4_rna12"}, None, None),
    "no such day": ("20211399", {}, None, None),
}


@pytest.mark.parametrize(
    ("version", "properties", "revision", "exported"), STATED.values(), ids=STATED
)
def test_a_network_states_what_it_was_made_from(
    version: str, properties: dict[str, str], revision: int | None, exported: date | None
) -> None:
    found = read({"revision": "r1"}, properties, version)

    assert found == Revisions(1, None, revision, exported)


def test_where_nobody_says_anything_and_of_a_figure_there_is_nothing() -> None:
    assert read({}, {}) is None
    assert read_revisions(FIGURE, make_summary(FIGURE, version="20211213")) is None
