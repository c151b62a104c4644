"""Deleting networks, and the trash (contract 3.7)."""

from __future__ import annotations

from starlette.responses import Response

from sync.sandbox import networks, trash
from sync.sandbox.file_items import ItemFormat, View, render_items
from sync.sandbox.folders import Items
from sync.sandbox.ids import read_uuids
from sync.sandbox.networks import NetworkRow
from sync.sandbox.operation import JSON, Call, Operation, answer, done
from sync.sandbox.refusals import failure, locked, not_found, unauthorized, uncaught

_TRASH = View(ItemFormat.TRASH, owner=False, shared=False)


@Operation("DELETE", "/v2/network/{id}", writes=True)
def delete_v2(call: Call) -> Response:
    """Delete for good: the row stays, the files are gone, no trash shows it."""
    row = networks.find(call.db, call.id)
    if row is None or row.deleted or row.owner_id != call.me.id:
        raise failure("Only network owner can delete a network.")
    _require_not_read_only(row)
    if row.locked:
        raise locked()
    trash.erase_network(call.db, row.id)
    return done()


@Operation("DELETE", "/v3/networks/{id}", writes=True)
@Operation("DELETE", "/network/{id}", writes=True)
def delete_v3(call: Call) -> Response:
    """Put a network into the trash, or remove it with ``permanent=true``."""
    row = networks.find(call.db, call.id)
    if row is None or row.deleted or row.owner_id != call.me.id:
        raise unauthorized("Only network owner can delete a network.")
    _require_not_read_only(row)
    if row.locked:
        raise failure("Network is locked by another updating process. Please try again.")
    if call.flag("permanent"):
        trash.purge_network(call.db, row.id)
    else:
        trash.discard_network(call.db, row, call.now_ms)
    return done()


@Operation("GET", "/v3/files/trash")
def list_trash(call: Call) -> Response:
    """Answer what the caller has in the trash."""
    return answer(render_items(call.db, trash.list_trash(call.db, call.me.id), _TRASH))


@Operation("POST", "/v3/files/trash/restore", writes=True, consumes=(JSON,))
def restore(call: Call) -> Response:
    """Bring the caller's items back, or those that were never away."""
    given = call.json_object()
    network_ids, folder_ids, shortcut_ids = (
        read_uuids(given.get(key)) for key in ("networks", "folders", "shortcuts")
    )
    if not (network_ids or folder_ids or shortcut_ids):
        raise uncaught("jakarta.ws.rs.BadRequestException: No items to restore.")
    for network_id in network_ids:
        row = networks.find(call.db, network_id)
        # Here the real server is looser: it asks nobody whose network it is.
        if row is None or row.owner_id != call.me.id:
            raise not_found(f"Network {network_id} not found.")
        if row.deleted:
            trash.restore_network(call.db, row, call.now_ms)
    trash.restore_folders(call.db, call.me.id, folder_ids)
    trash.restore_shortcuts(call.db, call.me.id, shortcut_ids)
    return done()


@Operation("DELETE", "/v3/files/trash/{id}", writes=True)
def purge_one(call: Call) -> Response:
    """Remove one item of the trash for good."""
    trashed, wanted = trash.list_trash(call.db, call.me.id), call.id
    chosen = Items(
        [item for item in trashed.networks if item.id == wanted],
        [item for item in trashed.folders if item.id == wanted],
        [item for item in trashed.shortcuts if item.id == wanted],
    )
    if not any(chosen.counts.values()):
        raise uncaught("jakarta.ws.rs.NotFoundException: Item not found in trash.")
    trash.purge(call.db, chosen)
    return done()


@Operation("DELETE", "/v3/files/trash", writes=True)
def purge_all(call: Call) -> Response:
    """Empty the caller's trash."""
    trash.purge(call.db, trash.list_trash(call.db, call.me.id))
    return done()


def _require_not_read_only(row: NetworkRow) -> None:
    if row.read_only:
        raise failure("Can't delete a read-only network.")
