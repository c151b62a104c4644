"""Changing what is said of a network, not its content (contract 3.5, 3.6)."""

from __future__ import annotations

from collections.abc import Callable, Container, Mapping
from typing import Any

import orjson
from starlette.responses import Response

from sync.cx.data_types import is_list_type
from sync.errors import NetworkError
from sync.model import NetworkId, Property, Visibility
from sync.sandbox import contents, loads, networks, permissions
from sync.sandbox.contents import DATA
from sync.sandbox.limits import bare_reason, check_texts, holds_nul
from sync.sandbox.loading import rewrite_attributes
from sync.sandbox.loads import Trouble
from sync.sandbox.networks import NetworkRow
from sync.sandbox.operation import JSON, Call, Operation, answer, done, read_text
from sync.sandbox.properties import parse_list
from sync.sandbox.rebuild import JavaFault
from sync.sandbox.refusals import (
    Refusal,
    bad_request,
    failure,
    forbidden,
    invalid_network,
    keeping_changes,
    locked,
    unauthorized,
    uncaught,
    undeserialisable,
)
from sync.sandbox.summaries import parse_properties

_RESERVED = frozenset({"name", "description", "version"})
_RESERVED_MESSAGE = (
    "Property list can't contain 'name', 'description' or 'version'. You need to use the update "
    "network profile function to modify these 3 properties."
)
_DROPPED = "sourceformat"
_SUMMARY = "org.ndexbio.model.object.network.NetworkSummary"
_SINGLE_TYPES = ("string", "boolean", "double", "float", "integer", "long")
_DATA_TYPES = frozenset({*_SINGLE_TYPES, *(f"list_of_{kind}" for kind in _SINGLE_TYPES)})
_INDEX_LEVELS = frozenset({"NONE", "META", "ALL"})


@Operation(
    "PUT",
    "/v2/network/{id}/properties",
    writes=True,
    waits=True,
    hides_cause=True,
    consumes=(JSON,),
)
def put_properties(call: Call) -> Response:
    """Replace the whole list of properties and answer how many were stored.

    Where the files cannot be rebuilt the list is stored all the same (trap 6).
    """
    items = [_parse_item(item) for item in _parse_list(call.json())]
    if any(item["predicateString"] is None for item in items):
        raise uncaught("java.lang.NullPointerException: null")
    if any(item["predicateString"] in _RESERVED for item in items):
        raise bad_request(_RESERVED_MESSAGE)
    row = _get_editable(call)
    kept = [item for item in items if item["predicateString"] != _DROPPED]
    if holds_nul(kept):
        # The refused statement spoils the transaction, so that the unlock fails as well.
        networks.update(call.db, row.id, locked=1)
        raise keeping_changes(
            failure(
                "ERROR: current transaction is aborted, commands ignored until end of transaction "
                "block"
            )
        )
    _store(call, row, {"properties": kept})
    try:
        _rebuild(call, row.id)
    except NetworkError as error:
        # The clean-up commits what was written before.
        networks.update(call.db, row.id, completed=0)
        raise keeping_changes(failure(loads.answer_of(error))) from error
    return answer(len(kept))


@Operation("PUT", "/v2/network/{id}/profile", writes=True, waits=True, reads=_SUMMARY)
def put_profile(call: Call) -> Response:
    """Change those of name, description and version that are given."""
    given = _texts(call.json_object(), _RESERVED)
    changes = {key: text for key, text in given.items() if text is not None}
    row = _get_open(call)
    if changes:
        _require_unlocked(row)
        _edit(call, row, changes)
    return done()


