"""Network sets as 3.0.x handles them: old rows if there are any, else folders (contract 7.1)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import orjson
from starlette.responses import Response

from sync.sandbox import items, networks, refusals, trash
from sync.sandbox.api.files import change_item, check_name, make_item
from sync.sandbox.api.sharing import answer_key, make_access_key, switch_key, wants_key
from sync.sandbox.call import JSON, TEXT, Call, Operation, answer, created_v2, done, read_text
from sync.sandbox.ids import read_uuids
from sync.sandbox.items import Item, ItemType
from sync.sandbox.networks import may_read
from sync.sandbox.summaries import present

_SEEN_SHORTCUTS = 1000


@Operation("POST", "/v2/networkset", writes=True, consumes=(JSON,), produces=TEXT)
def create_network_set(call: Call) -> Response:
    """Create a "set", which is a private folder."""
    folder = make_item(call, ItemType.FOLDER, **_told(call.json_object()))
    return created_v2(call, f"networkset/{folder.id}")


@Operation("GET", "/v2/user/{id}/networksets", anonymous=True)
def list_network_sets(call: Call) -> Response:
    """Return an account's sets, only the old rows."""
    found = items.list_newest(call.db, ItemType.SET, call.id)
    if call.flag("showcase"):
        found = [item for item in found if item.showcase]
    offset, limit = call.number("offset", 0), call.number("limit", 0)
    page = found[offset : offset + limit] if limit > 0 else found
    if call.query.get("summary", "true").lower() == "true":
        return answer([_render(item) for item in page])
    return answer([{**_render(item), "networks": _readable_members(call, item)} for item in page])


@Operation("GET", "/v2/networkset/{id}", anonymous=True)
def get_network_set(call: Call) -> Response:
    """Return a set with the networks that the caller may read; for a folder almost nothing."""
    found = items.find(call.db, ItemType.SET, call.id)
    if found is None:
        return answer(_render_folder(call, _get_readable_folder(call)))
    key = call.query.get("accesskey")
    if key is not None and not (found.access_key_on and key == found.access_key):
        raise refusals.unauthorized("Invalid access key.")
    return answer({**_render(found), "networks": _readable_members(call, found)})


@Operation("PUT", "/v2/networkset/{id}", writes=True, consumes=(JSON,))
def put_network_set(call: Call) -> Response:
    """Update a set; a folder also moves home, and an unknown id becomes a folder (trap 29)."""
    given = call.json_object()
    told, found = _told(given), items.find(call.db, ItemType.SET, call.id)
    if found is None:
        _put_folder(call, told)
        return done()
    call.own(found, _not_owner())
    others = [item for item in items.list_newest(call.db, found.kind, call.me.id) if item != found]
    if told["name"] in [item.name for item in others]:
        raise refusals.duplicate(f"Network set with name {told['name']} already exists.")
    properties = orjson.dumps(given.get("properties") or {}).decode()
    change_item(call, found, **told, properties=properties)
    return done()


@Operation("DELETE", "/v2/networkset/{id}", writes=True)
def delete_network_set(call: Call) -> Response:
    """Delete a set; if it is a folder, the networks in it are deleted too (trap 28)."""
    found = _get_owned(call)
    if found.kind == ItemType.SET:
        items.delete(call.db, found)
    else:
        trash.discard_item(call.db, found.id)
    return done()


@Operation("POST", "/v2/networkset/{id}/members", writes=True, consumes=(JSON,), produces=TEXT)
def add_members(call: Call) -> Response:
    """Add networks to a set, or to a folder one more shortcut for each of them."""
    wanted = read_uuids(call.json())
    found = _get_owned(call)
    known = len(networks.find_all(call.db, wanted)) == len(set(wanted))
    if found.kind == ItemType.SET and known:
        items.add_members(call.db, found.id, wanted)
    else:
        # If one network is unknown, the server doubts the set and looks for a folder instead.
        if items.find(call.db, ItemType.FOLDER, found.id) is None:
            raise _no_set(found.id)
        for target in wanted:
            links = {"target_id": target, "target_type": ItemType.NETWORK, "folder_id": found.id}
            make_item(call, ItemType.SHORTCUT, target, **links)
    return created_v2(call, f"networkset/{call.id}/members")


