"""The options that several commands share, and what they mean together with the configuration."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer


class LogFormat(StrEnum):
    """How log lines are written to standard error."""

    TEXT = "text"
    JSON = "json"


class Target(StrEnum):
    """Which files a found network is written into."""

    RECORDS = "records"
    MAP = "map"
    BOTH = "both"


ConfigOption = Annotated[
    Path,
    typer.Option("--config", metavar="PATH", help="The configuration file."),
]
ServerOption = Annotated[
    str | None,
    typer.Option(
        "--server",
        metavar="URL",
        envvar="NDEX_SERVER",
        show_envvar=False,
        help="An NDEx server: a URL, or sandbox:PATH. [NDEX_SERVER, else config: server]",
    ),
]
CollectionOption = Annotated[
    list[str] | None,
    typer.Option("--collection", metavar="NAME", help="Only this collection. Repeatable."),
]
SelectOption = Annotated[
    list[str] | None,
    typer.Option(
        "--select", metavar="GLOB", help="Only records whose id is or matches this. Repeatable."
    ),
]
ChangedSinceOption = Annotated[
    str | None,
    typer.Option(
        "--changed-since", metavar="GIT_REF", help="Only records that changed since this commit."
    ),
]
ShardOption = Annotated[
    str | None,
    typer.Option(
        "--shard",
        metavar="INDEX/OF",
        help="Only one part of the records, as 3/8; join the reports with report merge.",
    ),
]
RunIdOption = Annotated[
    str | None,
    typer.Option(
        "--run-id",
        metavar="ID",
        help="What all shards of a run have in common. [in a GitHub job: its run and attempt]",
    ),
]
FormatOption = Annotated[
    list[str] | None,
    typer.Option(
        "--format",
        metavar="NAME[=PATH]",
        help="terminal, json, jsonl, markdown, html, junit or github, to a file with =PATH."
        " Repeatable.",
    ),
]
ConcurrencyOption = Annotated[
    int, typer.Option("--concurrency", min=1, max=64, help="Requests at once.")
]
RateOption = Annotated[
    float | None,
    typer.Option(
        "--rate", min=0.01, help="Requests a second, of which one second's worth may start at once."
    ),
]
StateOption = Annotated[
    Path | None,
    typer.Option(
        "--state",
        metavar="FOLDER",
        help="Where cache, journal, backups and lock are kept. [.ndex-sync by the config]",
    ),
]
NoStateOption = Annotated[
    bool, typer.Option("--no-state", help="Neither use nor keep what runs read and saw.")
]
RefreshOption = Annotated[
    bool, typer.Option("--refresh", help="Read everything anew and keep that.")
]
VerboseOption = Annotated[
    int, typer.Option("--verbose", "-v", count=True, help="Say more; twice for debugging.")
]
QuietOption = Annotated[
    bool, typer.Option("--quiet", "-q", help="No progress bar, and only errors in the log.")
]
LogFormatOption = Annotated[
    LogFormat, typer.Option("--log-format", help="How log lines are written.")
]
OneCollectionOption = Annotated[
    str | None,
    typer.Option("--collection", metavar="NAME", help="The collection, where there are several."),
]
PlanFormatOption = Annotated[
    list[str] | None,
    typer.Option(
        "--format",
        metavar="NAME[=PATH]",
        help="terminal, json, markdown or html, to a file with =PATH. Repeatable.",
    ),
]
AppliedFormatOption = Annotated[
    list[str] | None,
    typer.Option(
        "--format",
        metavar="NAME[=PATH]",
        help="How to say what was done: terminal, json, markdown or github, to a file with =PATH."
        " Repeatable.",
    ),
]
PruneOption = Annotated[
    bool, typer.Option("--prune", help="Put networks that no record claims into the trash.")
]
YesOption = Annotated[bool, typer.Option("--yes", help="Apply without asking, for jobs.")]
ApproveOption = Annotated[
    str | None,
    typer.Option(
        "--approve", metavar="DIGEST", help="Allow this one plan past the guards; they print it."
    ),
]


@dataclass(frozen=True, slots=True)
class OutputOptions:
    """How a run talks to people: on standard error, beside the reports."""

    verbose: int = 0
    quiet: bool = False
    log_format: LogFormat = LogFormat.TEXT
