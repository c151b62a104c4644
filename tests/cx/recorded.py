"""The documents that were sent to a real server, and whether it loaded them."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any, Literal

import orjson

Json = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Sent:
    """A document that was uploaded, and what became of it.

    ``read``: the server served its CX2 afterwards, which it does after a conversion error too.
    ``answer`` is the ``errorMessage``.
    """

    name: str
    format: Literal["cx1", "cx2"]
    body: bytes
    loaded: bool
    read: bool
    answer: str | None


@cache
def refusals(recorded: Path) -> tuple[Sent, ...]:
    """Return the 1,020 malformed or odd documents."""
    entries = orjson.loads((recorded / "documents" / "refusals.json").read_bytes())
    usual = entries["ok"]["document"]["text"].encode()
    return tuple(_sent(name, entry, usual) for name, entry in entries.items())


@cache
def conversions(recorded: Path) -> tuple[Sent, ...]:
    """Return the 361 documents that show one thing each."""
    folder = recorded / "documents" / "conversion"
    summaries = orjson.loads((folder / "summaries.json").read_bytes())
    return tuple(_converted(folder, name, entry) for name, entry in summaries.items())


def names_code(answer: str) -> bool:
    """Whether an answer tells of places in the server's own code."""
    places = ("line: 1, column", "[Source", "<root>", "reference chain", "StreamReadConstraints")
    return any(place in answer for place in places)


def without_null_errors(answer: str) -> str:
    """Make the texts of Java's own null and cast errors alike; they name nothing of ours."""
    if " because " in answer or " cannot be cast to class " in answer:
        return "internal error"
    return answer


def places_in(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Yield the path to every member of a document."""
    for key, member in value.items() if isinstance(value, dict) else enumerate(value):
        yield (*path, key)
        if isinstance(member, dict | list):
            yield from places_in(member, (*path, key))


def _converted(folder: Path, name: str, summary: Json) -> Sent:
    kind: Literal["cx1", "cx2"] = "cx2" if (folder / f"{name}.in.cx2").exists() else "cx1"
    answer = summary.get("errorMessage")
    return Sent(
        name=name,
        format=kind,
        body=(folder / f"{name}.in.{kind}").read_bytes(),
        loaded=answer is None,
        read=(folder / f"{name}.out.cx2").exists(),
        answer=answer,
    )


def _sent(name: str, entry: Json, usual: bytes) -> Sent:
    state = entry.get("create") or entry["replace"]
    return Sent(
        name=name,
        format=entry["format"],
        body=_body(name, entry["document"], usual),
        loaded=bool(state["completed"]) and "errorMessage" not in state,
        read=state["get_cx2"] == 200,
        answer=state.get("errorMessage"),
    )


def _body(name: str, document: Json, usual: bytes) -> bytes:
    if "text" in document:
        body: bytes = document["text"].encode()
    elif "base64" in document:
        body = base64.b64decode(document["base64"])
    else:
        body = _MADE[name](usual)
    assert len(body) == document["bytes"], name
    assert sha256(body).hexdigest() == document.get("sha256", sha256(body).hexdigest()), name
    return body


def _put(old: bytes, new: bytes) -> Callable[[bytes], bytes]:
    return lambda usual: usual.replace(old, new, 1)


def _with_aspect(fragment: bytes) -> Callable[[bytes], bytes]:
    return _put(b',{"status"', b"," + fragment + b',{"status"')


def _deep(opening: bytes, closing: bytes, times: int, middle: bytes = b"") -> bytes:
    return opening * times + middle + closing * times


def _deep_aspect(value: bytes) -> Callable[[bytes], bytes]:
    return _with_aspect(b'{"op":[{"a":' + value + b"}]}")


def _network(attributes: str, declared: str = "") -> Callable[[bytes], bytes]:
    def make(usual: bytes) -> bytes:
        if declared:
            usual = usual.replace(b'"size":{"d":"integer"}', declared.encode(), 1)
        return usual.replace(b'{"name":"base","size":3}', attributes.encode(), 1)

    return make


def _network_name(text: str) -> Callable[[bytes], bytes]:
    return _network(f'{{"name":"{text}"}}')


def _network_attribute_name(name: str) -> Callable[[bytes], bytes]:
    declared = b'{"networkAttributes":{"name":{"d":"string"},"size":{"d":"integer"}}'
    return lambda usual: _network(f'{{"{name}":"x"}}')(usual).replace(
        declared, b'{"networkAttributes":{"%b":{"d":"string"}}' % name.encode(), 1
    )


def _many_edges(usual: bytes) -> bytes:
    start, end = usual.index(b'{"edges"'), usual.index(b',{"status"')
    edges = [{"id": n, "s": 1000 + n, "t": 2000 + n} for n in range(300)]
    return usual[:start] + orjson.dumps({"edges": edges}) + usual[end:]


_ONES = b"1" * 1001
_MADE: Mapping[str, Callable[[bytes], bytes]] = {
    "utf32": lambda usual: usual.decode().encode("utf-32"),
    "long_mantissa": _put(b'"score":5', b'"w":0.' + b"1" * 1500),
    "int_1001_digits": _put(b'"score":5', b'"score":' + _ONES),
    "double_1001_digits": _put(b'"score":5', b'"w":' + _ONES + b".5"),
    "opaque_int_1001_digits": _deep_aspect(_ONES),
    **{
        f"deep_opaque_{times}": _deep_aspect(_deep(b"[", b"]", times))
        for times in (500, 900, 1000, 1100, 3000)
    },
    **{
        f"deep_opaque_objects_{times}": _deep_aspect(_deep(b'{"a":', b"}", times, b"1"))
        for times in (200, 600, 990, 1500)
    },
    **{
        f"deep_visualProperties_{times}": _with_aspect(
            b'{"visualProperties":[{"default":{"node":{"a":' + _deep(b"[", b"]", times) + b"}}}]}"
        )
        for times in (900, 1100)
    },
    "string_1mb_node_name": _put(b'"A"', b'"' + b"x" * 1_000_000 + b'"'),
    "string_21mb_node_name": _put(b'"A"', b'"' + b"x" * 21_000_000 + b'"'),
    "string_1mb_opaque": _deep_aspect(b'"' + b"z" * 1_000_000 + b'"'),
    **{
        name: _with_aspect(b'{"op":[{"' + b"k" * times + b'":1}]}')
        for name, times in (("string_1mb_key", 1_000_000), ("key_60k", 60_000), ("key_49k", 49_000))
    },
    "na_name_500_unicode": _network_name("\u4e2d" * 500),
    "na_name_500_astral": _network_name("\U0001f600" * 500),
    "na_name_300_astral": _network_name("\U0001f600" * 300),
    "na_attr_name_long": _network_attribute_name("p" * 5000),
    "string_1mb_network_attr": _network(
        '{"name":"b","note":"' + "y" * 1_000_000 + '"}',
        '"size":{"d":"integer"},"note":{"d":"string"}',
    ),
    "attr_name_60k": _put(
        b'"big":{"d":"long"}', b'"big":{"d":"long"},"' + b"k" * 60_000 + b'":{"d":"string"}'
    ),
    "edge_many_missing_nodes": _many_edges,
}
