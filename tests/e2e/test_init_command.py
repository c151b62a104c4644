"""``ndex-sync init`` as it is called: what it writes, and what it leaves alone."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
import yaml

from sync.cli.origin import find_own_commit
from sync.config import read_config
from sync.model import Layout
from sync.sandbox.store import Store
from tests.e2e.running import refusal, run_command
from tests.records.repository import Repository
from tests.samples import Sample

COMMIT = "0123456789abcdef0123456789abcdef01234567"
WORKFLOW = ".github/workflows/ndex-sync.yml"


@pytest.fixture
def sample(tmp_path: Path) -> Sample:
    sample = Sample(tmp_path)
    sample.add_pair(1)
    sample.add_pair(2)
    return sample


def test_what_it_writes_is_a_configuration_that_a_check_takes(sample: Sample) -> None:
    with Store.open(sample.root / "ndex.sqlite") as store:
        sample.fill(store)
    done = run_command("init", "--server", "sandbox:ndex.sqlite", cwd=sample.root)

    assert done.returncode == 0, done.stderr
    assert "Found pfocr: 2 x _figures/*.md (pfocr-embedded)" in done.stdout
    [collection] = read_config(sample.root / "ndex-sync.toml").collection
    assert collection.layout is Layout.PFOCR_EMBEDDED
    checked = run_command("check", cwd=sample.root)
    assert checked.returncode == 0, checked.stdout + checked.stderr


def test_every_setting_that_it_leaves_open_is_one_that_the_configuration_takes(
    sample: Sample,
) -> None:
    run_command("init", cwd=sample.root)
    path = sample.root / "ndex-sync.toml"
    text = path.read_text()
    uuid = "85034b42-de8a-11ea-99da-0ac135e8bacf"
    path.write_text(re.sub(r"^# (\w+ = )", r"\1", text, flags=re.M).replace("UUID", uuid))

    config = read_config(path)
    [collection] = config.collection
    assert config.server.url == "https://www.ndexbio.org"
    assert collection.network_set == collection.folder == uuid
    assert collection.read_only is True


def test_the_workflow_is_pinned_and_asks_for_no_more_than_it_needs(sample: Sample) -> None:
    Repository(sample.root)
    done = run_command(
        "init", "--workflow", "--pin", COMMIT, "--config", "own name.toml", cwd=sample.root
    )

    assert done.returncode == 0, done.stderr
    workflow = yaml.safe_load((sample.root / WORKFLOW).read_text())
    assert workflow["permissions"] == {}
    check, nightly = workflow["jobs"]["pull-request"], workflow["jobs"]["nightly"]
    assert check["permissions"] == {"contents": "read"}
    assert nightly["permissions"] == {"contents": "read", "issues": "write"}
    assert workflow["jobs"]["comment"]["permissions"] == {"pull-requests": "write"}
    used = [nightly["uses"], *(step["uses"] for step in check["steps"])]
    assert all(re.fullmatch(r"[\w./-]+@[0-9a-f]{40}", action) for action in used)
    assert [action.endswith(f"@{COMMIT}") for action in used] == [True, False, True, False]
    assert check["steps"][1]["with"]["config"] == nightly["with"]["config"] == "own name.toml"
    assert "secrets" not in json.dumps(check)
    assert "server" not in check["steps"][1]["with"]


def test_the_workflow_is_pinned_to_the_ndex_sync_that_writes_it(sample: Sample) -> None:
    Repository(sample.root)
    package = Path(__file__).resolve().parents[2] / "sync"
    commit = find_own_commit(package) if package.is_dir() else None
    if commit is None:
        pytest.skip("this ndex-sync does not lie in a git checkout")
    done = run_command("init", "--workflow", cwd=sample.root)

    assert done.returncode == 0, done.stderr
    assert f"@{commit}" in (sample.root / WORKFLOW).read_text()


def test_the_commit_of_a_checkout_is_told_by_git(tmp_path: Path) -> None:
    repository = Repository(tmp_path)
    assert find_own_commit(tmp_path / "sync") is None
    head = repository.commit()
    assert find_own_commit(tmp_path / "sync") == head


REFUSALS = {
    "nothing recognised": (["init", "--config", "empty/ndex-sync.toml"], "no records were found"),
    "no such folder": (["init", "--config", "none/ndex-sync.toml"], "none: no such folder"),
    "no server": (["init", "--server", "ftp://x"], "'ftp://x' is neither an http(s) URL"),
    "not the top of a checkout": (["init", "--workflow"], "is not the top of a git checkout"),
    "a pin that can be moved": (
        ["init", "--workflow", "--pin", "main", "--config", "top/ndex-sync.toml"],
        "'main' is not a full commit id",
    ),
}


@pytest.mark.parametrize(("command", "message"), REFUSALS.values(), ids=REFUSALS)
def test_a_refusal_says_why_and_writes_nothing(
    sample: Sample, command: list[str], message: str
) -> None:
    (sample.root / "empty").mkdir()
    top = Sample(sample.root / "top")
    top.add_record("PMC1__f1")
    Repository(top.root)
    before = sorted(sample.root.rglob("*"))
    assert message in refusal(run_command(*command, cwd=sample.root))
    assert sorted(sample.root.rglob("*")) == before


@pytest.mark.parametrize(
    ("there", "command"),
    [("ndex-sync.toml", ["init"]), (WORKFLOW, ["init", "--workflow", "--pin", COMMIT])],
)
def test_a_file_that_is_there_is_not_touched_and_no_other_is_written(
    sample: Sample, there: str, command: list[str]
) -> None:
    Repository(sample.root)
    sample.add_file(there, "mine")
    assert f"{there}: exists already" in refusal(run_command(*command, cwd=sample.root))
    assert (sample.root / there).read_text() == "mine"
    written = [path for path in ("ndex-sync.toml", WORKFLOW) if (sample.root / path).exists()]
    assert written == [there]


def test_the_workflow_is_added_to_a_configuration_that_is_there(sample: Sample) -> None:
    Repository(sample.root)
    server = "https://ndex.example.org"
    assert run_command("init", "--server", server, cwd=sample.root).returncode == 0
    before = (sample.root / "ndex-sync.toml").read_text()

    order = ("init", "--workflow", "--pin", COMMIT)
    refused = run_command(*order, "--server", "https://other.example.org", cwd=sample.root)
    assert (refused.returncode, "names the server" in refused.stderr) == (2, True)
    assert not (sample.root / WORKFLOW).exists()

    done = run_command(*order, cwd=sample.root)
    assert done.returncode == 0, done.stderr
    assert (sample.root / "ndex-sync.toml").read_text() == before
    jobs = yaml.safe_load((sample.root / WORKFLOW).read_text())["jobs"]
    assert jobs["pull-request"]["steps"][1]["with"]["server"] == server
    assert jobs["nightly"]["with"]["server"] == server
