"""The page of the exit statuses, from what each command's help says of its own."""

from __future__ import annotations

import re

from docs.generate.commandline import Command, list_commands
from docs.generate.markdown import capitalised, code, render_table

_STATUS = re.compile(r"Exit status: (.+?)\.(?: |$)")
_ITEM = re.compile(r"(?:^|, )(?=\d+ )")
_HEAD = """\
# Exit status

Every command reports an exit status to the shell and to CI jobs: 0 is good, 1 needs a look, 2 is a
usage or configuration error, 3 means that the run could not be finished, and 4 is a bug in
ndex-sync. If both 1 and 3 apply, the status is 3.

- `check --exit-zero` turns 1 and 3 into 0, for jobs that only report.
- 2 always comes with a message on standard error that says what to do.
- Any command that stops because the server is down or the disk is full exits with 3.
- 4 is an internal error of any command: please report the traceback. Neither `--exit-zero` nor
  `fail-on` of the GitHub action hides it.
- 130 is Ctrl-C, or SIGTERM, which CI sends to a cancelled job. The command still reports what it
  did until then.
"""


def render_exit_statuses() -> str:
    """Return the page."""
    rows = (
        [code(command.words) if first else "", status, capitalised(meaning)]
        for command in list_commands()
        for first, (status, meaning) in _first_marked(list_statuses(command))
    )
    return "\n".join([_HEAD, render_table(["command", "status", "meaning"], rows)])


def list_statuses(command: Command) -> list[tuple[str, str]]:
    """Return the exit statuses that a command's help tells, each with its meaning."""
    told = _STATUS.search(" ".join(command.help.split()))
    items = _ITEM.split(told[1]) if told else []
    return [(number, meaning) for number, _, meaning in (e.partition(" ") for e in items if e)]


def _first_marked(items: list[tuple[str, str]]) -> list[tuple[bool, tuple[str, str]]]:
    return [(place == 0, item) for place, item in enumerate(items)]
