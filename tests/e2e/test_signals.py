"""A push that is told to stop finishes what it writes, and says what is left."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from sync.sandbox import networks as rows
from sync.sandbox.fault_injection import CONTROL
from sync.sandbox.faults import parse_rules
from sync.sandbox.settings import SandboxSettings
from sync.sandbox.store import Store
from sync.state.journal import Journal, Moment
from tests.apply.pushing import ACCOUNT, FEWER, owned
from tests.e2e.running import UNLIMITED, command, configure, curator_environment, run_command
from tests.e2e.terminal import END_OF_INPUT, Terminal, on_terminal
from tests.samples import CURATOR, Sample, figure, figure_cx2, network_id
from tests.servers import running_server

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform == "win32", reason="signals are sent as on POSIX"),
]
NUMBERS = range(1, 13)
"""More than are ever in hand at once."""

Signals = Sequence[tuple[float, signal.Signals]]
ALL_IN_SYNC = "in sync 12, all locked"
CONFIG = configure(f'account = "{ACCOUNT}"', 'push = ["genes"]', UNLIMITED)


class _Clock:
    """The server's time, which a test may put forward to have everything loaded."""

    ahead_s = 0.0

    def now_s(self) -> float:
        """Return the time in seconds."""
        return time.time() + self.ahead_s


