"""Shortcuts; every error of theirs is a 500 (contract 7.2)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from starlette.responses import Response

from sync.sandbox import folders, trash
from sync.sandbox.api.folders import check_name
from sync.sandbox.file_items import ItemType
from sync.sandbox.folders import Shortcut
from sync.sandbox.ids import make_uuid, read_uuid
from sync.sandbox.operation import JSON, Call, Operation, answer, created, done, read_text
from sync.sandbox.refusals import failure
from sync.sandbox.store import next_number


def create_shortcut(call: Call) -> Response:
    """Create a shortcut; whether its target exists is not looked at."""
    given = call.json_object()
    name = read_text(given.get("name"))
    if not name or not given.get("target"):
        raise failure("Shortcut 'name' and 'target' cannot be null.")
    if given.get("targetType") not in (ItemType.NETWORK, ItemType.FOLDER):
        raise failure("Shortcut 'targetType' has to be NETWORK or FOLDER.")
    shortcut = Shortcut(
        id=make_uuid("shortcut", call.settings.seed, next_number(call.db)),
        owner_id=call.me.id,
        name=check_name(name),
        target_id=read_uuid(given["target"]),
        target_type=given["targetType"],
        created_ms=call.now_ms,
        modified_ms=call.now_ms,
        parent_id=_parent(given),
    )
    folders.insert_shortcut(call.db, shortcut)
    return created(call, "/v3/files/shortcuts", shortcut.id)


def list_own_shortcuts(call: Call) -> Response:
    """Answer the caller's shortcuts by name."""
    own = folders.list_shortcuts(call.db, call.me.id, call.number("limit", 100))
    return answer([_render(shortcut) for shortcut in own])


def get_shortcut(call: Call) -> Response:
    """Answer one shortcut of the caller."""
    return answer(_render(_get_owned(call)))


def put_shortcut(call: Call) -> Response:
    """Rename or move a shortcut."""
    given = call.json_object()
    shortcut = _get_owned(call)
    changed = replace(
        shortcut,
        name=check_name(read_text(given.get("name")) or shortcut.name),
        parent_id=_parent(given),
        modified_ms=max(call.now_ms, shortcut.modified_ms + 1),
    )
    folders.update_shortcut(call.db, changed)
    return done()


def delete_shortcut(call: Call) -> Response:
    """Put a shortcut into the trash; its target stays."""
    trash.discard_shortcut(call.db, _get_owned(call).id)
    return done()


def _get_owned(call: Call) -> Shortcut:
    shortcut = folders.find_shortcut(call.db, call.id)
    if shortcut is None or shortcut.deleted or shortcut.owner_id != call.me.id:
        raise failure(f"Shortcut {call.id} not found in NDEx.")
    return shortcut


def _parent(given: dict[str, Any]) -> str | None:
    return None if given.get("parent") is None else read_uuid(given["parent"])


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


OPERATIONS = (
    Operation("POST", "/v3/files/shortcuts", create_shortcut, writes=True, consumes=(JSON,)),
    Operation("GET", "/v3/files/shortcuts", list_own_shortcuts),
    Operation("GET", "/v3/files/shortcuts/{id}", get_shortcut),
    Operation("PUT", "/v3/files/shortcuts/{id}", put_shortcut, writes=True, consumes=(JSON,)),
    Operation("DELETE", "/v3/files/shortcuts/{id}", delete_shortcut, writes=True),
)
"""The routes of this module."""
