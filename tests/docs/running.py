"""Run the commands of a page as its readers do, and hold what is shown against what is printed."""

from __future__ import annotations

import ast
import asyncio
import io
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Callable
from contextlib import chdir, redirect_stdout
from dataclasses import dataclass, field
from pathlib import Path
from unittest.mock import patch

from docs.generate.commandline import PROGRAM
from tests.docs.pages import ADD, Block, Page
from tests.docs.setups import SETUPS, STANDIN
from tests.e2e.running import clean_environment, run_command

_FOR_A_SHELL = re.compile(r"[|&;<>$`]")
_EXITS = re.compile(r"#.*\bexits (\d+)\b")
_RUN = re.compile(r"\b\d{8}T\d{6}Z-[0-9a-f]{12}\b")
_DIGEST = re.compile(r"\bsha256:[0-9a-f]{64}\b")
_VARYING = (
    _RUN,
    _DIGEST,
    re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d UTC · [\d.]+ (?:s|min)"),
    re.compile(r"\b\d{4}-\d\d-\d\d\b"),
    re.compile(r"\b[\d.,]+ [kM]?B received"),
)
"""What is another at every run: run ids, digests of plans, times, dates, sizes of answers."""

_SHIM = """\
#!/bin/sh
# A page asks www.ndexbio.org; in its place the commands find the sandbox of the page's setup.
if [ "$1" = init ]; then shift; set -- init --server "{server}" "$@"; fi
exec "{python}" -W error -m sync "$@"
"""
_WRAP = """\
{command}
status=$?
env -0 > "{state}/environment"; pwd > "{state}/folder"
exit $status
"""


@dataclass(slots=True)
class Reader:
    """Somebody who types in what a page says, command after command, in one shell."""

    state: Path
    folder: Path
    environment: dict[str, str]
    seen: dict[re.Pattern[str], str] = field(default_factory=dict)
    names: dict[str, object] = field(default_factory=dict)

    def run(self, command: str) -> subprocess.CompletedProcess[str]:
        """Run a command; run ids and digests in it become those that were printed last."""
        for pattern, latest in self.seen.items():
            command = pattern.sub(latest, command)
        words = shlex.split(command, comments=True)
        if words[:1] == [PROGRAM] and not _FOR_A_SHELL.search(command.partition(" #")[0]):
            arguments = ["init", "--server", STANDIN] if words[1:2] == ["init"] else words[1:2]
            done = run_command(
                *arguments, *words[2:], cwd=self.folder, environment=self.environment
            )
        else:
            done = self._run_in_shell(command)
        for pattern in (_RUN, _DIGEST):
            if found := pattern.findall(done.stdout + done.stderr):
                self.seen[pattern] = found[-1]
        return done

    def _run_in_shell(self, command: str) -> subprocess.CompletedProcess[str]:
        """Run a command as bash does; its folder and its variables are those of the next."""
        done = subprocess.run(
            ["bash", "-c", _WRAP.format(state=self.state, command=command)],
            cwd=self.folder,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            encoding="utf-8",
            timeout=120,
            check=False,
        )
        variables = (self.state / "environment").read_text(encoding="utf-8").split("\0")
        self.environment = dict(each.split("=", 1) for each in variables if each)
        self.folder = Path((self.state / "folder").read_text(encoding="utf-8").strip())
        return done

    def run_python(self, code: str) -> str:
        """Run a cell as a notebook does, after those before it; return what it printed."""
        printed = io.StringIO()
        with (
            chdir(self.folder),
            patch.dict(os.environ, self.environment, clear=True),
            redirect_stdout(printed),
        ):
            cell = compile(code, "cell", "exec", ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
            waiting = eval(cell, self.names)  # noqa: S307 - our own page
            if waiting is not None:
                asyncio.run(waiting)
        return printed.getvalue()

    def add_to_configuration(self, text: str) -> None:
        """Write what the page shows at the end of the configuration, in its last collection."""
        with (self.folder / "ndex-sync.toml").open("a", encoding="utf-8") as stream:
            stream.write(text)


def open_reader(folder: Path, prepare: Callable[[Path], None]) -> Reader:
    """Make a working folder below ``folder``, have it prepared, and return who will work there."""
    work, state = folder / "work", folder / "state"
    work.mkdir()
    state.mkdir()
    prepare(work)
    shim = state / "bin" / PROGRAM
    shim.parent.mkdir()
    shim.write_text(_SHIM.format(server=STANDIN, python=sys.executable), encoding="utf-8")
    shim.chmod(0o755)
    environment = clean_environment(HOME=str(work))
    environment["PATH"] = f"{shim.parent}:{environment['PATH']}"
    return Reader(state, work, environment)


def follow(page: Page, folder: Path) -> list[str]:
    """Do all that the page says, in order; return what went otherwise than it says."""
    reader = open_reader(folder, SETUPS[page.setup or "nothing"])
    wrong: list[str] = []
    printed = ""
    for block in page.blocks:
        if block.comment == ADD:
            reader.add_to_configuration(block.text)
        if block.language == "sh":
            printed = _run_block(reader, page, block, wrong)
        elif block.language == "python":
            printed = reader.run_python(block.text)
        elif block.language == "text" and printed:
            if not is_shown(block.text, printed):
                wrong.append(f"{page.name}:{block.line}: shown is not what is printed:\n{printed}")
            printed = ""
    return wrong


def _run_block(reader: Reader, page: Page, block: Block, wrong: list[str]) -> str:
    printed = ""
    for command in split_commands(block.text):
        done = reader.run(command)
        printed += done.stdout
        expected = expected_status(command)
        if done.returncode != expected:
            wrong.append(
                f"{page.name}:{block.line}: {command}: exits {done.returncode}, not {expected}\n"
                f"{done.stdout}{done.stderr}"
            )
    return printed


def split_commands(text: str) -> list[str]:
    """Return the commands of a block, each with the comment that is on its line."""
    joined = text.replace("\\\n", " ")
    return [line for line in joined.splitlines() if line.strip() and line.lstrip()[0] != "#"]


def expected_status(command: str) -> int:
    """Return what the comment beside a command says that it exits with; else 0."""
    told = _EXITS.search(command)
    return int(told[1]) if told else 0


def is_shown(shown: str, printed: str) -> bool:
    """Whether a page shows what was printed: ``…`` stands for anything, alone for any lines."""
    pattern = "".join(_pattern_of(line) for line in _settled(shown).splitlines())
    return re.fullmatch(pattern, _settled(printed).rstrip("\n") + "\n") is not None


def _pattern_of(line: str) -> str:
    if line.strip() == "…":
        return r"(?:.*\n)*?"
    return ".*".join(re.escape(part.rstrip()) for part in line.split("…")) + r"[ ]*\n"


def _settled(text: str) -> str:
    for pattern in _VARYING:
        text = pattern.sub("VARIES", text)
    return text
