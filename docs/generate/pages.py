"""Which pages are made, and by what."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

import orjson

from docs.generate.commands import render_commands
from docs.generate.configuration import render_configuration
from docs.generate.exit_statuses import render_exit_statuses
from docs.generate.reports import render_reports
from docs.generate.sandbox import render_sandbox
from docs.generate.verdicts import render_verdicts
from sync.report.document import json_schema
from sync.report.resolution import resolution_schema

COMMAND = "python3 dev.py docs"
"""What makes them all anew."""

PAGES: Mapping[str, Callable[[], str]] = MappingProxyType(
    {
        "docs/reference/commands.md": render_commands,
        "docs/reference/configuration.md": render_configuration,
        "docs/reference/report.md": render_reports,
        "docs/reference/verdicts.md": render_verdicts,
        "docs/reference/exit-status.md": render_exit_statuses,
        "docs/reference/sandbox.md": render_sandbox,
    }
)
"""The pages by their paths in the repository."""

SCHEMAS: Mapping[str, Callable[[], dict[str, Any]]] = MappingProxyType(
    {
        "sync/report/schema.json": json_schema,
        "sync/report/resolution.schema.json": resolution_schema,
    }
)
"""The JSON Schemas that the package ships."""

ACTION = ".github/actions/ndex-sync/action.yml"
"""The action, which ``action.yml`` at the top repeats for ``uses: OWNER/ndex-sync@COMMIT``."""


def render_root_action(text: str) -> str:
    """Return the action of the top folder, from the text of the one beside its scripts."""
    scripts = f"$GITHUB_ACTION_PATH/{ACTION.rpartition('/')[0]}/"
    head = f"# Made from {ACTION} by `{COMMAND}`: change it there, not here.\n"
    return head + text.replace("$GITHUB_ACTION_PATH/", scripts)


def render_page(name: str) -> str:
    """Return the text of a page, with a note for whoever opens its source."""
    head = f"<!-- Made from the code by `{COMMAND}`: change it there, not here. -->\n\n"
    return head + PAGES[name]().strip() + "\n"


def render_schema(name: str) -> str:
    """Return the text of a JSON Schema."""
    return orjson.dumps(SCHEMAS[name](), option=orjson.OPT_INDENT_2).decode() + "\n"
