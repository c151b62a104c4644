"""Keep one issue up to date with what a check found.

It is opened, or opened again, on drift; brought up to date by every run; closed when all is in
sync. It is found by its label, which a stranger cannot give, and by a mark that its text begins
with. What people write into its title and its comments stays.

A run that could not check every record closes no issue, and opens one only for what it did find.
A run that did not come to its end changes nothing.
"""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from issues import ApiError, Issue, Issues

MAX_BYTES = 65_000
"""GitHub takes 65,536 characters; as many bytes are never more, however it counts."""

NO_FINDINGS = frozenset({"in_sync", "accepted", "not_compared", "failed"})
"""Verdicts that there is nothing to see to for: all is well, not asked for, or not answered."""


class UsageError(Exception):
    """An input is not what the action takes; the message says what is."""


class Finding(Enum):
    """What a check says of the issue."""

    IN_SYNC = "all is in sync: no open issue"
    DRIFT = "there is something to see to: one open issue"
    PARTLY = "so is there in what was seen: an open issue, none closed"
    UNSURE = "nothing in what was seen: an open issue is brought up to date, none closed or opened"
    NOTHING = "the check did not come to its end: no change"


@dataclass(frozen=True, slots=True)
class Course:
    """What to do with the issues that are there.

    ``keep`` is brought up to date and open afterwards, ``create`` asks for a new one, ``close`` are
    open and shall not be.
    """

    keep: Issue | None = None
    create: bool = False
    close: tuple[Issue, ...] = ()


def main() -> int:
    """Do what the inputs ask for and return the exit status."""
    try:
        pull_request = os.environ.get("INPUT_PULL_REQUEST", "").strip()
        keeping = keep_comment if pull_request else keep_issue
        number, done = keeping(os.environ)
    except (ApiError, UsageError) as error:
        text = str(error).replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
        print(f"::error title=ndex-sync::{text}")
        return 1
    print(f"{'Comment on' if pull_request else 'Issue'} {number or 'none'}: {done}")
    if path := os.environ.get("GITHUB_OUTPUT"):
        with Path(path).open("a", encoding="utf-8") as stream:
            stream.write(f"issue={number or ''}\ndone={done}\n")
    return 0


def keep_issue(environ: Mapping[str, str]) -> tuple[int | None, str]:
    """Return the number of the issue, None where there is none, and what was done with it.

    Raises:
        ApiError: GitHub did not do a request.
        UsageError: an input is missing, or names no report.
    """
    finding = read_finding(environ)
    if finding is Finding.NOTHING:
        return None, "nothing"
    mark, body = write_text(environ)
    label = given(environ, "INPUT_LABEL")
    if "," in label:
        raise UsageError(f"label: {label!r} is no single label, as it has a comma in it")
    issues = open_issues(environ)
    found = [each for each in issues.find(label) if each.body.lstrip().startswith(mark)]
    course = find_course(finding, found)
    if course.create:
        return issues.create(given(environ, "INPUT_TITLE"), body, label).number, "created"
    return follow(course, issues, body)


def keep_comment(environ: Mapping[str, str]) -> tuple[int | None, str]:
    """Keep one comment on a pull request: written where there is something to see to.

    Raises:
        ApiError: GitHub did not do a request.
        UsageError: an input is missing, or names no report.
    """
    number = given(environ, "INPUT_PULL_REQUEST")
    if not number.isdecimal():
        raise UsageError(f"pull-request: {number!r} is not the number of a pull request")
    finding = read_finding(environ)
    if finding is Finding.NOTHING:
        return None, "nothing"
    mark, body = write_text(environ)
    issues = open_issues(environ)
    ours = (each for each in issues.list_comments(int(number)) if each.is_ours)
    kept = next((each for each in ours if each.body.lstrip().startswith(mark)), None)
    if kept is None and finding in {Finding.IN_SYNC, Finding.UNSURE}:
        return None, "nothing"
    if kept is None:
        issues.comment(int(number), body)
        return int(number), "created"
    if is_same(kept.body, body):
        return int(number), "nothing"
    issues.change_comment(kept, body)
    return int(number), "updated"


def open_issues(environ: Mapping[str, str]) -> Issues:
    """Return the issues of the repository, to be asked with the token."""
    return Issues(
        environ.get("GITHUB_API_URL") or "https://api.github.com",
        given(environ, "GITHUB_REPOSITORY"),
        given(environ, "GITHUB_TOKEN"),
    )


