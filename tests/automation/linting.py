"""What the linters say of a workflow that another repository writes, with ours at hand."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.automation.runner import ROOT

COMMIT = "0123456789abcdef0123456789abcdef01234567"
_OURS = re.compile(rf"wikipathways/ndex-sync/(\.github/[\w./-]+)@{COMMIT}")


def lint_workflow(folder: Path, text: str) -> str:
    """Return the findings on a workflow that uses ndex-sync as of ``COMMIT``, ``""`` for none.

    The workflow is looked at as it is, and once more as if it stood in our repository, where the
    linter knows the inputs, outputs, secrets and permissions of what it uses.
    """
    shutil.copytree(ROOT / ".github", folder / ".github")
    (folder / ".git").mkdir()  # what marks the top of a repository to the linters
    path = folder / ".github/workflows/caller.yml"
    path.write_text(text, encoding="utf-8")
    found = [
        _run("zizmor", "--offline", "--no-progress", "--quiet", "--persona=pedantic", path),
        _run("jactionlint", f"--shellcheck={_tool('shellcheck')}", "--no-color", path),
    ]
    path.write_text(_OURS.sub(r"$/\1", text), encoding="utf-8")
    found.append(_run("jactionlint", "--shellcheck=", "--no-color", path))
    return "".join(found)


def _run(name: str, *arguments: str | Path) -> str:
    done = subprocess.run(
        [_tool(name), *arguments], capture_output=True, encoding="utf-8", timeout=60, check=False
    )
    return "" if done.returncode == 0 else done.stdout + done.stderr


def _tool(name: str) -> Path:
    tool = Path(sys.executable).with_name(name)
    if not tool.exists():
        pytest.skip(f"{name} is not installed in this environment")
    return tool
