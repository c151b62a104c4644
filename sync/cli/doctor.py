"""``ndex-sync doctor``: say whether everything is in place for a check, and if not, what to do."""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sync.cli.options import ConfigOption, ServerOption
from sync.errors import ConfigError, ServerError, StateDamaged

if TYPE_CHECKING:
    from sync.cli.doctor_checks import Finding
    from sync.config import Config
    from sync.ndex.address import ServerChoice
    from sync.ndex.auth import Credentials


def doctor(
    *,
    config: ConfigOption = Path("ndex-sync.toml"),
    server: ServerOption = None,
    max_age: Annotated[
        int | None,
        typer.Option(
            "--max-age",
            metavar="HOURS",
            min=1,
            help="Report a problem if the last complete check is older than this.",
        ),
    ] = None,
) -> None:
    """Check configuration, records, map, server, clock, login, network sets and folders.

    Says what to do about each problem. Writes nothing, and never shows a credential. Exit status:
    0 a check can run, 1 something prevents it, 2 the configuration cannot be used, 3 the server
    is down.
    """
    from sync.cli.doctor_checks import Finding, Outcome, examine_age, examine_files
    from sync.config import read_config
    from sync.session import choose_server, choose_state

    try:
        settings = read_config(config)
    except ConfigError as error:
        for problem in error.problems:
            _tell(Finding(Outcome.PROBLEM, "configuration", problem))
        raise typer.Exit(ConfigError.exit_status) from None
    names = ", ".join(collection.name for collection in settings.collection)
    findings = [Finding(Outcome.OK, "configuration", f"{config}: {names}")]
    _tell(findings[0])
    for collection in settings.collection:
        for finding in examine_files(config.parent, collection):
            findings.append(finding)
            _tell(finding)
    chosen = choose_server(server, settings.server, config.parent)
    state = choose_state(None, config.parent)
    findings += asyncio.run(_ask_server(chosen, settings, state))
    collections = tuple(collection.name for collection in settings.collection)
    findings.append(examine_age(state, chosen.url, collections, max_age))
    _tell(findings[-1])
    problems = sum(finding.outcome is Outcome.PROBLEM for finding in findings)
    _conclude(problems)
    if any(finding.unanswered for finding in findings):
        raise typer.Exit(ServerError.exit_status)
    raise typer.Exit(1 if problems else 0)


async def _ask_server(server: ServerChoice, settings: Config, state: Path) -> list[Finding]:
    from sync.cli.doctor_checks import Finding, Outcome, examine_server
    from sync.cli.remains import describe_remains, find_remains
    from sync.ndex.policy import ClientPolicy
    from sync.session import find_home, find_login, open_server

    found: list[Finding] = []

    def note(finding: Finding) -> None:
        found.append(finding)
        _tell(finding)

    credentials = None
    try:
        credentials = find_login(server, os.environ, find_home())
    except ConfigError as error:
        note(Finding(Outcome.PROBLEM, "credentials", str(error)))
    else:
        note(_describe(credentials))
    policy = ClientPolicy(max_tries=2, connect_timeout_s=10, read_timeout_s=30, call_deadline_s=60)
    try:
        async with open_server(server.url, policy, credentials) as client:
            async for finding in examine_server(client, settings):
                note(finding)
            if not any(finding.unanswered for finding in found):
                for each in await find_remains(state, client, server.url):
                    note(Finding(Outcome.NOTE, "earlier runs", describe_remains(each)))
    except (ConfigError, StateDamaged) as error:
        note(Finding(Outcome.PROBLEM, "server", str(error)))
    return found


def _describe(credentials: Credentials | None) -> Finding:
    from sync.cli.doctor_checks import Finding, Outcome

    if credentials is None:
        return Finding(
            Outcome.NOTE,
            "credentials",
            "none, which is enough for public networks",
            "to log in, set NDEX_USERNAME and NDEX_PASSWORD, or NDEX_TOKEN, or use ~/.netrc",
        )
    return Finding(Outcome.OK, "credentials", f"found in {credentials.source}")


def _tell(finding: Finding) -> None:
    """Print a finding, as wide as the terminal; its texts may come from anywhere."""
    from sync.report.console import ConsolePage, console_on

    page = ConsolePage(console_on(sys.stdout))
    styles = {"ok": "green", "note": "cyan", "problem": "bold red"}
    label = page.text(f"{finding.outcome:<9}", styles[finding.outcome])
    page.item(label, page.text(f"{finding.subject}: {finding.said}"), label.cell_len)
    if finding.advice:
        page.line(page.text(f"→ {finding.advice}", "italic"), label.cell_len)


def _conclude(problems: int) -> None:
    from sync.amounts import plural

    typer.echo()
    if problems:
        typer.echo(f"{plural(problems, 'problem')} found.")
    else:
        typer.echo("Nothing stands in the way of a check.")