def write_text(environ: Mapping[str, str]) -> tuple[str, str]:
    """Return the mark by which an issue or a comment is found again, and its whole text."""
    key = re.sub(r"[^\w.]+", "-", given(environ, "INPUT_KEY"))
    mark = f"<!-- ndex-sync: {key} -->"
    return mark, write_body(mark, read_text(given(environ, "INPUT_SUMMARY")), run_url(environ))


def read_finding(environ: Mapping[str, str]) -> Finding:
    """Tell what the check says of the issue, from its exit status and its report."""
    status = environ.get("INPUT_EXIT_STATUS", "").strip()
    if status not in {"0", "1", "3"}:
        return Finding.NOTHING
    path = given(environ, "INPUT_REPORT")
    try:
        report = json.loads(read_text(path))
        complete, collections = report["run"]["complete"], report["collections"]
        seen = {verdict for each in collections for verdict in each["verdicts"]}
    except (ValueError, KeyError, TypeError) as error:
        raise UsageError(f"report: {path} is no report of ndex-sync: {error!r}") from error
    return judge(status, complete=complete, seen=seen)


def judge(status: str, *, complete: bool, seen: set[str]) -> Finding:
    """Tell what follows from an exit status and the verdicts that were ``seen``."""
    if not complete:
        return Finding.NOTHING
    if status == "1":
        return Finding.DRIFT
    if status == "0" and seen:
        return Finding.IN_SYNC
    return Finding.PARTLY if seen - NO_FINDINGS else Finding.UNSURE


def find_course(finding: Finding, found: Sequence[Issue]) -> Course:
    """Decide what to do with the issues that are there, the oldest first."""
    opened = [issue for issue in found if issue.is_open]
    if finding is Finding.IN_SYNC:
        return Course(close=tuple(opened))
    if finding is Finding.UNSURE:
        return Course(keep=opened[0] if opened else None)
    keep = opened[0] if opened else next(reversed(found), None)
    repeated = opened[1:] if finding is Finding.DRIFT else ()
    return Course(keep=keep, create=keep is None, close=tuple(repeated))


def follow(course: Course, issues: Issues, body: str) -> tuple[int | None, str]:
    """Change the issues that are there; what is as it should be is left alone."""
    kept = course.keep
    if kept is None:
        for issue in course.close:
            issues.change(issue, {"state": "closed", "state_reason": "completed", "body": body})
        return (course.close[0].number, "closed") if course.close else (None, "nothing")
    for issue in course.close:
        issues.comment(issue.number, f"This repeats #{kept.number}, which is kept up to date.")
        issues.change(issue, {"state": "closed", "state_reason": "not_planned"})
    if not kept.is_open:
        issues.change(kept, {"state": "open", "body": body})
        return kept.number, "reopened"
    if is_same(kept.body, body):
        return kept.number, "nothing"
    issues.change(kept, {"body": body})
    return kept.number, "updated"


def is_same(before: str, now: str) -> bool:
    """Tell whether two texts are the same to GitHub, which may keep line ends as CRLF."""
    return before.replace("\r\n", "\n").strip() == now.strip()


def write_body(mark: str, summary: str, run: str) -> str:
    """Return the text of the issue: mark, summary as far as there is room, and where it is from.

    The summary is cut between lines: its code spans, which keep records from being markup, never
    go over one.
    """
    head = f"{mark}\n"
    foot = f"\n---\nKept up to date by [this run]({run}). Write comments, not into this text.\n"
    cut = "\n… the rest had no room here: it is in the reports of the run.\n"
    room = MAX_BYTES - len((head + foot + cut).encode())
    kept = ""
    used = 0
    for line in summary.rstrip("\n").split("\n"):
        used += len(line.encode()) + 1
        if used > room:
            return f"{head}{kept}{cut}{foot}"
        kept += f"{line}\n"
    return f"{head}{kept}{foot}"


def run_url(environ: Mapping[str, str]) -> str:
    """Return the address of this run."""
    server = environ.get("GITHUB_SERVER_URL") or "https://github.com"
    return f"{server}/{environ['GITHUB_REPOSITORY']}/actions/runs/{environ['GITHUB_RUN_ID']}"


def given(environ: Mapping[str, str], name: str) -> str:
    """Return a variable that cannot be empty."""
    value = environ.get(name, "").strip()
    if not value:
        told = name.removeprefix("INPUT_").lower().replace("_", "-")
        raise UsageError(f"{told}: is not given")
    return value


def read_text(path: str) -> str:
    """Return the text of a file."""
    try:
        return Path(path).read_text(encoding="utf-8")
    except (OSError, ValueError) as error:
        raise UsageError(f"{path}: cannot be read: {error}") from error


if __name__ == "__main__":
    sys.exit(main())
