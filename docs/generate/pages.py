"""Which pages are made, and by what."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from docs.generate.commands import render_commands
from docs.generate.configuration import render_configuration
from docs.generate.exit_statuses import render_exit_statuses
from docs.generate.reports import render_reports
from docs.generate.sandbox import render_sandbox
from docs.generate.verdicts import render_verdicts

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


def render_page(name: str) -> str:
    """Return the text of a page, with a note for whoever opens its source."""
    head = f"<!-- Made from the code by `{COMMAND}`: change it there, not here. -->\n\n"
    return head + PAGES[name]().strip() + "\n"
