"""Changing what is said of a network, not its content (contract 3.5, 3.6)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson
from starlette.responses import Response

from sync.errors import NetworkError
from sync.model import Visibility
from sync.sandbox import contents, loads, networks, permissions
from sync.sandbox.limits import check_texts, holds_nul
from sync.sandbox.loading import rewrite_attributes
from sync.sandbox.networks import NetworkRow
from sync.sandbox.operation import JSON, Call, Operation, answer, done, read_text
from sync.sandbox.refusals import (
    bad_request,
    failure,
    forbidden,
    invalid_network,
    keeping_changes,
    locked,
    unauthorized,
    undeserialisable,
)
from sync.sandbox.summaries import parse_properties

_RESERVED = frozenset({"name", "description", "version"})
_DROPPED = "sourceformat"
_SINGLE_TYPES = ("string", "boolean", "double", "float", "integer", "long")
_DATA_TYPES = frozenset({*_SINGLE_TYPES, *(f"list_of_{kind}" for kind in _SINGLE_TYPES)})
_INDEX_LEVELS = frozenset({"NONE", "META", "ALL"})


def put_properties(call: Call) -> Response:
    """Replace the whole list of properties and answer how many were stored."""
    items = [_parse_item(item) for item in _parse_list(call.json())]
    for item in items:
        if item["predicateString"] in _RESERVED:
            raise bad_request(
                f"Property {item['predicateString']} can't be set in this function; "
                "use the network profile."
            )
    row = _get_editable(call)
    kept = [item for item in items if item["predicateString"] != _DROPPED]
    _apply(call, row, {"properties": kept})
    return answer(len(kept))


def put_profile(call: Call) -> Response:
    """Change those of name, description and version that are given."""
    given = _texts(call.json_object(), _RESERVED)
    row = _get_editable(call)
    changes = {key: text for key, text in given.items() if text is not None}
    if changes:
        _apply(call, row, changes)
    return done()


def put_summary(call: Call) -> Response:
    """Overwrite name, description, version, properties and visibility, given or not.

    Without a visibility the server locks, fails, and never unlocks (trap 7).
    """
    given = call.json_object()
    texts = _texts(given, _RESERVED)
    items = [_parse_item(item) for item in _parse_list(given.get("properties") or [])]
    visibility = given.get("visibility")
    if visibility is not None and visibility not in Visibility.__members__:
        raise undeserialisable()
    row = _get_editable(call)
    if visibility is None:
        networks.update(call.db, row.id, locked=1)
        raise keeping_changes(
            failure("Cannot invoke VisibilityType.toString() because the value is null")
        )
    overwritten = {key: texts.get(key) for key in _RESERVED}
    _apply(call, row, {**overwritten, "properties": items, "visibility": visibility})
    return done()


def put_system_properties(call: Call) -> Response:
    """Change read-only, visibility, index level or showcase; the modification time stays."""
    given = call.json_object()
    row = networks.get(call.db, call.id)
    _require_system_right(call, row, given)
    if row.doi is not None and set(given) != {"showcase"}:
        raise forbidden("Network with DOI can't be modified.")
    changes = _system_changes(given)
    if changes and not row.valid:
        raise invalid_network()
    if not changes:
        return done()
    networks.update(call.db, row.id, **changes)
    changed = networks.get(call.db, row.id)
    # Where the level is NONE, an entry made at upload stays as it was (contract 9).
    if changed.index_level != "NONE":
        loads.index(call.db, changed)
    return done()


def put_reference(call: Call) -> Response:
    """Certify and publish a network that has a DOI; anybody else's wish is ignored (trap 31)."""
    reference = call.json_object().get("reference")
    row = networks.get(call.db, call.id)
    if row.owner_id != call.me.id:
        return done()
    if row.doi is None or row.certified:
        raise forbidden("Only a network with a DOI that is not certified can get a reference.")
    items = [
        item for item in orjson.loads(row.properties) if item["predicateString"] != "reference"
    ]
    items.append(_parse_item({"predicateString": "reference", "value": reference}))
    properties = orjson.dumps(items).decode()
    networks.update(call.db, row.id, properties=properties, certified=1, visibility="PUBLIC")
    return done()


def _get_editable(call: Call) -> NetworkRow:
    row = networks.get(call.db, call.id)
    if row.read_only:
        raise failure("Can't update readonly network.")
    permissions.require_write(call.db, row, call.me.id)
    if not row.valid:
        raise invalid_network()
    if row.locked:
        raise locked()
    return row


