"""JSON lines: each can be read alone, and together they are the report."""

from __future__ import annotations

import orjson
import pytest

from sync.report.document import Report, parse_report
from sync.report.render.jsonl import render_jsonl
from tests.builders import make_report
from tests.report import samples


@pytest.mark.parametrize(
    "report",
    [
        pytest.param(make_report(), id="empty"),
        pytest.param(samples.every_kind(), id="every kind"),
        pytest.param(samples.hostile(), id="hostile"),
    ],
)
def test_the_lines_together_are_the_report(report: Report) -> None:
    text = samples.rendered(render_jsonl, report)
    head, *lines = [orjson.loads(line) for line in text.split("\n")[:-1]]
    types = [line.pop("type") for line in lines]

    assert head.pop("type") == "run"
    assert types == ["record"] * len(report.records) + ["remote_only"] * len(report.remote_only)
    records, remote_only = lines[: len(report.records)], lines[len(report.records) :]
    whole = orjson.dumps({**head, "records": records, "remote_only": remote_only})
    assert parse_report(whole) == report
