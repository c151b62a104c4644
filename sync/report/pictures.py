"""Draw pictures of drifted pathways for a report, if their drawings are available."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from pathlib import Path

from sync.errors import RecordError
from sync.model import CONTENT_KINDS, Verdict
from sync.report.document import ReportedRecord

Pictures = Callable[[ReportedRecord], str | None]
"""Draws a record as an SVG; None if there is nothing to draw or to show."""

_PATHWAY = re.compile(r"WP\d+")


def no_pictures(_record: ReportedRecord) -> None:
    """Draw nothing: the records are not available."""


def pictures_of(roots: Mapping[str, Path]) -> Pictures:
    """Return a function that draws the pathways of collections; ``roots`` maps names to folders."""

    def draw(record: ReportedRecord) -> str | None:
        root = roots.get(record.collection)
        is_drawn = any(each.kind in CONTENT_KINDS for each in record.differences)
        if root is None or record.verdict is not Verdict.DRIFTED or not is_drawn:
            return None
        if not _PATHWAY.fullmatch(record.id):
            return None
        return _draw(root, record)

    return draw


def _draw(root: Path, record: ReportedRecord) -> str | None:
    """Draw a pathway; the check has already noted a drawing that cannot be read."""
    # The drawing code takes a tenth of a second to import, and few reports have pictures.
    from sync.convert.pathway import find_drawing  # noqa: PLC0415
    from sync.picture.differences import draw_differences  # noqa: PLC0415
    from sync.records.drawing_reader import read_drawing  # noqa: PLC0415
    from sync.records.source import read_beside  # noqa: PLC0415

    try:
        path = find_drawing(root, record.id, record.path)
        drawing = read_drawing(path, read_beside(root, path))
    except RecordError:
        return None
    return draw_differences(drawing, record.differences)
