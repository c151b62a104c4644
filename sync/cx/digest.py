"""Make a fingerprint of a network's content that the server does not change (contract 5.1).

Downloads are never byte-equal to uploads: the server prints numbers its own way, reorders members
and adds empty style groups. So the digest covers what the content says. The network's own
attributes are left out: they can be written without the content, and the summary holds them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from hashlib import sha256
from typing import Any

import orjson

from sync.cx.content import OpenContent, open_cx2
from sync.cx.server_form import declared_type
from sync.cx.validate_cx2 import NETWORK_ATTRIBUTES

_RESOLVED = ("nodes", "edges")
_LONG = 2.0**63


def content_digest(document: object) -> str:
    """Return ``sha256:…`` of a whole CX2 document, without its network attributes.

    Two documents have the same digest if their nodes, edges and other aspects say the same, in any
    order, with aliases and defaults resolved and numbers compared as numbers.

    Raises:
        NetworkError: it is not CX2, is incomplete or contradicts itself.
    """
    content = open_cx2(document)
    said = {
        name: sorted(map(_encode, _elements(content, name)))
        for name, elements in content.aspects.items()
        if elements and name != NETWORK_ATTRIBUTES
    }
    types = {name: _types_in_use(content, name) for name in _RESOLVED}
    canonical = _encode([[name, [item.hex() for item in said[name]]] for name in sorted(said)])
    return f"sha256:{sha256(canonical + _encode(types)).hexdigest()}"


def _elements(content: OpenContent, name: str) -> Iterator[object]:
    if name not in _RESOLVED:
        yield from content.aspects[name]
        return
    for element, values in content.resolved(name):
        yield {**element, "v": values}


def _types_in_use(content: OpenContent, name: str) -> Mapping[str, object]:
    """Return the data types of the attributes that any element has; others do not matter."""
    declared = content.declarations.get(name, {})
    used = {key for _, values in content.resolved(name) for key in values}
    return {key: declared_type(declared.get(key, {}).get("d")) for key in used}


def _encode(value: object) -> bytes:
    return orjson.dumps(_canonical(value), option=orjson.OPT_SORT_KEYS)


def _canonical(value: Any) -> Any:
    """Return the value with whole numbers as integers, however they were written."""
    if isinstance(value, float):
        return int(value) if value.is_integer() and abs(value) < _LONG else value
    if isinstance(value, Mapping):
        return {key: _canonical(item) for key, item in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_canonical(item) for item in value]
    return value
