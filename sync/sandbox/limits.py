"""Which texts the server's database refuses (contract 3.5)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import orjson

from sync.errors import NetworkError
from sync.model import Property

NAME_LENGTH = 500
VERSION_LENGTH = 100
ACCOUNT_NAME_LENGTH = 100

_CONTEXT = 49
"""How many characters of a JSON text before a fault the database shows."""

_SAVING = "DB error when saving network summary: ERROR: "


def check_texts(
    name: str | None,
    description: str | None,
    version: str | None,
    properties: Iterable[Property] = (),
) -> None:
    """Raise NetworkError for a text that is too long for its column, or holds a NUL."""
    for text, length in ((name, NAME_LENGTH), (version, VERSION_LENGTH)):
        if text is not None and len(text.rstrip(" ")) > length:
            raise NetworkError(f"{_SAVING}value too long for type character varying({length})")
    items = [
        {"subNetworkId": None, "value": p.value, "predicateString": p.name} for p in properties
    ]
    written = orjson.dumps(items).decode()
    end = written.find("\\u0000") + len("\\u0000")
    if holds_nul(items):
        begin = max(0, end - _CONTEXT)
        shown = f"{'...' if begin else ''}{written[begin:end]}..."
        raise NetworkError(
            f"{_SAVING}unsupported Unicode escape sequence\n"
            f"  Detail: \\u0000 cannot be converted to text.\n  Where: JSON data, line 1: {shown}"
        )
    if holds_nul([name, description, version]):
        raise NetworkError(
            f'{_SAVING}invalid byte sequence for encoding "UTF8": 0x00\n'
            "  Where: unnamed portal parameter $1"
        )


def bare_reason(error: NetworkError) -> str:
    """Return what the database itself said, without the words around it."""
    return str(error).removeprefix(_SAVING)


def holds_nul(value: Any) -> bool:
    """Return whether a JSON value holds a text with a NUL, at any depth."""
    match value:
        case str():
            return "\x00" in value
        case list():
            return any(holds_nul(item) for item in value)
        case dict():
            return any(holds_nul(item) for pair in value.items() for item in pair)
        case _:
            return False
