"""Which records of a report have a picture: drifted pathways whose drawing is at hand."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from sync.model import DifferenceKind, Verdict
from sync.report.build import describe_result
from sync.report.pictures import pictures_of
from tests.builders import make_difference, make_result
from tests.pathways import Pathway

HERE = "pathways/WP1/WP1.md"


@pytest.mark.parametrize(
    ("record", "facts", "is_drawn"),
    [
        ("WP1", {}, True),
        ("WP1", {"verdict": Verdict.IN_SYNC}, False),
        ("WP1", {"differences": (make_difference(DifferenceKind.PROPERTY),)}, False),
        ("PMC1", {}, False),
        ("WP2", {}, False),
        ("WP1", {"path": "../WP1.md"}, False),
    ],
)
def test_a_drifted_pathway_is_drawn(
    tmp_path: Path,
    record: str,
    facts: dict[str, Any],
    is_drawn: bool,
) -> None:
    Pathway().write(tmp_path)
    result = make_result(record, **{"verdict": Verdict.DRIFTED, "path": HERE, **facts})

    svg = pictures_of({"wikipathways": tmp_path})(describe_result("wikipathways", result))

    assert (svg or "").startswith("<svg") == is_drawn
    assert pictures_of({})(describe_result("wikipathways", result)) is None
