"""What other tools take from the repository: the hook for pre-commit, the container's recipe."""

from __future__ import annotations

import re
import shlex
import subprocess
from pathlib import Path

import yaml

from tests.automation.runner import ROOT
from tests.e2e.running import run_command
from tests.samples import Sample, figure


def test_the_hook_reads_what_changed_and_stops_a_record_that_cannot_be_read(tmp_path: Path) -> None:
    [hook] = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
    program, *arguments = shlex.split(hook["entry"])
    assert program == "ndex-sync"
    sample = Sample(tmp_path)
    sample.add_pair(1)
    sample.add_pair(2)
    sample.add_file("ndex-sync.toml", '[[collection]]\nname = "f"\nrecords = "_figures/*.md"\n')
    git = ("git", "-C", str(tmp_path), "-c", "user.name=A", "-c", "user.email=a@example.org")
    for command in (("init", "--quiet"), ("add", "."), ("commit", "--quiet", "--message", "first")):
        subprocess.run([*git, *command], check=True)

    assert run_command(*arguments, cwd=tmp_path).returncode == 0
    (tmp_path / f"_figures/{figure(1)}.md").write_text("broken")
    done = run_command(*arguments, cwd=tmp_path)
    assert done.returncode != 0
    assert f"_figures/{figure(1)}.md" in done.stdout + done.stderr
    assert re.search(hook["files"], f"_figures/{figure(1)}.md")


def test_the_image_is_built_from_what_is_locked_and_runs_as_nobody_special() -> None:
    recipe = (ROOT / "Dockerfile").read_text(encoding="utf-8")

    for path in re.findall(r"/source/(\S+)", recipe):
        assert (ROOT / path).is_file()
    assert "--require-hashes" in recipe
    assert re.search(r"^USER (?!0|root)", recipe, re.M)
    assert all(":" in image for image in re.findall(r"^FROM (\S+)", recipe, re.M))
    assert ":latest" not in recipe
