"""``ndex-sync check`` as it is called: options, exit status, formats, Ctrl-C."""

from __future__ import annotations

import os
import re
import resource
import signal
import subprocess
import sys
from pathlib import Path
from random import Random

import orjson
import pytest

from sync.report.document import parse_report
from sync.report.render.formats import FORMATS
from sync.sandbox.settings import SandboxSettings
from sync.sandbox.store import Store
from tests.e2e.running import clean_environment, command, configure, refusal, run_command
from tests.records.repository import Repository
from tests.samples import CHEMOKINES, Sample, figure, figure_text, fill_sandbox
from tests.servers import running_server

CONFIG = configure(server="sandbox:sandbox.db")


@pytest.fixture
def sample(tmp_path: Path) -> Sample:
    sample = Sample(tmp_path)
    sample.add_file("ndex-sync.toml", CONFIG)
    sample.add_pair(1)
    sample.add_pair(2)
    return sample


def test_all_in_sync_exits_0_and_says_so(sample: Sample) -> None:
    done = run_command("check", cwd=fill_sandbox(sample))

    assert done.returncode == 0, done.stderr
    assert "Checked 2 of 2 records" in done.stdout
    assert done.stderr == ""
    assert "\x1b" not in done.stdout


def test_a_complete_run_says_what_changed_since_the_last(sample: Sample) -> None:
    folder = fill_sandbox(sample)
    assert "Since" not in run_command("check", cwd=folder).stderr
    doctor = ("doctor", "--max-age", "1")
    assert "last complete check: less than an hour ago" in run_command(*doctor, cwd=folder).stdout
    (folder / f"_figures/{figure(2)}.md").unlink()
    assert "Since" not in run_command("check", "--select", figure(1), cwd=folder).stderr
    formats = [f"--format={name}=page.{name}" for name in ("html", "json", "markdown", "github")]
    job = {"HOME": str(folder), "GITHUB_OUTPUT": str(folder / "outputs")}
    environment = clean_environment(**job)
    done = run_command("check", *formats, "--format=terminal", cwd=folder, environment=environment)

    told = "less than an hour ago): in sync 2 → 1"
    assert told not in done.stdout
    assert re.search(rf"^Since the last complete run .*{re.escape(told)}", done.stderr, re.M)
    for name in ("page.html", "page.markdown", "page.github", "outputs"):
        assert told in (folder / name).read_text()
    report = orjson.loads((folder / "page.json").read_bytes())
    assert report["last_run"]["verdicts"] == {"in_sync": 2}
    assert report["collections"][0]["selected"] is False
    runs = folder / ".ndex-sync/runs.jsonl"
    assert len(runs.read_bytes().splitlines()) == 2
    runs.write_text("damaged\n")
    assert run_command(*doctor, cwd=folder).returncode == 1


def test_a_github_step_gets_annotations_a_summary_and_outputs(
    sample: Sample, tmp_path: Path
) -> None:
    sample.add_pair(3, remote=CHEMOKINES[1:])
    environment = clean_environment(
        HOME=str(tmp_path),
        GITHUB_WORKSPACE=str(tmp_path.parent),
        GITHUB_STEP_SUMMARY=str(tmp_path / "summary.md"),
        GITHUB_OUTPUT=str(tmp_path / "output"),
    )
    done = run_command(
        *("check", "--format", "terminal", "--format", "github", "--format", "junit=junit.xml"),
        cwd=fill_sandbox(sample),
        environment=environment,
    )

    path = f"{tmp_path.name}/_figures/{figure(3)}.md"
    assert done.returncode == 1, done.stderr
    assert "Checked 3 of 3 records" in done.stdout
    assert f"\n::warning file={path},line=13,title={figure(3)}%3A drifted::" in done.stdout
    assert "CXCL8" in (tmp_path / "summary.md").read_text()
    assert "report_junit<<" in (tmp_path / "output").read_text()
    assert 'failures="1"' in (tmp_path / "junit.xml").read_text()


def test_exit_zero_is_for_what_was_found_only(sample: Sample) -> None:
    sample.add_pair(3, remote=CHEMOKINES[1:])
    root = fill_sandbox(sample)

    assert run_command("check", "--exit-zero", cwd=root).returncode == 0
    assert run_command("check", "--exit-zero", "--config", "none.toml", cwd=root).returncode == 2


def collection_of_all_sorts(root: Path) -> None:
    """A refused record, one with notes, one with a row left out, one of another organism."""
    (root / "ndex-sync.toml").write_text(
        '[[collection]]\nname = "c"\nrecords = "*.md"\nmap = "map.tsv"\n'
    )
    (root / "map.tsv").write_text("WP1\tno-uuid\n")
    head = "\t".join(("Label", "Type", "Identifier", "Comment", "Ensembl", "NCBI gene", "HGNC"))
    rows = {
        "WP1": 'A\tProtein\tsgd:1\t""\t\t\t\t\nragged\n',
        "WP2": 'A\tProtein\tsgd:1\t""\t\t\t\t\n',
        "WP3": "",
        "WP4": "",
    }
    for record, table in rows.items():
        organism = "Mus musculus" if record == "WP3" else "Homo sapiens"
        text = f"---\norganisms: [{organism}]\nwpid: {record}\n---\n"
        (root / f"{record}.md").write_text(text)
        (root / f"{record}-datanodes.tsv").write_text(f"{head}\tUniProt\n{table}")
    (root / "WP2.gpml").write_text("<html/>")
    (root / "WP4-datanodes.tsv").write_text("version https://git-lfs.github.com/spec/v1\n")


