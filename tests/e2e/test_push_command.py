"""``plan``, ``apply``, ``push`` and ``restore`` as they are called."""

from __future__ import annotations

import base64
import gzip
import json
import shlex
import sqlite3
import subprocess
from pathlib import Path

import httpx
import orjson
import pytest

from sync.apply.states import Step
from sync.model import NetworkId
from sync.plan.actions import Plan
from sync.plan.file import read_plan
from sync.sandbox import networks as rows
from sync.sandbox.faults import parse_rules
from sync.sandbox.settings import SandboxSettings
from sync.sandbox.store import Store
from sync.state.journal import Entry, Journal, Moment, RunRecord
from sync.state.lock import lock_state
from tests.apply.pushing import SET, fill_with_every_kind, read_networks
from tests.e2e.running import UNLIMITED, clean_environment, configure, refusal, run_command
from tests.samples import Sample, figure, network_id
from tests.servers import running_server

SECRET = "Marker-of-the-password-7319"
CONFIG = configure(
    f'network_set = "{SET}"\naccount = "curator"\nvisibility = "PUBLIC"\nread_only = true',
    'push = ["create", "genes", "properties", "membership", "state"]',
    UNLIMITED,
    server="sandbox:ndex.sqlite",
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A collection with every kind of action in it, its configuration and its sandbox."""
    sample = Sample(tmp_path)
    fill_with_every_kind(sample)
    sample.users[:] = [{"name": "curator", "password": SECRET}]
    sample.add_file("ndex-sync.toml", CONFIG)
    with Store.open(tmp_path / "ndex.sqlite") as store:
        sample.fill(store)
    # The manifest holds the password so that the sandbox knows it; no run needs it.
    (tmp_path / "networks" / "manifest.json").unlink()
    return tmp_path


def run(
    *arguments: str, cwd: Path, password: str = SECRET, user: str = "curator"
) -> subprocess.CompletedProcess[str]:
    environment = clean_environment(HOME=str(cwd), NDEX_USERNAME=user, NDEX_PASSWORD=password)
    return run_command(*arguments, cwd=cwd, environment=environment)


def networks(folder: Path) -> dict[str, dict[str, object]]:
    with Store.open(folder / "ndex.sqlite") as store:
        return read_networks(store)


@pytest.mark.slow
def test_a_plan_is_written_shown_and_applied(folder: Path) -> None:
    planned = run("plan", "--out", "plan.json", "--format", "markdown", cwd=folder)
    assert planned.returncode == 1, planned.stderr
    assert "## Plan: 3 to update, 1 to create" in planned.stdout
    assert "`add gene IL1B (ncbigene:3553)`" in planned.stdout

    applied = run("apply", "plan.json", cwd=folder)
    assert applied.returncode == 0, applied.stderr
    assert "4 done" in applied.stdout

    assert "Checked 5 of 5 records\n\n  in sync                5" in run("check", cwd=folder).stdout
    again = run("apply", "plan.json", cwd=folder)
    assert (again.returncode, again.stdout.count("4 done")) == (0, 1)
    assert "This plan was applied before, and nothing was done now" in again.stdout


def test_what_a_plan_has_seen_is_kept_for_the_next_run(folder: Path) -> None:
    planned = run("plan", cwd=folder)
    cache = sqlite3.connect(folder / ".ndex-sync" / "cache.db")
    seen = {network for (network,) in cache.execute("SELECT id FROM network")}
    cache.close()

    assert {network_id(number) for number in (1, 2)} <= seen
    assert run("plan", cwd=folder).stdout == planned.stdout


@pytest.mark.slow
def test_a_push_asks_and_a_restore_gives_back(folder: Path) -> None:
    before = networks(folder)
    assert "use --yes" in refusal(run("push", cwd=folder))
    assert networks(folder) == before

    pushed = run("push", "--yes", cwd=folder)
    assert pushed.returncode == 0, pushed.stderr
    undo = pushed.stdout.rpartition("Undo with: ndex-sync ")[2].split()
    assert run("plan", cwd=folder).stdout.startswith("Plan · Nothing to do")

    restored = run(*undo, "--yes", cwd=folder)
    assert restored.returncode == 1, restored.stderr  # the new network stays, and is told of
    assert f"1 record: {figure(3)}" in restored.stdout
    after = networks(folder)
    assert {name: after[name] for name in before} == before


def test_a_push_says_in_a_document_what_it_did(folder: Path) -> None:
    pushed = run("push", "--yes", "--format", "json", cwd=folder)

    document = json.loads(pushed.stdout)
    assert [each["ending"] for each in document["actions"]] == ["done"] * 4
    assert (document["exit_status"], document["left"]) == (0, [])
    assert "Plan · 3 to update, 1 to create" in pushed.stderr
    again = run("push", "--yes", "--format", "json", cwd=folder)
    assert json.loads(again.stdout)["actions"] == []
    assert document["undo"] == f"ndex-sync restore {document['run']}"


def test_the_way_back_is_the_whole_command(folder: Path) -> None:
    other = '\n[[collection]]\nname = "others"\nrecords = "_others/*.md"\n'
    (folder / "my own.toml").write_text(CONFIG + other)
    (folder / "ndex-sync.toml").unlink()
    place = ["--config", "my own.toml", "--state", "my state", "--server", "sandbox:ndex.sqlite"]
    pushed = run("push", "--collection", "figures", "--yes", *place, cwd=folder)

    undo = shlex.split(pushed.stdout.rpartition("Undo with: ndex-sync ")[2])
    assert run(*undo, "--yes", cwd=folder).returncode == 1


def test_a_guard_names_the_approval_that_lets_this_plan_through(folder: Path) -> None:
    refused = run("push", "--prune", "--yes", cwd=folder)
    assert refused.returncode == 2
    assert "max_deletes" in refused.stderr
    assert networks(folder)[network_id(5)]["deleted"] == 0

    digest = refused.stderr.rpartition("--approve ")[2].strip()
    approved = run("push", "--prune", "--yes", "--approve", digest, cwd=folder)

    assert approved.returncode == 0, approved.stderr
    assert networks(folder)[network_id(5)]["in_trash"] == 1


def test_an_apply_says_what_to_do_about_conflicts_and_where_backups_are(folder: Path) -> None:
    run("plan", "--out", "plan.json", cwd=folder)
    with Store.open(folder / "ndex.sqlite") as store, store.writing() as db:
        rows.update(db, network_id(2), read_only=0)

    applied = run("apply", "plan.json", cwd=folder)
    again = run("apply", "plan.json", cwd=folder)

    assert applied.returncode == 1, applied.stderr
    assert "A conflict is final for this plan; make a new plan to try again." in applied.stdout
    private = Path(".ndex-sync/backups-private", _run_id(applied.stdout))
    assert f"Backups of networks that are not public: {private}" in applied.stdout
    assert [path.name for path in (folder / private).iterdir()] == [f"{network_id(6)}.json.gz"]
    assert "This plan was applied before, and nothing was done now" in again.stdout


def test_a_plan_that_a_guard_stops_keeps_nothing_from_being_put_right(folder: Path) -> None:
    run("plan", "--out", "killed.json", cwd=folder)
    run("plan", "--prune", "--out", "stopped.json", cwd=folder)
    _leave_unlocked(folder, read_plan(folder / "killed.json"), network_id(2))

    said = refusal(run("apply", "stopped.json", cwd=folder))

    assert "max_deletes" in said
    assert f"Repaired network {network_id(2)}" in said
    assert networks(folder)[network_id(2)]["read_only"] == 1


def _leave_unlocked(folder: Path, plan: Plan, network: NetworkId) -> None:
    """Leave a network as a run does that is killed after it lifted the lock."""
    numbers = {getattr(each, "network", None): at for at, each in enumerate(plan.actions)}
    run = RunRecord(
        id=plan.id,
        digest=plan.digest,
        server=plan.server,
        account=plan.account,
        collection=plan.collection,
        records=plan.records,
        complete=plan.complete,
        started_ms=1,
        finished_ms=None,
    )
    with Journal.open(folder / ".ndex-sync") as journal:
        journal.begin_run(run, plan.actions)
        journal.enter(run.id, Entry(numbers[network], Moment.BEGUN, Step.LIFT, network))
    with Store.open(folder / "ndex.sqlite") as store, store.writing() as db:
        rows.update(db, network, read_only=0)


def test_a_record_whose_network_an_apply_finishes_first_is_not_left_open(folder: Path) -> None:
    run("plan", "--out", "killed.json", cwd=folder)
    records = {path: path.read_bytes() for path in (folder / "_figures").iterdir()}
    run("apply", "killed.json", cwd=folder)
    _lose_the_uuid(folder, read_plan(folder / "killed.json"), records)

    run("plan", "--out", "night.json", cwd=folder)
    applied = run("apply", "night.json", cwd=folder)

    [left] = read_plan(folder / "night.json").skipped
    assert "run ndex-sync resolve first" in left.reason
    assert "Repaired the network of" in applied.stdout
    assert applied.returncode == 0, applied.stdout


def _lose_the_uuid(folder: Path, plan: Plan, records: dict[Path, bytes]) -> None:
    """Leave a new network as a push does that is killed before it writes the UUID down."""
    [number] = (at for at, action in enumerate(plan.actions) if action.kind == "create")
    with Journal.open(folder / ".ndex-sync") as journal:
        journal.finish_run(plan.id, None)
        journal.write("DELETE FROM outcome WHERE action = ?", (number,))
    for path, text in records.items():
        path.write_bytes(text)


def test_two_records_that_are_refused_for_one_table_are_both_told_of(folder: Path) -> None:
    config = folder / "ndex-sync.toml"
    config.write_text(config.read_text().replace("_figures/*.md", "_figures/**/*.md"))
    for place in ("a", "b"):
        record = folder / "_figures" / place / "PMC9__f9.md"
        record.parent.mkdir()
        record.write_text("---\nfigid: PMC9__f9\nfigtitle: Nine\n---\n")
    (folder / "_data").mkdir(exist_ok=True)
    (folder / "_data" / "PMC9__f9-genes.tsv").write_text("no\ttable\n")
    planned = run("plan", "--format", "json", cwd=folder)

    skipped = orjson.loads(planned.stdout)["plan"]["skipped"]
    assert [each["record"] for each in skipped] == ["PMC9__f9", "PMC9__f9"]


def test_another_login_is_refused(folder: Path) -> None:
    config = folder / "ndex-sync.toml"
    config.write_text(config.read_text().replace('account = "curator"', 'account = "team"'))

    assert "logged in as curator, but collection figures belongs to team" in refusal(
        run("plan", cwd=folder)
    )


def test_without_a_login_nothing_is_planned(folder: Path) -> None:
    assert "set NDEX_USERNAME and NDEX_PASSWORD" in refusal(run_command("plan", cwd=folder))


def test_two_runs_on_one_state_do_not_apply_at_once(folder: Path) -> None:
    with lock_state(folder / ".ndex-sync"):
        assert "another run uses this state folder (process " in refusal(
            run("push", "--yes", cwd=folder)
        )


def test_an_unknown_run_is_told_with_those_there_are(folder: Path) -> None:
    assert "no run is called nowhere; runs: there is none" in refusal(
        run("restore", "nowhere", cwd=folder)
    )


@pytest.mark.slow
def test_the_password_is_in_no_file_and_no_line(folder: Path) -> None:
    """Every command at its loudest; the sandbox's own file, which must know it, left out."""
    pair = base64.b64encode(f"curator:{SECRET}".encode()).decode()
    outputs = [
        run("plan", "-vv", "--out", "plan.json", "--format", "html=plan.html", cwd=folder),
        run("apply", "plan.json", "-vv", "--log-format", "json", cwd=folder),
        run("push", "--prune", "--yes", "-vv", cwd=folder),
        run("restore", "nowhere", "-vv", cwd=folder),
        run("plan", "-vv", cwd=folder, password=SECRET + "x"),
    ]
    [one] = orjson.loads((folder / "plan.json").read_bytes())["plan"]["actions"][:1]
    outputs.append(run("restore", _run_id(outputs[1].stdout), "--yes", "-vv", cwd=folder))
    assert one["kind"] == "update"

    written = {
        str(path.relative_to(folder)): _readable(path)
        for path in folder.rglob("*")
        if path.is_file() and not path.name.startswith("ndex.sqlite")
    }
    assert any(name.endswith(".json.gz") for name in written)
    texts = [*written.values(), *(text.encode() for o in outputs for text in (o.stdout, o.stderr))]
    for marker in (SECRET.encode(), pair.encode(), base64.b64encode(SECRET.encode())):
        assert not any(marker.rstrip(b"=") in text for text in texts)


@pytest.mark.slow
def test_a_push_names_what_an_earlier_one_broke_and_its_restore_gives_it_back(
    folder: Path,
) -> None:
    before = networks(folder)[network_id(1)]
    broken = parse_rules("PUT /v3/networks/* load message=broken")
    settings = SandboxSettings(load_delay_s=0, index_delay_s=0, faults=broken)
    with (
        Store.open(folder / "ndex.sqlite") as store,
        running_server(store, settings) as url,
    ):
        first = run("push", "--yes", "--server", url, cwd=folder)
        assert first.returncode == 3, first.stderr
        run_id = _run_id(first.stdout)
        httpx.delete(f"{url}/_sandbox/faults").raise_for_status()

        planned = run("plan", "--server", url, cwd=folder)
        assert planned.returncode != 0
        assert f"lost its content in run {run_id}" in planned.stderr
        named = f"lost its content in run {run_id}"
        assert named in " ".join(run("check", "--server", url, cwd=folder).stderr.split())
        assert named in " ".join(run("doctor", "--server", url, cwd=folder).stdout.split())
        second = run("push", "--yes", "--server", url, cwd=folder)
        assert second.returncode != 0
        assert (
            f"network {network_id(1)} is hidden and lost its content in run {run_id}; "
            f"restore it with: ndex-sync restore {run_id}"
        ) in second.stderr
        select = ("--select", figure(1))
        restored = run("restore", run_id, "--yes", "--server", url, *select, cwd=folder)
        assert restored.returncode == 0, restored.stdout + restored.stderr
        third = run("push", "--yes", "--server", url, cwd=folder)
        assert "has lost its content" not in third.stderr
    assert networks(folder)[network_id(1)]["visibility"] == before["visibility"] == "PUBLIC"


def _run_id(stdout: str) -> str:
    return stdout.rpartition("ndex-sync restore ")[2].split()[0]


def _readable(path: Path) -> bytes:
    data = path.read_bytes()
    return gzip.decompress(data) if path.suffix == ".gz" else data