CLOCK = _Clock()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a collection of twelve records, whose networks are read-only and lack genes."""
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


def slow(rules: str = "", load_s: float = 0.0) -> SandboxSettings:
    """Return a server that is slow in a way."""
    faults = parse_rules(rules)
    return SandboxSettings(load_delay_s=load_s, index_delay_s=0, faults=faults, clock=CLOCK.now_s)


LOADS_SOON = slow(load_s=1.0)
NEVER_LOADS = slow("PUT /v3/networks/* load seconds=600")
NEVER_LOCKS = slow("PUT /v2/network/*/systemproperty latency seconds=60 after=1", load_s=0.5)
ONE_SIGNAL: dict[str, Signals] = {
    "INT": [(0, signal.SIGINT)],
    "TERM": [(0, signal.SIGTERM)],
    "HUP": [(0, signal.SIGHUP)],
    "CI": [(0, signal.SIGINT), (7.5, signal.SIGTERM), (2.5, signal.SIGKILL)],
}
"""Signals, each so many seconds after the one before; a CI sends no more once the process ended."""


@pytest.mark.parametrize("signals", ONE_SIGNAL.values(), ids=ONE_SIGNAL)
def test_what_is_written_is_finished_and_locked_again(folder: Path, signals: Signals) -> None:
    """The signal comes while the first content is being loaded."""
    stopped = _stop(folder, LOADS_SOON, signals)

    assert stopped.status == 130, stopped.told
    assert stopped.counts.keys() == {"done", "not begun"}, stopped.told
    assert "Stopped: told to stop; apply the same plan again to go on" in stopped.output
    assert stopped.unlocked == set()
    # What was not begun was not touched.
    assert len(stopped.changed) == stopped.counts["done"] < len(NUMBERS)
    assert (stopped.outcomes, stopped.in_hand) == (stopped.changed, set())
    assert stopped.after == ALL_IN_SYNC


@pytest.mark.parametrize("settings", [NEVER_LOADS, NEVER_LOCKS], ids=["loads", "locks"])
@pytest.mark.parametrize("sent", ["INT", "CI"])
def test_what_cannot_be_finished_in_time_is_named_and_put_right_by_the_next_push(
    folder: Path, sent: str, settings: SandboxSettings
) -> None:
    """A network that is being loaded cannot be locked, and a server may not answer any more."""
    stopped = _stop(folder, settings, ONE_SIGNAL[sent])

    assert stopped.status == 130, stopped.told
    assert stopped.counts.keys() == {"not finished", "not begun"}, stopped.told
    assert stopped.named == stopped.in_hand
    assert stopped.unlocked == stopped.in_hand
    assert stopped.after == ALL_IN_SYNC


@pytest.mark.parametrize("settings", [LOADS_SOON, NEVER_LOADS], ids=["loads soon", "never loads"])
def test_a_second_signal_stops_at_once(folder: Path, settings: SandboxSettings) -> None:
    # Two that are pending at once are one.
    stopped = _stop(folder, settings, [(0, signal.SIGINT), (0.3, signal.SIGINT)])

    assert stopped.status == 130, stopped.told
    assert "stopped at once" in stopped.errors
    assert stopped.counts.keys() == {"not finished", "not begun"}, stopped.told
    assert stopped.named == stopped.in_hand
    # There was no time to lock it.
    assert stopped.unlocked == stopped.in_hand
    assert stopped.after == ALL_IN_SYNC


def test_an_apply_is_stopped_as_a_push_is(folder: Path) -> None:
    stopped = _stop(folder, LOADS_SOON, ONE_SIGNAL["CI"], planned=True)

    assert stopped.status == 130, stopped.told
    assert stopped.counts.keys() == {"done", "not begun"}, stopped.told
    assert stopped.unlocked == set()
    assert stopped.after == ALL_IN_SYNC


def test_a_signal_that_is_ignored_from_the_start_stays_ignored(folder: Path) -> None:
    """As for a program that is started with nohup and outlives its terminal."""
    settings = SandboxSettings(load_delay_s=0.5, index_delay_s=0)
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with _pushing(folder, settings) as (running, _):
            running.send_signal(signal.SIGHUP)
            output, errors = running.communicate(timeout=30)
    finally:
        signal.signal(signal.SIGHUP, before)

    assert running.returncode == 0, output + errors
    assert "12 done" in output


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_answers_the_question_whether_to_apply(
    folder: Path, number: signal.Signals
) -> None:
    """It comes as soon as the question is seen, so maybe before the answer is waited for."""
    with _asked(folder) as terminal:
        terminal.process.send_signal(number)
        status = terminal.process.wait(30)

    assert status == 130
    assert _read_server(folder) == (set(), set())


ANSWERS = {
    "no": ("n", 1, 0),
    "an empty line": ("", 1, 0),
    "the end of the input": (END_OF_INPUT, 130, 0),
    "yes": ("yes", 0, len(NUMBERS)),
    "neither, then yes": ("maybe\nY", 0, len(NUMBERS)),
}


@pytest.mark.parametrize(("typed", "status", "changed"), ANSWERS.values(), ids=ANSWERS)
def test_an_answer_is_typed_as_in_any_program(
    folder: Path, typed: str, status: int, changed: int
) -> None:
    with _asked(folder) as terminal:
        terminal.type(typed)
        assert terminal.end()[0] == status

    assert len(_read_server(folder)[1]) == changed


@contextmanager
def _asked(folder: Path) -> Iterator[Terminal]:
    """Start a push on a terminal, and yield that once the push asks."""
    settings = SandboxSettings(load_delay_s=0, index_delay_s=0)
    login = curator_environment(folder)
    with (
        Store.open(folder / "ndex.sqlite") as store,
        running_server(store, settings) as url,
        on_terminal("push", "--server", url, cwd=folder, environment=login) as terminal,
    ):
        terminal.read_until("Apply this plan?")
        yield terminal


@dataclass(frozen=True, slots=True)
class Stopped:
    """A push that was told to stop; networks are named by the figure that they belong to.

    ``counts`` and ``named`` are what it said is done and left, ``outcomes`` and ``in_hand`` what
    journal says has ended, and was begun and has not. ``unlocked`` and ``changed`` are what the
    server held then, ``after`` what it held after another push, when it was well.
    """

    status: int
    output: str
    errors: str
    outcomes: set[str]
    in_hand: set[str]
    unlocked: set[str]
    changed: set[str]
    after: str

    @property
    def told(self) -> str:
        """All that was printed."""
        return self.output + self.errors

    @property
    def counts(self) -> dict[str, int]:
        """How many actions ended in which way."""
        [line] = re.findall(r"^Run \S+: (.+)$", self.output, re.M)
        pairs = (part.split(" ", 1) for part in line.split(", "))
        return {what: int(count) for count, what in pairs}

    @property
    def named(self) -> set[str]:
        """The figures that it named as not finished."""
        return set(re.findall(r"^  not finished: update (\S+):", self.output, re.M))


def _stop(
    folder: Path, settings: SandboxSettings, signals: Signals, *, planned: bool = False
) -> Stopped:
    """Send signals to a push, or an apply, then push again to the server when it is well."""
    CLOCK.ahead_s = 0.0
    with _pushing(folder, settings, planned=planned) as (running, url):
        for wait_s, number in signals:
            try:
                running.wait(wait_s)
            except subprocess.TimeoutExpired:
                running.send_signal(number)
        output, errors = running.communicate(timeout=30)
        outcomes, in_hand = _read_journal(folder)
        unlocked, changed = _read_server(folder)
        httpx.delete(url + CONTROL).raise_for_status()
        CLOCK.ahead_s = 10_000.0
        again = run_command(
            "push", "--yes", "--server", url, cwd=folder, environment=curator_environment(folder)
        )
        assert again.returncode == 0, again.stdout + again.stderr
        still_unlocked, in_sync = _read_server(folder)
    return Stopped(
        running.returncode,
        output,
        errors,
        outcomes,
        in_hand,
        unlocked,
        changed,
        after=f"in sync {len(in_sync)}, {'not ' * bool(still_unlocked)}all locked",
    )


def _read_journal(folder: Path) -> tuple[set[str], set[str]]:
    """Return what the last run has ended, and what it has begun and not ended."""
    with Journal.open(folder / ".ndex-sync") as journal:
        *_, run = journal.list_runs()
        ended, begun = journal.read_outcomes(run.id).keys(), journal.list_begun(run.id)
        names = {
            number: getattr(journal.read_action(run.id, number), "record", "")
            for number in ended | begun
        }
    return {names[number] for number in ended}, {names[number] for number in begun - ended}


def _read_server(folder: Path) -> tuple[set[str], set[str]]:
    """Return the figures whose networks are unlocked, and those whose content was sent."""
    with Store.open(folder / "ndex.sqlite") as store, store.reading() as db:
        held = {figure(number): rows.get(db, network_id(number)) for number in NUMBERS}
    unlocked = {name for name, row in held.items() if not row.read_only}
    return unlocked, {name for name, row in held.items() if row.node_count != len(FEWER)}


@contextmanager
def _pushing(
    folder: Path, settings: SandboxSettings, *, planned: bool = False
) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """Push in a process of its own, to a server of ours, until the first content was sent.

    ``planned``: by a plan that was made before.
    """
    with Store.open(folder / "ndex.sqlite") as store, running_server(store, settings) as url:
        if planned:
            plan = ("plan", "--out", "plan.json", "--server", url)
            run_command(*plan, cwd=folder, environment=curator_environment(folder))
        running = subprocess.Popen(
            command(*(("apply", "plan.json") if planned else ("push", "--yes")), "--server", url),
            cwd=folder,
            env=curator_environment(folder),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
        )
        with Journal.open(folder / ".ndex-sync") as journal:
            while running.poll() is None and not _has_sent(journal):
                time.sleep(0.02)
        yield running, url


def _has_sent(journal: Journal) -> bool:
    return any(
        (entry.moment, entry.step) == (Moment.DONE, "replace content")
        for run in journal.list_runs()
        for number in range(len(NUMBERS))
        for entry in journal.read_entries(run.id, number)
    )
