"""A network that NDEx is loading while records are resolved and a push is planned."""

from __future__ import annotations

from pathlib import Path

import httpx
import orjson
import pytest

from sync.sandbox.settings import SandboxSettings
from sync.sandbox.store import Store
from tests.e2e.running import configure, curator_environment, run_command
from tests.samples import CHEMOKINES, CURATOR, Sample, figure, figure_cx2, network_id
from tests.servers import running_server

SET = network_id(0xFFFF)
CONFIG = configure(
    f'network_set = "{SET}"\naccount = "curator"', 'push = ["genes", "properties", "membership"]'
)
LOGIN = (CURATOR["name"], CURATOR["password"])


@pytest.fixture
def sample(tmp_path: Path) -> Sample:
    """A record that names no network, and the network that claims it."""
    sample = Sample(tmp_path, users=[CURATOR])
    sample.add_file("ndex-sync.toml", CONFIG)
    sample.add_record(figure(1))
    sample.add_network(network_id(1), figure_cx2(figure(1), CHEMOKINES), owner="curator")
    sample.add_set(SET, [network_id(1)])
    return sample


def test_its_record_is_unknown_and_no_second_network_is_planned(sample: Sample) -> None:
    root = sample.root
    with Store.open(None) as store:
        sample.fill(store)
        with running_server(store, SandboxSettings(load_delay_s=600.0)) as url:
            content = figure_cx2(figure(1), CHEMOKINES)
            put = httpx.put(f"{url}/v3/networks/{network_id(1)}", content=content, auth=LOGIN)
            assert put.status_code == 200, put.text

            def run(*arguments: str) -> tuple[int, str]:
                login = curator_environment(root)
                done = run_command(*arguments, "--server", url, cwd=root, environment=login)
                return done.returncode, done.stdout + done.stderr

            checked = run("check", "--format", "json=report.json")
            resolved = run("resolve", "--write", "records")
            planned = run("plan", "--out", "plan.json")

    assert (checked[0], resolved[0]) == (3, 3), checked[1] + resolved[1]
    [record] = orjson.loads((root / "report.json").read_bytes())["records"]
    assert record["verdict"] == "failed"
    assert f"NDEx is still loading network {network_id(1)}" in record["messages"][0]
    assert network_id(1) not in (root / "_figures" / f"{figure(1)}.md").read_text()
    plan = orjson.loads((root / "plan.json").read_bytes())["plan"]
    assert plan["actions"] == [], planned[1]
    assert [each["record"] for each in plan["skipped"]] == [figure(1)]
