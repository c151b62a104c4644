"""Read one record file as one value: a ``Record``, or an ``InvalidRecord`` that says why not."""

from __future__ import annotations

from pathlib import Path, PurePosixPath
from typing import assert_never

from sync.errors import RecordError
from sync.model import InvalidRecord, Layout, Record, RecordId
from sync.records.frontmatter import FrontMatter, parse_front_matter
from sync.records.header import Header, detect_layout, read_header
from sync.records.organisms import Organisms
from sync.records.pfocr import read_embedded_figure, read_figure
from sync.records.source import RECORD_LIMIT_BYTES, read_text
from sync.records.wikipathways import read_pathway


def read_record(
    root: Path, path: str, layout: Layout | None, organisms: Organisms
) -> Record | InvalidRecord:
    """Read the record file ``root / path`` and the tables beside it; never raises for a bad one.

    ``path`` is POSIX, relative to ``root``, as ``find_records`` returns it. With ``layout`` None
    the layout is detected from the front matter's keys (design: Configuration, ``auto``).
    """
    try:
        text = read_text(root, path, inside=root, limit_bytes=RECORD_LIMIT_BYTES)
        front = parse_front_matter(path, text)
        layout = layout or detect_layout(front)
        header = read_header(front, layout)
        return _read_as(layout, root, front, header, organisms)
    except RecordError as error:
        stem = RecordId(PurePosixPath(path).stem)
        return InvalidRecord(stem, error.path, error.line, error.reason, layout)


def _read_as(
    layout: Layout, root: Path, front: FrontMatter, header: Header, organisms: Organisms
) -> Record:
    match layout:
        case Layout.WIKIPATHWAYS:
            return read_pathway(root, front, header, organisms)
        case Layout.PFOCR:
            return read_figure(root, front, header, organisms)
        case Layout.PFOCR_EMBEDDED:
            return read_embedded_figure(front, header, organisms)
        case _:
            assert_never(layout)
