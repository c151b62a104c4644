"""A run in shards as a CI matrix does it: one process a shard, then one that joins them."""

from __future__ import annotations

import subprocess
from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson
import pytest
from msgspec import structs

from sync.collection.shards import find_index
from sync.report.document import Report, parse_report
from sync.sandbox.store import Store
from sync.state.history import CheckedRun, note_run
from tests.e2e.running import clean_environment, command, refusal, run_command
from tests.e2e.test_check_command import CONFIG
from tests.samples import Sample, figure, fill_sandbox, network_id
from tests.servers import running_server

OF = 3


@pytest.fixture(scope="module")
def practice(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample collection with its server's file."""
    folder = tmp_path_factory.mktemp("shards")
    done = run_command("demo", "--keep", "practice", "--quiet", cwd=folder)
    assert done.returncode == 0, done.stderr
    return folder / "practice"


@pytest.fixture(scope="module")
def server(practice: Path) -> Iterator[str]:
    with Store.open(practice / "ndex.sqlite") as store, running_server(store) as url:
        yield url


def environment(home: Path, **more: str) -> dict[str, str]:
    return clean_environment(
        HOME=str(home), NDEX_USERNAME="pathway-team", NDEX_PASSWORD="practice", **more
    )


def read(path: Path) -> Report:
    return parse_report(path.read_bytes())


@pytest.fixture(scope="module")
def shards(practice: Path, server: str) -> list[Path]:
    """The reports of a run in shards at the same time, each with a state folder of its own."""
    variables = environment(practice, GITHUB_RUN_ID="1658821493", GITHUB_RUN_ATTEMPT="2")
    running = [
        subprocess.Popen(
            command(
                *("check", "--server", server, "--shard", f"{index}/{OF}", "--quiet"),
                *("--state", f"state-{index}", "--format", f"json=shard-{index}.json"),
            ),
            cwd=practice,
            env=variables,
        )
        for index in range(1, OF + 1)
    ]
    assert {shard.wait(timeout=60) for shard in running} <= {0, 1, 3}
    return [practice / f"shard-{index}.json" for index in range(1, OF + 1)]


@pytest.mark.slow
def test_shards_joined_say_what_a_run_in_one_piece_says(
    practice: Path, server: str, shards: list[Path]
) -> None:
    whole = run_command(
        *("check", "--server", server, "--no-state", "--format", "json=whole.json"),
        cwd=practice,
        environment=environment(practice),
    )
    merged = run_command(
        *("report", "merge"),
        *reversed(shards),
        *("--format", "terminal", "--format", "json=merged.json"),
        cwd=practice,
    )

    assert merged.returncode == whole.returncode == 3
    assert merged.stderr == ""
    expected, found = read(practice / "whole.json"), read(practice / "merged.json")
    assert found == structs.replace(expected, run=found.run, http=found.http)
    assert found.run.id == "1658821493-2"
    assert f"Checked {expected.checked} of {expected.to_check} records" in merged.stdout
    assert [read(shard).run.shard for shard in shards] != [None] * OF


@pytest.mark.slow
def test_a_run_after_the_shards_finds_what_they_saw_and_when(
    practice: Path, server: str, shards: list[Path]
) -> None:
    states = [argument for index in range(1, OF + 1) for argument in ("--state", f"state-{index}")]
    shard = read(shards[0])
    names = tuple(each.name for each in shard.collections)
    earlier = CheckedRun(
        finished=datetime(2026, 1, 2, tzinfo=UTC),
        server=shard.run.server,
        collections=names,
        records=1,
        verdicts={},
    )
    note_run(practice / "state", earlier)
    merged = run_command("report", "merge", *shards, *states, "--into", "state", cwd=practice)
    assert merged.returncode == 3
    assert merged.stderr.startswith("Since the last complete run (2026-01-02 00:00 UTC, ")
    found: dict[str, list[Report]] = defaultdict(list)
    for state in ("state", "state", "state-1"):
        done = run_command(
            *("check", "--server", server, "--state", state, "--format", "json"),
            cwd=practice,
            environment=environment(practice),
        )
        found[state].append(parse_report(done.stdout.encode()))

    costs = {state: [each.http.requests for each in reports] for state, reports in found.items()}
    assert costs["state"][0] == costs["state"][1] < costs["state-1"][0]
    last = found["state"][0].last_run
    assert last is not None
    assert last.verdicts == found["state"][0].verdicts
    assert found["state-1"][0].last_run is None


def edited(path: Path, name: str, **run: Any) -> Path:
    document = orjson.loads(path.read_bytes())
    document["run"] |= run
    copy = path.with_name(name)
    copy.write_bytes(orjson.dumps(document))
    return copy


def test_what_does_not_belong_together_exits_2_with_every_reason(shards: list[Path]) -> None:
    other = edited(shards[0], "other.json", server="https://ndex.example", commit="c0ffee")
    said = refusal(
        run_command(
            *("report", "merge", shards[0].name, other.name, shards[1].name),
            *("--format", "json=never.json"),
            cwd=other.parent,
        )
    )

    assert "different servers" in said
    assert "None in shard-1.json, shard-2.json; 'c0ffee' in other.json" in said
    assert "shard 1 appears 2 times: shard-1.json, other.json" in said
    assert "of 3 shards these are missing: 3" in said
    assert not (other.parent / "never.json").exists()


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--state", "."], "--state and --into go together"),
        (["--into", "."], "--state and --into go together"),
        (["--state", "none", "--into", "noted"], "'none' does not exist"),
    ],
)
def test_states_that_cannot_be_joined_are_refused_before_anything_is_noted(
    shards: list[Path], options: list[str], said: str
) -> None:
    place = shards[0].parent

    assert said in refusal(run_command("report", "merge", *shards, *options, cwd=place))
    assert not (place / "noted").exists()


