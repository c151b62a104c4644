"""Read and make UUIDs as the server does (contract 1.1, trap 24)."""

from __future__ import annotations

import re
from hashlib import sha256
from typing import Any
from uuid import UUID

from sync.model import NetworkId
from sync.sandbox.refusals import database_error, illegal_argument, undeserialisable

_GROUP_BITS = (32, 16, 16, 16, 48)
_STRICT = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")


def parse_uuid(text: str) -> NetworkId:
    """Return the canonical form of an id in a path, as leniently as Java reads it.

    ``1-2-3-4-5`` is an id; upper case is lowered. Raises the 500 for anything else.
    """
    groups = text.split("-")
    if len(groups) != len(_GROUP_BITS) or not all(re.fullmatch(r"[0-9a-fA-F]+", g) for g in groups):
        raise illegal_argument(f"Invalid UUID string: {text}")
    number = 0
    for group, bits in zip(groups, _GROUP_BITS, strict=True):
        number = number << bits | int(group, 16) & (1 << bits) - 1
    return NetworkId(str(UUID(int=number)))


def parse_batch_uuid(text: str, position: int) -> NetworkId:
    """Return the canonical form of an id in a batch, which the database reads strictly.

    Raises the 500 that fails the whole batch (contract 6); ``position`` is where the ids begin in
    the server's query.
    """
    if not _STRICT.fullmatch(text):
        raise database_error(
            f'invalid input syntax for type uuid: "{text}"\n  Position: {position}'
        )
    return NetworkId(text.lower())


def read_uuid(value: Any) -> NetworkId:
    """Return the id in a JSON body; raises the plain 400 if it is not one."""
    if not isinstance(value, str) or not _STRICT.fullmatch(value):
        raise undeserialisable()
    return NetworkId(value.lower())


def read_uuids(value: Any) -> list[NetworkId]:
    """Return the ids in a JSON array, none for null; raises the plain 400."""
    if value is None:
        return []
    if not isinstance(value, list):
        raise undeserialisable()
    return [read_uuid(item) for item in value]


def make_uuid(*parts: object) -> NetworkId:
    """Return the version-1 UUID for ``parts``: the same for the same parts."""
    digest = sha256("\x00".join(map(str, parts)).encode("utf-8", "surrogatepass")).digest()
    return NetworkId(str(UUID(bytes=digest[:16], version=1)))
