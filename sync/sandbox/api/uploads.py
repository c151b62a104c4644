"""Creating and copying networks, and replacing their content (contract 3.1, 3.2, 3.8)."""

from __future__ import annotations

from dataclasses import replace

from starlette.responses import PlainTextResponse, Response

from sync.errors import NetworkError
from sync.model import NetworkId, Visibility
from sync.sandbox import accounts, contents, networks, permissions, queue, refusals
from sync.sandbox.api.files import may_file_in
from sync.sandbox.call import (
    JSON,
    MULTIPART,
    TEXT,
    Call,
    Operation,
    answer,
    created,
    created_v2,
    done,
)
from sync.sandbox.faults import FaultKind
from sync.sandbox.ids import make_uuid, parse_uuid, read_uuid
from sync.sandbox.items import ItemType
from sync.sandbox.networks import NetworkRow, may_read
from sync.sandbox.queue import Upload
from sync.sandbox.rebuild import replace_aspects
from sync.sandbox.store import next_number
from sync.sandbox.uploads import load_cx1

_BODY = (JSON, MULTIPART)
_COPIED = (
    "description, version, properties, completed, valid, warnings, subnetworks, node_count,"
    " edge_count, has_layout, has_sample, has_cx2, cx_format, cx_size, cx2_size"
)


@Operation("POST", "/v2/network", writes=True, consumes=_BODY, produces=TEXT)
def create_cx1(call: Call) -> Response:
    """Accept a CX1 network; the answer is a URL that may lead nowhere (trap 25)."""
    return created_v2(call, f"network/{_create(call, 'cx1', None)}")


@Operation("POST", "/v3/networks", writes=True, consumes=_BODY)
def create_cx2(call: Call) -> Response:
    """Accept a CX2 network, in a folder that is not checked."""
    folder = call.query.get("folderId")
    network_id = _create(call, "cx2", parse_uuid(folder) if folder else None)
    return created(call, "/v3/networks", network_id)


@Operation("POST", "/network/asCX", writes=True, consumes=(MULTIPART,), produces=TEXT)
def create_legacy(call: Call) -> Response:
    """Accept a CX1 form as NDEx 1 did; the answer is the bare id."""
    if not call.has_upload:
        raise refusals.null_error()
    return PlainTextResponse(_create(call, "cx1", None))


@Operation("PUT", "/network/asCX/{id}", writes=True, consumes=(MULTIPART,), produces=TEXT)
def replace_legacy(call: Call) -> Response:
    """Replace the content by a CX1 form as NDEx 1 did; the answer is the bare id."""
    row = networks.get(call.db, call.id)
    _replace_by_form(call, row)
    return PlainTextResponse(row.id)


@Operation("PUT", "/v2/network/{id}", writes=True, consumes=_BODY)
def replace_cx1(call: Call) -> Response:
    """Replace the content by CX1; raw JSON and a form are refused in different ways."""
    if call.is_multipart:
        _replace_by_form(call, networks.get(call.db, call.id))
    else:
        _replace(call, _get_writable(call), "cx1")
    return done()


@Operation("PUT", "/v3/networks/{id}", writes=True, consumes=_BODY)
def replace_cx2(call: Call) -> Response:
    """Replace the content by CX2."""
    row = _get_writable(call)
    modified_ms = _replace(call, row, "cx2")
    return answer({"uuid": row.id, "modificationTime": modified_ms})


@Operation("PUT", "/v2/network/{id}/aspects", writes=True, consumes=_BODY)
def put_aspects(call: Call) -> Response:
    """Replace some aspects of CX1 at once; errors are only shown in the ``errorMessage``."""
    row = networks.get(call.db, call.id)
    if row.read_only:
        raise refusals.failure("Can't update readonly network.")
    permissions.require_write(call.db, row, call.me.id)
    if row.locked:
        raise refusals.locked()
    cx1 = contents.read(call.db, row.id, "cx1") if row.was_read else None
    if cx1 is None:
        missing = f"{contents.DATA}/{row.id}/aspects/networkAttributes (No such file or directory)"
        networks.update(call.db, row.id, error=missing, completed=1)
        return done()
    try:
        loaded = load_cx1(replace_aspects(cx1, call.upload()))
    except NetworkError as error:
        networks.update(call.db, row.id, error=queue.answer_of(error))
        return done()
    networks.touch(call.db, row, call.now_ms)
    queue.store_loaded(call.db, row.id, loaded)
    indexed = row.index_level != "NONE"
    networks.update(call.db, row.id, error=loaded.fault, completed=not indexed)
    if indexed:
        queue.enqueue_index(call.db, row.id, call.settings, call.now_ms, queue.REFUSED)
    return done()


