"""The page of the configuration, from its models."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from docs.generate.markdown import capitalised, code, from_docstring, render_table
from docs.generate.schema import describe_type
from sync.config import CONFIG_NAME, CollectionConfig, Config, Limits, ServerConfig

_HEAD = f"""\
# Configuration

The configuration is `{CONFIG_NAME}`, at the top of the repository; `ndex-sync init` writes one.
Paths are relative to its folder. An unknown key, a wrong type or an impossible value is an error
that names the line. Do not put credentials into it: they come from `NDEX_USERNAME` and
`NDEX_PASSWORD` (or `NDEX_USER` and `NDEX_PWD`), from `NDEX_TOKEN`, or from `~/.netrc`.

```toml
[server]
url = "https://www.ndexbio.org"

[[collection]]
name = "pfocr"
records = "_figures/*.md"
map = "_data/ndex_map.tsv"
network_set = "85034b42-de8a-11ea-99da-0ac135e8bacf"
account = "wikipathways"
read_only = true
push = ["genes", "properties"]

[collection.limits]
max_update_fraction = 0.1
```
"""
_TABLES = (
    ("[server]", ServerConfig),
    ("[[collection]]", CollectionConfig),
    ("[collection.limits]", Limits),
)
_ALSO = {
    "[[collection]]": "You can have several, with different names.\n",
    "[collection.limits]": "It belongs to the `[[collection]]` above it. If a plan exceeds a limit,"
    " the message names the limit and what would allow the plan:"
    " see [safety](../explanation/safety.md).\n",
}


def render_configuration() -> str:
    """Return the page."""
    schema = Config.model_json_schema()
    return "\n".join([_HEAD, *_sections(schema["$defs"])])


def _sections(definitions: Mapping[str, Any]) -> Iterator[str]:
    for heading, model in _TABLES:
        yield f"## {heading}\n"
        yield capitalised(from_docstring(model.__doc__ or "").partition(": ")[2]) + "\n"
        if heading in _ALSO:
            yield _ALSO[heading]
        yield render_table(
            ["key", "type", "default", "meaning"], _rows(model.__name__, definitions)
        )


def _rows(name: str, definitions: Mapping[str, Any]) -> Iterator[list[str]]:
    needed = definitions[name].get("required", ())
    for key, schema in definitions[name]["properties"].items():
        if "description" not in schema:
            continue
        told = describe_type(schema, definitions, str).replace(" or null", "")
        default = "required" if key in needed else _default(schema.get("default"))
        yield [code(key), told, default, schema["description"]]


def _default(value: object) -> str:
    match value:
        case None:
            return "none"
        case bool():
            return code(str(value).lower())
        case list():
            return code("[" + ", ".join(f'"{each}"' for each in value) + "]")
        case _:
            return code(str(value))
