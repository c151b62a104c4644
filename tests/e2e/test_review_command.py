"""``review`` on a terminal: ten drifted records, every answer, stopped and taken up again."""

from __future__ import annotations

import signal
import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from sync.accepted.file import ACCEPTED_NAME, read_accepted
from sync.plan.file import read_plan
from sync.sandbox.store import Store
from tests.apply.pushing import quick_sandbox
from tests.e2e.running import UNLIMITED, configure, curator_environment, refusal, run_command
from tests.e2e.terminal import END_OF_INPUT, Terminal, on_terminal
from tests.samples import CHEMOKINES, CURATOR, Sample, figure, network_id
from tests.servers import running_server

pytestmark = [pytest.mark.slow, pytest.mark.skipif(sys.platform == "win32", reason="no pty")]

RECORDS = 10
CONFIG = configure('push = ["genes", "properties"]', UNLIMITED)
QUESTION = "[p,a,l,o,q,?]? "


class Reviewer:
    """Somebody with a drifted collection, a server and a terminal."""

    def __init__(self, root: Path, url: str) -> None:
        self.root, self.url = root, url
        self.opened = root / "opened"
        browser = root / "browser"
        browser.write_text(f'#!/bin/sh\necho "$1" > {self.opened}\n')
        browser.chmod(0o755)
        self.environment = {**curator_environment(root), "BROWSER": f"{browser} %s"}

    def review(self, *options: str) -> AbstractContextManager[Terminal]:
        """Review on a terminal."""
        arguments = ("review", "--server", self.url, *options)
        return on_terminal(*arguments, cwd=self.root, environment=self.environment)

    def planned(self) -> list[str]:
        """Return the records in the plan file."""
        actions = read_plan(self.root / "review-plan.json").actions
        return sorted(str(getattr(action, "record", None)) for action in actions)


@pytest.fixture
def reviewer(tmp_path: Path) -> Iterator[Reviewer]:
    sample = Sample(tmp_path)
    for number in range(11, 11 + RECORDS):
        sample.add_pair(number, remote=CHEMOKINES[:2])
        sample.networks[-1]["owner"] = CURATOR["name"]
    sample.users[:] = [CURATOR]
    sample.add_file("ndex-sync.toml", CONFIG)
    with Store.open(tmp_path / "ndex.sqlite") as store:
        sample.fill(store)
        with running_server(store, quick_sandbox()) as url:
            yield Reviewer(tmp_path, url)


def test_ten_records_are_reviewed_in_two_sittings_then_pushed(reviewer: Reviewer) -> None:
    with reviewer.review() as terminal:
        shown = terminal.read_until(QUESTION)
        assert figure(11) in shown
        assert "only in the record" in shown
        assert "NFKB1" in shown
        assert f"(1/{RECORDS})" in shown
        for answer, expected in (
            ("?", "p - push"),
            ("o", f"/viewer/networks/{network_id(11)}"),
            ("p", f"(2/{RECORDS})"),
            ("l", f"(3/{RECORDS})"),
            ("a", "Reason"),
            ("", "Reason"),
            ("the figure is wrong", f"(4/{RECORDS})"),
            ("nonsense", "q - quit"),
            ("P", f"(5/{RECORDS})"),
        ):
            terminal.type(answer)
            terminal.read_until(expected)
        terminal.read_until(QUESTION)
        terminal.type("q")
        status, shown = terminal.end()

    assert status == 1
    assert "Nothing was sent. To do it: ndex-sync apply review-plan.json" in shown
    assert "7 drifted records left." in shown
    assert reviewer.planned() == [figure(11), figure(14)]
    [entry] = read_accepted(reviewer.root / ACCEPTED_NAME)
    assert (entry.item.record, entry.item.gene) == (figure(13), "NFKB1")
    assert entry.reason == "the figure is wrong"
    assert entry.until == datetime.now(UTC).date() + timedelta(days=90)
    assert network_id(11) in reviewer.opened.read_text()

    with reviewer.review() as terminal:
        shown = terminal.read_until(QUESTION)
        assert "2 records in review-plan.json already, not asked about." in shown
        assert f"(1/{RECORDS - 3})" in shown
        terminal.type("p")
        for _ in range(RECORDS - 4):
            terminal.read_until(QUESTION)
            terminal.type("l")
        terminal.end()

    assert reviewer.planned() == [figure(11), figure(12), figure(14)]
    applied = run_command(
        *("apply", "review-plan.json", "--server", reviewer.url),
        cwd=reviewer.root,
        environment=reviewer.environment,
    )
    assert applied.returncode == 0, applied.stderr
    with reviewer.review("--select", figure(11), "--select", figure(13)) as terminal:
        status, shown = terminal.end()
    assert (status, shown.strip()) == (0, "No drifted records to review.")


def test_kinds_choose_what_is_shown_and_accepted(reviewer: Reviewer) -> None:
    with reviewer.review("--kind", "property") as terminal:
        status, shown = terminal.end()
    assert (status, shown.strip()) == (0, "No drifted records to review.")


@pytest.mark.parametrize("end", ["signal", END_OF_INPUT])
def test_a_review_that_is_broken_off_writes_nothing(reviewer: Reviewer, end: str) -> None:
    with reviewer.review() as terminal:
        terminal.read_until(QUESTION)
        terminal.type("p")
        terminal.read_until(QUESTION)
        if end == "signal":
            terminal.process.send_signal(signal.SIGINT)
        else:
            terminal.type(end)
        status, shown = terminal.end()

    assert (status, shown.strip()) == (130, "Stopped; no plan was written.")
    assert not (reviewer.root / "review-plan.json").exists()
    assert not (reviewer.root / ACCEPTED_NAME).exists()


def test_what_was_accepted_is_written_even_if_planning_fails(reviewer: Reviewer) -> None:
    with reviewer.review() as terminal:
        for answer in ("a", "p"):
            terminal.read_until(QUESTION)
            terminal.type(answer)
            if answer == "a":
                terminal.read_until("Reason")
                terminal.type("known")
        terminal.read_until(QUESTION)
        for file in reviewer.root.glob("_figures/*.md"):
            file.unlink()
        terminal.type("q")
        status, _ = terminal.end()

    assert status == 2
    assert [each.reason for each in read_accepted(reviewer.root / ACCEPTED_NAME)] == ["known"]


def test_without_a_terminal_it_says_what_to_do_instead(tmp_path: Path) -> None:
    (tmp_path / "ndex-sync.toml").write_text(CONFIG)

    assert "use plan --select and accept" in refusal(run_command("review", cwd=tmp_path))


@pytest.mark.parametrize(
    ("kind", "other"), [((), "property"), (2 * ("--kind", "gene_missing"), None)]
)
def test_what_was_chosen_before_stays_in_the_plan_as_it_was_chosen(
    reviewer: Reviewer, kind: tuple[str, ...], other: str | None
) -> None:
    for chosen in (11, 12):
        with reviewer.review("--select", figure(chosen), *kind) as terminal:
            terminal.read_until(QUESTION)
            terminal.type("p")
            terminal.end()
    with reviewer.review(*(("--kind", other) if other else ())) as terminal:
        status, shown = terminal.end()

    assert reviewer.planned() == [figure(11), figure(12)]
    assert (status, "apply that plan first" in shown) == (2, True)
