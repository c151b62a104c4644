"""The sandbox against the recorded answers of a real server, topic by topic.

``fixtures/recorded/left_out.tsv`` names the steps that the sandbox answers in another way, each
with the reason: a ``route`` that it does not have, what shows ``after it``, or another ``answer``.
"""

from __future__ import annotations

from collections import Counter

import pytest

from sync.sandbox.faults import parse_rules
from sync.sandbox.settings import SandboxSettings
from sync.sandbox.store import Store
from tests.sandbox.replay import left_out, replay, steps_of, topics
from tests.servers import running_server

MOST_LEFT_OUT = 60


def test_what_is_left_out_is_recorded_and_has_a_reason() -> None:
    rows = left_out()
    assert len(rows) <= MOST_LEFT_OUT
    for row in rows:
        assert row["step"] in {step["name"] for step in steps_of(row["topic"])}
        assert row["kind"] in ("route", "after it", "answer")
        assert row["reason"]


KEEP_BUSY = "POST /v3/networks load seconds=6 after=1 times=1"
"""The second upload of the topic is the big one."""
SLOW = ("cx1-uploads", "cx2-uploads", "loading")


@pytest.mark.parametrize(
    "topic",
    [pytest.param(each, marks=[pytest.mark.slow] * (each in SLOW)) for each in topics()],
)
def test_the_sandbox_answers_as_the_real_server_did(topic: str) -> None:
    settings = SandboxSettings(
        load_delay_s=0.02,
        index_delay_s=0.02,
        lock_pause_s=0.01,
        # A busy queue is the point of one of them; in the others nobody needs to wait.
        faults=parse_rules(KEEP_BUSY if topic == "loading" else ""),
    )
    known = {row["step"]: row["kind"] for row in left_out() if row["topic"] == topic}
    differing = {}
    with Store.open(None) as store, running_server(store, settings) as url:
        for step, seen, found in replay(url, topic):
            if found:
                differing[step["name"]] = found
            if known.get(step["name"]) == "route":
                assert seen["body"]["message"].startswith(
                    "Uncaught exception jakarta.ws.rs.NotFoundException: RESTEASY003210: Could not "
                    "find resource for full path: "
                ), seen
    assert differing.keys() == known.keys(), {
        name: found for name, found in differing.items() if name not in known
    }


def test_no_step_is_recorded_twice() -> None:
    for topic in topics():
        names = Counter(step["name"] for step in steps_of(topic))
        assert max(names.values()) == 1