@Operation("DELETE", "/v2/networkset/{id}/members", writes=True, consumes=(JSON,))
def remove_members(call: Call) -> Response:
    """Remove networks; from a folder only those among the caller's first 1000 shortcuts."""
    wanted = read_uuids(call.json())
    found = _get_owned(call)
    if found.kind == ItemType.SET:
        items.remove_members(call.db, found.id, wanted)
        return done()
    for shortcut in items.list_own(call.db, ItemType.SHORTCUT, call.me.id, _SEEN_SHORTCUTS):
        if shortcut.folder_id == found.id and shortcut.target_id in wanted:
            trash.purge_item(call.db, shortcut.id)
    return done()


@Operation("GET", "/v2/networkset/{id}/accesskey")
def get_access_key(call: Call) -> Response:
    """Return a set's key; for a folder a new one every time, which opens nothing."""
    found = _get_owned(call, _not_owner())
    if found.kind == ItemType.FOLDER:
        return answer({"accessKey": make_access_key(32)})
    return answer_key(found.open_key)


@Operation("PUT", "/v2/networkset/{id}/accesskey", writes=True)
def put_access_key(call: Call) -> Response:
    """Switch the key on or off; switched on again it is the old key."""
    found = _get_owned(call, _not_owner())
    return answer_key(switch_key(call, found, on=wants_key(call, "parameter")))


@Operation("PUT", "/v2/networkset/{id}/systemproperty", writes=True, consumes=(JSON,))
def put_system_properties(call: Call) -> Response:
    """Showcase a set; a folder ignores it."""
    given = call.json_object()
    found = _get_owned(call, _not_owner())
    if found.kind == ItemType.SET and isinstance(given.get("showcase"), bool):
        items.save(call.db, replace(found, showcase=given["showcase"]))
    return done()


def _told(given: dict[str, Any]) -> dict[str, Any]:
    """Return what a body says about a set or folder; raises the 500 if it has no name."""
    name = read_text(given.get("name"))
    if not name:
        raise refusals.failure("Network set name is required.")
    return {"name": check_name(name), "description": read_text(given.get("description"))}


def _put_folder(call: Call, told: dict[str, Any]) -> None:
    folder = items.find(call.db, ItemType.FOLDER, call.id)
    if folder is None:
        make_item(call, ItemType.FOLDER, **told, id=call.id)
        return
    if folder.owner_id != call.me.id:
        # The server takes the caller's folder for a new one, and its id is taken.
        raise refusals.database_error(
            "duplicate key value violates unique "
            f'constraint "folder_pkey"\n  Detail: Key ("UUID")=({call.id}) already exists.'
        )
    change_item(call, folder, **told, folder_id=None)


def _get_owned(call: Call, refusal: refusals.Refusal | None = None) -> Item:
    """Return the caller's set or folder; otherwise raises the 404, or ``refusal``."""
    found = items.find(call.db, ItemType.SET, call.id)
    found = found or items.find(call.db, ItemType.FOLDER, call.id)
    return call.own(found, refusal or _no_set(call.id))


def _get_readable_folder(call: Call) -> Item:
    folder = items.find(call.db, ItemType.FOLDER, call.id)
    private = folder is None or folder.visibility == "PRIVATE"
    if folder is None or folder.deleted or (private and folder.owner_id != call.reader.account_id):
        raise _no_set(call.id)
    return folder


def _not_owner() -> refusals.Refusal:
    return refusals.unauthorized("User is not the owner of this network set or folder.")


def _no_set(set_id: str) -> refusals.Refusal:
    return refusals.not_found(f"Network set or folder {set_id} not found.")


def _readable_members(call: Call, found: Item) -> list[str]:
    reader = call.reader
    members = items.list_members(call.db, found.id)
    return [row.id for row in members if may_read(row, reader)]


def _render(found: Item) -> dict[str, Any]:
    return present(
        externalId=found.id,
        ownerId=found.owner_id,
        name=found.name,
        description=found.description,
        properties=orjson.Fragment(found.properties),
        showcased=bool(found.showcase),
        creationTime=found.created_ms,
        modificationTime=found.modified_ms,
        isDeleted=False,
    )


def _render_folder(call: Call, folder: Item) -> dict[str, Any]:
    shown = _render(replace(folder, description=None))
    shown.pop("ownerId")
    return {**shown, **present(ownerId=call.reader.account_id), "networks": []}