@Operation("PUT", "/v2/network/{id}/summary", writes=True, waits=True, reads=_SUMMARY)
def put_summary(call: Call) -> Response:
    """Overwrite name, description, version, properties and visibility, given or not.

    Without a visibility the server locks, fails, and never unlocks (trap 7).
    """
    given = call.json_object() if call.has_json else {}
    texts = _texts(given, _RESERVED)
    items = [_parse_item(item) for item in _parse_list(given.get("properties") or [])]
    visibility = given.get("visibility")
    if visibility is not None and visibility not in Visibility.__members__:
        raise undeserialisable()
    if not all(_is_whole(item) for item in items):
        raise undeserialisable()
    row = _get_editable(call)
    if visibility is None:
        networks.update(call.db, row.id, locked=1)
        raise keeping_changes(uncaught("java.lang.NullPointerException: null"))
    overwritten = {key: texts.get(key) for key in _RESERVED}
    _edit(call, row, {**overwritten, "properties": items, "visibility": visibility})
    return done()


@Operation("PUT", "/v2/network/{id}/systemproperty", writes=True, consumes=(JSON,))
def put_system_properties(call: Call) -> Response:
    """Change read-only, visibility, index level or showcase; the modification time stays.

    An index level, be it the one that the network has, puts it into search as it is now.
    """
    given = call.json_object()
    row = networks.get(call.db, call.id)
    _require_system_right(call, row, given)
    if row.doi is not None and set(given) != {"showcase"}:
        raise forbidden("Network with DOI can't be modified.")
    changes = {
        column: parse(given[key]) for key, (column, parse) in _SYSTEM.items() if key in given
    }
    if changes and not row.valid:
        raise invalid_network()
    if "visibility" in changes and row.locked:
        raise failure(f"Failed to update visibility. Network {row.id} might have been locked.")
    if row.owner_id != call.me.id:
        # Whoever may read it has a showcase of his own, which no call shows.
        changes.pop("showcase", None)
    if not changes:
        return done()
    networks.update(call.db, row.id, **changes)
    level = changes.get("index_level", row.index_level)
    # Where the level is NONE, an entry made at upload stays as it was (contract 9).
    if level != "NONE" and not changes.keys().isdisjoint({"index_level", "visibility"}):
        if "index_level" in changes:
            networks.update(call.db, row.id, completed=0)
        loads.enqueue_index(call.db, row.id, call.settings, call.now_ms, call.index_trouble)
    return done()


@Operation("PUT", "/v2/network/{id}/reference", writes=True, consumes=(JSON,))
def put_reference(call: Call) -> Response:
    """Certify and publish a network that has a DOI; anybody else's wish is ignored (trap 31)."""
    reference = call.json_object().get("reference")
    if reference is None:
        raise bad_request("Field reference is missing in the object.")
    row = networks.find(call.db, call.id)
    if row is None or row.deleted or row.owner_id != call.me.id:
        return done()
    if row.doi is None:
        raise forbidden("This network doesn't have a DOI or a pending DOI request.")
    if row.certified:
        raise forbidden("This network has already been certified.")
    items = [
        item for item in orjson.loads(row.properties) if item["predicateString"] != "reference"
    ]
    items.append(_parse_item({"predicateString": "reference", "value": reference}))
    properties = orjson.dumps(items).decode()
    networks.update(call.db, row.id, properties=properties, certified=1, visibility="PUBLIC")
    return done()


def _get_editable(call: Call) -> NetworkRow:
    row = _get_open(call)
    _require_unlocked(row)
    return row


def _get_open(call: Call) -> NetworkRow:
    row = networks.get(call.db, call.id)
    if row.read_only:
        raise failure("Can't update readonly network.")
    permissions.require_write(call.db, row, call.me.id)
    if not row.valid:
        raise invalid_network()
    return row


def _require_unlocked(row: NetworkRow) -> None:
    if row.locked:
        raise locked()


def _edit(call: Call, row: NetworkRow, changes: Mapping[str, Any]) -> None:
    """Make a change that is undone as a whole where it fails."""
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
        raise uncaught(f"org.postgresql.util.PSQLException: {bare_reason(error)}") from error
    _store(call, row, changes)
    try:
        _rebuild(call, row.id)
    except JavaFault as error:
        raise uncaught(f"{error.kind}: {error}") from error
    except NetworkError as error:
        raise failure(str(error)) from error


