"""Run the steps of a composite action as a runner of GitHub does, in a folder of the test.

The step's script, its environment and the defaults of its inputs are read from ``action.yml``.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[2]
ACTIONS = ROOT / ".github/actions"
_EXPRESSION = re.compile(r"\$\{\{ *([\w.-]+) *\}\}")
_OUTPUT = re.compile(r"^(\w+)(?:=(.*)|<<(\S+)\n([\s\S]*?)\n\3)$", re.M)


@dataclass(frozen=True, slots=True)
class Done:
    """What a step left behind."""

    status: int
    stdout: str
    stderr: str
    outputs: Mapping[str, str]
    summary: str


@dataclass(frozen=True, slots=True)
class Runner:
    """A runner with the files that GitHub names to a step, below ``home``."""

    workspace: Path
    home: Path
    action: Path
    variables: Mapping[str, str] = field(default_factory=dict)

    def start(
        self, step: str, inputs: Mapping[str, str], outputs: Mapping[str, str] | None = None
    ) -> subprocess.Popen[str]:
        """Start a step of the action, chosen by its id.

        ``outputs`` are those of the steps before it, as ``prepare.outputs.python``.
        """
        described = read_action(self.action)
        found = next(each for each in described["runs"]["steps"] if each.get("id") == step)
        entries = described["inputs"].items()
        github = {"github.token": self.variables.get("GITHUB_TOKEN", "")}
        known = {name: _resolve(entry.get("default", ""), github) for name, entry in entries}
        assert inputs.keys() <= known.keys()
        values = {f"inputs.{name}": text for name, text in {**known, **inputs}.items()}
        values |= {f"steps.{name}": text for name, text in (outputs or {}).items()}
        named = {name: _resolve(text, values) for name, text in found["env"].items()}
        return subprocess.Popen(
            ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", found["run"]],
            cwd=self.workspace,
            env={**self._environment(), **named},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
        )

    def run(
        self, step: str, inputs: Mapping[str, str], outputs: Mapping[str, str] | None = None
    ) -> Done:
        """Run a step to its end."""
        for name in ("GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY"):
            (self.home / name).write_text("")
        with self.start(step, inputs, outputs) as process:
            stdout, stderr = process.communicate(timeout=120)
        return self.done(process.returncode, stdout, stderr)

    def done(self, status: int, stdout: str, stderr: str) -> Done:
        """Collect what a step that has ended left behind."""
        told = (self.home / "GITHUB_OUTPUT").read_text(encoding="utf-8")
        outputs = {
            found[1]: found[2] if found[3] is None else found[4] for found in _OUTPUT.finditer(told)
        }
        summary = (self.home / "GITHUB_STEP_SUMMARY").read_text(encoding="utf-8")
        return Done(status, stdout, stderr, outputs, summary)

    def _environment(self) -> dict[str, str]:
        """Return what a runner sets, and of this machine's environment what a step cannot miss."""
        files = ("GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY", "GITHUB_ENV", "GITHUB_PATH")
        temporary = self.home / "temp"
        temporary.mkdir(exist_ok=True)
        return {
            **{name: os.environ[name] for name in ("PATH", "LANG") if name in os.environ},
            **{name: str(self.home / name) for name in files},
            "HOME": str(self.home),
            "CI": "true",
            "GITHUB_ACTIONS": "true",
            "GITHUB_ACTION_PATH": str(self.action),
            "GITHUB_WORKSPACE": str(self.workspace),
            "GITHUB_SERVER_URL": "https://github.com",
            "GITHUB_REPOSITORY": "wikipathways/records",
            "GITHUB_RUN_ID": "4711",
            "GITHUB_RUN_ATTEMPT": "1",
            "RUNNER_TEMP": str(temporary),
            **self.variables,
        }


def make_runner(folder: Path, action: Path, variables: Mapping[str, str] | None = None) -> Runner:
    """Return a runner of an action with an empty checkout and home, both below ``folder``."""
    for name in ("workspace", "home"):
        (folder / name).mkdir()
    return Runner(folder / "workspace", folder / "home", action, variables or {})


def read_action(folder: Path) -> Any:
    """Return what an action's ``action.yml`` says."""
    return yaml.safe_load((folder / "action.yml").read_text(encoding="utf-8"))


def this_python() -> dict[str, str]:
    """Return the outputs of a ``prepare`` that installed nothing: this Python has ndex-sync."""
    return {"prepare.outputs.python": sys.executable}


def _resolve(text: object, values: Mapping[str, str]) -> str:
    return _EXPRESSION.sub(lambda found: values[found[1]], str(text))
