"""Shortcuts to networks and folders (contract 7.2)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from starlette.responses import Response

from sync.model import NetworkId
from sync.sandbox import folders, networks, trash
from sync.sandbox.api.folders import check_name, read_limit, without_owner
from sync.sandbox.file_items import ItemType
from sync.sandbox.folders import Shortcut
from sync.sandbox.ids import make_uuid, read_uuid
from sync.sandbox.operation import JSON, Call, Operation, answer, created, done, read_text
from sync.sandbox.refusals import failure, not_found, unauthorized, uncaught, undeserialisable
from sync.sandbox.store import next_number


@Operation("POST", "/v3/files/shortcuts", writes=True, consumes=(JSON,))
def create_shortcut(call: Call) -> Response:
    """Create a shortcut to what the caller may read."""
    given = call.json_object()
    name, target, kind = read_text(given.get("name")), given.get("target"), given.get("targetType")
    if not name:
        raise failure("Shortcut name cannot be empty.")
    if target is None:
        raise failure("Shortcut 'target' cannot be null.")
    if kind is None:
        raise failure("Shortcut 'target_type' cannot be null.")
    if kind == ItemType.SHORTCUT:
        raise failure("Shortcuts cannot target other shortcuts.")
    if kind not in list(ItemType):
        raise undeserialisable()
    _require_target(call, read_uuid(target), kind)
    shortcut = Shortcut(
        id=make_uuid("shortcut", call.settings.seed, next_number(call.db)),
        owner_id=call.me.id,
        name=check_name(name),
        target_id=read_uuid(target),
        target_type=kind,
        created_ms=call.now_ms,
        modified_ms=call.now_ms,
        parent_id=_parent(call, given),
    )
    folders.insert_shortcut(call.db, shortcut)
    return created(call, "/v3/files/shortcuts", shortcut.id)


@Operation("GET", "/v3/files/shortcuts")
def list_own_shortcuts(call: Call) -> Response:
    """Answer the caller's shortcuts by name."""
    own = folders.list_shortcuts(call.db, call.me.id, read_limit(call))
    return answer([without_owner(_render(shortcut)) for shortcut in own])


@Operation("GET", "/v3/files/shortcuts/{id}", anonymous=True)
def get_shortcut(call: Call) -> Response:
    """Answer one shortcut; one that is not public only to its owner."""
    shortcut = folders.find_shortcut(call.db, call.id)
    if shortcut is None or shortcut.deleted:
        raise not_found(f"Shortcut {call.id} not found in NDEx.")
    if shortcut.visibility != "PUBLIC" and shortcut.owner_id != call.reader.account_id:
        raise unauthorized("User doesn't have read access to this network.")
    return answer(_render(shortcut))


@Operation("PUT", "/v3/files/shortcuts/{id}", writes=True, consumes=(JSON,))
def put_shortcut(call: Call) -> Response:
    """Rename or move a shortcut."""
    given = call.json_object()
    shortcut = _get_owned(call)
    changed = replace(
        shortcut,
        name=check_name(read_text(given.get("name")) or shortcut.name),
        parent_id=_parent(call, given),
        modified_ms=max(call.now_ms, shortcut.modified_ms + 1),
    )
    folders.update_shortcut(call.db, changed)
    return done()


@Operation("DELETE", "/v3/files/shortcuts/{id}", writes=True)
def delete_shortcut(call: Call) -> Response:
    """Put a shortcut into the trash, or remove it with ``permanent=true``; its target stays."""
    shortcut = _get_owned(call)
    if call.flag("permanent"):
        trash.purge_shortcut(call.db, shortcut.id)
    else:
        trash.discard_shortcut(call.db, shortcut.id)
    return done()


def _get_owned(call: Call) -> Shortcut:
    shortcut = folders.find_shortcut(call.db, call.id)
    if shortcut is None or shortcut.deleted or shortcut.owner_id != call.me.id:
        raise unauthorized("Signed in user is not the owner of this shortcut.")
    return shortcut


def _parent(call: Call, given: dict[str, Any]) -> str | None:
    if given.get("parent") is None:
        return None
    parent_id = read_uuid(given["parent"])
    if folders.find_folder(call.db, parent_id) is None:
        raise uncaught(
            'org.postgresql.util.PSQLException: ERROR: insert or update on table "shortcut" '
            'violates foreign key constraint "shortcut_parent_fk"\n'
            f'  Detail: Key (parent)=({parent_id}) is not present in table "folder".'
        )
    return parent_id


def _require_target(call: Call, target_id: NetworkId, kind: str) -> None:
    if kind == ItemType.FOLDER:
        folder = folders.find_folder(call.db, target_id)
        if folder is None or folder.deleted:
            raise not_found(f"Folder {target_id} not found in NDEx.")
    elif not networks.may_read(networks.get(call.db, target_id), call.keyless_reader):
        raise failure("Target network does not exist or is not accessible.")


def _render(shortcut: Shortcut) -> dict[str, Any]:
    shown = {
        "externalId": shortcut.id,
        "name": shortcut.name,
        "parent": shortcut.parent_id,
        "target": shortcut.target_id,
        "targetType": shortcut.target_type,
        "owner_id": shortcut.owner_id,
        "owner": shortcut.owner,
        "creationTime": shortcut.created_ms,
        "modificationTime": shortcut.modified_ms,
        "isDeleted": bool(shortcut.deleted),
    }
    return {key: value for key, value in shown.items() if value is not None}
