"""The program against the server under test: create, check, push and restore the sample records."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import httpx
import pytest

from tests.contract.calls import Server, make_folder, stored_properties, summary
from tests.contract.made import Made
from tests.e2e.running import clean_environment, run_command

SAMPLES = Path(__file__).resolve().parents[2] / "fixtures" / "demo" / "figures-2022"
NUMBERS = (1, 2, 3)
CONFIG = """\
[[collection]]
name = "figures"
layout = "pfocr-embedded"
records = "*.md"
network_set = "{folder}"
account = "{account}"
visibility = "PUBLIC"
read_only = true
push = ["create", "genes", "properties", "membership", "state"]

[collection.limits]
max_update_fraction = 1.0
"""

pytestmark = pytest.mark.slow


def test_create_check_push_and_restore(
    tmp_path: Path, server: Server, client: httpx.Client, made: Made
) -> None:
    for number in NUMBERS:
        (sample,) = SAMPLES.glob(f"PMC{9000000 + number}__*.md")
        text = re.sub(r"^ndex: .*$", "ndex: ''", sample.read_text(), flags=re.MULTILINE)
        (tmp_path / sample.name).write_text(text)
    account = {"folder": make_folder(client), "account": server.owner.user}
    (tmp_path / "ndex-sync.toml").write_text(CONFIG.format(**account))

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        login = {"NDEX_USERNAME": server.owner.user, "NDEX_PASSWORD": server.owner.password}
        environment = clean_environment(HOME=str(tmp_path), **login)
        options = ("--server", server.url)
        return run_command(*arguments, *options, cwd=tmp_path, environment=environment)

    created = run("push", "--yes")
    assert created.returncode == 0, created.stdout + created.stderr
    records = {path.stem: path for path in tmp_path.glob("PMC*.md")}
    networks = {name: _network_of(path) for name, path in records.items()}
    made.networks.extend(networks.values())
    checked = run("check")
    assert (checked.returncode, "in sync                3" in checked.stdout) == (0, True), checked

    changed = next(path for name, path in records.items() if "f1" in name)
    network = networks[changed.stem]
    before = stored_properties(client, network), summary(client, network)["nodeCount"]
    title = "papertitle: Another title."
    changed.write_text(re.sub(r"^papertitle: .*$", title, changed.read_text(), flags=re.MULTILINE))
    assert run("check").returncode == 1
    pushed = run("push", "--yes")
    assert pushed.returncode == 0, pushed.stdout + pushed.stderr
    assert stored_properties(client, network)["paperTitle"] == "Another title."
    assert run("check").returncode == 0

    undo = pushed.stdout.rpartition("Undo with: ndex-sync ")[2].split()
    restored = run(*undo[:2], "--yes")
    assert restored.returncode == 0, restored.stdout + restored.stderr
    assert before == (stored_properties(client, network), summary(client, network)["nodeCount"])
    seen = summary(client, network)
    assert (seen["visibility"], seen["isReadOnly"]) == ("PUBLIC", True)


def _network_of(record: Path) -> str:
    found = re.search(r"^ndex: '?([0-9a-f-]{36})", record.read_text(), re.MULTILINE)
    assert found is not None, record.read_text()
    return found[1]
