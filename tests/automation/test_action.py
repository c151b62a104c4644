"""The action ``ndex-sync``, its steps run with the environment that GitHub gives them."""

from __future__ import annotations

import json
import shutil
import signal
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

import pytest

from sync.model import Verdict
from sync.report.applied import AppliedReport
from sync.report.render.applied import list_outputs
from sync.sandbox.store import Store
from tests.apply.pushing import SET, fill_with_every_kind
from tests.automation.runner import (
    ACTIONS,
    Done,
    Runner,
    make_runner,
    read_action,
    this_python,
)
from tests.samples import Sample, figure

ACTION = ACTIONS / "ndex-sync"
SECRET = "Marker-of-the-password-2086"
LOGIN = {"username": "curator", "password": SECRET}
CONFIG = f"""\
[server]
url = "sandbox:ndex.sqlite"

[[collection]]
name = "figures"
records = "_figures/*.md"
network_set = "{SET}"
account = "curator"
visibility = "PUBLIC"
read_only = true
push = ["create", "genes", "properties", "membership", "state"]

[collection.limits]
max_update_fraction = 1.0
"""
RECORDER = """\
#!/usr/bin/env python3
import json, os, pathlib, sys
pathlib.Path("called.json").write_text(json.dumps([sys.argv[1:], dict(os.environ)]))
for argument in sys.argv:
    if argument.startswith("--format=json="):
        pathlib.Path(argument[14:]).write_text('{"plan": {"actions": []}}')
"""
pytestmark = pytest.mark.slow

WAITING = """\
#!/usr/bin/env python3
import signal, sys

signal.signal(signal.SIGTERM, lambda *_: sys.exit(130))
signal.signal(signal.SIGINT, lambda *_: sys.exit(130))
print("ready", flush=True)
signal.pause()
"""


@pytest.fixture
def runner(tmp_path: Path) -> Runner:
    return make_runner(tmp_path, ACTION)


@pytest.fixture
def drifted(runner: Runner) -> Runner:
    """A checkout with every kind of difference in it, and its sandbox."""
    sample = Sample(runner.workspace)
    fill_with_every_kind(sample)
    sample.users[:] = [{"name": "curator", "password": SECRET}]
    sample.add_file("ndex-sync.toml", CONFIG)
    with Store.open(runner.workspace / "ndex.sqlite") as store:
        sample.fill(store)
    (runner.workspace / "networks" / "manifest.json").unlink()
    return runner


def run(runner: Runner, **inputs: str) -> Done:
    given = {name.replace("_", "-"): value for name, value in inputs.items()}
    return runner.run("run", given, this_python())


def stand_in(runner: Runner, script: str) -> dict[str, str]:
    """Put a program in the place of ndex-sync, to see how it is called."""
    folder = runner.home / "bin"
    folder.mkdir()
    (folder / "python").symlink_to(sys.executable)
    (folder / "ndex-sync").write_text(script)
    (folder / "ndex-sync").chmod(0o755)
    return {"prepare.outputs.python": str(folder / "python")}


def called(runner: Runner, inputs: Mapping[str, str]) -> tuple[list[str], dict[str, str]]:
    """Return the arguments and the environment that the inputs make."""
    done = runner.run("run", inputs, stand_in(runner, RECORDER))
    assert done.status == 0, done.stdout + done.stderr
    arguments, environment = json.loads((runner.workspace / "called.json").read_text())
    return arguments, environment


def test_a_check_annotates_tells_its_outputs_and_fails(drifted: Runner) -> None:
    done = run(drifted, **LOGIN)

    assert done.status == 1, done.stderr
    assert f"::warning file=_figures/{figure(1)}.md,line=" in done.stdout
    assert "**" in done.summary
    assert done.outputs["exit_status"] == "1"
    assert done.outputs["complete"] == "true"
    assert done.outputs["records"] == "5"
    assert done.outputs["drifted"] == "3"
    for name in ("json", "html", "markdown"):
        assert (drifted.workspace / done.outputs[f"report_{name}"]).stat().st_size
    assert done.outputs["reports"] == "ndex-sync-reports"
    described = read_action(ACTION)["outputs"]
    of_run = {name for name, entry in described.items() if ".run." in entry["value"]}
    assert all(entry["value"].split(".")[1] in {"run", "names"} for entry in described.values())
    applied = dict(
        list_outputs(AppliedReport(run="", server="", account="", collection="", exit_status=0))
    )
    assert done.outputs.keys() | applied.keys() | {"plan", "plan_actions"} == of_run
    assert {verdict.value for verdict in Verdict} <= of_run


