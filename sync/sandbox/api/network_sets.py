"""Network sets as 3.0.x treats them: old rows where there are some, else folders (contract 7.1)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import orjson
from starlette.responses import PlainTextResponse, Response

from sync.model import NetworkId
from sync.sandbox import folders, network_sets, networks, trash
from sync.sandbox.api.folders import check_name
from sync.sandbox.api.sharing import make_access_key, wants_key
from sync.sandbox.folders import Folder, Shortcut
from sync.sandbox.ids import make_uuid, read_uuids
from sync.sandbox.network_sets import NetworkSet
from sync.sandbox.networks import may_read
from sync.sandbox.operation import JSON, TEXT, Call, Operation, answer, done, read_text
from sync.sandbox.refusals import Refusal, duplicate, failure, not_found, unauthorized, uncaught
from sync.sandbox.store import next_number

_SEEN_SHORTCUTS = 1000


@Operation("POST", "/v2/networkset", writes=True, consumes=(JSON,), produces=TEXT)
def create_network_set(call: Call) -> Response:
    """Create what is called a set and is a private folder."""
    given = call.json_object()
    set_id = make_uuid("folder", call.settings.seed, next_number(call.db))
    _insert_folder(call, set_id, given)
    return _created(call, f"networkset/{set_id}")


@Operation("GET", "/v2/user/{id}/networksets", anonymous=True)
def list_network_sets(call: Call) -> Response:
    """Answer an account's sets, the old rows alone."""
    found = network_sets.list_own(call.db, call.id)
    if call.flag("showcase"):
        found = [item for item in found if item.showcase]
    offset, limit = call.number("offset", 0), call.number("limit", 0)
    page = found[offset : offset + limit] if limit > 0 else found
    if call.query.get("summary", "true").lower() == "true":
        return answer([_render(item) for item in page])
    return answer([{**_render(item), "networks": _readable_members(call, item)} for item in page])


@Operation("GET", "/v2/networkset/{id}", anonymous=True)
def get_network_set(call: Call) -> Response:
    """Answer a set with the networks that the caller may read; of a folder hardly anything."""
    found = network_sets.find(call.db, call.id)
    if found is None:
        return answer(_render_folder(call, _get_readable_folder(call)))
    key = call.query.get("accesskey")
    if key is not None and not (found.access_key_on and key == found.access_key):
        raise unauthorized("Invalid access key.")
    return answer({**_render(found), "networks": _readable_members(call, found)})


@Operation("PUT", "/v2/networkset/{id}", writes=True, consumes=(JSON,))
def put_network_set(call: Call) -> Response:
    """Update a set; a folder also moves home, and an unknown id becomes a folder (trap 29)."""
    given = call.json_object()
    name = _name(given)
    found = network_sets.find(call.db, call.id)
    if found is None:
        _put_folder(call, given)
        return done()
    if found.owner_id != call.me.id:
        raise _not_owner()
    other = network_sets.find_by_name(call.db, found.owner_id, name)
    if other is not None and other.id != found.id:
        raise duplicate(f"Network set with name {name} already exists.")
    changed = replace(
        found,
        name=name,
        description=read_text(given.get("description")),
        properties=orjson.dumps(given.get("properties") or {}).decode(),
        modified_ms=max(call.now_ms, found.modified_ms + 1),
    )
    network_sets.update(call.db, changed)
    return done()


@Operation("DELETE", "/v2/networkset/{id}", writes=True)
def delete_network_set(call: Call) -> Response:
    """Delete a set; with a folder go the networks in it (trap 28)."""
    found = _get_owned(call)
    if isinstance(found, NetworkSet):
        network_sets.delete(call.db, found.id)
    else:
        trash.discard_folder(call.db, found.id)
    return done()


@Operation("POST", "/v2/networkset/{id}/members", writes=True, consumes=(JSON,), produces=TEXT)
def add_members(call: Call) -> Response:
    """Add networks to a set, or one more shortcut for each of them to a folder."""
    wanted = read_uuids(call.json())
    found = _get_owned(call)
    if isinstance(found, Folder):
        _add_shortcuts(call, found, wanted)
    elif len(networks.find_all(call.db, wanted)) == len(set(wanted)):
        network_sets.add_members(call.db, found.id, wanted)
    else:
        # One unknown network makes the server doubt the set, and look for a folder instead.
        folder = folders.find_folder(call.db, found.id)
        if folder is None:
            raise _no_set(found.id)
        _add_shortcuts(call, folder, wanted)
    return _created(call, f"networkset/{call.id}/members")


@Operation("DELETE", "/v2/networkset/{id}/members", writes=True, consumes=(JSON,))
def remove_members(call: Call) -> Response:
    """Remove networks; of a folder only those among the caller's first 1000 shortcuts."""
    wanted = read_uuids(call.json())
    found = _get_owned(call)
    if isinstance(found, NetworkSet):
        network_sets.remove_members(call.db, found.id, wanted)
        return done()
    for shortcut in folders.list_shortcuts(call.db, call.me.id, _SEEN_SHORTCUTS):
        if shortcut.parent_id == found.id and shortcut.target_id in wanted:
            trash.purge_shortcut(call.db, shortcut.id)
    return done()


