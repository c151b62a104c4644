"""Keep the records of a growing report on disk, so that memory stays flat."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Sequence

from sync.model import Verdict
from sync.report.document import ReportedRecord, parse_record
from sync.report.json import dump
from sync.state.temporary import TemporaryDatabase

_READ_AT_ONCE = 200
_WRITTEN_AT_ONCE = 500
_TABLE = """\
CREATE TABLE reported (
  place INTEGER NOT NULL, path TEXT NOT NULL, number INTEGER NOT NULL, settled INTEGER NOT NULL,
  data TEXT NOT NULL,
  PRIMARY KEY (place, path, number)) WITHOUT ROWID"""


class RecordBuffer(Collection[ReportedRecord]):
    """Records in the order of a report: by collection, in the order of their names, then by path.

    They can be read as often as needed until the database is closed. Every method raises
    ``TemporaryStorageFull`` if the temporary folder is full.
    """

    def __init__(self, collections: Sequence[str], database: TemporaryDatabase) -> None:
        database.add_tables(_TABLE)
        self._database = database
        self._places = {name: place for place, name in enumerate(collections)}
        self._verdicts: dict[str, Counter[Verdict]] = {name: Counter() for name in collections}
        self._accepted: Counter[str] = Counter()
        self._left_out: Counter[str] = Counter()
        self._count = 0
        self._unwritten: list[tuple[int, str, int, bool, str]] = []

    def __len__(self) -> int:
        return self._count

    def __contains__(self, record: object) -> bool:
        return any(record == each for each in self)

    def __iter__(self) -> Iterator[ReportedRecord]:
        return map(parse_record, self.texts())

    def texts(self) -> Iterator[str]:
        """Yield the records as JSON, the form in which they are kept."""
        return self._texts("")

    def unsettled(self) -> Iterator[ReportedRecord]:
        """Yield the records that are not settled."""
        return map(parse_record, self._texts("AND NOT settled"))

    def _texts(self, which: str) -> Iterator[str]:
        query = (
            "SELECT place, path, number, data FROM reported WHERE (place, path, number) > (?, ?, ?)"  # noqa: S608
            f" {which} ORDER BY place, path, number LIMIT ?"
        )
        self._write()
        last: tuple[int, str, int] = (-1, "", 0)
        while found := self._database.read(query, *last, _READ_AT_ONCE):
            for *_, data in found:
                yield data
            last = found[-1][:3]

    def put(self, record: ReportedRecord) -> None:
        """Add a record."""
        # A file name may hold bytes that are not UTF-8, and SQLite refuses those.
        path = record.path.encode("utf-8", "backslashreplace").decode()
        # A refused record's path may be that of a table that others share.
        self._count += 1
        place = self._places[record.collection]
        row = (place, path, self._count, record.verdict.settled, dump(record))
        self._unwritten.append(row)
        self._verdicts[record.collection][record.verdict] += 1
        if record.accepted or record.left_out:
            items = [each for each in record.accepted if each.difference is not None]
            self._accepted[record.collection] += len(items)
            self._left_out[record.collection] += len(record.left_out)
        if len(self._unwritten) == _WRITTEN_AT_ONCE:
            self._write()

    def _write(self) -> None:
        rows, self._unwritten = self._unwritten, []
        self._database.write("INSERT INTO reported VALUES (?, ?, ?, ?, ?)", rows)

    def verdicts_of(self, collection: str) -> Counter[Verdict]:
        """Return how many records of a collection have which verdict."""
        return self._verdicts[collection].copy()

    def count_accepted(self, collection: str) -> int:
        """Return how many differences of a collection were accepted."""
        return self._accepted[collection]

    def count_left_out(self, collection: str) -> int:
        """Return how many rows of a collection's tables could not be read."""
        return self._left_out[collection]