PASSING = [
    ("differences", 0, 0),
    ("differences", 1, 1),
    ("differences", 3, 3),
    ("incomplete", 1, 0),
    ("incomplete", 3, 3),
    ("never", 1, 0),
    ("never", 2, 2),
    ("never", 3, 0),
    ("never", 4, 4),
]


@pytest.mark.parametrize(("fail_on", "exited", "status"), PASSING)
def test_what_makes_the_step_fail_is_chosen(
    runner: Runner, fail_on: str, exited: int, status: int
) -> None:
    script = stand_in(runner, f"{RECORDER}sys.exit({exited})\n")
    done = runner.run("run", {"fail-on": fail_on}, script)

    assert done.status == status, done.stdout + done.stderr
    assert done.outputs["exit_status"] == str(exited)


def test_differences_are_planned_applied_and_gone(drifted: Runner) -> None:
    planned = run(drifted, command="plan", fail_on="incomplete", **LOGIN)
    assert planned.status == 0, planned.stderr
    assert planned.outputs["exit_status"] == "1"
    assert planned.outputs["plan_actions"] == "4"
    assert "## Plan: 3 to update, 1 to create" in planned.summary

    applied = run(drifted, command="apply", plan=planned.outputs["plan"], **LOGIN)
    assert applied.status == 0, applied.stderr
    assert "4 done" in applied.stdout
    assert "## Applied: 4 done" in applied.summary
    assert {"done": "4", "failed": "0", "left": "0"}.items() <= applied.outputs.items()
    assert applied.outputs["undo"].startswith(f"ndex-sync restore {applied.outputs['run']}")
    assert Path(drifted.workspace / applied.outputs["report_json"]).is_file()

    checked = run(drifted, **LOGIN)
    assert checked.status == 1
    assert (checked.outputs["in_sync"], checked.outputs["remote_only"]) == ("5", "1")
    everything = [planned, applied, checked]
    assert not any(SECRET in done.stdout + done.stderr + done.summary for done in everything)
    written = [path for path in drifted.workspace.rglob("*") if path.is_file()]
    assert not any(SECRET.encode() in p.read_bytes() for p in written if p.name != "ndex.sqlite")


def test_a_text_that_looks_like_a_command_is_no_command_in_a_plan(drifted: Runner) -> None:
    path = drifted.workspace / f"_figures/{figure(1)}.md"
    title = f"figtitle: Title of {figure(1)}"
    path.write_text(path.read_text().replace(title, "figtitle: '::error::Title'"))
    done = run(drifted, command="plan", **LOGIN)

    lines = done.stdout.splitlines()
    token = lines[0].removeprefix("::stop-commands::")
    assert len(token) == 32
    assert lines[-1] == f"::{token}::"
    assert r"\x3a:error\x3a:Title" in "".join(lines[1:-1])
    assert not any(line.lstrip().startswith("::") for line in lines[1:-1])


def test_a_plan_that_the_summary_has_no_room_for_is_told_of(drifted: Runner) -> None:
    (drifted.home / "GITHUB_OUTPUT").touch()
    summary = drifted.home / "GITHUB_STEP_SUMMARY"
    summary.write_text("x" * (1024 * 1024 - 200))
    with drifted.start("run", {"command": "plan", **LOGIN}, this_python()) as process:
        process.communicate(timeout=60)

    assert summary.stat().st_size < 1024 * 1024
    assert summary.read_text().endswith("it is among the reports.**\n")


def test_reports_of_an_earlier_step_are_not_taken_for_this_ones(drifted: Runner) -> None:
    assert run(drifted, **LOGIN).status == 1
    (drifted.workspace / "ndex-sync.toml").unlink()
    done = run(drifted)

    assert done.status == 2
    assert done.outputs == {"exit_status": "2"}


@pytest.mark.parametrize("command", ["check", "plan", "merge"])
@pytest.mark.parametrize(("exited", "status"), [(0, 4), (3, 3)])
def test_a_run_that_wrote_no_report_fails_whatever_was_asked_for(
    runner: Runner, command: str, exited: int, status: int
) -> None:
    (runner.workspace / "part.json").write_text("{}")
    inputs = {"command": command, "fail-on": "never", "files": "part.json"}

    script = f"#!/usr/bin/env python3\nraise SystemExit({exited})\n"
    done = runner.run("run", inputs, stand_in(runner, script))

    assert done.status == status
    assert done.outputs == {"exit_status": str(exited)}
    assert f"::error title=ndex-sync::ndex-sync {command} wrote no report" in done.stdout


def test_credentials_go_into_the_environment_and_no_argument(runner: Runner) -> None:
    arguments, environment = called(runner, {**LOGIN, "token": "a.b.c"})

    assert SECRET not in " ".join(arguments)
    assert environment["NDEX_USERNAME"] == "curator"
    assert environment["NDEX_PASSWORD"] == SECRET
    assert environment["NDEX_TOKEN"] == "a.b.c"
    assert not [name for name in environment if name.startswith("INPUT_")]


