"""The runs of the past, in a file that anybody may have written to."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest

from sync.model import Verdict
from sync.state.history import FILE_NAME, CheckedRun, find_last, note_run

RUN = CheckedRun(
    finished=datetime(2026, 11, 30, tzinfo=UTC),
    server="https://ndex.example",
    collections=("figures",),
    records=1,
    verdicts={Verdict.IN_SYNC: 1},
)


@pytest.mark.parametrize(
    "line",
    [
        pytest.param(msgspec.json.encode(RUN).replace(b"00Z", b"00"), id="no time zone"),
        pytest.param(msgspec.json.encode(RUN).replace(b"1}", b"0}"), id="no count"),
        pytest.param(msgspec.json.encode(RUN).replace(b"1}", b"9" * 20 + b"}"), id="huge count"),
        pytest.param(msgspec.json.encode(RUN).replace(b'ds":1', b'ds":-1'), id="less than none"),
        pytest.param(b'{"x":' + b"[" * 100_000, id="nested deep"),
        pytest.param(b"damaged", id="not JSON"),
        pytest.param(b"\xff\x00", id="not text"),
    ],
)
def test_an_odd_line_is_passed_over(tmp_path: Path, line: bytes) -> None:
    note_run(tmp_path, RUN)
    with (tmp_path / FILE_NAME).open("ab") as file:
        file.write(line + b"\n")

    assert find_last(tmp_path, RUN.server, RUN.collections) == RUN


def test_a_run_is_not_the_last_one_before_itself(tmp_path: Path) -> None:
    note_run(tmp_path, RUN)

    assert find_last(tmp_path, RUN.server, RUN.collections, RUN.finished) is None
