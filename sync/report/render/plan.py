"""Write a plan for a terminal, as Markdown and as a web page."""

from __future__ import annotations

import html
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import TextIO

from sync.plan.actions import Plan
from sync.plan.file import encode_plan
from sync.report.console import ConsolePage, console_on
from sync.report.plan_view import Entry, view_plan
from sync.report.render.formats import Renderer
from sync.report.text import code_span, disarm_json, viewer_url, visible

_INDENT = 4
_STYLE = (
    ":root{color-scheme:light dark}"
    "body{font:16px/1.5 sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}"
    "li,p{overflow-wrap:anywhere}.stop{color:light-dark(#a00,#ff9d94)}"
)


def print_plan(plan: Plan, stream: TextIO) -> None:
    """Write the plan as text, in colour if the stream is a terminal."""
    page = ConsolePage(console_on(stream))
    view = view_plan(plan)
    page.line(page.text(f"Plan · {view.headline}", "bold"))
    page.line(page.text(" · ".join(view.facts), "dim"))
    for entry in view.entries:
        page.blank()
        page.line(page.text(entry.title, "bold"))
        if link := page.network(plan.server, entry.network):
            page.line(link, _INDENT)
        page.line(page.text(f"because {entry.reason}"), _INDENT)
        for change in entry.changes:
            page.line(page.text(change), _INDENT)
    if view.left:
        page.heading("Left alone")
        for reason, names in view.left:
            page.line(page.text(reason))
            page.line(page.text(names, "dim"), _INDENT)
    if view.tripped:
        page.heading("Stopped by a guard")
        for message in view.tripped:
            page.line(page.text(message, "red"), _INDENT)
    page.blank()
    page.line(page.text(plan.digest, "dim"))


def write_plan_json(plan: Plan, stream: TextIO) -> None:
    """Write the plan file itself."""
    for piece in encode_plan(plan):
        stream.write(disarm_json(piece.decode()))


def write_plan_markdown(plan: Plan, stream: TextIO) -> None:
    """Write the plan as Markdown; every text from outside is in a code span."""
    view = view_plan(plan)
    stream.write(f"## Plan: {view.headline}\n\n")
    for fact in (*view.facts, plan.digest):
        stream.write(f"- {_span(fact)}\n")
    for message in view.tripped:
        stream.write(f"\n**Stopped by a guard:** {_span(message)}\n")
    for entry in view.entries:
        stream.write(f"\n### {_span(entry.title)}\n\n")
        stream.writelines(f"{line}\n" for line in _markdown_facts(entry, plan.server))
    if view.left:
        stream.write("\n### Left alone\n\n")
    for reason, names in view.left:
        stream.write(f"- {_span(reason)}: {_span(names)}\n")


def write_plan_html(plan: Plan, stream: TextIO) -> None:
    """Write the plan as one web page without scripts or external parts."""
    view = view_plan(plan)
    stream.write(
        '<!doctype html><html lang="en"><head><meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>Plan: {_escape(view.headline)}</title><style>{_STYLE}</style></head><body>\n"
        f"<h1>Plan: {_escape(view.headline)}</h1>\n"
        f"{_items([*view.facts, plan.digest])}\n"
    )
    for message in view.tripped:
        stream.write(f'<p class="stop">Stopped by a guard: {_escape(message)}</p>\n')
    for entry in view.entries:
        stream.write(f"<h2>{_escape(entry.title)}</h2>\n{_html_network(entry, plan.server)}\n")
        stream.write(f"<p>because {_escape(entry.reason)}</p>\n{_items(entry.changes)}\n")
    if view.left:
        left = _items([f"{why}: {who}" for why, who in view.left])
        stream.write(f"<h2>Left alone</h2>\n{left}\n")
    stream.write("</body></html>\n")


PLAN_FORMATS: Mapping[str, Renderer[Plan]] = MappingProxyType(
    {
        "terminal": print_plan,
        "json": write_plan_json,
        "markdown": write_plan_markdown,
        "html": write_plan_html,
    }
)
"""Every format of a plan that ``--format`` knows."""


def _markdown_facts(entry: Entry, server: str) -> Iterator[str]:
    if entry.network is not None:
        url = viewer_url(server, entry.network)
        yield f"- <{url}>" if url else f"- {_span(entry.network)}"
    yield f"- because {_span(entry.reason)}"
    yield from (f"- {_span(change)}" for change in entry.changes)


def _span(text: str) -> str:
    """Return a code span that shows a text as it is."""
    return code_span(visible(text) or " ")


def _html_network(entry: Entry, server: str) -> str:
    if entry.network is None:
        return ""
    url = viewer_url(server, entry.network)
    name = _escape(entry.network)
    return f'<p><a href="{_escape(url)}">{name}</a></p>' if url else f"<p>{name}</p>"


def _items(texts: list[str] | tuple[str, ...]) -> str:
    return "<ul>" + "".join(f"<li>{_escape(text)}</li>" for text in texts) + "</ul>"


def _escape(text: str) -> str:
    return html.escape(visible(text))