@pytest.mark.parametrize("refresh", ["", "false", "weekly"])
def test_a_weekly_check_compares_everything_on_sundays(runner: Runner, refresh: str) -> None:
    arguments, _ = called(runner, {"refresh": refresh})
    today = datetime.now(UTC).isoweekday()

    assert ("--refresh" in arguments) == (refresh == "weekly" and today == 7)


ARGUMENTS: Mapping[str, tuple[Mapping[str, str], str]] = {
    "check": (
        {
            "config": "site/ndex-sync.toml",
            "server": "https://example.org",
            "collection": "a\nb\n",
            "select": "WP1\n --exit-zero",
            "changed-since": "origin/main",
            "shard": "3/8",
            "run-id": "4711",
            "rate": "5",
            "refresh": "true",
        },
        """check --config=site/ndex-sync.toml --state=site/.ndex-sync
        --server=https://example.org --rate=5 --collection=a --collection=b
        --select=WP1 --select=--exit-zero --changed-since=origin/main
        --shard=3/8 --run-id=4711 --refresh --format=github
        --format=json=ndex-sync-reports/check.json --format=html=ndex-sync-reports/check.html
        --format=markdown=ndex-sync-reports/check.md""",
    ),
    "plan": (
        {"state": "kept", "reports": "out", "collection": "a"},
        """plan --config=ndex-sync.toml --state=kept --collection=a --format=terminal
        --format=json=out/plan.json --format=html=out/plan.html --format=markdown=out/plan.md""",
    ),
    "apply": (
        {"plan": "-p.json", "approve": "sha256:1"},
        """apply --config=ndex-sync.toml --state=.ndex-sync --approve=sha256:1
        --format=terminal --format=github --format=json=ndex-sync-reports/apply.json
        --format=markdown=ndex-sync-reports/apply.md -- -p.json""",
    ),
    "merge": (
        {"files": "shard-*.json\n-s*.json"},
        """report merge ./-s.json shard-1.json shard-2.json --format=github
        --format=json=ndex-sync-reports/merge.json --format=html=ndex-sync-reports/merge.html
        --format=markdown=ndex-sync-reports/merge.md""",
    ),
}


@pytest.mark.parametrize("command", ARGUMENTS)
def test_inputs_become_options_that_nothing_can_break_out_of(runner: Runner, command: str) -> None:
    inputs, line = ARGUMENTS[command]
    for name in ("shard-2.json", "shard-1.json", "-s.json"):
        (runner.workspace / name).touch()

    given, environment = called(runner, {"command": command, **inputs})
    assert given == line.split()
    assert not [name for name in environment if name.startswith("NDEX_")]


REFUSALS = {
    "command": ({"command": "push"}, "command: 'push' is none of check, plan, apply, merge"),
    "fail-on": ({"fail-on": "::x\n"}, "fail-on: '::x' is none of differences, incomplete, never"),
    "plan": ({"command": "apply"}, "plan: give the plan file to apply"),
    "files": ({"command": "merge"}, "files: give the JSON reports to merge"),
    "no file": ({"command": "merge", "files": "*%.json"}, "files: nothing matches *%25.json"),
}


@pytest.mark.parametrize(("inputs", "message"), REFUSALS.values(), ids=REFUSALS)
def test_an_input_that_cannot_be_is_refused(
    runner: Runner, inputs: Mapping[str, str], message: str
) -> None:
    done = runner.run("run", inputs, stand_in(runner, RECORDER))

    assert done.status == 2
    assert done.stdout == f"::error title=ndex-sync::{message}\n"
    assert done.outputs == {"exit_status": "2"}
    assert not (runner.workspace / "called.json").exists()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=lambda each: each.name)
def test_a_job_that_is_cancelled_lets_ndex_sync_come_to_its_end(
    runner: Runner, number: signal.Signals
) -> None:
    for name in ("GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY"):
        (runner.home / name).touch()
    with runner.start("run", {}, stand_in(runner, WAITING)) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        process.send_signal(number)
        stdout, stderr = process.communicate(timeout=60)

    assert process.returncode == 130, stderr
    assert runner.done(130, stdout, stderr).outputs["exit_status"] == "130"


# Installing


def make_source(folder: Path) -> Path:
    """Make a checkout whose build needs nothing from the network; return its action."""
    action = folder / ".github/actions/ndex-sync"
    shutil.copytree(ACTION, action, ignore=shutil.ignore_patterns("__pycache__"))
    (folder / ".ci").mkdir()
    for lock in ("runtime", "uv"):
        (folder / f".ci/{lock}.txt").write_text("# nothing\n")
    (folder / "pyproject.toml").write_text(
        '[build-system]\nrequires = []\nbuild-backend = "build"\nbackend-path = ["."]\n'
    )
    (folder / "build.py").write_text(BACKEND)
    return action