@pytest.fixture
def sample(tmp_path: Path) -> Sample:
    sample = Sample(tmp_path)
    sample.add_file("ndex-sync.toml", CONFIG)
    sample.add_pair(1)
    return sample


@pytest.mark.parametrize("unclaimed", [0, 1])
def test_a_shard_in_which_no_record_falls_has_its_networks_without_record(
    sample: Sample, unclaimed: int
) -> None:
    index = find_index(figure(2), 50)
    assert index != find_index(figure(1), 50)
    sample.add_file("ndex-sync.toml", f'{CONFIG}network_set = "{network_id(99)}"\n')
    sample.add_figure(2)
    sample.add_set(network_id(99), [network_id(1), network_id(2)][: 1 + unclaimed])
    fill_sandbox(sample)
    done = run_command(
        *("check", "--shard", f"{index}/50", "--run-id", "r", "--format", "terminal"),
        *("--format", "json=r.json"),
        cwd=sample.root,
    )

    assert done.returncode == unclaimed, done.stderr
    assert "Checked 0 of 0 records" in done.stdout
    assert f"shard {index} of 50" in done.stdout
    report = orjson.loads((sample.root / "r.json").read_bytes())
    assert report["records"] == []
    assert len(report["remote_only"]) == unclaimed
    assert report["run"]["shard"] == {"index": index, "of": 50, "run": "r"}


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (["--shard", "1/2"], "--shard needs --run-id ID"),
        (["--shard", "3/2", "--run-id", "r"], "--shard '3/2': write which part of how many"),
        (["--run-id", "r"], "give --shard too"),
        (["--shard", "1/2", "--run-id", "r", "--offline"], "which has no --shard"),
    ],
)
def test_a_shard_asked_for_wrongly_exits_2(sample: Sample, options: list[str], told: str) -> None:
    outside = clean_environment(HOME=str(sample.root), GITHUB_RUN_ID="", GITHUB_RUN_ATTEMPT="")
    assert told in refusal(run_command("check", *options, cwd=sample.root, environment=outside))
