"""``ndex-sync demo`` as it is called: on any machine, offline, whatever the environment holds."""

from __future__ import annotations

import re
import shutil
import signal
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

import pytest

import sync
from sync.model import DifferenceKind, Verdict
from sync.report.document import Report, parse_report
from tests.e2e.running import clean_environment, command, refusal, run_command, run_process

ROOT = Path(__file__).resolve().parents[2]
SAMPLES = ROOT / "fixtures" / "demo"
REPORT = "report.json"
FORBID_NETWORK = """\
import sys

def forbid(event, arguments):
    if event in {"socket.connect", "socket.getaddrinfo", "socket.sendto"}:
        raise SystemExit(f"the network was used: {event} {arguments}")

sys.addaudithook(forbid)
"""
HOSTILE = {
    "NDEX_USERNAME": "somebody-else",
    "NDEX_TOKEN": "no token at all",
    "NDEX_USER": "half-a-pair",
    "NETRC": "/nowhere/netrc",
}


@dataclass(frozen=True, slots=True)
class Demo:
    """One run of the demo in ``folder``, with what it kept in ``folder / "practice"``."""

    folder: Path
    stdout: str
    stderr: str

    @property
    def report(self) -> Report:
        """The report that it wrote to a file."""
        return parse_report((self.folder / REPORT).read_bytes())


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Demo:
    """A run without a network, among credentials that are useless or another's."""
    folder = tmp_path_factory.mktemp("demo")
    (folder / "hooks").mkdir()
    (folder / "hooks" / "sitecustomize.py").write_text(FORBID_NETWORK)
    (folder / ".netrc").write_text("machine 127.0.0.1 login somebody-else password secret\n")
    environment = clean_environment(**HOSTILE, HOME=str(folder), PYTHONPATH=str(folder / "hooks"))
    done = run_process(  # so that its own hook sees all that it does
        *("demo", "--keep", "practice", "--format", "terminal", "--format", f"json={REPORT}"),
        cwd=folder,
        environment=environment,
    )
    assert done.returncode == 0, done.stderr
    return Demo(folder, done.stdout, done.stderr)


def test_every_verdict_kind_of_difference_and_layout_is_in_the_report(demo: Demo) -> None:
    records = list(demo.report.records)

    assert set(demo.report.verdicts) == set(Verdict)
    assert {difference.kind for each in records for difference in each.differences} == {
        *DifferenceKind
    }
    assert {each.collection for each in records if each.verdict is Verdict.IN_SYNC} == {
        "figures-2022",
        "figures",
        "pathways",
    }


def test_the_samples_are_judged_as_their_readme_says(demo: Demo) -> None:
    readme = (SAMPLES / "README.md").read_text(encoding="utf-8")
    told = dict(re.findall(r"^\| `(\S+)` \| (\w+) \|", readme, re.MULTILINE))

    assert {record.id: str(record.verdict) for record in demo.report.records} == told


def test_an_invalid_record_is_told_with_file_and_line(demo: Demo) -> None:
    invalid = [record for record in demo.report.records if record.verdict is Verdict.INVALID_RECORD]

    assert [(record.path, record.line) for record in invalid] == [
        ("figures-2022/PMC9000006__demo-f6.md", 16),
        ("figures/_data/PMC9000019__demo-f9-genes.tsv", 5),
    ]


def test_what_is_printed_fits_a_terminal_and_says_what_to_do_next(demo: Demo) -> None:
    next_steps = demo.stdout.partition("What to do next")[2]

    assert demo.stderr == ""
    assert "somebody-else" not in demo.stdout
    assert max(map(len, demo.stdout.splitlines())) <= 80
    assert "Checked 18 of 23 records" in demo.stdout
    assert "  cd practice\n  ndex-sync check\n" in next_steps
    assert "  ndex-sync sandbox serve --server sandbox:ndex.sqlite\n" in next_steps


