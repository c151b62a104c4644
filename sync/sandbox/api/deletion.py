"""Deleting networks, and the trash (contract 3.7)."""

from __future__ import annotations

from starlette.responses import Response

from sync.sandbox import items, networks, refusals, trash
from sync.sandbox.call import JSON, Call, Operation, answer, done
from sync.sandbox.file_items import ItemFormat, View, render_items
from sync.sandbox.ids import read_uuids
from sync.sandbox.items import ItemType, Where
from sync.sandbox.networks import NetworkRow

_TRASH = View(ItemFormat.TRASH, owner=False, shared=False)


@Operation("DELETE", "/v2/network/{id}", writes=True)
def delete_v2(call: Call) -> Response:
    """Delete for good: the row stays, the files are deleted, and the trash does not show it."""
    row = _get_deletable(call, refusals.failure("Only network owner can delete a network."))
    if row.locked:
        raise refusals.locked()
    trash.erase_network(call.db, row.id)
    return done()


@Operation("DELETE", "/v3/networks/{id}", writes=True)
@Operation("DELETE", "/network/{id}", writes=True)
def delete_v3(call: Call) -> Response:
    """Put a network into the trash, or remove it with ``permanent=true``."""
    row = _get_deletable(call, refusals.unauthorized("Only network owner can delete a network."))
    if row.locked:
        raise refusals.failure("Network is locked by another updating process. Please try again.")
    if call.flag("permanent"):
        trash.purge_network(call.db, row.id)
    else:
        trash.discard_network(call.db, row, call.now_ms)
    return done()


@Operation("GET", "/v3/files/trash")
def list_trash(call: Call) -> Response:
    """Return what the caller has in the trash."""
    return answer(
        render_items(call.db, items.list_place(call.db, Where.IN_TRASH, call.me.id), _TRASH)
    )


@Operation("POST", "/v3/files/trash/restore", writes=True, consumes=(JSON,))
def restore(call: Call) -> Response:
    """Restore the caller's items, including those that were not deleted."""
    given = call.json_object()
    network_ids = read_uuids(given.get("networks"))
    others = [
        (kind, item_id)
        for kind in (ItemType.FOLDER, ItemType.SHORTCUT)
        for item_id in read_uuids(given.get(f"{kind.lower()}s"))
    ]
    if not (network_ids or others):
        raise refusals.uncaught_bad_request("No items to restore.")
    for network_id in network_ids:
        row = networks.find(call.db, network_id)
        # The real server is less strict: it does not check who owns the network.
        if row is None or row.owner_id != call.me.id:
            raise refusals.not_found(f"Network {network_id} not found.")
        if row.deleted:
            trash.restore_network(call.db, row, call.now_ms)
    for kind, item_id in others:
        item = items.find(call.db, kind, item_id)
        if item is not None and item.owner_id == call.me.id:
            trash.restore_item(call.db, item_id)
    return done()


@Operation("DELETE", "/v3/files/trash/{id}", writes=True)
def purge_one(call: Call) -> Response:
    """Remove one item of the trash for good."""
    if not _purge(call, call.id):
        raise refusals.uncaught("jakarta.ws.rs.NotFoundException: Item not found in trash.")
    return done()


@Operation("DELETE", "/v3/files/trash", writes=True)
def purge_all(call: Call) -> Response:
    """Empty the caller's trash."""
    _purge(call, None)
    return done()


def _purge(call: Call, wanted: str | None) -> bool:
    """Remove one item of the caller's trash for good, or all; return whether there was any."""
    trashed = items.list_place(call.db, Where.IN_TRASH, call.me.id)
    network_ids = [row.id for row in trashed.networks if wanted in (None, row.id)]
    item_ids = [item.id for item in trashed.items if wanted in (None, item.id)]
    for network_id in network_ids:
        trash.purge_network(call.db, network_id)
    for item_id in item_ids:
        trash.purge_item(call.db, item_id)
    return bool(network_ids or item_ids)


def _get_deletable(call: Call, refusal: refusals.Refusal) -> NetworkRow:
    row = call.own(networks.find(call.db, call.id), refusal)
    if row.read_only:
        raise refusals.failure("Can't delete a read-only network.")
    return row
