"""Records on disk read like a report's: in its order, as often as needed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.errors import TemporaryStorageFull
from sync.model import Accepted, Verdict
from sync.report.build import describe_result
from sync.report.document import ReportedRecord
from sync.report.json import dump
from sync.report.record_buffer import RecordBuffer
from sync.state.temporary import TemporaryDatabase
from tests.builders import make_difference, make_result

NAMES = ("figures", "pathways")


def record(name: str, number: int, verdict: Verdict = Verdict.IN_SYNC) -> ReportedRecord:
    return describe_result(name, make_result(f"WP{number:04}", verdict))


@contextmanager
def open_buffer() -> Iterator[RecordBuffer]:
    with closing(TemporaryDatabase()) as database:
        yield RecordBuffer(NAMES, database)


@given(st.lists(st.tuples(st.sampled_from(NAMES), st.integers(0, 600)), unique=True))
def test_records_come_by_collection_then_path(keys: list[tuple[str, int]]) -> None:
    with open_buffer() as buffer:
        for name, number in keys:
            buffer.put(record(name, number))
        ordered = [record(name, number) for name, number in sorted(keys)]

        assert list(buffer) == ordered
        assert list(buffer) == ordered
        assert len(buffer) == len(keys)
        assert all(each in buffer for each in ordered)
        assert record("another", 1) not in buffer


def test_more_records_than_are_read_at_once_all_come() -> None:
    with open_buffer() as buffer:
        for number in range(450):
            buffer.put(record("figures", number))

        assert [each.id for each in buffer] == [f"WP{number:04}" for number in range(450)]


def test_the_records_that_are_not_settled_and_all_texts_come_in_the_same_order() -> None:
    verdicts = [Verdict.DRIFTED, Verdict.IN_SYNC, Verdict.FAILED, Verdict.ACCEPTED]
    records = [record("figures", number, verdict) for number, verdict in enumerate(verdicts)]
    with open_buffer() as buffer:
        for each in reversed(records):
            buffer.put(each)

        assert list(buffer.unsettled()) == [records[0], records[2]]
        assert list(buffer.texts()) == list(map(dump, records))


def test_two_records_refused_for_one_table_are_two() -> None:
    with open_buffer() as buffer:
        for _ in range(2):
            refused = make_result("WP1", Verdict.INVALID_RECORD, path="_data/WP1-datanodes.tsv")
            buffer.put(describe_result("pathways", refused))

        assert len(buffer) == 2


def test_a_full_temporary_folder_is_told_in_words() -> None:
    with open_buffer() as buffer:
        buffer._database.connection.execute("PRAGMA max_page_count = 10")
        big = make_result("WP1", Verdict.FAILED, messages=("x" * 100_000,))

        with pytest.raises(TemporaryStorageFull, match="no room"):  # noqa: PT012 - written late
            buffer.put(describe_result("figures", big))
            list(buffer)


def test_a_full_temporary_folder_is_told_as_tables_are_made() -> None:
    with closing(TemporaryDatabase()) as database:
        database.connection.execute("PRAGMA max_page_count = 1")

        with pytest.raises(TemporaryStorageFull):
            database.add_tables("CREATE TABLE one (text TEXT)")


def test_accepted_differences_are_counted_by_collection() -> None:
    accepted = (
        Accepted(reason="known", until=date(2099, 1, 1), difference=make_difference()),
        Accepted(reason="known", until=date(2099, 1, 1), verdict=Verdict.UNMAPPED),
    )
    with open_buffer() as buffer:
        for number in range(2):
            result = make_result(f"WP{number}", Verdict.ACCEPTED, accepted=accepted)
            buffer.put(describe_result("figures", result))

        assert (buffer.count_accepted("figures"), buffer.count_accepted("pathways")) == (2, 0)