BACKEND = """
import zipfile

FILES = {
    "stand_in.py": "def main():\\n    print('installed')\\n",
    "ndex_sync-1.dist-info/METADATA": "Metadata-Version: 2.1\\nName: ndex-sync\\nVersion: 1\\n",
    "ndex_sync-1.dist-info/WHEEL": "Wheel-Version: 1.0\\nGenerator: x\\n"
    "Root-Is-Purelib: true\\nTag: py3-none-any\\n",
    "ndex_sync-1.dist-info/entry_points.txt": "[console_scripts]\\nndex-sync = stand_in:main\\n",
    "ndex_sync-1.dist-info/RECORD": "",
}


def build_wheel(folder, config_settings=None, metadata_directory=None):
    with zipfile.ZipFile(f"{folder}/ndex_sync-1-py3-none-any.whl", "w") as wheel:
        for name, text in FILES.items():
            wheel.writestr(name, text)
    return "ndex_sync-1-py3-none-any.whl"
"""


@pytest.fixture
def bare(runner: Runner, tmp_path: Path) -> Runner:
    """A runner with the action in a checkout of its own, uv in the cache, nothing installed."""
    uv = Path(sys.executable).with_name("uv")
    if not uv.exists():
        pytest.skip("uv is not installed in this environment")
    cached = runner.home / "temp/ndex-sync-packages/uv/bin"
    cached.mkdir(parents=True)
    (cached / "uv").symlink_to(uv)
    return Runner(runner.workspace, runner.home, make_source(tmp_path / "source"))


def test_it_is_installed_from_the_checkout_of_the_action_once_a_job(bare: Runner) -> None:
    """And from nothing else: modules of the repository that is checked are not run."""
    for name in ("pip", "venv", "job", "json", "sync"):
        (bare.workspace / f"{name}.py").write_text(f"raise SystemExit('{name} of the workspace')")
    outputs = {"python.outputs.python-path": sys.executable}
    named = bare.run("names", {"config": "site/ndex-sync.toml"}, outputs)
    assert named.status == 0, named.stderr
    assert (named.outputs["state"], named.outputs["installed"]) == ("site/.ndex-sync", "false")
    assert named.outputs["packages"] == str(bare.home / "temp/ndex-sync-packages")
    done = bare.run("prepare", {}, outputs)
    assert done.status == 0, done.stdout + done.stderr

    assert Path(done.outputs["python"]).is_relative_to(bare.home / "temp")
    prepared = {"prepare.outputs.python": done.outputs["python"]}
    assert bare.run("run", {}, prepared).stdout.startswith("installed\n")

    (bare.action.parents[2] / "pyproject.toml").unlink()
    assert bare.run("names", {}, outputs).outputs["installed"] == "true"
    again = bare.run("prepare", {}, outputs)
    assert (again.status, again.outputs) == (0, done.outputs)


def test_a_failed_installation_says_so(bare: Runner) -> None:
    (bare.action.parents[2] / ".ci/runtime.txt").write_text("broken on purpose")
    done = bare.run("prepare", {}, {"python.outputs.python-path": sys.executable})

    assert done.status == 1
    assert "::error title=ndex-sync::installing ndex-sync failed" in done.stdout


def cache_key(runner: Runner, **inputs: str) -> str:
    done = runner.run("names", inputs, {"python.outputs.python-path": sys.executable})
    assert done.status == 0, done.stderr
    return done.outputs["cache_key"]


def test_each_place_to_look_at_has_caches_of_its_own(runner: Runner) -> None:
    given = ("config", "server", "collection", "shard", "state")
    keys = [cache_key(runner), *(cache_key(runner, **{name: "other"}) for name in given)]

    assert len(set(keys)) == len(keys)
    assert cache_key(runner) == keys[0]
    assert not any(set(key) & set(",\n") for key in keys)


# Shards


def test_the_reports_of_shards_are_merged_into_one(drifted: Runner) -> None:
    for number in (1, 2):
        done = run(drifted, shard=f"{number}/2", run_id="4711", reports=f"out/{number}")
        assert done.outputs["exit_status"] != "2", done.stdout + done.stderr
    merged = run(drifted, command="merge", files="out/*/check.json")
    whole = run(drifted).outputs

    assert str(merged.status) == whole["exit_status"], merged.stdout + merged.stderr
    counts = ("exit_status", "complete", "records", "checked", *(each.value for each in Verdict))
    assert {name: merged.outputs[name] for name in counts} == {name: whole[name] for name in counts}
