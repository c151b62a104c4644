"""The CX1 and CX2 files that the server writes and returns (contract 5.1, last paragraph).

A file is never byte-equal to the upload: metadata and order are the server's own, and doubles are
printed as Java prints them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from math import isfinite
from typing import Any

import orjson

from sync.cx.frame import Element
from sync.cx.java_text import java_double
from sync.cx.parse_json import parse_json

Aspects = Mapping[str, Sequence[Element]]
"""The elements of each aspect, in the order in which they are written."""

_CX2_HEADER = {"CXVersion": "2.0", "hasFragments": False}
_CX2_ORDER = ("attributeDeclarations", "networkAttributes", "nodes", "edges", "visualProperties")
_NUMBER_VERIFICATION = {"numberVerification": [{"longNumber": 281474976710655}]}
_DEEPEST = 200
"""From this depth on values are written without recursion; orjson stops at 254."""

_PLAIN = frozenset({str, int, bool, type(None)})


def write_cx2(aspects: Aspects, listed: Mapping[str, int | None] | None = None) -> bytes:
    """Return a CX2 file.

    ``listed`` are counts that the metadata states although they are wrong, as the conversion from
    CX1 keeps them (contract 5.2); None leaves an aspect out of the metadata. They come first there.
    """
    counts: dict[str, int | None] = dict(listed or {})
    for name, elements in aspects.items():
        counts.setdefault(name, len(elements))
    metadata = [
        {"name": name, "elementCount": count} for name, count in counts.items() if count is not None
    ]
    return _write(
        [
            _CX2_HEADER,
            {"metaData": metadata},
            *_fragments(aspects, _CX2_ORDER),
            {"status": [{"success": True}]},
        ]
    )


def write_cx1(
    aspects: Aspects,
    metadata: Sequence[Element],
    last_metadata: Sequence[Element] | None = None,
    order: Sequence[str] = (),
) -> bytes:
    """Return a CX1 file; ``last_metadata`` is a second block at its end, None for no such block.

    ``order`` names the aspects that come first; the others follow in the order of the metadata.
    """
    names = dict.fromkeys([*(order or ["@context"]), *(entry["name"] for entry in metadata)])
    return _write(
        [
            _NUMBER_VERIFICATION,
            {"metaData": metadata},
            *_fragments(aspects, tuple(names)),
            *([] if last_metadata is None else [{"metaData": last_metadata}]),
            {"status": [{"error": "", "success": True}]},
        ]
    )


def read_aspects(cx: bytes) -> dict[str, list[Element]]:
    """Return all aspects of a stored file; ``metaData`` has the blocks at both ends.

    Raises NetworkError for a file that is not CX.
    """
    aspects: dict[str, list[Element]] = {}
    fragments = parse_json(cx)
    for fragment in fragments if isinstance(fragments, list) else ():
        for name, elements in fragment.items() if isinstance(fragment, dict) else ():
            if isinstance(elements, list):
                aspects.setdefault(name, []).extend(elements)
    return aspects


def java_json(value: Any) -> bytes:
    """Return a value as the JSON that the server writes."""
    return orjson.dumps(_printable(value, 0))


def _fragments(aspects: Aspects, order: Sequence[str]) -> Iterable[Element]:
    names = [name for name in order if name in aspects]
    names += [name for name in aspects if name not in order]
    return ({name: aspects[name]} for name in names)


def _write(fragments: Iterable[Element]) -> bytes:
    return b"[" + b",\n".join(map(java_json, fragments)) + b"]"


def _printable(value: Any, depth: int) -> Any:
    """Return the value with Java's text for every double that Java prints in its own way."""
    if depth > _DEEPEST:
        return orjson.Fragment(_deep_json(value))
    kind = type(value)
    if kind is dict:
        return {
            key: member if type(member) in _PLAIN else _printable(member, depth + 1)
            for key, member in value.items()
        }
    if kind is list or kind is tuple:
        return [item if type(item) in _PLAIN else _printable(item, depth + 1) for item in value]
    if kind is float and not isfinite(value):
        return java_double(value)  # As a text, since JSON has no such numbers.
    if kind is float and not 1e-3 <= abs(value) < 1e7:
        return orjson.Fragment(java_double(value).encode())
    return value


def _deep_json(value: Any) -> bytes:
    """Return a value as JSON, however deep it is; ``bytes`` on the stack are JSON already."""
    written: list[bytes] = []
    waiting: list[Any] = [value]
    while waiting:
        item = waiting.pop()
        if isinstance(item, bytes):
            written.append(item)
        elif isinstance(item, dict):
            parts: list[Any] = []
            for key, member in item.items():
                parts += [b"," + orjson.dumps(key) + b":", member]
            waiting += reversed([b"{", *_without_first_comma(parts), b"}"])
        elif isinstance(item, list):
            parts = []
            for member in item:
                parts += [b",", member]
            waiting += reversed([b"[", *_without_first_comma(parts), b"]"])
        else:
            written.append(orjson.dumps(_printable(item, 0)))
    return b"".join(written)


def _without_first_comma(parts: list[Any]) -> list[Any]:
    return [parts[0][1:], *parts[1:]] if parts else parts
