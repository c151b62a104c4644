"""The third dialect: items of folder listings, of the trash and of a search (contract 7.2)."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import orjson

from sync.sandbox import items, networks, permissions
from sync.sandbox.items import Item, ItemType, Place
from sync.sandbox.networks import NetworkRow
from sync.sandbox.summaries import describe, present


class ItemFormat(StrEnum):
    """How much of an item is shown; despite its name, compact is the larger format of a listing."""

    UPDATE = "update"
    COMPACT = "compact"
    TRASH = "trash"
    FOUND = "found"
    SHARED = "shared"


@dataclass(frozen=True, slots=True)
class View:
    """What a list shows of its items besides their format: their owner, and if they are shared."""

    form: ItemFormat
    owner: bool = True
    shared: bool = True


_MEMBERS: Mapping[tuple[ItemType, ItemFormat], frozenset[str]] = {
    (kind, form): frozenset(names.split())
    for kind, forms in {
        ItemType.NETWORK: {
            ItemFormat.UPDATE: "state",
            ItemFormat.COMPACT: "state visibility edges attributes",
            ItemFormat.TRASH: "visibility edges attributes",
            ItemFormat.FOUND: "state visibility edges attributes details",
            ItemFormat.SHARED: "state visibility edges attributes",
        },
        ItemType.FOLDER: {
            ItemFormat.UPDATE: "",
            ItemFormat.COMPACT: "visibility attributes",
            ItemFormat.TRASH: "attributes",
            ItemFormat.FOUND: "attributes details",
            ItemFormat.SHARED: "attributes",
        },
        ItemType.SHORTCUT: {
            ItemFormat.UPDATE: "visibility",
            ItemFormat.COMPACT: "visibility edges attributes status",
            ItemFormat.TRASH: "attributes",
            ItemFormat.FOUND: "visibility edges attributes status details",
        },
    }.items()
    for form, names in forms.items()
}
"""The groups of members of each kind of item in each format."""

_DETAILS = (
    *("creationTime", "indexLevel", "cxFileSize", "cx2FileSize", "isCertified"),
    *("isShowcase", "hasLayout", "hasSample", "nodeCount"),
)


def select(place: Place, wanted: ItemType | None) -> Place:
    """Return the items of one type; shortcuts come with their targets, never alone."""
    if wanted is None:
        return place
    return Place(
        place.networks if wanted is ItemType.NETWORK else [],
        [item for item in place.items if wanted == (item.target_type or item.kind)],
    )


def render_items(db: sqlite3.Connection, place: Place, view: View) -> list[dict[str, Any]]:
    """Return items in the form of the wire."""
    listed: list[tuple[NetworkRow | Item, ItemType, dict[str, Any]]] = [
        *((row, ItemType.NETWORK, _describe_network(row)) for row in place.networks),
        *((item, item.kind, _describe_item(db, item)) for item in place.items),
    ]
    ids = [item.id for item, _, _ in listed]
    shared = permissions.find_shared(db, ids) if view.shared else frozenset()
    return [
        {
            "uuid": item.id,
            "type": kind,
            **present(name=item.name),
            "modificationTime": item.modified_ms,
            **({"owner": item.owner, "owner_id": item.owner_id} if view.owner else {}),
            **_choose(described, _MEMBERS[kind, view.form]),
            **({"isShared": item.id in shared} if view.shared and kind != "SHORTCUT" else {}),
        }
        for item, kind, described in listed
    ]


def _choose(described: dict[str, Any], groups: frozenset[str]) -> dict[str, Any]:
    shown: dict[str, Any] = dict(described["state"]) if "state" in groups else {}
    for name in ("visibility", "edges"):
        if name in groups and described[name] is not None:
            shown[name] = described[name]
    if "attributes" in groups:
        attributes = dict(described["attributes"])
        for more in ("status", "details"):
            if more in groups:
                attributes |= described[more]
        shown["attributes"] = attributes
    return shown


def _describe_network(row: NetworkRow) -> dict[str, Any]:
    # A network that was never loaded has neither edges nor warnings, not even zero.
    loaded, shown = row.warnings is not None, describe(row)
    return {
        "state": {
            "isReadOnly": bool(row.read_only),
            **({"warnings": orjson.Fragment(row.warnings)} if row.warnings is not None else {}),
            **({} if row.completed is None else {"isCompleted": bool(row.completed)}),
            "isValid": bool(row.valid),
            **present(errorMessage=row.error, doi=row.doi),
        },
        "visibility": row.visibility,
        "edges": row.edge_count if loaded else None,
        "attributes": {"description": row.description},
        "details": {
            **{name: shown[name] for name in _DETAILS},
            "subnetworkIds": orjson.Fragment(row.subnetworks or "[]"),
            "cxFormat": row.cx_format,
            "version": row.version,
            "folderId": row.folder_id,
        },
    }


def _describe_item(db: sqlite3.Connection, item: Item) -> dict[str, Any]:
    described: dict[str, Any] = {
        "visibility": item.visibility,
        "edges": None,
        "attributes": {"description": item.description},
        "details": {"parent": item.folder_id, "creationTime": item.created_ms},
    }
    if item.target_id is None:
        return described
    target: NetworkRow | Item | None
    if item.target_type == ItemType.NETWORK:
        network = target = networks.find(db, item.target_id)
        described["edges"] = None if network is None else network.edge_count
    else:
        target = items.find(db, ItemType.FOLDER, item.target_id)
    status = "DELETED" if target is None else "IN_TRASH" if target.deleted else "ACTIVE"
    return described | {
        "attributes": {"target": item.target_id, "target_type": item.target_type},
        "status": {"target_status": status},
    }
