"""Network properties as v3 shows them: typed values by name (contract 3.4)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import orjson

from sync.errors import NetworkError
from sync.model import Property


def typed_properties(properties: Iterable[Property], version: str | None) -> dict[str, Any]:
    """Return the v3 property map; raises NetworkError for a text that is not of its type."""
    typed = {
        item.name: {"t": item.data_type, "v": _typed(item.value, item.data_type)}
        for item in properties
        if item.value is not None
    }
    if version is not None:
        typed["version"] = {"t": "string", "v": version}
    return dict(sorted(typed.items()))


def _typed(text: str, data_type: str) -> Any:
    try:
        match data_type:
            case "integer" | "long":
                return int(text)
            case "double" | "float":
                return float(text)
            case "boolean":
                return text.lower() == "true"
            case "string":
                return text
            case _:
                return orjson.loads(text)
    except ValueError as error:
        raise NetworkError(f'For input string: "{text}"') from error