def test_reading_offline_lists_what_is_odd(tmp_path: Path) -> None:
    collection_of_all_sorts(tmp_path)
    done = run_command("check", "--offline", cwd=tmp_path)

    said = " ".join(done.stdout.split())
    assert "1 record of organisms that the configuration does not ask for" in said
    assert "map.tsv:1: not a UUID: 'no-uuid' is not a network's UUID; correct it" in said
    assert "WP2.gpml:1: not GPML 2013a or 2021: the first element is html" in said


@pytest.mark.parametrize("name", FORMATS)
def test_reading_offline_has_every_format(tmp_path: Path, name: str) -> None:
    collection_of_all_sorts(tmp_path)
    done = run_command("check", "--offline", "--format", f"{name}=report", cwd=tmp_path)
    text = " ".join((tmp_path / "report").read_text(encoding="utf-8").split())

    assert done.returncode == 3, done.stderr
    assert done.stdout == ""
    assert "Git LFS pointer: the file itself was not downloaded; run git lfs pull" in text
    assert "WP1-datanodes.tsv:3: a row with too many or too few cells" in text


def test_reading_offline_without_the_map_that_is_configured_is_an_error(sample: Sample) -> None:
    sample.add_file("ndex-sync.toml", CONFIG + 'map = "map.tsv"\n')
    done = run_command("check", "--offline", cwd=sample.root)

    assert done.returncode == 2
    assert "map file map.tsv: no such file" in done.stderr
    assert done.stdout == ""


USAGE_ERRORS = {
    "no configuration": (["--config", "none.toml"], "none.toml: no such file"),
    "selection of nothing": (["--select", "WP1"], "--select: no record is called WP1"),
    "format in no folder": (["--format", "json=no/r.json"], "there is no folder no"),
    "no such sandbox": (["--server", "sandbox:none.db"], "none.db: no such sandbox"),
}


@pytest.mark.parametrize(("options", "message"), USAGE_ERRORS.values(), ids=USAGE_ERRORS)
def test_a_usage_error_exits_2_and_says_what_to_do(
    sample: Sample, options: list[str], message: str
) -> None:
    done = run_command("check", *options, cwd=fill_sandbox(sample))

    assert done.returncode == 2
    assert message in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout == ""


MARKED = {"NDEX_USERNAME": "curator", "NDEX_PASSWORD": "pa55word-marker"}


@pytest.mark.slow
def test_a_selection_of_which_nothing_changed_is_no_mistake(sample: Sample) -> None:
    root = fill_sandbox(sample)
    Repository(root).commit()
    since = ("--changed-since", "HEAD", "--server", "http://127.0.0.1:9")

    for words in (["check", "--select", "PMC*"], ["resolve"]):
        done = run_command(*words, *since, cwd=root)
        assert (done.returncode, done.stderr) == (0, "No records changed since HEAD.\n")


def test_a_wrong_password_ends_the_run_at_once_and_is_not_shown(sample: Sample) -> None:
    root = fill_sandbox(sample)
    environment = clean_environment(HOME=str(root), **MARKED)
    done = run_command("check", "-vv", cwd=root, environment=environment)

    assert done.returncode == 2
    assert "the server refuses the login" in done.stderr
    assert "pa55word-marker" not in done.stderr + done.stdout


def test_log_lines_can_be_json(sample: Sample) -> None:
    sample.add_file("ndex-sync.toml", CONFIG + 'map = "map.tsv"\n')
    sample.add_file("map.tsv", "PMC1__f1\tno-uuid\n")
    done = run_command("check", "--log-format", "json", cwd=fill_sandbox(sample))

    [line] = done.stderr.splitlines()
    entry = orjson.loads(line)
    assert entry["level"] == "warning"
    assert "map.tsv:1" in entry["message"]
    assert run_command("check", "--quiet", cwd=sample.root).stderr == ""


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="signals are sent as on POSIX")
@pytest.mark.parametrize("stop", [signal.SIGINT, signal.SIGTERM], ids=["Ctrl-C", "SIGTERM"])
def test_a_run_told_to_stop_reports_what_was_done_and_exits_130(
    sample: Sample, stop: signal.Signals
) -> None:
    sample.add_file("_figures/PMC9__f9.md", "no record")
    with Store.open(None) as store:
        sample.fill(store)
        with running_server(store, SandboxSettings(load_delay_s=0)) as url:
            root = sample.root
            environment = clean_environment(HOME=str(root), PYTHONUNBUFFERED="1")
            options = ["--server", url, "--rate", "0.5", "--format", "json", "-vv"]
            run = subprocess.Popen(
                command("check", *options),
                cwd=root,
                env=environment,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
            )
            assert run.stderr is not None
            for line in run.stderr:
                if re.search(rb"2 records to judge", line):
                    break
            run.send_signal(stop)
            output, errors = run.communicate(timeout=30)

    report = parse_report(output)
    assert run.returncode == 130, errors
    assert not report.run.complete
    assert "PMC9__f9" in [record.id for record in report.records]
    assert len(report.records) < 3
    assert b"stopped before the end" in errors