def _store(call: Call, row: NetworkRow, changes: Mapping[str, Any]) -> None:
    if "properties" in changes:
        changes = {**changes, "properties": orjson.dumps(changes["properties"]).decode()}
    networks.update(call.db, row.id, **changes)
    networks.touch(call.db, row, call.now_ms)


def _rebuild(call: Call, network_id: NetworkId) -> None:
    """Write the files again; raises NetworkError where the server's rebuilding throws."""
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
    networks.update(
        call.db,
        row.id,
        cx_size=len(cx1 or b""),
        cx2_size=len(cx2 or b""),
        completed=not indexed,
    )
    if indexed:
        # The engine refuses each such edit: it takes the network for two (contract 3.5).
        trouble = call.index_trouble or Trouble.REFUSED
        loads.enqueue_index(call.db, row.id, call.settings, call.now_ms, trouble)


def _parse_list(value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise undeserialisable()
    return value


def _parse_item(item: Any) -> dict[str, Any]:
    if item is None:
        raise uncaught("java.lang.NullPointerException: null")
    if not isinstance(item, dict):
        raise undeserialisable()
    name, data_type = item.get("predicateString"), item.get("dataType", "string")
    if data_type not in _DATA_TYPES or not isinstance(name, str | None):
        raise undeserialisable()
    return {
        "subNetworkId": _subnetwork_id(item.get("subNetworkId")),
        "predicateString": name,
        "dataType": data_type,
        "value": read_text(item.get("value")),
    }


def _is_whole(item: Mapping[str, Any]) -> bool:
    """Whether an item has a name, and text that is a list where its type is one."""
    if item["predicateString"] is None:
        return False
    try:
        parse_list(item["value"] or "") if is_list_type(item["dataType"]) else None
    except ValueError:
        return False
    return True


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
    for key in ("readOnly", "visibility", "index_level"):
        if key in given:
            raise unauthorized(f"Only network owner can set {key} Parameter.")
    if "showcase" in given and not permissions.find(call.db, row.id, call.me.id):
        raise unauthorized("User doesn't have explicit permission on this network.")


def _parse_flag(value: Any) -> bool:
    if value is None:
        raise uncaught("java.lang.NullPointerException: null")
    if not isinstance(value, bool):
        raise _wrong_class(value, "Boolean")
    return value


def _parse_visibility(value: Any) -> str:
    return _parse_constant("VisibilityType", Visibility.__members__, value)


def _parse_index_level(value: Any) -> str:
    return "NONE" if value is None else _parse_constant("NetworkIndexLevel", _INDEX_LEVELS, value)


def _parse_constant(kind: str, known: Container[str], value: Any) -> str:
    if value is None:
        raise uncaught("java.lang.NullPointerException: Name is null")
    if not isinstance(value, str):
        raise _wrong_class(value, "String")
    if value not in known:
        raise uncaught(
            "java.lang.IllegalArgumentException: No enum constant "
            f"org.ndexbio.model.object.network.{kind}.{value}"
        )
    return value


def _wrong_class(value: Any, wanted: str) -> Refusal:
    found = {str: "String", bool: "Boolean", int: "Integer", float: "Double"}.get(
        type(value), "Object"
    )
    return uncaught(
        f"java.lang.ClassCastException: class java.lang.{found} cannot be cast to class "
        f"java.lang.{wanted}"
    )


_SYSTEM: Mapping[str, tuple[str, Callable[[Any], object]]] = {
    "readOnly": ("read_only", _parse_flag),
    "visibility": ("visibility", _parse_visibility),
    "index_level": ("index_level", _parse_index_level),
    "showcase": ("showcase", _parse_flag),
}
"""The system properties that the server knows, with their columns."""