@pytest.mark.parametrize(
    ("login", "verdicts"),
    [
        ({}, {Verdict.INVALID_NETWORK: 0, Verdict.UNREADABLE: 2, Verdict.FAILED: 0}),
        (
            {"NDEX_USERNAME": "pathway-team", "NDEX_PASSWORD": "practice"},
            {Verdict.INVALID_NETWORK: 1, Verdict.UNREADABLE: 1, Verdict.FAILED: 0},
        ),
    ],
    ids=["as anybody", "as the owner"],
)
def test_what_was_kept_can_be_checked_again(
    demo: Demo, login: dict[str, str], verdicts: dict[Verdict, int]
) -> None:
    environment = clean_environment(HOME=str(demo.folder / "practice"), **login)
    done = run_command(
        "check", "--format", "json", cwd=demo.folder / "practice", environment=environment
    )
    found = parse_report(done.stdout.encode()).verdicts

    assert done.returncode == 3, done.stderr
    assert {verdict: found[verdict] for verdict in verdicts} == verdicts


@pytest.mark.parametrize(
    ("kept", "said"),
    [
        ("mine", "--keep mine: exists already; name a new folder\n"),
        ("file/practice", "file/practice: the samples cannot be copied there: "),
    ],
)
def test_a_folder_that_cannot_be_used_is_told_and_left_alone(
    tmp_path: Path, kept: str, said: str
) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "ndex-sync.toml").write_text("precious")
    (tmp_path / "file").write_text("")

    assert f"ndex-sync: {said}" in refusal(run_command("demo", "--keep", kept, cwd=tmp_path))
    assert [path.name for path in (tmp_path / "mine").iterdir()] == ["ndex-sync.toml"]


def test_an_empty_folder_may_be_used(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()

    assert run_command("demo", "--keep", "empty", cwd=tmp_path).returncode == 0
    assert (tmp_path / "empty" / "ndex.sqlite").is_file()


def test_a_report_for_machines_has_the_standard_output_to_itself(tmp_path: Path) -> None:
    environment = clean_environment(HOME=str(tmp_path), TMPDIR=str(tmp_path))

    done = run_command("demo", "--format", "json", cwd=tmp_path, environment=environment)

    assert parse_report(done.stdout.encode()).run.complete
    assert list(tmp_path.iterdir()) == []


@pytest.mark.slow
def test_ctrl_c_ends_it_with_the_status_of_an_interrupted_run(tmp_path: Path) -> None:
    running = subprocess.Popen(
        command("demo", "--quiet"),
        cwd=tmp_path,
        env=clean_environment(HOME=str(tmp_path), TMPDIR=str(tmp_path)),
        stdout=subprocess.DEVNULL,
    )
    while running.poll() is None and not list(tmp_path.glob("*/ndex.sqlite")):
        time.sleep(0.005)
    running.send_signal(signal.SIGINT)

    assert running.wait(timeout=30) == 130
    assert list(tmp_path.iterdir()) == []


def install(folder: Path, *parts: Path) -> dict[str, str]:
    """Lay the package out as a wheel does; return an environment that finds it first."""
    package = Path(sync.__file__).parent
    shutil.copytree(package, folder / "sync", ignore=shutil.ignore_patterns("fixtures"))
    for part in parts:
        shutil.copytree(part, folder / "sync" / "fixtures" / part.name)
    return clean_environment(HOME=str(folder), PYTHONPATH=str(folder))


@pytest.mark.slow
def test_the_samples_are_found_in_an_installed_package(tmp_path: Path) -> None:
    environment = install(tmp_path / "site", SAMPLES)
    config = tmp_path / "site" / "sync" / "fixtures" / "demo" / "ndex-sync.toml"
    config.write_text(config.read_text().replace('"figures-2022"', '"as-installed"'))

    done = run_process("demo", "--format", "json", cwd=tmp_path, environment=environment)

    names = [collection.name for collection in parse_report(done.stdout.encode()).collections]
    assert names == ["as-installed", "figures", "pathways"]


@pytest.mark.slow
def test_an_installation_without_samples_is_told_in_words(tmp_path: Path) -> None:
    done = run_process("demo", cwd=tmp_path, environment=install(tmp_path / "site"))

    assert done.returncode == 2
    assert done.stderr == ("ndex-sync: the sample collection is missing; install ndex-sync again\n")
