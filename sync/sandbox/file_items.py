"""The third dialect: items of folder listings and of the trash (contract 7.2)."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

import orjson

from sync.sandbox.folders import Folder, Items, Shortcut
from sync.sandbox.networks import NetworkRow


class ItemFormat(StrEnum):
    """How much of an item is shown; against its name, compact is the larger one."""

    UPDATE = "update"
    COMPACT = "compact"


class ItemType(StrEnum):
    """What an item is."""

    NETWORK = "NETWORK"
    FOLDER = "FOLDER"
    SHORTCUT = "SHORTCUT"


def select(items: Items, wanted: ItemType | None) -> Items:
    """Return the items of one type; shortcuts come with what they lead to, never by themselves."""
    if wanted is None:
        return items
    return Items(
        items.networks if wanted is ItemType.NETWORK else [],
        items.folders if wanted is ItemType.FOLDER else [],
        [shortcut for shortcut in items.shortcuts if shortcut.target_type == wanted],
    )


def render_items(
    items: Items, form: ItemFormat, target_statuses: Mapping[str, str]
) -> list[dict[str, Any]]:
    """Return items as the wire shows them; ``target_statuses`` tells of shortcuts' targets."""
    return [
        *(_render_network(row, form) for row in items.networks),
        *(_render_folder(folder, form) for folder in items.folders),
        *(_render_shortcut(shortcut, form, target_statuses) for shortcut in items.shortcuts),
    ]


def _render_network(row: NetworkRow, form: ItemFormat) -> dict[str, Any]:
    shown = {
        **_stub(row, ItemType.NETWORK),
        "isReadOnly": bool(row.read_only),
        "isCompleted": bool(row.completed),
        "isValid": bool(row.valid),
        "errorMessage": row.error,
        "doi": row.doi,
    }
    if form is ItemFormat.COMPACT:
        shown["visibility"] = row.visibility
        shown["edges"] = row.edge_count
        shown["warnings"] = orjson.Fragment(row.warnings or "[]")
        shown["attributes"] = _attributes(row.description)
    return _present(shown)


def _render_folder(folder: Folder, form: ItemFormat) -> dict[str, Any]:
    shown = _stub(folder, ItemType.FOLDER)
    if form is ItemFormat.COMPACT:
        shown["visibility"] = folder.visibility
        shown["attributes"] = _attributes(folder.description)
    return _present(shown)


def _render_shortcut(
    shortcut: Shortcut, form: ItemFormat, statuses: Mapping[str, str]
) -> dict[str, Any]:
    shown = _stub(shortcut, ItemType.SHORTCUT)
    if form is ItemFormat.COMPACT:
        shown["attributes"] = {
            "target": shortcut.target_id,
            "target_type": shortcut.target_type,
            "target_status": statuses.get(shortcut.target_id, "DELETED"),
        }
    return _present(shown)


def _stub(item: NetworkRow | Folder | Shortcut, kind: ItemType) -> dict[str, Any]:
    return {
        "uuid": item.id,
        "type": kind,
        "name": item.name,
        "modificationTime": item.modified_ms,
        "owner": item.owner,
        "owner_id": item.owner_id,
    }


def _attributes(description: str | None) -> dict[str, str] | None:
    return None if description is None else {"description": description}


def _present(shown: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in shown.items() if value is not None}