@Operation("POST", "/v2/network/{id}/copy", writes=True, produces=TEXT)
def copy_network(call: Call) -> Response:
    """Copy a network; the answer is a URL that may lead nowhere (trap 25)."""
    return created_v2(call, f"network/{_copy(call, call.id, None)}")


@Operation("POST", "/v3/files/copy", writes=True, consumes=(JSON,))
def copy_file(call: Call) -> Response:
    """Copy a network into a folder, or home."""
    given = call.json_object()
    if given.get("fileId") is None or given.get("type") is None:
        raise refusals.uncaught_bad_request("Request must include 'from_uuid' and 'type'.")
    if given["type"] != ItemType.NETWORK:
        raise refusals.failure("Coping folder is not supported. Create shortcut instead")
    target = given.get("targetId")
    folder_id = None if target is None else read_uuid(target)
    return created(call, "/v3/files/networks", _copy(call, read_uuid(given["fileId"]), folder_id))


def _copy(call: Call, network_id: NetworkId, folder_id: NetworkId | None) -> NetworkId:
    row = networks.get(call.db, network_id)
    if not may_read(row, call.keyless_reader):
        raise refusals.unauthorized("User doesn't have read access to this network.")
    if not row.valid:
        raise refusals.failure("Invalid networks can not be copied.")
    if folder_id is not None and not may_file_in(call, folder_id):
        raise refusals.unauthorized("User doesn't have access to the target folder.")
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


def _create(call: Call, kind: contents.Kind, folder_id: str | None) -> NetworkId:
    visibility = _visibility(call)
    owner = call.me
    _check_quota(call)
    body = call.upload()
    network_id = make_uuid("network", call.settings.seed, next_number(call.db))
    networks.insert(call.db, network_id, owner.id, call.now_ms, folder_id=folder_id)
    size = "cx2_size" if kind == "cx2" else "cx_size"
    networks.update(
        call.db, network_id, **{size: len(body)}, cx_format="cx2" if kind == "cx2" else None
    )
    _enqueue(call, Upload(network_id, "create", kind, body, visibility))
    return network_id


def _get_writable(call: Call) -> NetworkRow:
    row = networks.find(call.db, call.id)
    if row is None or row.deleted:
        raise replace(refusals.network_not_found(call.id), costs_connection=True)
    if row.read_only:
        raise refusals.forbidden("Error: Unable to update a read-only network.")
    return row


def _replace_by_form(call: Call, row: NetworkRow) -> None:
    permissions.require_write(call.db, row, call.me.id)
    if row.read_only:
        # If another caller holds the lock, they lose it (recorded in ``locks``).
        networks.update(call.db, row.id, locked=0)
        raise refusals.failure("Can't update readonly network.", keeps_changes=True)
    if row.locked:
        raise refusals.uncaught("java.sql.SQLException: Connection is null.")
    _replace(call, row, "cx1")


def _replace(call: Call, row: NetworkRow, kind: contents.Kind) -> int:
    visibility = _visibility(call)
    _check_quota(call)
    if not permissions.may_write(call.db, row, call.me.id):
        raise refusals.unauthorized("You do not have write permissions for this network.")
    if row.locked:
        raise refusals.locked()
    body = call.upload()
    modified_ms = networks.touch(call.db, row, call.now_ms)
    # The old content is gone before the new body is read. The size of a CX2 body goes to the column
    # of CX1 and the other stays unchanged (contract 3.4).
    networks.clear(call.db, row.id)
    networks.update(call.db, row.id, cx_size=len(body))
    _enqueue(call, Upload(row.id, "update", kind, body, visibility))
    return modified_ms


def _enqueue(call: Call, upload: Upload) -> None:
    load, convert = call.faults.get(FaultKind.LOAD), call.faults.get(FaultKind.CONVERT)
    if load is not None:
        upload = replace(upload, extra_delay_s=load.seconds)
    if load is not None and load.rule.message:
        upload = replace(upload, trouble=FaultKind.LOAD, message=load.rule.message)
    elif convert is not None:
        upload = replace(upload, trouble=FaultKind.CONVERT, message=convert.rule.message)
    else:
        upload = replace(upload, trouble=call.index_trouble)
    queue.enqueue(call.db, upload, call.settings, call.now_ms)
    if FaultKind.EARLY in call.faults:
        networks.update(call.db, upload.network_id, completed=1)


def _check_quota(call: Call) -> None:
    if accounts.disk_used(call.db, call.me.id) > call.disk_quota:
        raise refusals.forbidden("User has reached the disk quota limit.")


def _visibility(call: Call) -> str | None:
    text = call.query.get("visibility")
    if text is None:
        return None
    return refusals.require_constant("network.VisibilityType", Visibility.__members__, text)
