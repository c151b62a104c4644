"""Calls for many networks at once (contract 6)."""

from __future__ import annotations

import zlib
from collections.abc import Sequence

from starlette.responses import Response

from sync.sandbox import networks
from sync.sandbox.ids import parse_batch_uuid
from sync.sandbox.networks import NetworkRow, may_read
from sync.sandbox.operation import JSON, Call, Operation, answer, read_text
from sync.sandbox.refusals import failure, forbidden, undeserialisable
from sync.sandbox.summaries import parse_format, render_v2, render_v3

SUMMARY_LIMIT = 2000
"""How many ids one call for summaries may bring."""


@Operation("POST", "/v2/batch/network/summary", anonymous=True, consumes=(JSON,))
def list_summaries_v2(call: Call) -> Response:
    """Answer the v2 summaries of the networks that exist and may be read."""
    return answer([render_v2(row) for row in _find_readable(call, 469)])


@Operation("POST", "/v3/batch/networks/summary", anonymous=True, consumes=(JSON,))
def list_summaries_v3(call: Call) -> Response:
    """Answer the v3 summaries of the networks that exist and may be read."""
    form = parse_format(call.query.get("format", "FULL"))
    return answer([render_v3(row, form) for row in _find_readable(call, 84)])


def _find_readable(call: Call, position: int) -> Sequence[NetworkRow]:
    ids = _read_ids(call)
    if len(ids) > SUMMARY_LIMIT:
        raise failure(f"You can only send up to {SUMMARY_LIMIT} network ids in this function.")
    reader = call.reader
    found = networks.find_all(call.db, [parse_batch_uuid(text, position) for text in ids])
    return _shuffled([row for row in found if may_read(row, reader)], call.settings.seed)


def _read_ids(call: Call) -> list[str]:
    if not call.has_json:
        raise forbidden("A network UUID list is required.")
    given = call.json()
    if not isinstance(given, list):
        raise undeserialisable()
    return ["null" if item is None else str(read_text(item)) for item in given]


def _shuffled(rows: list[NetworkRow], seed: int) -> list[NetworkRow]:
    # The real order is the database's mood: neither that of the request nor that of the ids.
    return sorted(rows, key=lambda row: zlib.crc32(f"{seed}:{row.id}".encode()))
