"""Changing what is said about a network, not its content (contract 3.5, 3.6)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import orjson
from starlette.responses import Response

from sync.cx.data_types import is_list_type
from sync.errors import NetworkError
from sync.model import NetworkId, Property, Visibility
from sync.sandbox import contents, networks, permissions, queue, refusals
from sync.sandbox.call import JSON, Call, Operation, answer, done, read_text
from sync.sandbox.contents import DATA
from sync.sandbox.limits import bare_reason, check_texts, holds_nul
from sync.sandbox.networks import NetworkRow
from sync.sandbox.properties import parse_list
from sync.sandbox.rebuild import JavaFault
from sync.sandbox.summaries import parse_properties
from sync.sandbox.uploads import rewrite_attributes

_RESERVED = frozenset({"name", "description", "version"})
_RESERVED_MESSAGE = (
    "Property list can't contain 'name', 'description' or 'version'. You need to use the update "
    "network profile function to modify these 3 properties."
)
_ABORTED = "ERROR: current transaction is aborted, commands ignored until end of transaction block"
_DROPPED = "sourceformat"
_SUMMARY = "org.ndexbio.model.object.network.NetworkSummary"
_SINGLE_TYPES = ("string", "boolean", "double", "float", "integer", "long")
_DATA_TYPES = (*_SINGLE_TYPES, *(f"list_of_{kind}" for kind in _SINGLE_TYPES))
_SYSTEM: Mapping[str, tuple[str, str, tuple[str, ...]]] = {
    "readOnly": ("read_only", "", ()),
    "visibility": ("visibility", "VisibilityType", tuple(Visibility.__members__)),
    "index_level": ("index_level", "NetworkIndexLevel", ("NONE", "META", "ALL")),
    "showcase": ("showcase", "", ()),
}
"""The system properties that the server knows: column, type and constants, none for a switch."""

_JAVA_CLASSES: Mapping[type, str] = {
    str: "String",
    bool: "Boolean",
    int: "Integer",
    float: "Double",
}


@Operation(
    "PUT",
    "/v2/network/{id}/properties",
    writes=True,
    waits=True,
    hides_cause=True,
    consumes=(JSON,),
)
def put_properties(call: Call) -> Response:
    """Replace the whole list of properties and return how many were stored.

    If the files cannot be rebuilt, the list is stored anyway (trap 6).
    """
    items = _parse_items(call.json())
    if any(item["predicateString"] is None for item in items):
        raise refusals.null_error()
    if any(item["predicateString"] in _RESERVED for item in items):
        raise refusals.bad_request(_RESERVED_MESSAGE)
    row = _get_editable(call)
    kept = [item for item in items if item["predicateString"] != _DROPPED]
    if holds_nul(kept):
        # The refused statement spoils the transaction, so the unlock fails too.
        networks.update(call.db, row.id, locked=1)
        raise refusals.failure(_ABORTED, keeps_changes=True)
    _store(call, row, {"properties": kept})
    try:
        _rebuild(call, row.id)
    except NetworkError as error:
        # The clean-up commits what was written before.
        networks.update(call.db, row.id, completed=0)
        raise refusals.failure(queue.answer_of(error), keeps_changes=True) from error
    return answer(len(kept))


@Operation("PUT", "/v2/network/{id}/profile", writes=True, waits=True, reads=_SUMMARY)
def put_profile(call: Call) -> Response:
    """Change name, description and version, if they are given."""
    given = _texts(call.json_object())
    changes = {key: text for key, text in given.items() if text is not None}
    _get_open(call)
    if changes:
        _edit(call, _get_editable(call), changes)
    return done()


@Operation("PUT", "/v2/network/{id}/summary", writes=True, waits=True, reads=_SUMMARY)
def put_summary(call: Call) -> Response:
    """Overwrite name, description, version, properties and visibility, given or not.

    Without a visibility the server locks the network, fails, and never unlocks it (trap 7).
    """
    given = call.json_object() if call.has_json else {}
    texts = _texts(given)
    items = _parse_items(given.get("properties") or [])
    visibility = given.get("visibility")
    if visibility is not None and visibility not in tuple(Visibility):
        raise refusals.undeserialisable()
    if not all(_is_whole(item) for item in items):
        raise refusals.undeserialisable()
    row = _get_editable(call)
    if visibility is None:
        networks.update(call.db, row.id, locked=1)
        raise replace(refusals.null_error(), keeps_changes=True)
    _edit(call, row, {**texts, "properties": items, "visibility": visibility})
    return done()


@Operation("PUT", "/v2/network/{id}/systemproperty", writes=True, consumes=(JSON,))
def put_system_properties(call: Call) -> Response:
    """Change read-only, visibility, index level or showcase; the modification time stays.

    An index level, even the current one, indexes the network as it is now.
    """
    given = call.json_object()
    row = networks.get(call.db, call.id)
    _require_system_right(call, row, given)
    if row.doi is not None and set(given) != {"showcase"}:
        raise refusals.forbidden("Network with DOI can't be modified.")
    changes = {
        column: _parse_system(key, given[key])
        for key, (column, *_) in _SYSTEM.items()
        if key in given
    }
    if changes and not row.valid:
        raise refusals.invalid_network()
    if "visibility" in changes and row.locked:
        raise refusals.failure(
            f"Failed to update visibility. Network {row.id} might have been locked."
        )
    if row.owner_id != call.me.id:
        # Every reader has a showcase of their own, which no call shows.
        changes.pop("showcase", None)
    if not changes:
        return done()
    networks.update(call.db, row.id, **changes)
    level = changes.get("index_level", row.index_level)
    # If the level is NONE, an entry that was made at upload stays unchanged (contract 9).
    if level != "NONE" and not changes.keys().isdisjoint({"index_level", "visibility"}):
        if "index_level" in changes:
            networks.update(call.db, row.id, completed=0)
        queue.enqueue_index(call.db, row.id, call.settings, call.now_ms, call.index_trouble)
    return done()


@Operation("PUT", "/v2/network/{id}/reference", writes=True, consumes=(JSON,))
def put_reference(call: Call) -> Response:
    """Certify and publish a network that has a DOI; calls of other users are ignored (trap 31)."""
    reference = call.json_object().get("reference")
    if reference is None:
        raise refusals.bad_request("Field reference is missing in the object.")
    row = networks.find(call.db, call.id)
    if row is None or row.deleted or row.owner_id != call.me.id:
        return done()
    if row.doi is None:
        raise refusals.forbidden("This network doesn't have a DOI or a pending DOI request.")
    if row.certified:
        raise refusals.forbidden("This network has already been certified.")
    items = [
        item for item in orjson.loads(row.properties) if item["predicateString"] != "reference"
    ]
    items.append(_parse_item({"predicateString": "reference", "value": reference}))
    properties = orjson.dumps(items).decode()
    networks.update(call.db, row.id, properties=properties, certified=1, visibility="PUBLIC")
    return done()


def _get_editable(call: Call) -> NetworkRow:
    row = _get_open(call)
    if row.locked:
        raise refusals.locked()
    return row


def _get_open(call: Call) -> NetworkRow:
    row = networks.get(call.db, call.id)
    if row.read_only:
        raise refusals.failure("Can't update readonly network.")
    permissions.require_write(call.db, row, call.me.id)
    if not row.valid:
        raise refusals.invalid_network()
    return row


def _edit(call: Call, row: NetworkRow, changes: Mapping[str, Any]) -> None:
    """Make a change that is undone completely if it fails."""
    try:
        check_texts(
            changes.get("name"),
            changes.get("description"),
            changes.get("version"),
            [
                Property(item["predicateString"], item["value"])
                for item in changes.get("properties", ())
            ],
        )
    except NetworkError as error:
        raise refusals.database_error(bare_reason(error)) from error
    _store(call, row, changes)
    try:
        _rebuild(call, row.id)
    except JavaFault as error:
        raise refusals.uncaught(f"{error.kind}: {error}") from error
    except NetworkError as error:
        raise refusals.failure(str(error)) from error


def _store(call: Call, row: NetworkRow, changes: Mapping[str, Any]) -> None:
    if "properties" in changes:
        changes = {**changes, "properties": orjson.dumps(changes["properties"]).decode()}
    networks.update(call.db, row.id, **changes)
    networks.touch(call.db, row, call.now_ms)


def _rebuild(call: Call, network_id: NetworkId) -> None:
    """Write the files again; raises NetworkError if the server's rebuilding throws."""
    row = networks.get(call.db, network_id)
    cx1 = contents.read(call.db, row.id, "cx1") if row.was_read else None
    if cx1 is None:
        raise JavaFault(
            "java.io.FileNotFoundException",
            f"{DATA}/{row.id}/aspects/networkAttributes (No such file or directory)",
        )
    cx1, cx2 = rewrite_attributes(
        cx1,
        contents.read(call.db, row.id, "cx2"),
        row.name,
        row.description,
        row.version,
        parse_properties(row),
    )
    contents.write(call.db, row.id, "cx1", cx1)
    contents.write(call.db, row.id, "cx2", cx2)
    indexed = row.index_level != "NONE"
    sizes = {"cx_size": len(cx1 or b""), "cx2_size": len(cx2 or b"")}
    networks.update(call.db, row.id, completed=not indexed, **sizes)
    if indexed:
        # The engine refuses each such edit: it takes the network for two (contract 3.5).
        trouble = call.index_trouble or queue.REFUSED
        queue.enqueue_index(call.db, row.id, call.settings, call.now_ms, trouble)


