"""``ndex-sync doctor`` as it is called, and what it says of servers that are not well."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest

from sync.cli.doctor_checks import Finding, Outcome, examine_server
from sync.config import parse_config
from sync.ndex.client import open_client
from sync.ndex.policy import ClientPolicy
from sync.sandbox.settings import SandboxSettings
from sync.sandbox.store import Store
from tests.e2e.running import clean_environment, configure, run_command
from tests.ndex.faulty_server import Received, Step, respond_json, serve
from tests.samples import CURATOR, Sample, fill_sandbox, network_id
from tests.servers import running_server

SET = network_id(0xFFFF)
CONFIG = configure(
    'map = "map.tsv"',
    f'network_set = "{SET}"',
    'account = "curator"',
    server="sandbox:sandbox.db",
)


@pytest.fixture
def sample(tmp_path: Path) -> Sample:
    sample = Sample(tmp_path, users=[CURATOR, {"name": "other", "password": "other-secret"}])
    sample.add_file("ndex-sync.toml", CONFIG)
    sample.add_pair(1)
    sample.add_file("map.tsv", f"PMC1__f1\t{network_id(1)}\n")
    sample.add_set(SET, [network_id(1)])
    return sample


def sentences(output: str) -> str:
    """Undo the wrapping of what was printed."""
    return " ".join(output.split())


def login(root: Path, name: str, password: str) -> dict[str, str]:
    return clean_environment(HOME=str(root), NDEX_USERNAME=name, NDEX_PASSWORD=password)


def test_a_sound_collection_needs_no_account(sample: Sample) -> None:
    done = run_command("doctor", cwd=fill_sandbox(sample))
    said = sentences(done.stdout)

    assert done.returncode == 0, done.stdout + done.stderr
    assert "ok configuration: ndex-sync.toml: figures" in said
    assert "ok records of figures: 1 found, 1 of them looked at" in said
    assert "ok map of figures: 1 row" in said
    assert "note credentials: none, which is enough for public networks" in said
    assert "ok server: it answers, version 3." in said
    assert "note account of figures: curator: not logged in" in said
    assert "ok network set of figures: readable, 1 network" in said
    assert said.endswith("Nothing stands in the way of a check.")


@pytest.mark.parametrize(
    ("organisms", "status", "said"),
    [
        ('["human"]', 0, None),
        (
            '["Homo sapiens", "Mus musculus"]',
            0,
            "note organisms of figures: no record or row of Mus musculus is among those looked at",
        ),
        (
            '["Homo sapien"]',
            1,
            (
                "problem organisms of figures: no record or row of Homo sapien is among those"
                " looked at → correct `organisms` in the configuration; found were: Homo sapiens"
                " (1)"
            ),
        ),
    ],
)
def test_an_organism_that_no_record_is_of_is_named(
    sample: Sample, organisms: str, status: int, said: str | None
) -> None:
    sample.add_file("ndex-sync.toml", f"{CONFIG}organisms = {organisms}\n")
    done = run_command("doctor", cwd=fill_sandbox(sample))

    assert done.returncode == status, done.stdout + done.stderr
    shown = sentences(done.stdout)
    assert said in shown if said else "organisms of figures" not in shown


@pytest.mark.parametrize(
    ("name", "password", "status", "said"),
    [
        ("curator", "secret", 0, r"login: the server knows us as curator .* logged in as curator"),
        ("other", "other-secret", 0, "curator owns the networks, we are logged in as other"),
        ("curator", "pa55word", 1, "problem login: .* → correct or unset the credentials"),
    ],
)
def test_a_login_is_tried_and_never_shown(
    sample: Sample, name: str, password: str, status: int, said: str
) -> None:
    root = fill_sandbox(sample)
    done = run_command("doctor", cwd=root, environment=login(root, name, password))
    shown = sentences(done.stdout)

    assert done.returncode == status, done.stdout
    assert "credentials: found in NDEX_USERNAME" in shown
    assert re.search(said, shown)
    assert bool(re.search(rf"ok +quota: {name} uses .* bytes of 10\.0 GB", shown)) == (status == 0)
    assert password not in done.stdout + done.stderr


def test_a_collection_without_a_place_on_the_server_is_told_so(sample: Sample) -> None:
    places = f'network_set = "{SET}"\naccount = "curator"\n'
    sample.add_file("ndex-sync.toml", CONFIG.replace(places, ""))
    done = run_command("doctor", cwd=fill_sandbox(sample))

    assert done.returncode == 0, done.stderr
    said = sentences(done.stdout)
    assert "note place of figures: none is configured" in said
    assert "give `network_set`, `folder` or `account`" in said


def test_half_a_login_is_a_problem_and_the_rest_is_looked_at_without(sample: Sample) -> None:
    root = fill_sandbox(sample)
    environment = clean_environment(HOME=str(root), NDEX_USERNAME="curator")
    said = sentences(run_command("doctor", cwd=root, environment=environment).stdout)

    assert "problem credentials: NDEX_USERNAME is set but NDEX_PASSWORD is not" in said
    assert "ok network set of figures" in said
    assert said.endswith("1 problem found.")


RECORD, TOML = "_figures/PMC1__f1.md", "ndex-sync.toml"
PROBLEMS: dict[str, tuple[Mapping[str, str | None], str, str]] = {
    "a record is refused": (
        {"_figures/PMC2__f2.md": "no record"},
        "1 refused, such as _figures/PMC2__f2.md: no front matter",
        "ndex-sync check --offline",
    ),
    "no record": (
        {RECORD: None},
        "problem records of figures: no file matches",
        "correct `records`",
    ),
    "no pattern": (
        {TOML: CONFIG.replace("_figures/*.md", "a**/*.md")},
        "problem records of figures: records = 'a**/*.md'",
        "part of its own",
    ),
    "a row of the map": (
        {"map.tsv": "PMC1__f1\tno-uuid\n"},
        "problem map of figures: 1 row cannot be read",
        "fix the map file",
    ),
    "no map": ({"map.tsv": None}, "problem map of figures: ", "correct `map`"),
    "no network set": (
        {TOML: CONFIG.replace(SET, network_id(99))},
        "problem network set of figures: ndex-sync.toml:8: collection.1.network_set: NDEx has no",
        "correct the UUID",
    ),
    "no account": (
        {TOML: CONFIG.replace('"curator"', '"nobody"')},
        "problem account of figures: GET /v2/user",
        "correct the account's name",
    ),
    "no server": (
        {TOML: CONFIG.replace("sandbox.db", "none.db")},
        "problem server: ",
        "ndex-sync sandbox load",
    ),
}
"""Files that are written, or taken away, and what is said then."""


@pytest.mark.parametrize(("files", "problem", "advice"), PROBLEMS.values(), ids=PROBLEMS)
def test_a_problem_is_named_with_what_to_do_and_exits_1(
    sample: Sample, files: Mapping[str, str | None], problem: str, advice: str
) -> None:
    for name, text in files.items():
        if text is None:
            (sample.root / name).unlink()
        else:
            sample.add_file(name, text)
    root = fill_sandbox(sample)
    done = run_command("doctor", cwd=root, environment=login(root, "curator", "secret"))
    said = sentences(done.stdout)

    assert done.returncode == 1, said
    assert problem in said
    assert advice in said


def test_a_set_that_is_hidden_from_us_may_be_private(sample: Sample) -> None:
    sample.network_sets.clear()
    done = run_command("doctor", cwd=fill_sandbox(sample))
    said = sentences(done.stdout)

    assert done.returncode == 1
    assert f"problem network set of figures: network set {SET}: not found, or private" in said
    assert "→ log in with NDEX_USERNAME and NDEX_PASSWORD, or have its owner make" in said
    assert f'{{"visibility": "PUBLIC", "files": {{"{SET}": "FOLDER"}}}}' in said
    assert "correct" not in said


def test_a_configuration_that_cannot_be_used_exits_2_with_every_reason(sample: Sample) -> None:
    sample.add_file("ndex-sync.toml", CONFIG + 'visibility = "OPEN"\ncolour = "red"\n')
    done = run_command("doctor", cwd=fill_sandbox(sample))
    said = sentences(done.stdout)

    assert done.returncode == 2
    assert "problem configuration: ndex-sync.toml:10: collection.1.visibility" in said
    assert "problem configuration: ndex-sync.toml:11: collection.1.colour" in said


def test_a_server_that_is_not_there_is_a_problem(sample: Sample) -> None:
    done = run_command("doctor", "--server", "http://127.0.0.1:9", cwd=fill_sandbox(sample))

    assert done.returncode == 3
    assert "→ check `[server] url`" in sentences(done.stdout)


def test_a_server_on_a_port_has_a_clock_to_compare(sample: Sample) -> None:
    with Store.open(None) as store:
        sample.fill(store)
        with running_server(store, SandboxSettings()) as url:
            done = run_command("doctor", "--server", url, cwd=sample.root)

    assert done.returncode == 0, done.stdout
    assert "ok       clock: within 60 s of the server's" in done.stdout


def status(version: str, **headers: str) -> Step:
    properties = {"ServerVersion": version, "Build": "1"}
    body = {"networkCount": 1, "properties": properties, "message": "Online"}
    return respond_json(body, headers=headers)


async def findings_of(step: Step) -> list[Finding]:
    def script(_request: Received) -> Step:
        return step

    config = parse_config(Path("c"), '[[collection]]\nname = "c"\nrecords = "*.md"\n')
    policy = ClientPolicy(max_tries=1)
    async with (
        serve(script) as server,
        open_client(server.url, credentials=None, policy=policy) as client,
    ):
        return [finding async for finding in examine_server(client, config)]


@pytest.mark.parametrize(
    ("hours", "said"),
    [(2, "s behind the server's"), (-2, "s ahead of the server's")],
    ids=["behind", "ahead"],
)
async def test_a_clock_that_is_hours_off_is_a_problem(hours: int, said: str) -> None:
    date = format_datetime(datetime.now(UTC) + timedelta(hours=hours))
    found = await findings_of(status("3.0.1", Date=date))
    [clock] = [each for each in found if each.subject == "clock"]

    assert clock.outcome is Outcome.PROBLEM
    assert clock.said.startswith("ours is 7,")
    assert clock.said.endswith(said)
    assert "time server" in clock.advice


@pytest.mark.parametrize(
    ("version", "said"),
    [("2.5.4", "it answers, version 2.5.4"), ("", "it answers without a version")],
)
async def test_a_server_of_another_version_is_noted(version: str, said: str) -> None:
    server, clock, _place = await findings_of(status(version))

    assert (server.outcome, server.said) == (Outcome.NOTE, said)
    assert clock.outcome is Outcome.NOTE


async def test_a_server_that_is_no_ndex_server_is_a_problem() -> None:
    [server] = await findings_of(respond_json({"hello": "world"}))

    assert server.outcome is Outcome.PROBLEM
    assert server.advice.startswith("try again later")
