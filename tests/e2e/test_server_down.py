"""A server that does not answer: every command that asks one exits 3 and says so."""

from __future__ import annotations

from pathlib import Path

import pytest

from sync.sandbox.faults import parse_rules
from sync.sandbox.settings import SandboxSettings
from sync.sandbox.store import Store
from tests.e2e.running import clean_environment, run_command
from tests.ndex.faulty_server import unused_port
from tests.samples import CHEMOKINES, CURATOR, Sample, figure, network_id
from tests.servers import running_server

pytestmark = pytest.mark.slow

SET = network_id(0xFFFF)
CONFIG = f"""\
[server]
url = "sandbox:sandbox.db"

[[collection]]
name = "figures"
records = "_figures/*.md"
network_set = "{SET}"
account = "curator"
push = ["create", "genes", "properties", "membership"]

[collection.limits]
max_update_fraction = 1.0
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A collection with a drifted record, and the plan to push it."""
    sample = Sample(tmp_path_factory.mktemp("down"), users=[CURATOR])
    sample.add_file("ndex-sync.toml", CONFIG)
    sample.add_pair(1, remote=CHEMOKINES[1:])
    sample.add_record(figure(2))
    sample.networks[0]["owner"] = "curator"
    sample.add_set(SET, [network_id(1)])
    with Store.open(sample.root / "sandbox.db") as store:
        sample.fill(store)
    planned = run_command(
        "plan", "--out", "plan.json", cwd=sample.root, environment=login(sample.root)
    )
    assert planned.returncode == 1, planned.stderr
    return sample.root


def login(root: Path) -> dict[str, str]:
    return clean_environment(
        HOME=str(root), NDEX_USERNAME=CURATOR["name"], NDEX_PASSWORD=CURATOR["password"]
    )


COMMANDS = (
    "check",
    "check --format github",
    "resolve",
    "plan",
    "push --yes",
    "apply plan.json",
    "restore 20260101T000000Z-00000000",
    "doctor",
)


@pytest.mark.parametrize("command", COMMANDS)
def test_a_server_that_is_down_exits_3_and_is_named(folder: Path, command: str) -> None:
    assert_unfinished(folder, command, login(folder))


@pytest.mark.parametrize("command", ["check", "resolve", "plan"])
def test_so_it_does_without_a_login(folder: Path, command: str) -> None:
    assert_unfinished(folder, command, clean_environment(HOME=str(folder)))


def assert_unfinished(folder: Path, command: str, environment: dict[str, str]) -> None:
    url = f"http://127.0.0.1:{unused_port()}"
    done = run_command(*command.split(), "--server", url, cwd=folder, environment=environment)

    assert done.returncode == 3, done.stdout + done.stderr
    assert "no connection" in " ".join((done.stdout + done.stderr).split())
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("command", ["check", "resolve", "plan", "push --yes"])
def test_a_server_that_fails_after_the_login_exits_3(folder: Path, command: str) -> None:
    faults = parse_rules("POST /v2/batch/network/summary error status=503")
    with (
        Store.open(folder / "sandbox.db") as store,
        running_server(store, SandboxSettings(faults=faults)) as url,
    ):
        arguments = (*command.split(), "--server", url)
        done = run_command(*arguments, cwd=folder, environment=login(folder))

    assert done.returncode == 3, done.stdout + done.stderr
    assert "Traceback" not in done.stderr
