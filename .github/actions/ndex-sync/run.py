"""Run one command of ndex-sync as the step's inputs say, and tell GitHub what came of it.

Run by the Python of the environment that ``prepare.py`` made. Credentials go into the environment
of ndex-sync alone; its command line is made of the other inputs, each as ``--option=value``, so
that no value can be taken for an option.
"""

from __future__ import annotations

import glob
import json
import os
import secrets
import signal
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from job import Inputs, UsageError, annotate_error, write_outputs

COMMANDS = ("check", "plan", "apply", "merge")
PASSES: Mapping[str, frozenset[int]] = {
    "differences": frozenset({0}),
    "incomplete": frozenset({0, 1}),
    "never": frozenset({0, 1, 3}),
}
"""With which exit statuses of ndex-sync the step passes, by the input ``fail-on``."""

USAGE = 2
INTERNAL = 4
SUNDAY = 6
SUMMARY_LIMIT = 1024 * 1024 - 1
CREDENTIALS = {"USERNAME": "NDEX_USERNAME", "PASSWORD": "NDEX_PASSWORD", "TOKEN": "NDEX_TOKEN"}
FORMATS = {"json": "json", "html": "html", "markdown": "md"}
APPLIED_FORMATS = {"json": "json", "markdown": "md"}


def main() -> int:
    """Run the command and return the step's exit status."""
    inputs = Inputs(os.environ)
    try:
        passes = PASSES[choose(inputs, "FAIL_ON", tuple(PASSES))]
        command = choose(inputs, "COMMAND", COMMANDS)
        arguments = list(command_line(inputs, command))
    except UsageError as error:
        annotate_error(str(error))
        write_outputs(os.environ, {"exit_status": str(USAGE)})
        return USAGE
    make_room(inputs, command)
    status = call(arguments, speaks_github=command != "plan")
    files = written(inputs, command)
    write_outputs(os.environ, {"exit_status": str(status), **files})
    if command == "plan":
        add_summary(report(inputs, command, "markdown"))
    if not files and (command != "apply" or status in {0, 1}):
        annotate_error(f"ndex-sync {command} wrote no report (exit status {status}): see the log")
        return status or INTERNAL
    return 0 if status in passes else status


def choose(inputs: Inputs, name: str, known: tuple[str, ...]) -> str:
    """Return an input that is one of a few words; the first is the default."""
    value = inputs.text(name, known[0])
    if value not in known:
        told = name.lower().replace("_", "-")
        raise UsageError(f"{told}: {value!r} is none of {', '.join(known)}")
    return value


def command_line(inputs: Inputs, command: str) -> Iterator[str]:
    """Yield the arguments of ndex-sync.

    Raises:
        UsageError: an input that the command needs is not given, or names nothing.
    """
    files = [f"--format={name}={report(inputs, command, name)}" for name in formats(command)]
    if command == "merge":
        yield from ("report", "merge", *shard_reports(inputs), "--format=github", *files)
        return
    yield from (command, f"--config={inputs.config}", f"--state={inputs.state}")
    yield from options(inputs, "SERVER", "CONCURRENCY", "RATE")
    if command == "apply":
        yield from (*options(inputs, "APPROVE"), "--format=terminal", "--format=github", *files)
        yield from ("--", needed(inputs, "PLAN", "the plan file to apply"))
        return
    yield from options(inputs, "COLLECTION", "SELECT", "CHANGED_SINCE")
    if command == "plan":
        yield from ("--format=terminal", *files)
    else:
        yield from (
            *options(inputs, "SHARD", "RUN_ID"),
            *refresh(inputs),
            "--format=github",
            *files,
        )


def options(inputs: Inputs, *names: str) -> Iterator[str]:
    """Yield ``--name=value`` for each line of the inputs that are given."""
    for name in names:
        for value in inputs.lines(name):
            yield f"--{name.lower().replace('_', '-')}={value}"


def refresh(inputs: Inputs) -> Iterator[str]:
    """Yield the option that compares everything anew where it is wanted today."""
    wanted = choose(inputs, "REFRESH", ("false", "true", "weekly"))
    if wanted == "true" or (wanted == "weekly" and datetime.now(UTC).weekday() == SUNDAY):
        yield "--refresh"


