"""What the structs of all documents share: limits of their fields, and their schema."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

import msgspec
from msgspec import Meta, Struct

NonNegative = Annotated[int, Meta(ge=0)]
Positive = Annotated[int, Meta(ge=1)]
Seconds = Annotated[float, Meta(ge=0)]
Time = Annotated[datetime, Meta(tz=True)]


def make_schema(document: type[Struct], title: str) -> dict[str, Any]:
    """Return the JSON Schema of a document, made from its structs."""
    _, definitions = msgspec.json.schema_components([document], ref_template="#/$defs/{name}")
    head = definitions.pop(document.__name__)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$defs": definitions,
        **head,
        "title": title,
    }
