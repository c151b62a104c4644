"""Network sets as 3.0.x treats them: old rows where there are some, else folders (contract 7.1)."""

from __future__ import annotations

import orjson
from starlette.responses import Response

from sync.sandbox import network_sets
from sync.sandbox.network_sets import NetworkSet
from sync.sandbox.networks import may_read
from sync.sandbox.operation import Call, Operation, answer
from sync.sandbox.refusals import not_found, unauthorized


def get_network_set(call: Call) -> Response:
    """Answer a set with the networks that the caller may read."""
    found = network_sets.find(call.db, call.id)
    if found is None:
        raise not_found(f"Network set {call.id} not found in NDEx.")
    return answer({**_render(found), "networks": _readable_members(call, found)})


def _readable_members(call: Call, found: NetworkSet) -> list[str]:
    key = call.query.get("accesskey")
    if key is not None and not (found.access_key_on and key == found.access_key):
        raise unauthorized("Invalid access key.")
    reader = call.reader
    members = network_sets.list_members(call.db, found.id)
    return [row.id for row in members if may_read(row, reader)]


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


OPERATIONS = (Operation("GET", "/v2/networkset/{id}", get_network_set, anonymous=True),)
"""The routes of this module."""
