"""One network's summary (contract 3.4)."""

from __future__ import annotations

from starlette.responses import Response

from sync.model import NetworkId
from sync.sandbox import networks
from sync.sandbox.ids import parse_uuid
from sync.sandbox.networks import NetworkRow, may_read
from sync.sandbox.operation import Call, Operation, answer
from sync.sandbox.refusals import Refusal, bad_request, unauthorized
from sync.sandbox.summaries import parse_format, render_v2, render_v3


@Operation("GET", "/v2/network/{id}/summary", anonymous=True)
@Operation("GET", "/network/{id}", anonymous=True)
def get_summary_v2(call: Call) -> Response:
    """Answer the v2 summary."""
    return answer(render_v2(_get_readable(call, call.id)))


@Operation("GET", "/v3/networks/{id}/summary", anonymous=True)
def get_summary_v3(call: Call) -> Response:
    """Answer the v3 summary in the format asked for; a malformed id is a 400 here only."""
    form = parse_format(call.query.get("format", "FULL"))
    try:
        network_id = parse_uuid(call.path["id"])
    except Refusal:
        raise bad_request(
            f"Format {form} is unsupported. Error message: Invalid UUID string: {call.path['id']}"
        ) from None
    return answer(render_v3(_get_readable(call, network_id), form))


def _get_readable(call: Call, network_id: NetworkId) -> NetworkRow:
    row = networks.get(call.db, network_id)
    if not may_read(row, call.reader):
        raise unauthorized(f"Unauthorized access to network {network_id}")
    return row
