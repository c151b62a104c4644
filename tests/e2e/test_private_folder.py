"""A network set made on NDEx 3.0 is a private folder: what each caller is told of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from sync.sandbox.store import Store
from tests.e2e.running import clean_environment, configure, run_command
from tests.samples import CHEMOKINES, CURATOR, Sample, figure, figure_cx2, network_id
from tests.servers import running_server

LOGIN = (CURATOR["name"], CURATOR["password"])


@dataclass(frozen=True, slots=True)
class Server:
    """A sandbox on a port, and a collection whose set was made there by its owner."""

    url: str
    sample: Sample
    network_set: str

    def run(self, *arguments: str, login: tuple[str, str] | None = None) -> tuple[int, str, str]:
        """Run a command; return exit status, output without line breaks, and errors."""
        root = self.sample.root
        variables = {"NDEX_USERNAME": login[0], "NDEX_PASSWORD": login[1]} if login else {}
        environment = clean_environment(HOME=str(root), **variables)
        done = run_command(*arguments, "--server", self.url, cwd=root, environment=environment)
        return done.returncode, " ".join(done.stdout.split()), done.stderr

    def configure(self, network_set: str) -> None:
        """Name a network set in the configuration."""
        keys = (f'network_set = "{network_set}"', 'account = "curator"')
        self.sample.add_file("ndex-sync.toml", configure(*keys))


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    """A record with its network in the set, as a person would set it up on NDEx 3.0."""
    sample = Sample(tmp_path, users=[CURATOR, {"name": "somebody", "password": "other"}])
    sample.add_record(figure(1), network_id(1))
    content = figure_cx2(figure(1), CHEMOKINES)
    sample.add_network(network_id(1), content, owner="curator", visibility="PUBLIC")
    with Store.open(None) as store:
        sample.fill(store)
        with running_server(store) as url:
            with httpx.Client(base_url=url, auth=LOGIN, headers={"Accept": "*/*"}) as client:
                created = client.post("/v2/networkset", json={"name": "Figures"})
                network_set = created.text.rpartition("/")[2]
                client.post(f"/v2/networkset/{network_set}/members", json=[network_id(1)])
            made = Server(url, sample, network_set)
            made.configure(network_set)
            yield made


def test_a_collection_in_sync_is_in_sync_for_an_anonymous_caller(server: Server) -> None:
    status, said, errors = server.run("check")

    assert status == 0, said + errors
    assert f"network set {server.network_set}: not found, or private: log in" in said
    assert "POST /v3/batch/files/setvisibility" in said
    assert "1 of 1 record in sync" in said


@pytest.mark.parametrize(
    ("login", "published", "expected"),
    [
        (None, False, (3, "failed 1")),
        (LOGIN, False, (1, "unmapped 1")),
        (None, True, (1, "unmapped 1")),
    ],
    ids=["anybody", "its owner", "anybody, after the public call that is advised"],
)
def test_a_record_that_only_the_set_can_tell_of_is_known_to_those_who_may_read_it(
    server: Server, login: tuple[str, str] | None, published: bool, expected: tuple[int, str]
) -> None:
    if published:
        body = {"visibility": "PUBLIC", "files": {server.network_set: "FOLDER"}}
        httpx.post(f"{server.url}/v3/batch/files/setvisibility", json=body, auth=LOGIN)
    server.sample.add_record(figure(2))
    status, said, errors = server.run("check", login=login)

    assert status == expected[0], said + errors
    assert "in sync 1" in said
    assert expected[1] in said
    assert ("unmapped" in said) == ("private" not in said)


@pytest.mark.parametrize("command", ["check", "check --select PMC*", "resolve", "plan"])
def test_a_set_that_its_owner_cannot_see_is_a_configuration_error(
    server: Server, command: str
) -> None:
    server.configure(network_id(99))
    status, said, errors = server.run(*command.split(), login=LOGIN)

    assert status == 2, said + errors
    assert (
        f"ndex-sync.toml:4: collection.1.network_set: NDEx has no network set {network_id(99)}"
        in (errors)
    )
