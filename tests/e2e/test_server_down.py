"""A server that does not answer: every command that asks one exits 3 and says so."""

from __future__ import annotations

from pathlib import Path

import pytest

from sync.sandbox.faults import parse_rules
from sync.sandbox.settings import SandboxSettings
from sync.sandbox.store import Store
from tests.e2e.running import (
    UNLIMITED,
    configure,
    curator_environment,
    run_command,
)
from tests.ndex.faulty_server import unused_port
from tests.samples import CHEMOKINES, CURATOR, Sample, figure, fill_sandbox, network_id
from tests.servers import running_server

pytestmark = pytest.mark.slow

SET = network_id(0xFFFF)
CONFIG = configure(
    f'network_set = "{SET}"\naccount = "curator"',
    'push = ["create", "genes", "properties", "membership"]',
    UNLIMITED,
    server="sandbox:sandbox.db",
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A collection with a drifted record, and the plan to push it."""
    sample = Sample(tmp_path_factory.mktemp("down"), users=[CURATOR])
    sample.add_file("ndex-sync.toml", CONFIG)
    sample.add_pair(1, remote=CHEMOKINES[1:])
    sample.add_record(figure(2))
    sample.networks[0]["owner"] = "curator"
    sample.add_set(SET, [network_id(1)])
    root = fill_sandbox(sample)
    planned = run_command(
        "plan", "--out", "plan.json", cwd=root, environment=curator_environment(root)
    )
    assert planned.returncode == 1, planned.stderr
    return root


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
    assert_unfinished(folder, command, curator_environment(folder))


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
        done = run_command(*arguments, cwd=folder, environment=curator_environment(folder))

    assert done.returncode == 3, done.stdout + done.stderr
    assert "Traceback" not in done.stderr
