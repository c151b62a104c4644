"""Symbols that a spreadsheet mangled are known, and told with what the other side says."""

from __future__ import annotations

import pytest

from sync.match.spreadsheets import explain_mangled, is_mangled
from tests.nouns import make_gene


@pytest.mark.parametrize(
    "label",
    [
        *("2-Sep", "1-Mar", "10-Dec", "2-Sept", "Sep-02", "1-Mar-2020", "02/09/2020", "9/2/20"),
        *("2020-09-02", "2020-03-01 00:00:00", "43891", "44075.0", "2.31E+13"),
    ],
)
def test_what_a_spreadsheet_makes_of_a_symbol_is_known(label: str) -> None:
    assert is_mangled(label)


@pytest.mark.parametrize(
    "label",
    [
        *("SEPT2", "SEPTIN2", "MARCH1", "DEC1", "DEC-1", "Dec1", "TP53", "p53", "4E-BP1", "5-HT"),
        *("1433", "100000", "2310009E13Rik", "14-3-3", "NOV", "OCT4", "Mar", "3.4.11.4", ""),
    ],
)
def test_a_symbol_is_not_taken_for_a_date(label: str) -> None:
    assert not is_mangled(label)


SEPTIN2 = make_gene("SEPTIN2", "ncbigene:4735")


@pytest.mark.parametrize("label", ["2-Sep", "43891"])
def test_a_mangled_symbol_is_told_with_the_symbol_of_the_other_side(label: str) -> None:
    mangled = make_gene(label, "ncbigene:4735")

    here = list(explain_mangled([mangled, mangled], [SEPTIN2]))
    there = list(explain_mangled([SEPTIN2], [mangled]))

    made = "(ncbigene:4735) is what a spreadsheet makes of a symbol"
    assert here == [f"'{label}' in the record {made}; NDEx says SEPTIN2"]
    assert there == [f"'{label}' in NDEx {made}; the record says SEPTIN2"]


def test_where_nobody_knows_better_the_symbol_is_told_alone() -> None:
    mangled = make_gene("2-Sep", "ncbigene:4735")

    assert list(explain_mangled([make_gene("1-Mar")], [SEPTIN2])) == [
        "'1-Mar' in the record is what a spreadsheet makes of a symbol"
    ]
    assert len(list(explain_mangled([mangled], [mangled]))) == 2
    assert list(explain_mangled([SEPTIN2], [SEPTIN2])) == []
    row = make_gene("SEPTIN2", "ncbigene:4735", names=frozenset({"2-Sep"}))
    [note] = explain_mangled([row], [SEPTIN2])
    assert note.startswith("'2-Sep' in the record")