@Operation("GET", "/v2/networkset/{id}/accesskey")
def get_access_key(call: Call) -> Response:
    """Answer a set's key; of a folder a new one every time, which opens nothing."""
    found = _get_owned(call, _not_owner())
    if isinstance(found, Folder):
        return answer({"accessKey": make_access_key(32)})
    return answer({"accessKey": found.access_key}) if found.access_key_on else done()


@Operation("PUT", "/v2/networkset/{id}/accesskey", writes=True)
def put_access_key(call: Call) -> Response:
    """Switch the key on or off; on again is the old key."""
    found = _get_owned(call, _not_owner())
    wanted = wants_key(call, "parameter")
    key = found.access_key or (make_access_key(32) if wanted else None)
    if isinstance(found, NetworkSet):
        network_sets.update(call.db, replace(found, access_key=key, access_key_on=wanted))
    else:
        folders.update_folder(call.db, replace(found, access_key=key, access_key_on=wanted))
    return answer({"accessKey": key}) if wanted else done()


@Operation("PUT", "/v2/networkset/{id}/systemproperty", writes=True, consumes=(JSON,))
def put_system_properties(call: Call) -> Response:
    """Showcase a set; a folder ignores it."""
    given = call.json_object()
    found = _get_owned(call, _not_owner())
    if isinstance(found, NetworkSet) and isinstance(given.get("showcase"), bool):
        network_sets.update(call.db, replace(found, showcase=given["showcase"]))
    return done()


def _name(given: dict[str, Any]) -> str:
    name = read_text(given.get("name"))
    if not name:
        raise failure("Network set name is required.")
    return check_name(name)


def _insert_folder(call: Call, folder_id: NetworkId, given: dict[str, Any]) -> None:
    folder = Folder(
        id=folder_id,
        owner_id=call.me.id,
        name=_name(given),
        created_ms=call.now_ms,
        modified_ms=call.now_ms,
        description=read_text(given.get("description")),
    )
    folders.insert_folder(call.db, folder)


def _put_folder(call: Call, given: dict[str, Any]) -> None:
    folder = folders.find_folder(call.db, call.id)
    if folder is None:
        _insert_folder(call, call.id, given)
        return
    if folder.owner_id != call.me.id:
        # The server takes the caller's folder for a new one, and its id is taken.
        raise uncaught(
            "org.postgresql.util.PSQLException: ERROR: duplicate key value violates unique "
            f'constraint "folder_pkey"\n  Detail: Key ("UUID")=({call.id}) already exists.'
        )
    changed = replace(
        folder,
        name=_name(given),
        description=read_text(given.get("description")),
        parent_id=None,
        modified_ms=max(call.now_ms, folder.modified_ms + 1),
    )
    folders.update_folder(call.db, changed)


def _add_shortcuts(call: Call, folder: Folder, targets: Sequence[NetworkId]) -> None:
    for target in targets:
        shortcut = Shortcut(
            id=make_uuid("shortcut", call.settings.seed, next_number(call.db)),
            owner_id=call.me.id,
            name=target,
            target_id=target,
            target_type="NETWORK",
            created_ms=call.now_ms,
            modified_ms=call.now_ms,
            parent_id=folder.id,
        )
        folders.insert_shortcut(call.db, shortcut)


def _get_owned(call: Call, refusal: Refusal | None = None) -> NetworkSet | Folder:
    """Return the caller's set or folder; for all others raises the 404, or ``refusal``."""
    found = network_sets.find(call.db, call.id) or _find_folder(call)
    if found is None or found.owner_id != call.me.id:
        raise refusal or _no_set(call.id)
    return found


def _get_readable_folder(call: Call) -> Folder:
    folder = _find_folder(call)
    if folder is None or (
        folder.visibility == "PRIVATE" and folder.owner_id != call.reader.account_id
    ):
        raise _no_set(call.id)
    return folder


def _find_folder(call: Call) -> Folder | None:
    folder = folders.find_folder(call.db, call.id)
    return None if folder is None or folder.deleted else folder


def _not_owner() -> Refusal:
    return unauthorized("User is not the owner of this network set or folder.")


def _no_set(set_id: str) -> Refusal:
    return not_found(f"Network set or folder {set_id} not found.")


def _readable_members(call: Call, found: NetworkSet) -> list[str]:
    reader = call.reader
    members = network_sets.list_members(call.db, found.id)
    return [row.id for row in members if may_read(row, reader)]


def _created(call: Call, path: str) -> Response:
    url = f"{call.base_url}{call.settings.rest_prefix}/{path}"
    return PlainTextResponse(url, 201, {"Location": url})


def _render(found: NetworkSet) -> dict[str, object]:
    shown = {
        "externalId": found.id,
        "ownerId": found.owner_id,
        "name": found.name,
        "description": found.description,
        "properties": orjson.Fragment(found.properties),
        "showcased": bool(found.showcase),
        "creationTime": found.created_ms,
        "modificationTime": found.modified_ms,
        "isDeleted": False,
    }
    return {key: value for key, value in shown.items() if value is not None}


def _render_folder(call: Call, folder: Folder) -> dict[str, object]:
    shown: dict[str, object] = {
        "externalId": folder.id,
        "ownerId": call.reader.account_id,
        "name": folder.name,
        "creationTime": folder.created_ms,
        "modificationTime": folder.modified_ms,
        "properties": {},
        "networks": [],
        "showcased": False,
        "isDeleted": False,
    }
    return {key: value for key, value in shown.items() if value is not None}
