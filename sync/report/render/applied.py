"""Write the result of an apply for a terminal, a program, a Markdown page and a GitHub job."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import TextIO

from msgspec import json

from sync.amounts import plural
from sync.plan.actions import Skipped
from sync.report.applied import AppliedAction, AppliedReport, Ending
from sync.report.plan_view import group_left
from sync.report.render.annotations import BUDGET, Annotation, Level
from sync.report.render.formats import Renderer
from sync.report.render.markdown import code
from sync.report.text import disarm, disarm_json, viewer_url, visible

_MAX_LISTED = 200
_LOOKED_AT_FIRST = "the next apply or push looks at it first"
_LEVELS: Mapping[Ending, Level] = MappingProxyType(
    {Ending.FAILED: "error", Ending.NOT_FINISHED: "error", Ending.CONFLICT: "warning"}
)
_ADVICE: Mapping[Ending, str] = MappingProxyType(
    {
        Ending.FAILED: "Apply the same plan again; what is done is not done twice.",
        Ending.NOT_FINISHED: "Apply the same plan again; it looks at this network first.",
        Ending.CONFLICT: "Look at the network, and make a new plan.",
    }
)


def print_applied(report: AppliedReport, stream: TextIO) -> None:
    """Write the counts, what did not end well, what to do next, and how to undo."""
    stream.writelines(f"{disarm(visible(line))}\n" for line in _terminal(report))


def _terminal(report: AppliedReport) -> Iterator[str]:
    yield f"Run {report.run}: {report.headline}"
    if left := {each.record for each in report.left if not each.accepted}:
        yield f"Left alone by the plan: {plural(len(left), 'record')}"
    for action in report.actions:
        if action.ending is Ending.NOT_FINISHED:
            yield f"  not finished: {action.name}: {_LOOKED_AT_FIRST}"
        elif action.ending in _LEVELS or action.notable:
            yield f"  {action.ending}: {action.name}: {action.message}"
    yield from report.recovered
    if report.advice is not None:
        yield report.advice
    if report.stopped is not None:
        yield f"Stopped: {report.stopped}"
    if report.private_backups is not None:
        yield f"Backups of networks that are not public: {report.private_backups}"
    if report.undo is not None:
        yield f"Undo with: {report.undo}"


def write_applied_json(report: AppliedReport, stream: TextIO) -> None:
    """Write the document itself."""
    stream.write(disarm_json(json.format(json.encode(report), indent=2).decode()) + "\n")


def write_applied_markdown(report: AppliedReport, stream: TextIO) -> None:
    """Write a page; every text from outside is in a code span."""
    stream.writelines(f"{line}\n" for line in _markdown(report))


def _markdown(report: AppliedReport) -> Iterator[str]:
    yield f"## Applied: {report.headline}"
    yield ""
    yield f"- run {code(report.run)}"
    yield f"- {code(report.account)} on {code(report.server)}, collection {code(report.collection)}"
    yield from (f"- {code(text)}" for text in report.recovered)
    if report.stopped is not None:
        yield f"- **stopped:** {code(report.stopped)}"
    if report.advice is not None:
        yield f"- {report.advice}"
    if report.undo is not None:
        yield from ("", "Undo with:", "", f"    {visible(report.undo)}")
    for ending in Ending:
        yield from _section(ending, report)
    if report.left:
        yield from ("", "### Left alone", "")
        yield from (f"- {code(why)}: {code(who)}" for why, who in group_left(report.left))


def _section(ending: Ending, report: AppliedReport) -> Iterator[str]:
    actions = [action for action in report.actions if action.ending is ending]
    if actions:
        yield from ("", f"### {ending.capitalize()}: {len(actions):,}", "")
        yield from (f"- {_item(each, report.server)}" for each in actions[:_MAX_LISTED])
    if len(actions) > _MAX_LISTED:
        yield f"- … and {len(actions) - _MAX_LISTED:,} more: all of them are in the JSON report"


def _item(action: AppliedAction, server: str) -> str:
    url = viewer_url(server, action.network) if action.network else None
    link = f" · [network]({url})" if url else ""
    return f"{code(action.name)}{link}{f': {code(action.message)}' if action.message else ''}"


def write_applied_github(report: AppliedReport, stream: TextIO, folder: str = "") -> None:
    """Write annotations: failures as errors, conflicts as warnings, and one notice for all."""
    for level in ("error", "warning"):
        actions = [each for each in report.actions if _LEVELS.get(each.ending) == level]
        stream.writelines(_annotate(each).command(folder) for each in actions[:BUDGET])
    undo = f". Undo with: {report.undo}" if report.undo else ""
    stopped = f"; stopped: {report.stopped}" if report.stopped else ""
    message = f"run {report.run}: {report.headline}{stopped}{_left(report.left)}{undo}"
    stream.write(Annotation("notice", "ndex-sync", message).command())


def _annotate(action: AppliedAction) -> Annotation:
    fault = action.message or "it began and did not finish"
    return Annotation(
        level=_LEVELS[action.ending],
        title=f"{action.name}: {action.ending}",
        message=f"{fault.rstrip('.')}. {_ADVICE[action.ending]}",
        path=action.path or "",
    )


def _left(skipped: tuple[Skipped, ...]) -> str:
    return f"; {len(skipped):,} left alone by the plan" if skipped else ""


APPLIED_FORMATS: Mapping[str, Renderer[AppliedReport]] = MappingProxyType(
    {
        "terminal": print_applied,
        "json": write_applied_json,
        "markdown": write_applied_markdown,
        "github": write_applied_github,
    }
)
"""Every format of the result of an apply."""


def list_outputs(report: AppliedReport) -> Iterator[tuple[str, str]]:
    """Yield the outputs of the step, by name."""
    yield "exit_status", str(report.exit_status)
    yield "run", report.run
    for ending, count in report.counts.items():
        yield ending.name.lower(), str(count)
    yield "left", str(len(report.left))
    yield "undo", report.undo or ""
