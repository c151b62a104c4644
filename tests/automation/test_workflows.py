"""The workflows that others call or begin from: what the linters cannot see."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from sync.cli.init_files import render_workflow
from tests.automation.linting import COMMIT, lint_workflow
from tests.automation.runner import ACTIONS, ROOT, read_action

pytestmark = pytest.mark.slow

WORKFLOWS = sorted((ROOT / ".github/workflows").glob("*.yml"))
NIGHTLIES = [path for path in WORKFLOWS if path.name.startswith("nightly")]
STARTER = render_workflow(COMMIT, "ndex-sync.toml")
PAGE = ROOT / "docs/how-to/github-actions.md"
BLOCK = re.compile(r"^```yaml\n(.*?)^```$", re.M | re.S)
EXAMPLES = BLOCK.findall(PAGE.read_text(encoding="utf-8"))
WHOLE = [text.replace("COMMIT", COMMIT) for text in EXAMPLES if text.startswith("name:")]
PIN = re.compile(r"uses: ([\w./-]+)@(\S+)(?: # (\S+))?")
NODE_24 = {
    "actions/checkout": 5,
    "actions/setup-python": 6,
    "actions/cache": 5,
    "actions/upload-artifact": 6,
    "actions/download-artifact": 7,
    "actions/attest-build-provenance": 4,
}
"""The first major version of each that runs on Node 24; GitHub takes Node 20 away."""
NO_NODE = {"pypa/gh-action-pypi-publish"}
USED = ("checkout", "setup-python", "cache/restore", "cache/save", "upload-artifact")


def read(path: Path) -> Any:
    return yaml.safe_load(path.read_text(encoding="utf-8"))


def steps(document: Any) -> Iterator[Any]:
    """Yield the steps of a workflow or of a composite action."""
    jobs = document.get("jobs", {}).values() if "jobs" in document else [document["runs"]]
    for job in jobs:
        yield from job.get("steps", ())


def documents() -> Iterator[tuple[str, str]]:
    """Yield every workflow and action that is ours, or that we tell others to write."""
    for path in [*WORKFLOWS, *ACTIONS.glob("*/action.yml"), ROOT / "action.yml"]:
        yield path.relative_to(ROOT).as_posix(), path.read_text(encoding="utf-8")
    yield "ndex-sync init", STARTER
    for path in (ROOT / "docs").rglob("*.md"):
        for text in BLOCK.findall(path.read_text(encoding="utf-8")):
            if "jobs:\n" in text:
                yield path.name, text


@pytest.mark.parametrize(
    "text", [STARTER, *WHOLE], ids=["init", *(t.split("\n")[0] for t in WHOLE)]
)
def test_the_linters_find_nothing_in_a_workflow_that_others_write(
    tmp_path: Path, text: str
) -> None:
    assert lint_workflow(tmp_path, text) == ""


SLIPS = {
    "an input that is not there": ("config:", "configuration:", "configuration"),
    "a permission that is missing": ("      issues: write", "      issues: read", "issues"),
    "a secret that is not there": ("      NDEX_USERNAME:", "      NDEX_NAME:", "NDEX_NAME"),
    "a tag that can be moved": (f"ndex-sync@{COMMIT}", "ndex-sync@main", "unpinned-uses"),
}


@pytest.mark.parametrize(("right", "wrong", "told"), SLIPS.values(), ids=SLIPS)
def test_the_linters_would_find_a_slip(tmp_path: Path, right: str, wrong: str, told: str) -> None:
    assert right in STARTER
    assert told in lint_workflow(tmp_path, STARTER.replace(right, wrong))


def test_an_action_of_others_is_pinned_everywhere_to_one_commit_that_runs_on_node_24() -> None:
    pins: dict[str, set[tuple[str, str]]] = {}
    for name, text in documents():
        for action, commit, version in PIN.findall(text):
            if action.startswith("wikipathways/"):
                continue
            assert re.fullmatch("[0-9a-f]{40}", commit), (name, action)
            assert version.startswith("v"), (name, action)
            action_of = "/".join(action.split("/")[:2])
            major = int(version[1:].split(".")[0])
            assert action_of in NO_NODE or major >= NODE_24[action_of], action
            pins.setdefault(action_of, set()).add((commit, version))

    assert {f"actions/{name.split('/')[0]}" for name in USED} <= pins.keys()
    assert {action: found for action, found in pins.items() if len(found) > 1} == {}


def test_no_script_holds_an_expression() -> None:
    for name, text in documents():
        for step in steps(yaml.safe_load(text)):
            assert "${{" not in step.get("run", ""), name


def test_a_secret_goes_to_our_own_action_alone() -> None:
    """What else runs in the same job is never given one."""
    for path in NIGHTLIES:
        document = read(path)
        assert "env" not in document
        for job in document["jobs"].values():
            assert "env" not in job
        for step in steps(document):
            given = "secrets." in json.dumps(step)
            assert not given or step["uses"] == "$/.github/actions/ndex-sync"


@pytest.mark.parametrize("path", NIGHTLIES, ids=lambda path: path.name)
def test_only_the_job_of_the_issue_may_write_and_it_sees_no_secret(path: Path) -> None:
    document = read(path)
    assert document["permissions"] == {}
    for name, job in document["jobs"].items():
        writes = {scope for scope, level in job["permissions"].items() if level != "read"}
        assert writes == ({"issues"} if name == "issue" else set())
        assert job["timeout-minutes"]
    issue = document["jobs"]["issue"]
    assert "secrets." not in json.dumps(issue)
    # It stays as it is after a run that failed before it had a report.
    assert "outputs.report != ''" in issue["if"]
    assert "!cancelled()" in issue["if"]


@pytest.mark.parametrize("shards", ["1", "256", "0", "257", "1.5", "-1", "", "a[$(exit 9)]"])
def test_the_shards_are_counted_from_one_to_a_number_that_can_be(
    tmp_path: Path, shards: str
) -> None:
    [path] = [path for path in NIGHTLIES if "shard" in path.name]
    [step] = read(path)["jobs"]["shards"]["steps"]
    output = tmp_path / "output"
    output.touch()
    environment = {"SHARDS": shards, "GITHUB_OUTPUT": str(output), "PATH": "/usr/bin:/bin"}
    command = ["bash", "-e", "-c", step["run"]]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)

    if shards in {"1", "256"}:
        assert done.returncode == 0, done.stderr
        numbers = json.loads(output.read_text().removeprefix("numbers="))
        assert numbers == list(range(1, int(shards) + 1))
    else:
        assert (done.returncode, output.read_text()) == (1, "")
        assert "give a whole number from 1 to 256" in done.stdout


def test_the_page_tells_of_every_input_and_every_example_of_it_is_linted() -> None:
    text = PAGE.read_text(encoding="utf-8")

    assert len(WHOLE) == len(EXAMPLES) > 0
    for name in read_action(ACTIONS / "ndex-sync")["inputs"]:
        assert f"`{name}`" in text, name


def test_the_nightly_applies_whatever_was_planned_and_keeps_the_journal_whatever_fails() -> None:
    nightly = {
        step["name"]: step
        for step in steps(read(ROOT / ".github/workflows/nightly.yml"))
        if "name" in step
    }

    assert nightly["Apply"]["if"] == "${{ inputs.apply }}"
    assert nightly["Plan"]["with"]["fail-on"] == "never"
    fails = nightly["Fail where a record could not be checked"]["if"]
    assert "steps.plan.outputs.exit_status == '3'" in fails
    assert nightly["Keep the journal and the backups"]["if"].startswith("${{ always() && ")
    assert "apply" not in nightly["Keep the journal and the backups"]["if"]


def test_no_job_keeps_backups_of_networks_that_are_not_public() -> None:
    kept = [
        path
        for _, text in documents()
        for step in steps(yaml.safe_load(text))
        for path in str(step.get("with", {}).get("path", "")).split()
    ]

    assert any(path.endswith("/backups") for path in kept)
    for path in kept:
        assert not path.endswith(("/backups-private", "/backups*", "outputs.state }}", "}}/*"))
