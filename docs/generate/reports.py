"""The page of the JSON documents, from their schemas."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from docs.generate.markdown import anchor_of, code, from_docstring, render_table
from docs.generate.schema import Schema, describe_type
from sync.report.document import json_schema
from sync.report.resolution import resolution_schema

_HEAD = """\
# The JSON documents

`ndex-sync check --format json=report.json` writes the report of a check, `ndex-sync resolve
--format json=links.json` what `resolve` found. Other programs can rely on both:
with `schema_version` 1 no field changes its meaning. Their JSON Schemas are in the package, as
`sync/report/schema.json` and `sync/report/resolution.schema.json`, and the tests check documents
against them. `--format jsonl` writes the same records, one per line.

Older versions may leave out fields that are marked optional.
"""


def render_reports() -> str:
    """Return the page."""
    check, resolve = json_schema(), resolution_schema()
    return "\n".join(
        [
            _HEAD,
            "## The report of a check\n",
            *_document("Report", check, check["$defs"]),
            "## What resolve found\n",
            *_document("Resolution document", resolve, _unlike(resolve["$defs"], check["$defs"])),
        ]
    )


def _unlike(definitions: Mapping[str, Any], told: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the definitions that were not told already."""
    return {name: each for name, each in definitions.items() if told.get(name) != each}


def _document(name: str, document: Schema, told: Mapping[str, Any]) -> Iterator[str]:
    yield from _section(name, document, document)
    for inner in sorted(told):
        if "properties" in told[inner]:
            yield from _section(inner, told[inner], document)


def _section(name: str, schema: Schema, document: Schema) -> Iterator[str]:
    yield f"### {name}\n"
    yield from_docstring(schema.get("description", "")) + "\n"
    needed = schema.get("required", ())
    rows = (
        [code(field), describe_type(each, document["$defs"], _link) + _mark(field in needed)]
        for field, each in schema["properties"].items()
    )
    yield render_table(["field", "type"], rows)


def _link(name: str) -> str:
    return f"[{name}](#{anchor_of(name)})"


def _mark(needed: bool) -> str:  # noqa: FBT001 - a fact of the schema, not a switch
    return "" if needed else " (optional)"
