"""Rows of a map file: changed where they stand, added at the end, in the file's own hand."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.errors import RecordError
from sync.model import NetworkId, RecordId
from sync.records.mapfile import read_map
from sync.records.maprows import set_rows
from tests.records.writing import UUID, write

OLD = NetworkId(UUID)
NEW = NetworkId("0626a9a9-df0c-11ea-99da-0ac135e8bacf")
PMC1, WP1, WP2 = RecordId("PMC1__a.g-1"), RecordId("WP1"), RecordId("WP2")
FIGURES = f"PMC9__b\t{OLD}\nPMC1__a.g-1\t{OLD}\n"
PATHWAYS = f'"wpid","ndexid"\n"WP9","{OLD}"\n"WP1","{OLD}"\n'


def edit(text: str, rows: dict[RecordId, NetworkId], path: str = "map.tsv") -> str:
    return set_rows(text.encode(), path, rows).decode()


@pytest.mark.parametrize(
    "text", ["", FIGURES, f"{PATHWAYS}\n\nodd row\nWP1,{OLD.upper()}\n", "\ufeff\r\n"]
)
def test_no_rows_or_the_rows_that_are_there_change_no_byte(text: str) -> None:
    there = {record: OLD for record in (PMC1, WP1) if record in text}

    assert edit(text, {}) == text
    assert edit(text, there) == text


@pytest.mark.parametrize(
    ("row", "edited"),
    [
        (f"WP1\t{OLD.upper()}", f"WP1\t{NEW}"),
        (f'"WP1"\t"{OLD}"', f'"WP1"\t"{NEW}"'),
        (f'"WP1","{OLD}"', f'"WP1","{NEW}"'),
        (f'WP1,"{OLD}"', f'WP1,"{NEW}"'),
        (f" WP1 , {OLD} ", f" WP1 , {NEW} "),
        ("WP1\t", f"WP1\t{NEW}"),
        ("WP1\tNA", f"WP1\t{NEW}"),
        ('"WP1",""', f'"WP1","{NEW}"'),
    ],
)
@pytest.mark.parametrize("line_end", ["\n", "\r\n"], ids=["LF", "CRLF"])
@pytest.mark.parametrize(
    ("before", "behind"),
    [
        ("", ""),
        ("", "\n"),
        ("wpid\tndexid\n", "\n\n"),
        ("\ufeffbad row \u2028 δ\nWP1 \t a \t b\n\n".replace("WP1", "WP11"), "\nWP12,x"),
    ],
    ids=["alone", "with line end", "below a header", "among bad rows"],
)
def test_only_the_network_of_a_row_changes(
    row: str, edited: str, line_end: str, before: str, behind: str
) -> None:
    before, behind = (part.replace("\n", line_end) for part in (before, behind))

    assert edit(before + row + behind, {WP1: NEW}) == before + edited + behind


@pytest.mark.parametrize(
    ("text", "added"),
    [
        (FIGURES, f"PMC5__c\t{NEW}\nWP2\t{NEW}\n"),
        (FIGURES.replace("\n", "\r\n"), f"PMC5__c\t{NEW}\r\nWP2\t{NEW}\r\n"),
        (FIGURES.removesuffix("\n"), f"\nPMC5__c\t{NEW}\nWP2\t{NEW}"),
        (PATHWAYS.replace("\n", "\r\n")[:-2], f'\r\n"PMC5__c","{NEW}"\r\n"WP2","{NEW}"'),
        ('"wpid","ndexid"\n', f'"PMC5__c","{NEW}"\n"WP2","{NEW}"\n'),
        ("wpid,ndexid\r\n", f"PMC5__c,{NEW}\r\nWP2,{NEW}\r\n"),
        (f'"wpid","ndexid"\nWP1,{OLD}\n', f"PMC5__c,{NEW}\nWP2,{NEW}\n"),
        (f"{PATHWAYS}odd\n\n", f'"PMC5__c","{NEW}"\n"WP2","{NEW}"\n'),
    ],
    ids=[
        *("figures", "CRLF", "no line end", "CRLF, no line end"),
        *("quoted header", "plain header", "plain below quoted", "odd last row"),
    ],
)
def test_new_rows_come_last_by_id_and_look_like_the_others(text: str, added: str) -> None:
    assert edit(text, {WP2: NEW, RecordId("PMC5__c"): NEW}) == text + added


@pytest.mark.parametrize("mark", ["", "\ufeff"])
@pytest.mark.parametrize(
    ("path", "rows", "written"),
    [
        ("_data/ndex_map.tsv", {PMC1: NEW}, f"PMC1__a.g-1\t{NEW}\n"),
        ("x/ndex_lookup.csv", {WP1: NEW}, f'"wpid","ndexid"\n"WP1","{NEW}"\n'),
        ("NDEX.CSV", {PMC1: NEW}, f'"figid","ndexid"\n"PMC1__a.g-1","{NEW}"\n'),
    ],
)
def test_an_empty_file_is_written_as_its_name_says(
    path: str, rows: dict[RecordId, NetworkId], written: str, mark: str
) -> None:
    assert edit(mark, rows, path) == mark + written


def test_a_file_of_bad_rows_is_added_to_as_its_name_says() -> None:
    assert edit("odd\n", {WP1: NEW}, "map.csv") == f'odd\n"WP1","{NEW}"\n'


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        (f"WP1\t{NEW}\nWP1\t\nWP1\t{NEW}\n", 2, "ambiguous: WP1 is in 3 rows (lines 1, 2, 3)"),
        ("WP2\t\nWP1\tsoon\n", 2, "not a UUID: 'soon'"),
        (f"WP2\t{OLD}\nWP1\n", 2, "not two columns: 1 found"),
    ],
)
def test_a_row_that_cannot_be_told_is_refused_with_its_line(
    text: str, line: int, reason: str
) -> None:
    with pytest.raises(RecordError) as caught:
        edit(text, {WP1: NEW, WP2: NEW})

    assert (caught.value.path, caught.value.line) == ("map.tsv", line)
    assert caught.value.reason.startswith(reason)
    assert caught.value.reason.endswith("; until then this map file is not changed")


def test_a_file_that_is_no_utf8_is_refused() -> None:
    with pytest.raises(RecordError, match=r"map\.tsv:2: not UTF-8"):
        set_rows(b"WP1\t\n\xff", "map.tsv", {})


RECORDS = st.sampled_from([f"WP{number}" for number in range(1, 30)]).map(RecordId)
NETWORKS = st.uuids().map(lambda uuid: NetworkId(str(uuid)))
ROWS = st.dictionaries(RECORDS, NETWORKS, max_size=12)


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("collection")


@given(
    ROWS,
    ROWS,
    st.sampled_from(["map.tsv", "map.csv"]),
    st.sampled_from(["\n", "\r\n"]),
    st.booleans(),
)
def test_a_map_reads_back_as_it_was_set(
    root: Path,
    old: dict[RecordId, NetworkId],
    new: dict[RecordId, NetworkId],
    path: str,
    line_end: str,
    ended: bool,
) -> None:
    before = set_rows(b"", path, old).replace(b"\n", line_end.encode())
    before = before if ended else before.removesuffix(line_end.encode())

    after = set_rows(before, path, new)

    found = read_map(root, write(root, path, after))
    assert found.problems == ()
    assert {entry.record: entry.network for entry in found.entries} == old | new
    assert [entry.record for entry in found.entries] == [*sorted(old), *sorted(new.keys() - old)]
    assert set_rows(after, path, new) == after
    if not new.keys() & old.keys():
        assert after.startswith(before)