def requests_of(*options: str, cwd: Path) -> int:
    done = run_command("check", "--format", "json", *options, cwd=cwd)
    assert done.returncode == 0, done.stderr
    requests: int = orjson.loads(done.stdout)["http"]["requests"]
    return requests


def test_the_report_tells_how_the_run_held_itself_back(sample: Sample) -> None:
    root = fill_sandbox(sample)
    with Store.open(root / "sandbox.db") as store, running_server(store) as url:
        options = ["--server", url, "--rate", "50", "--concurrency", "3"]
        done = run_command("check", *options, "--format", "json", cwd=root)
        shown = run_command("check", *options, cwd=root)

    http = orjson.loads(done.stdout)["http"]
    assert http["concurrency"] == {"allowed": 3, "lowest": 3, "cuts": 0}
    assert (http["rate_per_s"], http["protocols"]) == (50.0, ["HTTP/1.1"])
    assert "at most 50 requests a second" in " ".join(shown.stdout.split())


def test_a_second_check_asks_for_no_content(sample: Sample) -> None:
    root = fill_sandbox(sample)
    batch = 1

    assert requests_of(cwd=root) == batch + 2
    assert (root / ".ndex-sync" / "cache.db").is_file()
    assert requests_of(cwd=root) == batch
    assert requests_of("--refresh", cwd=root) == batch + 2
    assert requests_of("--no-state", cwd=root) == batch + 2
    assert requests_of("--state", "elsewhere", cwd=root) == batch + 2
    assert requests_of("--state", "elsewhere", cwd=root) == batch


def test_state_cannot_be_refreshed_and_done_without(sample: Sample) -> None:
    assert "not both" in refusal(
        run_command("check", "--no-state", "--refresh", cwd=fill_sandbox(sample))
    )


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="limits of files are POSIX")
def test_a_full_temporary_folder_ends_the_run_in_words(tmp_path: Path) -> None:
    """No file may grow beyond a megabyte, as on a disk without room."""
    sample = Sample(tmp_path)
    sample.add_pair(100)
    for number in range(1, 61):
        text = figure_text(figure(number), CHEMOKINES, "''")
        caption = Random(number).randbytes(480_000).hex()  # noqa: S311 - it only has to be long
        sample.add_file(f"_figures/{figure(number)}.md", text.replace("A figure.", caption))
    sample.add_file("ndex-sync.toml", CONFIG)
    with Store.open(tmp_path / "ndex.sqlite") as store:
        sample.fill(store)
    done = subprocess.run(
        command("check", "--server", "sandbox:ndex.sqlite", "--no-state"),
        cwd=tmp_path,
        env=clean_environment(HOME=str(tmp_path)),
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 20, 1 << 20)),
        capture_output=True,
        encoding="utf-8",
        timeout=60,
        check=False,
    )

    assert done.returncode == 3, done.stderr
    assert "SQLITE_TMPDIR" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.slow
def test_a_login_is_handed_to_no_other_program(tmp_path: Path) -> None:
    run_command("demo", "--keep", "demo", cwd=tmp_path)
    git = tmp_path / "bin/git"
    git.parent.mkdir()
    git.write_text(f'#!/bin/sh\nenv >> "{tmp_path}/seen"\nexit 128\n')
    git.chmod(0o755)
    path = f"{git.parent}{os.pathsep}{os.environ['PATH']}"
    environment = clean_environment(HOME=str(tmp_path), PATH=path, **MARKED)

    for words in (["check"], ["check", "--changed-since", "main"], ["resolve"], ["plan"]):
        run_command(*words, cwd=tmp_path / "demo", environment=environment)

    assert "PATH=" in (tmp_path / "seen").read_text()
    assert "pa55word-marker" not in (tmp_path / "seen").read_text()


@pytest.mark.slow
def test_a_server_that_only_the_configuration_names_is_not_logged_in_to(tmp_path: Path) -> None:
    run_command("demo", "--keep", "demo", cwd=tmp_path)
    config = tmp_path / "demo/ndex-sync.toml"
    text = config.read_text().replace("sandbox:ndex.sqlite", "http://127.0.0.1:9")
    config.write_text(text)
    environment = clean_environment(HOME=str(tmp_path), **MARKED)

    for name in ("check", "resolve", "plan"):
        words = (name, "--collection", "figures")
        done = run_command(*words, cwd=config.parent, environment=environment)
        assert done.returncode == 2, done.stderr
        assert "is not sent to http://127.0.0.1:9, which only the configuration" in done.stderr
        assert "pa55word-marker" not in done.stdout + done.stderr

    chosen = environment | {"NDEX_SERVER": "sandbox:ndex.sqlite"}
    done = run_command("check", cwd=config.parent, environment=chosen)
    assert "the server refuses the login" in done.stderr
