"""Network summaries in the server's two dialects (contract 3.4)."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

import orjson

from sync.errors import NetworkError
from sync.model import Property
from sync.sandbox.networks import NetworkRow
from sync.sandbox.properties import typed_properties
from sync.sandbox.refusals import bad_request


class SummaryFormat(StrEnum):
    """How much of a v3 summary is shown."""

    FULL = "FULL"
    COMPACT = "COMPACT"
    PROPERTIES = "PROPERTIES"
    UPDATE = "UPDATE"


def parse_format(text: str) -> SummaryFormat:
    """Return the format that ``text`` names in any case; raises the 400 for any other."""
    try:
        return SummaryFormat(text.upper())
    except ValueError:
        raise bad_request(
            f"Format {text} is unsupported. Error message: No enum constant "
            f"org.ndexbio.model.object.network.NetworkSummaryFormat.{text.upper()}"
        ) from None


def present(**members: object) -> dict[str, Any]:
    """Return the members that have a value: the server leaves the others out."""
    return {name: value for name, value in members.items() if value is not None}


def render_v2(row: NetworkRow) -> dict[str, Any]:
    """Return the v2 summary: properties as a list, ``isValid`` and ``cxFormat`` shown."""
    return {
        "externalId": row.id,
        **describe(row),
        **present(version=row.version, cxFormat=row.cx_format),
        "properties": orjson.Fragment(row.properties),
        "warnings": orjson.Fragment(row.warnings or "[]"),
        "subnetworkIds": orjson.Fragment(row.subnetworks or "[]"),
        "isValid": bool(row.valid),
        "isDeleted": False,
    }


def render_v3(row: NetworkRow, form: SummaryFormat) -> dict[str, Any]:
    """Return the v3 summary; raises the 400 for a property that does not parse as its type."""
    match form:
        case SummaryFormat.UPDATE:
            return _stub(row)
        case SummaryFormat.PROPERTIES:
            named = present(name=row.name, description=row.description)
            return {**_stub(row), **named, "properties": _typed(row, form)}
        case SummaryFormat.COMPACT:
            return _compact(row)
        case SummaryFormat.FULL:
            return {**_compact(row), "properties": _typed(row, form)}


def parse_properties(row: NetworkRow) -> tuple[Property, ...]:
    """Return the stored properties of a network."""
    return tuple(
        Property(item["predicateString"], item["value"], item["dataType"], item.get("subNetworkId"))
        for item in orjson.loads(row.properties)
    )


def format_properties(properties: tuple[Property, ...]) -> str:
    """Return properties as the JSON text that is stored: the v2 list, nulls kept."""
    return orjson.dumps(
        [
            {
                "subNetworkId": item.subnetwork,
                "predicateString": item.name,
                "dataType": item.data_type,
                "value": item.value,
            }
            for item in properties
        ]
    ).decode()


def describe(row: NetworkRow) -> dict[str, Any]:
    """Return what the dialects have in common."""
    return {
        "creationTime": row.created_ms,
        "modificationTime": row.modified_ms,
        **present(name=row.name, description=row.description),
        "visibility": row.visibility,
        "owner": row.owner,
        "ownerUUID": row.owner_id,
        "nodeCount": row.node_count,
        "edgeCount": row.edge_count,
        "isReadOnly": bool(row.read_only),
        "isShowcase": bool(row.showcase),
        "isCertified": bool(row.certified),
        "hasLayout": bool(row.has_layout),
        "hasSample": bool(row.has_sample),
        "completed": bool(row.completed),
        "cxFileSize": row.cx_size,
        "cx2FileSize": row.cx2_size,
        "indexLevel": row.index_level,
        **present(doi=row.doi, errorMessage=row.error, folderId=row.folder_id),
        "showInTrash": bool(row.in_trash),
    }


def _compact(row: NetworkRow) -> dict[str, Any]:
    shown = {"uuid": row.id, **describe(row)}
    if row.warnings is not None:
        shown["warnings"] = orjson.Fragment(row.warnings)
    if row.subnetworks is not None:
        shown["subnetworkIds"] = orjson.Fragment(row.subnetworks)
    return shown


def _stub(row: NetworkRow) -> dict[str, Any]:
    return {"uuid": row.id, "modificationTime": row.modified_ms, "showInTrash": False}


def _typed(row: NetworkRow, form: SummaryFormat) -> dict[str, Any]:
    try:
        return typed_properties(parse_properties(row), row.version)
    except NetworkError as error:
        raise bad_request(f"Format {form} is unsupported. Error message: {error}") from error
