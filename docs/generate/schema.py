"""Types in words, from a JSON Schema."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

Schema = Mapping[str, Any]
Link = Callable[[str], str]
"""How to write the name of a definition: as a link where it has a section of its own."""

_FORMATS = {
    "uuid": "UUID",
    "date": "day, as `2027-03-01`",
    "date-time": "time, as `2026-11-23T09:00:00Z`",
}
_WORDS = {
    "string": "text",
    "boolean": "`true` or `false`",
    "integer": "whole number",
    "null": "null",
}


def describe_type(schema: Schema, definitions: Mapping[str, Schema], link: Link) -> str:
    """Return a type in words; null is said by "or null"."""
    if "$ref" in schema:
        name = str(schema["$ref"]).rpartition("/")[2]
        definition = definitions[name]
        return link(name) if "properties" in definition else describe_type(definition, {}, link)
    if "anyOf" in schema or "oneOf" in schema:
        return _describe_union(schema, definitions, link)
    if "const" in schema:
        return _value(schema["const"])
    if "enum" in schema:
        values = ", ".join(map(_value, schema["enum"]))
        return values if len(schema["enum"]) == 1 else f"one of {values}"
    return _describe_plain(schema, definitions, link)


def _describe_union(schema: Schema, definitions: Mapping[str, Schema], link: Link) -> str:
    members = schema.get("anyOf") or schema["oneOf"]
    told = [describe_type(each, definitions, link) for each in members]
    return " or ".join(dict.fromkeys(told))


def _describe_plain(schema: Schema, definitions: Mapping[str, Schema], link: Link) -> str:
    kind: str = schema.get("type", "anything")
    if kind == "array":
        return f"list of {describe_type(schema.get('items', {}), definitions, link)}"
    if kind == "object":
        values = schema.get("additionalProperties")
        inner = describe_type(values, definitions, link) if isinstance(values, dict) else "anything"
        return f"object: names to {inner}"
    if "format" in schema:
        return _FORMATS[schema["format"]]
    low, high = schema.get("minimum", schema.get("exclusiveMinimum")), schema.get("maximum")
    words = _WORDS.get(kind, kind)
    if low is not None and high is not None:
        return f"{words} from {low} to {high}"
    return words


def _value(value: object) -> str:
    return f"`{value}`"
