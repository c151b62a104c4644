"""The options that several commands share."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from sync.cli.usage import OUTPUT, SERVER, STATE, WHAT


class LogFormat(StrEnum):
    """How log lines are written to standard error."""

    TEXT = "text"
    JSON = "json"


class Target(StrEnum):
    """The files that a found network is written into."""

    RECORDS = "records"
    MAP = "map"
    BOTH = "both"


def _find_config(given: Path) -> Path:
    from sync.config import find_config

    return find_config(given)


ConfigOption = Annotated[
    Path,
    typer.Option(
        "--config",
        metavar="PATH",
        callback=_find_config,
        help="The configuration file; if not given, looked for here and in parent folders.",
        rich_help_panel=WHAT,
    ),
]
ServerOption = Annotated[
    str | None,
    typer.Option(
        "--server",
        metavar="URL",
        envvar="NDEX_SERVER",
        show_envvar=False,
        help="An NDEx server: a URL, or sandbox:PATH. [NDEX_SERVER, else server in the config]",
        rich_help_panel=SERVER,
    ),
]
CollectionOption = Annotated[
    list[str] | None,
    typer.Option(
        "--collection",
        metavar="NAME",
        help="Only this collection. Repeatable.",
        rich_help_panel=WHAT,
    ),
]
SelectOption = Annotated[
    list[str] | None,
    typer.Option(
        "--select",
        metavar="GLOB",
        help="Only records whose id is or matches this. Repeatable.",
        rich_help_panel=WHAT,
    ),
]
KindOption = Annotated[
    list[str] | None,
    typer.Option(
        "--kind",
        metavar="KIND",
        help="Only this kind of difference or verdict, as the report names it. Repeatable.",
        rich_help_panel=WHAT,
    ),
]
ChangedSinceOption = Annotated[
    str | None,
    typer.Option(
        "--changed-since",
        metavar="GIT_REF",
        help="Only records that changed since this commit.",
        rich_help_panel=WHAT,
    ),
]
ShardOption = Annotated[
    str | None,
    typer.Option(
        "--shard",
        metavar="INDEX/OF",
        help="Only one part of the records, such as 3/8; join the reports with report merge.",
        rich_help_panel=WHAT,
    ),
]
RunIdOption = Annotated[
    str | None,
    typer.Option(
        "--run-id",
        metavar="ID",
        help="ID shared by all shards of one run. [in a GitHub job: its run and attempt]",
        rich_help_panel=WHAT,
    ),
]
FormatOption = Annotated[
    list[str] | None,
    typer.Option(
        "--format",
        metavar="NAME[=PATH]",
        help="terminal, json, jsonl, tsv, markdown, html, junit or github, to a file with =PATH."
        " Repeatable.",
        rich_help_panel=OUTPUT,
    ),
]
ConcurrencyOption = Annotated[
    int,
    typer.Option(
        "--concurrency",
        metavar="NUMBER",
        min=1,
        max=64,
        help="How many requests to send at once.",
        rich_help_panel=SERVER,
    ),
]
RateOption = Annotated[
    float | None,
    typer.Option(
        "--rate",
        metavar="NUMBER",
        min=0.01,
        help="Requests per second, on average.",
        rich_help_panel=SERVER,
    ),
]
StateOption = Annotated[
    Path | None,
    typer.Option(
        "--state",
        metavar="FOLDER",
        help="Where cache, journal, backups and lock are kept. [.ndex-sync beside the config]",
        rich_help_panel=STATE,
    ),
]
NoStateOption = Annotated[
    bool,
    typer.Option(
        "--no-state",
        help="Use no state folder: read everything, keep nothing.",
        rich_help_panel=STATE,
    ),
]
RefreshOption = Annotated[
    bool,
    typer.Option(
        "--refresh",
        help="Read and compare everything again, and keep the result.",
        rich_help_panel=STATE,
    ),
]
VerboseOption = Annotated[
    int,
    typer.Option(
        "--verbose",
        "-v",
        count=True,
        show_default=False,
        help="Show more; use twice for debugging.",
        rich_help_panel=OUTPUT,
    ),
]
QuietOption = Annotated[
    bool,
    typer.Option(
        "--quiet", "-q", help="No progress bar, and only errors in the log.", rich_help_panel=OUTPUT
    ),
]
LogFormatOption = Annotated[
    LogFormat,
    typer.Option(
        "--log-format",
        help="How log lines are written.",
        rich_help_panel=OUTPUT,
    ),
]
OneCollectionOption = Annotated[
    str | None,
    typer.Option(
        "--collection",
        metavar="NAME",
        help="The collection; needed if there are several.",
        rich_help_panel=WHAT,
    ),
]
PlanFormatOption = Annotated[
    list[str] | None,
    typer.Option(
        "--format",
        metavar="NAME[=PATH]",
        help="terminal, json, markdown or html, to a file with =PATH. Repeatable.",
        rich_help_panel=OUTPUT,
    ),
]
AppliedFormatOption = Annotated[
    list[str] | None,
    typer.Option(
        "--format",
        metavar="NAME[=PATH]",
        help="How to report what was done: terminal, json, markdown or github, to a file with "
        "=PATH. Repeatable.",
    ),
]
PruneOption = Annotated[
    bool, typer.Option("--prune", help="Put networks that no record claims into the trash.")
]
YesOption = Annotated[bool, typer.Option("--yes", help="Apply without asking, for jobs.")]
ApproveOption = Annotated[
    str | None,
    typer.Option(
        "--approve",
        metavar="DIGEST",
        help="Allow this one plan past the guards; they print its digest.",
    ),
]


@dataclass(frozen=True, slots=True)
class OutputOptions:
    """How much a run prints to standard error, besides the reports."""

    verbose: int = 0
    quiet: bool = False
    log_format: LogFormat = LogFormat.TEXT
