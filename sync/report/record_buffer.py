"""The records of a report in the making, on disk, so that memory stays flat."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from typing import Self

from sync.model import Verdict
from sync.report.document import ReportedRecord, parse_record
from sync.report.json import dump
from sync.state.temporary import TemporaryDatabase

_READ_AT_ONCE = 200
_TABLES = """\
CREATE TABLE record (
  number INTEGER PRIMARY KEY, place INTEGER NOT NULL, path TEXT NOT NULL, verdict TEXT NOT NULL,
  accepted INTEGER NOT NULL, left_out INTEGER NOT NULL, data TEXT NOT NULL);
CREATE INDEX record_path ON record (place, path)"""


class RecordBuffer(Collection[ReportedRecord]):
    """Records in the order of a report: by collection, as these were named, then by path.

    They can be read as often as needed until it is closed. Every method raises
    ``TemporaryStorageFull`` where the temporary folder has no room left.
    """

    def __init__(self, collections: Sequence[str]) -> None:
        self._scratch = TemporaryDatabase(_TABLES)
        self._places = {name: place for place, name in enumerate(collections)}
        self._verdicts: dict[str, Counter[Verdict]] = {name: Counter() for name in collections}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._scratch.close()

    def __len__(self) -> int:
        return sum(counts.total() for counts in self._verdicts.values())

    def __contains__(self, record: object) -> bool:
        return any(record == each for each in self)

    def __iter__(self) -> Iterator[ReportedRecord]:
        query = (
            "SELECT place, path, number, data FROM record WHERE (place, path, number) > (?, ?, ?)"
            " ORDER BY place, path, number LIMIT ?"
        )
        last: tuple[int, str, int] = (-1, "", 0)
        while found := self._scratch.read(query, *last, _READ_AT_ONCE):
            for *_, data in found:
                yield parse_record(data)
            last = found[-1][:3]

    def put(self, record: ReportedRecord) -> bool:
        """Add a record, or put it in the place of an earlier word on it.

        Tells whether it is the first. A refused record's path may be that of a table which others
        share, and there is one word on it only.
        """
        place, verdicts = self._places[record.collection], self._verdicts[record.collection]
        # A file name may hold bytes that are not UTF-8, which SQLite does not take.
        path = record.path.encode("utf-8", "backslashreplace").decode()
        said = self._scratch.read(
            "DELETE FROM record WHERE place = ? AND path = ? AND verdict <> ? RETURNING verdict",
            place,
            path,
            Verdict.INVALID_RECORD,
        )
        for (verdict,) in said:
            verdicts[Verdict(verdict)] -= 1
        verdicts[record.verdict] += 1
        self._scratch.write(
            "INSERT INTO record (place, path, verdict, accepted, left_out, data)"
            " VALUES (?, ?, ?, ?, ?, ?)",
            place,
            path,
            record.verdict,
            sum(each.difference is not None for each in record.accepted),
            len(record.left_out),
            dump(record),
        )
        return not said

    def verdicts_of(self, collection: str) -> Counter[Verdict]:
        """Return how many records of a collection have which verdict."""
        return +self._verdicts[collection]

    def count_accepted(self, collection: str) -> int:
        """Return how many differences of a collection were accepted."""
        return self._sum("SELECT sum(accepted) FROM record WHERE place = ?", collection)

    def count_left_out(self, collection: str) -> int:
        """Return how many rows of a collection's tables could not be read."""
        return self._sum("SELECT sum(left_out) FROM record WHERE place = ?", collection)

    def _sum(self, query: str, collection: str) -> int:
        [(count,)] = self._scratch.read(query, self._places[collection])
        return int(count or 0)
