"""What ends a command: an internal error, a full disk or a closed pipe has a status of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.e2e.running import clean_environment, run_command, run_process

pytestmark = pytest.mark.slow

CRASHING = """\
from sync.__main__ import main as run
from sync.cli.app import app

@app.command()
def crash() -> None:
    raise {error}

run()
"""


def crash(error: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run a command that ends with an error, as a bug in ndex-sync would end it."""
    return subprocess.run(
        [sys.executable, "-c", CRASHING.format(error=error), "crash"],
        cwd=folder,
        env=clean_environment(HOME=str(folder)),
        capture_output=True,
        encoding="utf-8",
        timeout=60,
        check=False,
    )


def into_a_closed_pipe(
    arguments: list[str], folder: Path, **variables: str
) -> subprocess.CompletedProcess[str]:
    """Run a command whose output nobody reads."""
    reader, writer = os.pipe()
    os.close(reader)
    try:
        environment = clean_environment(**variables)
        return run_process(*arguments, cwd=folder, environment=environment, stdout=writer)
    finally:
        os.close(writer)


@pytest.mark.parametrize(
    "error",
    [
        "KeyError('a')",
        "OSError(5, 'Input/output error')",
        "ExceptionGroup('two', [__import__('sync.errors').errors.ConfigError('no'), KeyError(1)])",
    ],
)
def test_an_internal_error_exits_4_with_its_traceback(error: str, tmp_path: Path) -> None:
    done = crash(error, tmp_path)

    assert done.returncode == 4
    assert "Traceback" in done.stderr
    assert "this is a bug in ndex-sync; please report" in done.stderr


@pytest.mark.parametrize(
    ("error", "status", "sentence"),
    [
        ("__import__('sync.errors').errors.ConfigError('no such key')", 2, "no such key"),
        (
            "__import__('sync.errors').errors.TemporaryStorageFull('disk is full')",
            3,
            "disk is full",
        ),
        ("OSError(28, 'No space left on device')", 3, "the disk is full"),
        (
            "ExceptionGroup('one', [ExceptionGroup('two', [OSError(28, 'No space left')])])",
            3,
            "the disk is full",
        ),
    ],
)
def test_what_can_be_expected_is_one_sentence(
    error: str, status: int, sentence: str, tmp_path: Path
) -> None:
    done = crash(error, tmp_path)

    assert done.returncode == status
    assert done.stderr.startswith("ndex-sync: ")
    assert sentence in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="the system has no /dev/full")
@pytest.mark.parametrize("arguments", [["demo"], ["--help"]])
def test_a_full_disk_under_the_standard_output_exits_3(
    arguments: list[str], tmp_path: Path
) -> None:
    with Path("/dev/full").open("w") as full:
        done = run_process(*arguments, cwd=tmp_path, stdout=full)

    assert done.returncode == 3, done.stderr
    assert done.stderr == (
        "ndex-sync: the output: the disk is full; free some space and run the command again\n"
    )


@pytest.mark.parametrize("arguments", [["demo"], ["--help"]])
def test_a_closed_pipe_is_no_difference_and_no_error(arguments: list[str], tmp_path: Path) -> None:
    done = into_a_closed_pipe(arguments, tmp_path, HOME=str(tmp_path))

    assert done.returncode == 141
    assert done.stderr == ""


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="the system has no /dev/full")
def test_a_full_disk_under_a_report_exits_3_and_names_it(tmp_path: Path) -> None:
    run_command("demo", "--keep", "demo", cwd=tmp_path)

    done = run_command("check", "--format", "json=/dev/full", cwd=tmp_path / "demo")

    assert done.returncode == 3
    assert "ndex-sync: /dev/full: the disk is full; free some space" in done.stderr


def test_files_are_there_although_nobody_reads_what_is_printed(tmp_path: Path) -> None:
    run_command("demo", "--keep", "demo", cwd=tmp_path)
    demo = tmp_path / "demo"
    options = ["--format", "terminal", "--format", "json=report.json", "--format", "github"]

    done = into_a_closed_pipe(
        ["check", *options], demo, GITHUB_OUTPUT=str(demo / "outputs"), HOME=str(demo)
    )

    assert done.returncode == 141, done.stderr
    assert json.loads((demo / "report.json").read_bytes())["run"]["complete"]
    assert "exit_status=3\n" in (demo / "outputs").read_text(encoding="utf-8")


def test_a_file_name_that_is_not_utf8_is_a_verdict_and_the_run_goes_on(tmp_path: Path) -> None:
    run_command("demo", "--keep", "demo", cwd=tmp_path)
    demo = tmp_path / "demo"
    figures = os.fsencode(demo / "figures/_figures")
    try:
        os.link(figures + b"/PMC9000011__demo-f1.md", figures + b"/caf\xe9.md")
    except OSError:
        pytest.skip("the file system takes only names that are UTF-8")

    checked = run_command("check", "--format", "json", cwd=demo)
    resolved = run_command("resolve", cwd=demo)

    assert checked.returncode == 3, checked.stderr
    verdicts = {each["path"]: each["verdict"] for each in json.loads(checked.stdout)["records"]}
    assert verdicts[r"figures/_figures/caf\udce9.md"] == "invalid_record"
    assert verdicts["figures/_figures/PMC9000012__demo-f2.md"] == "in_sync"
    assert resolved.returncode == 3, resolved.stderr
