"""Workspaces of Cytoscape Web: a name, options and networks that belong together."""

from __future__ import annotations

import sqlite3
from typing import Any

import orjson
from starlette.responses import Response

from sync.sandbox import networks
from sync.sandbox.ids import make_uuid, read_uuids
from sync.sandbox.operation import JSON, Call, Operation, answer, created, done, read_text
from sync.sandbox.refusals import not_found, unauthorized, uncaught, undeserialisable
from sync.sandbox.store import next_number

_MEMBERS = frozenset({"workspaceId", "name", "options", "networkIDs"})
_TIMES = frozenset({"creationTime", "modificationTime"})


@Operation("POST", "/v3/workspaces", writes=True, consumes=(JSON,))
def create_workspace(call: Call) -> Response:
    """Create a workspace of the caller."""
    given = _read(call)
    workspace_id = make_uuid("workspace", call.settings.seed, next_number(call.db))
    call.db.execute(
        "INSERT INTO workspace (id, owner_id, created_ms, modified_ms) VALUES (?, ?, ?, ?)",
        (workspace_id, call.me.id, call.now_ms, call.now_ms),
    )
    _store(call, workspace_id, given)
    return created(call, "/v3/workspaces", workspace_id)


@Operation("GET", "/v3/users/{id}/workspaces")
def list_workspaces(call: Call) -> Response:
    """Answer the caller's own workspaces."""
    if call.id != call.me.id:
        raise unauthorized("Userid has to be the same as the autheticated user's")
    rows = call.db.execute("SELECT * FROM workspace WHERE owner_id = ?", (call.id,))
    return answer([_render(row) for row in rows.fetchall()])


@Operation("GET", "/v3/workspaces/{id}")
def get_workspace(call: Call) -> Response:
    """Answer one workspace of the caller."""
    return answer(_render(_get_own(call, f"Workspace with UUID: {call.id} doesn't exist.")))


@Operation("PUT", "/v3/workspaces/{id}", writes=True, consumes=(JSON,))
def put_workspace(call: Call) -> Response:
    """Replace name, options and networks."""
    given, row = _read(call), _get_own(call)
    _store(call, row["id"], given)
    return answer({"uuid": row["id"], "modificationTime": call.now_ms})


@Operation("PUT", "/v3/workspaces/{id}/name", writes=True, consumes=(JSON,))
def rename_workspace(call: Call) -> Response:
    """Replace the name; the modification time stays."""
    name, row = _read(call)["name"], _get_own(call)
    call.db.execute("UPDATE workspace SET name = ? WHERE id = ?", (name, row["id"]))
    return done()


@Operation("PUT", "/v3/workspaces/{id}/networkids", writes=True, consumes=(JSON,))
def put_networks(call: Call) -> Response:
    """Replace the networks; the modification time stays."""
    members, row = _members(call, call.json()), _get_own(call)
    call.db.execute("UPDATE workspace SET networks = ? WHERE id = ?", (members, row["id"]))
    return done()


@Operation("DELETE", "/v3/workspaces/{id}", writes=True)
def delete_workspace(call: Call) -> Response:
    """Delete a workspace; its networks stay."""
    call.db.execute("DELETE FROM workspace WHERE id = ?", (_get_own(call)["id"],))
    return done()


def _read(call: Call) -> dict[str, Any]:
    given = call.json_object()
    options = given.get("options") or {}
    if not given.keys() <= _MEMBERS | _TIMES or not isinstance(options, dict):
        raise undeserialisable()
    return {
        "name": read_text(given.get("name")),
        "options": orjson.dumps(options).decode(),
        "networks": _members(call, given.get("networkIDs")),
    }


def _members(call: Call, given: Any) -> str:
    ids = read_uuids(given)
    known = {row.id for row in networks.find_all(call.db, ids)}
    for network_id in ids:
        if network_id not in known:
            raise uncaught(
                "org.postgresql.util.PSQLException: ERROR: insert or update on table "
                '"cyweb_workspace_network" violates foreign key constraint'
            )
    return orjson.dumps(ids).decode()


def _store(call: Call, workspace_id: str, given: dict[str, Any]) -> None:
    call.db.execute(
        "UPDATE workspace SET name = :name, options = :options, networks = :networks,"
        " modified_ms = :now WHERE id = :id",
        {**given, "now": call.now_ms, "id": workspace_id},
    )


def _get_own(call: Call, missing: str = "Workspace not found for this user.") -> sqlite3.Row:
    rows = call.db.execute(
        "SELECT * FROM workspace WHERE id = ? AND owner_id = ?", (call.id, call.me.id)
    )
    row: sqlite3.Row | None = rows.fetchone()
    if row is None:
        raise not_found(missing)
    return row


def _render(row: sqlite3.Row) -> dict[str, Any]:
    shown = {
        "workspaceId": row["id"],
        "name": row["name"],
        "options": orjson.loads(row["options"]),
        "networkIDs": orjson.loads(row["networks"]),
        "creationTime": row["created_ms"],
        "modificationTime": row["modified_ms"],
    }
    return {key: value for key, value in shown.items() if value is not None}
