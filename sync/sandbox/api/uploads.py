"""Creating networks and replacing their content (contract 3.1, 3.2)."""

from __future__ import annotations

from dataclasses import replace

from starlette.responses import PlainTextResponse, Response

from sync.errors import NetworkError
from sync.model import NetworkId, Visibility
from sync.sandbox import accounts, contents, loads, networks, permissions
from sync.sandbox.faults import FaultKind
from sync.sandbox.ids import make_uuid, parse_uuid
from sync.sandbox.loading import load_cx1
from sync.sandbox.loads import Trouble, Upload
from sync.sandbox.networks import NetworkRow
from sync.sandbox.operation import JSON, MULTIPART, TEXT, Call, Operation, answer, created, done
from sync.sandbox.rebuild import replace_aspects
from sync.sandbox.refusals import (
    NOT_FOUND,
    Refusal,
    failure,
    forbidden,
    keeping_changes,
    locked,
    network_not_found,
    unauthorized,
    uncaught,
)
from sync.sandbox.store import next_number

_BODY = (JSON, MULTIPART)


@Operation("POST", "/v2/network", writes=True, consumes=_BODY, produces=TEXT)
def create_cx1(call: Call) -> Response:
    """Accept a CX1 network; the answer is a URL that may lead nowhere (trap 25)."""
    network_id = _create(call, "cx1", None)
    url = f"{call.base_url}{call.settings.rest_prefix}/network/{network_id}"
    return PlainTextResponse(url, 201, {"Location": url})


@Operation("POST", "/v3/networks", writes=True, consumes=_BODY)
def create_cx2(call: Call) -> Response:
    """Accept a CX2 network, in a folder that nobody checks."""
    folder = call.query.get("folderId")
    network_id = _create(call, "cx2", parse_uuid(folder) if folder else None)
    return created(call, "/v3/networks", network_id)


@Operation("POST", "/network/asCX", writes=True, consumes=(MULTIPART,), produces=TEXT)
def create_legacy(call: Call) -> Response:
    """Accept a CX1 form as NDEx 1 did; the answer is the bare id."""
    if not call.has_upload:
        raise uncaught("java.lang.NullPointerException: null")
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
    """Replace some aspects of CX1 at once; what goes wrong is only in the ``errorMessage``."""
    row = networks.get(call.db, call.id)
    if row.read_only:
        raise failure("Can't update readonly network.")
    permissions.require_write(call.db, row, call.me.id)
    if row.locked:
        raise locked()
    cx1 = contents.read(call.db, row.id, "cx1") if row.was_read else None
    if cx1 is None:
        missing = f"{contents.DATA}/{row.id}/aspects/networkAttributes (No such file or directory)"
        networks.update(call.db, row.id, error=missing, completed=1)
        return done()
    try:
        loaded = load_cx1(replace_aspects(cx1, call.upload()))
    except NetworkError as error:
        networks.update(call.db, row.id, error=loads.answer_of(error))
        return done()
    networks.touch(call.db, row, call.now_ms)
    loads.store_loaded(call.db, row.id, loaded)
    indexed = row.index_level != "NONE"
    networks.update(call.db, row.id, error=loaded.fault, completed=not indexed)
    if indexed:
        loads.enqueue_index(call.db, row.id, call.settings, call.now_ms, Trouble.REFUSED)
    return done()


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
        raise Refusal(404, NOT_FOUND, network_not_found(call.id).message, costs_connection=True)
    if row.read_only:
        raise forbidden("Error: Unable to update a read-only network.")
    return row


def _replace_by_form(call: Call, row: NetworkRow) -> None:
    permissions.require_write(call.db, row, call.me.id)
    if row.read_only:
        # Whoever holds the lock loses it (recorded in ``locks``).
        networks.update(call.db, row.id, locked=0)
        raise keeping_changes(failure("Can't update readonly network."))
    if row.locked:
        raise uncaught("java.sql.SQLException: Connection is null.")
    _replace(call, row, "cx1")


def _replace(call: Call, row: NetworkRow, kind: contents.Kind) -> int:
    visibility = _visibility(call)
    _check_quota(call)
    if not permissions.may_write(call.db, row, call.me.id):
        raise unauthorized("You do not have write permissions for this network.")
    if row.locked:
        raise locked()
    body = call.upload()
    modified_ms = networks.touch(call.db, row, call.now_ms)
    # Whatever was there is gone before the new body is looked at. The size of a CX2 body lands
    # in the column of CX1 and the other stays old (contract 3.4).
    networks.clear(call.db, row.id)
    networks.update(call.db, row.id, cx_size=len(body))
    _enqueue(call, Upload(row.id, "update", kind, body, visibility))
    return modified_ms


def _enqueue(call: Call, upload: Upload) -> None:
    load, convert = call.faults.get(FaultKind.LOAD), call.faults.get(FaultKind.CONVERT)
    if load is not None:
        upload = replace(upload, extra_delay_s=load.seconds)
    if load is not None and load.rule.message:
        upload = replace(upload, trouble=Trouble.PARSE, message=load.rule.message)
    elif convert is not None:
        upload = replace(upload, trouble=Trouble.CONVERT, message=convert.rule.message)
    else:
        upload = replace(upload, trouble=call.index_trouble)
    loads.enqueue(call.db, upload, call.settings, call.now_ms)
    if FaultKind.EARLY in call.faults:
        networks.update(call.db, upload.network_id, completed=1)


def _check_quota(call: Call) -> None:
    if accounts.disk_used(call.db, call.me.id) > call.disk_quota:
        raise forbidden("User has reached the disk quota limit.")


def _visibility(call: Call) -> str | None:
    text = call.query.get("visibility")
    if text is None or text in Visibility.__members__:
        return text
    raise uncaught(
        "java.lang.IllegalArgumentException: No enum constant "
        f"org.ndexbio.model.object.network.VisibilityType.{text}"
    )