def needed(inputs: Inputs, name: str, meaning: str) -> str:
    """Return an input that cannot be left out."""
    if value := inputs.text(name):
        return value
    raise UsageError(f"{name.lower()}: give {meaning}")


def shard_reports(inputs: Inputs) -> list[str]:
    """Return the files to merge, after the end of the options."""
    needed(inputs, "FILES", "the JSON reports to merge")
    patterns = inputs.lines("FILES")
    files = sorted({file for pattern in patterns for file in glob.glob(pattern, recursive=True)})
    if not files:
        raise UsageError(f"files: nothing matches {', '.join(patterns)}")
    return [f"./{file}" if file.startswith("-") else file for file in files]


def reports(inputs: Inputs) -> str:
    """Return the folder of the reports."""
    return inputs.text("REPORTS", "ndex-sync-reports")


def formats(command: str) -> Iterable[str]:
    """Return the formats of the reports that a command writes."""
    return APPLIED_FORMATS if command == "apply" else FORMATS


def report(inputs: Inputs, command: str, name: str) -> str:
    """Return where the report of a command in a format goes."""
    return f"{reports(inputs)}/{command}.{FORMATS[name]}"


def make_room(inputs: Inputs, command: str) -> None:
    """Make the folder of the reports, and take away what an earlier step of the job left there."""
    Path(reports(inputs)).mkdir(parents=True, exist_ok=True)
    for name in formats(command):
        Path(report(inputs, command, name)).unlink(missing_ok=True)


def call(arguments: list[str], *, speaks_github: bool) -> int:
    """Run ndex-sync, which stands beside this Python, and return its exit status.

    A job that is cancelled tells this process alone: it is passed on, and ndex-sync comes to an
    orderly end.
    """
    program = Path(sys.executable).with_name("ndex-sync")
    with commands_stopped(stop=not speaks_github):
        process = subprocess.Popen([program, *arguments], env=environment())
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda number, _: process.send_signal(number))
        return process.wait()


def environment() -> dict[str, str]:
    """Return the environment of ndex-sync: the credentials under its names, and no inputs."""
    kept = {name: text for name, text in os.environ.items() if not name.startswith("INPUT_")}
    given = {name: os.environ.get(f"INPUT_{source}", "") for source, name in CREDENTIALS.items()}
    return {**kept, **{name: text for name, text in given.items() if text}}


@contextmanager
def commands_stopped(*, stop: bool) -> Iterator[None]:
    """Keep the runner from obeying what looks like one of its commands in a text for people."""
    token = secrets.token_hex(16)
    if stop:
        print(f"::stop-commands::{token}", flush=True)
    try:
        yield
    finally:
        if stop:
            print(f"::{token}::", flush=True)


def written(inputs: Inputs, command: str) -> dict[str, str]:
    """Return the outputs that name files; the others ndex-sync writes itself, but for a plan."""
    paths = {f"report_{name}": report(inputs, command, name) for name in formats(command)}
    there = {name: path for name, path in paths.items() if Path(path).is_file()}
    if not there:
        return {}
    if command == "plan":
        path = there["report_json"]
        plan = json.loads(Path(path).read_bytes())["plan"]
        there |= {"plan": path, "plan_actions": str(len(plan["actions"]))}
    return {"reports": reports(inputs), **there}


def add_summary(path: str) -> None:
    """Add a report to the step's summary, or one line where GitHub would drop it as too long."""
    summary = os.environ.get("GITHUB_STEP_SUMMARY")
    if not summary or not Path(path).is_file():
        return
    text = Path(path).read_text(encoding="utf-8")
    target = Path(summary)
    used = target.stat().st_size if target.is_file() else 0
    if used + len(text.encode()) > SUMMARY_LIMIT:
        text = "**The plan has no room in this summary; it is among the reports.**\n"
    with target.open("a", encoding="utf-8", newline="\n") as stream:
        stream.write(text)


if __name__ == "__main__":
    sys.exit(main())
