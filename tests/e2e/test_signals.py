"""A push that is told to stop finishes what it writes, and says what is left."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from sync.sandbox.faults import parse_rules
from sync.sandbox.settings import SandboxSettings
from sync.sandbox.store import Store
from sync.state.journal import Journal, Moment
from tests.apply.pushing import ACCOUNT, FEWER, owned, read_networks
from tests.e2e.running import clean_environment, command
from tests.samples import CURATOR, Sample, figure, figure_cx2, network_id
from tests.servers import running_server

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="signals are sent as on POSIX")
NUMBERS = (1, 2, 3)
CONFIG = f"""\
[[collection]]
name = "figures"
records = "_figures/*.md"
account = "{ACCOUNT}"
push = ["genes"]

[collection.limits]
max_update_fraction = 1.0
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a collection of three records, whose networks are read-only and lack genes."""
    sample = Sample(tmp_path, users=[dict(CURATOR)])
    for number in NUMBERS:
        sample.add_record(figure(number), network_id(number))
        sample.add_network(
            network_id(number), figure_cx2(figure(number), FEWER), **owned(read_only=True)
        )
    (tmp_path / "ndex-sync.toml").write_text(CONFIG)
    with Store.open(tmp_path / "ndex.sqlite") as store:
        sample.fill(store)
    return tmp_path


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_what_is_written_is_finished_and_locked_again(folder: Path, number: signal.Signals) -> None:
    """The signal comes while the first of three contents is being loaded."""
    with _pushing(folder, SandboxSettings(load_delay_s=1.0, index_delay_s=0)) as running:
        running.send_signal(number)
        output, errors = running.communicate(timeout=30)

    assert running.returncode == 130, output + errors
    assert "1 done, 2 not begun" in output
    assert "Stopped: told to stop; apply the same plan again to go on" in output
    assert _unlocked(folder) == []


def test_what_cannot_be_finished_in_time_is_named(folder: Path) -> None:
    """SIGINT, and SIGTERM 7.5 s later, as a CI cancels a job."""
    with _pushing(folder, _never_loading()) as running:
        running.send_signal(signal.SIGINT)
        try:
            running.wait(7.5)
        except subprocess.TimeoutExpired:
            running.send_signal(signal.SIGTERM)
        output, errors = running.communicate(timeout=30)

    assert running.returncode == 130, output + errors
    assert "1 not finished, 2 not begun" in output
    assert f"not finished: update {figure(1)}" in output


def test_a_second_signal_stops_at_once(folder: Path) -> None:
    with _pushing(folder, _never_loading()) as running:
        running.send_signal(signal.SIGINT)
        time.sleep(0.3)  # two that are pending at once are one
        running.send_signal(signal.SIGINT)
        output, errors = running.communicate(timeout=30)

    assert running.returncode == 130, output + errors
    assert "1 not finished, 2 not begun" in output
    assert "stopped at once" in errors


def test_a_signal_that_is_ignored_from_the_start_stays_ignored(folder: Path) -> None:
    """As for a program that is started with nohup and outlives its terminal."""
    settings = SandboxSettings(load_delay_s=0.5, index_delay_s=0)
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with _pushing(folder, settings) as running:
            running.send_signal(signal.SIGHUP)
            output, errors = running.communicate(timeout=30)
    finally:
        signal.signal(signal.SIGHUP, before)

    assert running.returncode == 0, output + errors
    assert "3 done" in output


def test_ctrl_c_answers_the_question_whether_to_apply(folder: Path) -> None:
    control, terminal = os.openpty()
    settings = SandboxSettings(load_delay_s=0, index_delay_s=0)
    with Store.open(folder / "ndex.sqlite") as store, running_server(store, settings) as url:
        running = subprocess.Popen(
            command("push", "--server", url),
            cwd=folder,
            env=_environment(folder),
            stdin=terminal,
            stdout=terminal,
            stderr=terminal,
            start_new_session=True,
        )
        os.close(terminal)
        try:
            said = b""
            while b"Apply this plan?" not in said:
                said += os.read(control, 4096)
            running.send_signal(signal.SIGINT)
            status = running.wait(30)
        finally:
            running.kill()
            os.close(control)

    assert status == 130
    assert _unlocked(folder) == []


def _never_loading() -> SandboxSettings:
    rules = parse_rules("PUT /v3/networks/* load seconds=60")
    return SandboxSettings(load_delay_s=0, index_delay_s=0, faults=rules)


@contextmanager
def _pushing(folder: Path, settings: SandboxSettings) -> Iterator[subprocess.Popen[str]]:
    """Push in a process of its own, to a server of ours, until the first content was sent."""
    with Store.open(folder / "ndex.sqlite") as store, running_server(store, settings) as url:
        running = subprocess.Popen(
            command("push", "--yes", "--server", url),
            cwd=folder,
            env=_environment(folder),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
        )
        with Journal.open(folder / ".ndex-sync") as journal:
            while running.poll() is None and not _has_sent(journal):
                time.sleep(0.02)
        yield running


def _has_sent(journal: Journal) -> bool:
    return any(
        (entry.moment, entry.step) == (Moment.DONE, "replace content")
        for run in journal.list_runs()
        for number in range(len(NUMBERS))
        for entry in journal.read_entries(run.id, number)
    )


def _environment(folder: Path) -> dict[str, str]:
    return clean_environment(
        HOME=str(folder), NDEX_USERNAME=CURATOR["name"], NDEX_PASSWORD=CURATOR["password"]
    )


def _unlocked(folder: Path) -> list[str]:
    with Store.open(folder / "ndex.sqlite") as store:
        held = read_networks(store)
    return [name for name, network in held.items() if not network["read_only"]]
