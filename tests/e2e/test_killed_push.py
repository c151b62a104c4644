"""A push that is killed at any moment is recovered by the next nightly job, and nothing is doubled.

The process itself is killed, by SIGKILL, over a port. Then what the ready-made workflow does each
night runs: check, plan, apply, check again.
"""

from __future__ import annotations

import random
import shutil
import subprocess
import sys
import threading
import time
from collections import Counter
from pathlib import Path
from typing import Any

import orjson
import pytest
from starlette.types import ASGIApp, Receive, Scope, Send

from sync.sandbox.settings import SandboxSettings
from sync.sandbox.store import Store
from tests.apply.pushing import ACCOUNT, FEWER, SET, owned, read_networks
from tests.e2e.running import UNLIMITED, command, configure, curator_environment, run_command
from tests.samples import CURATOR, Sample, figure, figure_cx2, network_id
from tests.servers import running_server

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL is of POSIX"),
]

LOCKED, OPEN, PRIVATE, MADE = range(1, 21), range(21, 36), range(36, 46), range(46, 61)
"""The figures whose networks are public and read-only, public, private, or not there yet."""

GIVEN = {network_id(number): number for number in (*LOCKED, *OPEN, *PRIVATE)}
SURE_WRITES = len(GIVEN) + len(MADE) + 2 * len(LOCKED)
"""A push has to send so many at least: each content, and to unlock and lock what is read-only."""

LONGEST_DELAY_S = 0.05
CONFIG = configure(
    f'network_set = "{SET}"\naccount = "{ACCOUNT}"',
    'push = ["create", "genes", "properties", "membership"]',
    UNLIMITED,
)
NIGHTLY_JOB = (
    ("check", "--format", "json=before.json"),
    ("plan", "--out", "plan.json"),
    ("apply", "plan.json"),
    ("check", "--format", "json=after.json"),
)
"""What ``.github/workflows/nightly.yml`` runs where it is to apply."""

SANDBOX = "ndex.sqlite"
QUEUE = SandboxSettings(load_delay_s=0.01, index_delay_s=0.005, lock_pause_s=0.01)


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Sixty records, of which none is as its network is, and a server that holds the networks."""
    folder = tmp_path_factory.mktemp("prepared")
    sample = Sample(folder, users=[dict(CURATOR)])
    for network, number in GIVEN.items():
        sample.add_record(figure(number), network)
        state = owned(
            read_only=number in LOCKED, visibility="PRIVATE" if number in PRIVATE else "PUBLIC"
        )
        old_title = {"paperTitle": "Another paper"} if number % 3 else {}
        sample.add_network(network, figure_cx2(figure(number), FEWER, **old_title), **state)
    for number in MADE:
        sample.add_record(figure(number))
    members = [network for network, number in GIVEN.items() if number % 4]
    sample.network_sets.append(
        {"name": "figures", "uuid": SET, "owner": ACCOUNT, "networks": members}
    )
    (folder / "ndex-sync.toml").write_text(CONFIG)
    with Store.open(folder / SANDBOX) as store:
        sample.fill(store)
    return folder


@pytest.fixture(scope="module")
def wanted(prepared: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What the server holds after a push that nothing happens to."""
    folder = tmp_path_factory.mktemp("unharmed")
    shutil.copytree(prepared, folder, dirs_exist_ok=True)
    with Store.open(folder / SANDBOX) as store, running_server(store, QUEUE) as url:
        pushed = _run(folder, "push", "--yes", "--server", url)
        assert pushed.returncode == 0, pushed.stderr
        held = read_networks(store)
    assert {name for name, each in held.items() if each["read_only"]} == {
        network for network, number in GIVEN.items() if number in LOCKED
    }
    return _by_name(held)


SAMPLED, ALL = range(2), range(2, 104)


@pytest.mark.parametrize(
    "seed", [*SAMPLED, *(pytest.param(seed, marks=pytest.mark.nightly) for seed in ALL)]
)
def test_a_night_puts_right_what_a_killed_push_left(
    prepared: Path, wanted: dict[str, Any], tmp_path: Path, seed: int
) -> None:
    chance = random.Random(seed)  # noqa: S311 - it only has to repeat
    write, delay_s = chance.randint(1, SURE_WRITES), chance.uniform(0, LONGEST_DELAY_S)
    folder, reached = tmp_path / "work", threading.Event()
    shutil.copytree(prepared, folder)
    with (
        Store.open(folder / SANDBOX) as store,
        running_server(store, QUEUE, lambda app: _Alarm(app, write, reached)) as url,
    ):
        ended = _push_and_kill(folder, url, reached, delay_s)
        if seed % 2:
            # A job has a fresh checkout: what the dead push wrote into records is gone.
            shutil.copytree(prepared / "_figures", folder / "_figures", dirs_exist_ok=True)
        night = [_run(folder, *each, "--server", url) for each in NIGHTLY_JOB]
        held = read_networks(store)

    told = f"killed {delay_s:.3f} s after write {write}, status {ended}" + "".join(
        f"\n{each.args}: {each.returncode}\n{each.stdout}{each.stderr}" for each in night
    )
    assert len(held) == len(GIVEN) + len(MADE), told
    assert _by_name(held) == wanted, told
    _, planned, applied, checked = (each.returncode for each in night)
    assert planned in (0, 1), told
    verdicts = _count_verdicts(folder)
    # A record of a fresh checkout may not name its network; the network names the record. If it was
    # made whole before the kill, the plan leaves the record to ``resolve``, and apply says so.
    assert applied in (0, bool(verdicts["resolvable"])), told
    assert verdicts["in_sync"] + verdicts["resolvable"] * (seed % 2) == len(held), told
    assert checked == bool(verdicts["resolvable"]), told


class _Alarm:
    """An application that tells when so many writes have come; each is passed on."""

    def __init__(self, inner: ASGIApp, writes: int, reached: threading.Event) -> None:
        self._inner = inner
        self._left = writes
        self._reached = reached

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["method"] != "GET" and "/batch/" not in scope["path"]:
            self._left -= 1
            if self._left == 0:
                self._reached.set()
        await self._inner(scope, receive, send)


def _push_and_kill(folder: Path, url: str, reached: threading.Event, delay_s: float) -> int:
    """Push in a process of its own and kill it so long after a write; return how it ended."""
    with subprocess.Popen(
        command("push", "--yes", "--server", url),
        cwd=folder,
        env=curator_environment(folder),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as pushing:
        while pushing.poll() is None and not reached.wait(0.1):
            pass
        time.sleep(delay_s)
        pushing.kill()
        return pushing.wait(30)


def _run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return run_command(*arguments, cwd=folder, environment=curator_environment(folder))


def _count_verdicts(folder: Path) -> Counter[str]:
    report = orjson.loads((folder / "after.json").read_bytes())
    counts: dict[str, int] = report["collections"][0]["verdicts"]
    return Counter(counts)


def _by_name(held: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """Return networks by name, since those that are made have other UUIDs each time."""
    return {each["name"]: each for each in held.values()}