def _apply(call: Call, row: NetworkRow, changes: Mapping[str, Any]) -> None:
    _check_storable(call, row, changes)
    properties = changes.get("properties")
    if properties is not None:
        changes = {**changes, "properties": orjson.dumps(properties).decode()}
    networks.update(call.db, row.id, **changes)
    networks.touch(call.db, row, call.now_ms)
    changed = networks.get(call.db, row.id)
    try:
        cx1, cx2 = rewrite_attributes(
            contents.read(call.db, row.id, "cx1"),
            contents.read(call.db, row.id, "cx2"),
            changed.name,
            changed.description,
            changed.version,
            parse_properties(changed),
        )
    except NetworkError as error:
        # The row is written, the files are not, and the clean-up commits (trap 6).
        networks.update(call.db, row.id, completed=0)
        raise keeping_changes(failure(str(error))) from error
    contents.write(call.db, row.id, "cx1", cx1)
    contents.write(call.db, row.id, "cx2", cx2)
    networks.update(call.db, row.id, cx_size=len(cx1 or b""), cx2_size=len(cx2 or b""))
    if changed.index_level != "NONE":
        loads.index(call.db, changed)


def _check_storable(call: Call, row: NetworkRow, changes: Mapping[str, Any]) -> None:
    if any(holds_nul(value) for value in changes.values()):
        # The refused statement spoils the transaction, so that the unlock fails as well.
        networks.update(call.db, row.id, locked=1)
        raise keeping_changes(failure('ERROR: invalid byte sequence for encoding "UTF8": 0x00'))
    try:
        check_texts(changes.get("name"), None, changes.get("version"))
    except NetworkError as error:
        raise failure(str(error)) from error


def _parse_list(value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise undeserialisable()
    return value


def _parse_item(item: Any) -> dict[str, Any]:
    if not isinstance(item, dict):
        raise undeserialisable()
    name, data_type = item.get("predicateString"), item.get("dataType", "string")
    if not isinstance(name, str) or data_type not in _DATA_TYPES:
        raise undeserialisable()
    return {
        "subNetworkId": _subnetwork_id(item.get("subNetworkId")),
        "predicateString": name,
        "dataType": data_type,
        "value": read_text(item.get("value")),
    }


def _subnetwork_id(value: Any) -> int | None:
    if value is None or value == "":
        return None
    try:
        return int(value)
    except (TypeError, ValueError):
        raise undeserialisable() from None


def _texts(given: Mapping[str, Any], names: frozenset[str]) -> dict[str, str | None]:
    return {name: read_text(given[name]) for name in names if name in given}


def _require_system_right(call: Call, row: NetworkRow, given: Mapping[str, Any]) -> None:
    if row.owner_id == call.me.id:
        return
    if set(given) == {"showcase"} and permissions.find_explicit(call.db, row.id, call.me.id):
        return
    raise unauthorized("Only network owner can set system properties of a network.")


def _system_changes(given: Mapping[str, Any]) -> dict[str, Any]:
    changes: dict[str, Any] = {}
    for key, column in (("readOnly", "read_only"), ("showcase", "showcase")):
        if key in given:
            if not isinstance(given[key], bool):
                raise failure(f"Value of {key} has to be a boolean.")
            changes[column] = given[key]
    if "visibility" in given:
        if given["visibility"] not in Visibility.__members__:
            raise failure(f"No enum constant VisibilityType.{given['visibility']}")
        changes["visibility"] = given["visibility"]
    if "index_level" in given:
        level = given["index_level"] or "NONE"
        if level not in _INDEX_LEVELS:
            raise failure(f"No enum constant NetworkIndexLevel.{level}")
        changes["index_level"] = level
    return changes


OPERATIONS = (
    Operation(
        "PUT",
        "/v2/network/{id}/properties",
        put_properties,
        writes=True,
        waits=True,
        hides_cause=True,
        consumes=(JSON,),
    ),
    Operation(
        "PUT", "/v2/network/{id}/profile", put_profile, writes=True, waits=True, consumes=(JSON,)
    ),
    Operation(
        "PUT", "/v2/network/{id}/summary", put_summary, writes=True, waits=True, consumes=(JSON,)
    ),
    Operation(
        "PUT",
        "/v2/network/{id}/systemproperty",
        put_system_properties,
        writes=True,
        consumes=(JSON,),
    ),
    Operation("PUT", "/v2/network/{id}/reference", put_reference, writes=True, consumes=(JSON,)),
)
"""The routes of this module."""
