"""Copying networks (contract 3.8, 7.2)."""

from __future__ import annotations

from starlette.responses import PlainTextResponse, Response

from sync.model import NetworkId
from sync.sandbox import contents, networks
from sync.sandbox.api.files import may_file_in
from sync.sandbox.ids import make_uuid, read_uuid
from sync.sandbox.items import ItemType
from sync.sandbox.networks import may_read
from sync.sandbox.operation import JSON, TEXT, Call, Operation, created
from sync.sandbox.refusals import failure, unauthorized, uncaught
from sync.sandbox.store import next_number

_COPIED = (
    "description, version, properties, completed, valid, warnings, subnetworks, node_count,"
    " edge_count, has_layout, has_sample, has_cx2, cx_format, cx_size, cx2_size"
)


@Operation("POST", "/v2/network/{id}/copy", writes=True, produces=TEXT)
def copy_network(call: Call) -> Response:
    """Copy a network; the answer is a URL that may lead nowhere (trap 25)."""
    url = f"{call.base_url}{call.settings.rest_prefix}/network/{_copy(call, call.id, None)}"
    return PlainTextResponse(url, 201, {"Location": url})


@Operation("POST", "/v3/files/copy", writes=True, consumes=(JSON,))
def copy_file(call: Call) -> Response:
    """Copy a network into a folder, or home."""
    given = call.json_object()
    if given.get("fileId") is None or given.get("type") is None:
        raise uncaught(
            "jakarta.ws.rs.BadRequestException: Request must include 'from_uuid' and 'type'."
        )
    if given["type"] != ItemType.NETWORK:
        raise failure("Coping folder is not supported. Create shortcut instead")
    target = given.get("targetId")
    folder_id = None if target is None else read_uuid(target)
    return created(call, "/v3/files/networks", _copy(call, read_uuid(given["fileId"]), folder_id))


def _copy(call: Call, network_id: NetworkId, folder_id: NetworkId | None) -> NetworkId:
    row = networks.get(call.db, network_id)
    if not may_read(row, call.keyless_reader):
        raise unauthorized("User doesn't have read access to this network.")
    if not row.valid:
        raise failure("Invalid networks can not be copied.")
    if folder_id is not None and not may_file_in(call, folder_id):
        raise unauthorized("User doesn't have access to the target folder.")
    copy_id = make_uuid("network", call.settings.seed, next_number(call.db))
    networks.insert(call.db, copy_id, call.me.id, call.now_ms, folder_id=folder_id)
    call.db.execute(
        f"UPDATE network SET ({_COPIED}) = (SELECT {_COPIED} FROM network WHERE id = ?)"  # noqa: S608 - ours
        " WHERE id = ?",
        (row.id, copy_id),
    )
    name = None if row.name is None else f"Copy of {row.name}"
    networks.update(call.db, copy_id, name=name, completed=1)
    for kind in contents.KINDS:
        contents.write(call.db, copy_id, kind, contents.read(call.db, row.id, kind))
    return copy_id
