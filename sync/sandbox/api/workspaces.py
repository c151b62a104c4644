"""Workspaces of Cytoscape Web: a name, options and a group of networks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import orjson
from starlette.responses import Response

from sync.sandbox import items, networks, refusals
from sync.sandbox.api.files import change_item, make_item
from sync.sandbox.call import JSON, Call, Operation, answer, created, done, read_text
from sync.sandbox.ids import read_uuids
from sync.sandbox.items import Item, ItemType
from sync.sandbox.summaries import present

_MEMBERS = frozenset(
    {"workspaceId", "name", "options", "networkIDs", "creationTime", "modificationTime"}
)


@Operation("POST", "/v3/workspaces", writes=True, consumes=(JSON,))
def create_workspace(call: Call) -> Response:
    """Create a workspace for the caller."""
    made = make_item(call, ItemType.WORKSPACE, **_read(call))
    return created(call, "/v3/workspaces", made.id)


@Operation("GET", "/v3/users/{id}/workspaces")
def list_workspaces(call: Call) -> Response:
    """Return the caller's own workspaces."""
    if call.id != call.me.id:
        raise refusals.unauthorized("Userid has to be the same as the autheticated user's")
    own = items.list_newest(call.db, ItemType.WORKSPACE, call.id)
    return answer([_render(item) for item in own])


@Operation("GET", "/v3/workspaces/{id}")
def get_workspace(call: Call) -> Response:
    """Return one workspace of the caller."""
    return answer(_render(_get_own(call, f"Workspace with UUID: {call.id} doesn't exist.")))


@Operation("PUT", "/v3/workspaces/{id}", writes=True, consumes=(JSON,))
def put_workspace(call: Call) -> Response:
    """Replace name, options and networks."""
    given = _read(call)
    changed = change_item(call, _get_own(call), **given)
    return answer({"uuid": changed.id, "modificationTime": changed.modified_ms})


@Operation("PUT", "/v3/workspaces/{id}/name", writes=True, consumes=(JSON,))
def rename_workspace(call: Call) -> Response:
    """Replace the name; the modification time stays."""
    name = _read(call)["name"]
    items.save(call.db, replace(_get_own(call), name=name))
    return done()


@Operation("PUT", "/v3/workspaces/{id}/networkids", writes=True, consumes=(JSON,))
def put_networks(call: Call) -> Response:
    """Replace the networks; the modification time stays."""
    members, item = _members(call, call.json()), _get_own(call)
    properties = {**orjson.loads(item.properties), "networkIDs": members}
    items.save(call.db, replace(item, properties=orjson.dumps(properties).decode()))
    return done()


@Operation("DELETE", "/v3/workspaces/{id}", writes=True)
def delete_workspace(call: Call) -> Response:
    """Delete a workspace; its networks stay."""
    items.delete(call.db, _get_own(call))
    return done()


def _read(call: Call) -> dict[str, Any]:
    given = call.json_object()
    options = given.get("options") or {}
    if not given.keys() <= _MEMBERS or not isinstance(options, dict):
        raise refusals.undeserialisable()
    name = read_text(given.get("name"))
    properties = {"options": options, "networkIDs": _members(call, given.get("networkIDs"))}
    return {"name": name, "properties": orjson.dumps(properties).decode()}


def _members(call: Call, given: Any) -> Sequence[str]:
    ids = read_uuids(given)
    if len(networks.find_all(call.db, ids)) < len(set(ids)):
        raise refusals.database_error(
            'insert or update on table "cyweb_workspace_network" violates foreign key constraint'
        )
    return ids


def _get_own(call: Call, missing: str = "Workspace not found for this user.") -> Item:
    return call.own(items.find(call.db, ItemType.WORKSPACE, call.id), refusals.not_found(missing))


def _render(item: Item) -> dict[str, Any]:
    return present(
        workspaceId=item.id,
        name=item.name,
        **orjson.loads(item.properties),
        creationTime=item.created_ms,
        modificationTime=item.modified_ms,
    )
