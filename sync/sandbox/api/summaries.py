"""Summaries of one network and of many (contract 3.4, 6)."""

from __future__ import annotations

import zlib

from starlette.responses import Response

from sync.model import NetworkId
from sync.sandbox import networks, refusals
from sync.sandbox.call import JSON, Call, Operation, answer, read_text
from sync.sandbox.ids import parse_batch_uuid, parse_uuid
from sync.sandbox.networks import NetworkRow, may_read
from sync.sandbox.summaries import parse_format, render_v2, render_v3

SUMMARY_LIMIT = 2000
"""The most ids in one call for summaries."""


@Operation("GET", "/v2/network/{id}/summary", anonymous=True)
@Operation("GET", "/network/{id}", anonymous=True)
def get_summary_v2(call: Call) -> Response:
    """Return the v2 summary."""
    return answer(render_v2(_get_readable(call, call.id)))


@Operation("GET", "/v3/networks/{id}/summary", anonymous=True)
def get_summary_v3(call: Call) -> Response:
    """Return the v3 summary in the requested format; only here a malformed id is a 400."""
    form = parse_format(call.query.get("format", "FULL"))
    try:
        network_id = parse_uuid(call.path["id"])
    except refusals.Refusal:
        raise refusals.bad_request(
            f"Format {form} is unsupported. Error message: Invalid UUID string: {call.path['id']}"
        ) from None
    return answer(render_v3(_get_readable(call, network_id), form))


@Operation("POST", "/v2/batch/network/summary", anonymous=True, consumes=(JSON,))
def list_summaries_v2(call: Call) -> Response:
    """Return the v2 summaries of the networks that exist and may be read."""
    return answer([render_v2(row) for row in _find_readable(call, 469)])


@Operation("POST", "/v3/batch/networks/summary", anonymous=True, consumes=(JSON,))
def list_summaries_v3(call: Call) -> Response:
    """Return the v3 summaries of the networks that exist and may be read."""
    form = parse_format(call.query.get("format", "FULL"))
    return answer([render_v3(row, form) for row in _find_readable(call, 84)])


def _get_readable(call: Call, network_id: NetworkId) -> NetworkRow:
    row = networks.get(call.db, network_id)
    if not may_read(row, call.reader):
        raise refusals.unauthorized(f"Unauthorized access to network {network_id}")
    return row


def _find_readable(call: Call, position: int) -> list[NetworkRow]:
    if not call.has_json:
        raise refusals.forbidden("A network UUID list is required.")
    given = call.json()
    if not isinstance(given, list):
        raise refusals.undeserialisable()
    ids = ["null" if item is None else str(read_text(item)) for item in given]
    if len(ids) > SUMMARY_LIMIT:
        raise refusals.failure(
            f"You can only send up to {SUMMARY_LIMIT} network ids in this function."
        )
    reader, seed = call.reader, call.settings.seed
    found = networks.find_all(call.db, [parse_batch_uuid(text, position) for text in ids])
    # The real order is neither that of the request nor that of the ids, and varies.
    found.sort(key=lambda row: zlib.crc32(f"{seed}:{row.id}".encode()))
    return [row for row in found if may_read(row, reader)]