def _parse_items(value: Any) -> list[dict[str, Any]]:
    if not isinstance(value, list):
        raise refusals.undeserialisable()
    return [_parse_item(item) for item in value]


def _parse_item(item: Any) -> dict[str, Any]:
    if item is None:
        raise refusals.null_error()
    if not isinstance(item, dict):
        raise refusals.undeserialisable()
    name, data_type = item.get("predicateString"), item.get("dataType", "string")
    if data_type not in _DATA_TYPES or not isinstance(name, str | None):
        raise refusals.undeserialisable()
    subnetwork = item.get("subNetworkId")
    try:
        subnetwork = None if subnetwork in (None, "") else int(subnetwork)
    except (TypeError, ValueError):
        raise refusals.undeserialisable() from None
    return {
        "subNetworkId": subnetwork,
        "predicateString": name,
        "dataType": data_type,
        "value": read_text(item.get("value")),
    }


def _is_whole(item: Mapping[str, Any]) -> bool:
    """Return whether an item has a name, and a text that is a list if its type is one."""
    if item["predicateString"] is None:
        return False
    try:
        parse_list(item["value"] or "") if is_list_type(item["dataType"]) else None
    except ValueError:
        return False
    return True


def _texts(given: Mapping[str, Any]) -> dict[str, str | None]:
    return {name: read_text(given.get(name)) for name in _RESERVED}


def _require_system_right(call: Call, row: NetworkRow, given: Mapping[str, Any]) -> None:
    if row.owner_id == call.me.id:
        return
    for key in ("readOnly", "visibility", "index_level"):
        if key in given:
            raise refusals.unauthorized(f"Only network owner can set {key} Parameter.")
    held = permissions.list_granted(call.db, row.id)
    if "showcase" in given and call.me.id not in held:
        raise refusals.unauthorized("User doesn't have explicit permission on this network.")


def _parse_system(key: str, value: Any) -> Any:
    """Return the value of a system property; raises the 500 if the server cannot cast it."""
    _, kind, known = _SYSTEM[key]
    if value is None and key == "index_level":
        return "NONE"
    if value is None:
        raise refusals.null_error("Name is null" if known else "null")
    wanted = str if known else bool
    if not isinstance(value, wanted):
        found = _JAVA_CLASSES.get(type(value), "Object")
        raise refusals.uncaught(
            f"java.lang.ClassCastException: class java.lang.{found} cannot be cast to class "
            f"java.lang.{_JAVA_CLASSES[wanted]}"
        )
    return (
        refusals.require_constant(f"network.{kind}", known, value)
        if isinstance(value, str)
        else value
    )
