"""Histories of records, pushes and other people, with faults all along: the end is always right."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from collections.abc import Callable, Coroutine, Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from sync.actions import Plan
from sync.errors import ServerError
from sync.guards import GuardLimits
from sync.model import Verdict
from sync.sandbox import networks as rows
from sync.sandbox.faults import FaultKind, FaultRule
from sync.sandbox.store import Store
from sync.state.journal import Outcome
from tests.apply.pushing import (
    EVERYTHING,
    UNMANAGED,
    Push,
    fill_with_every_kind,
    opened,
    quick_sandbox,
    read_networks,
)
from tests.samples import Genes, Sample, figure, figure_text, network_id

POOL: Genes = (
    ("CXCL8", "3576"),
    ("IL1B", "3553"),
    ("NFKB1", "4790"),
    ("TNF", "7124"),
    ("AKT1", "207"),
)
GIVEN = {network_id(number) for number in (1, 2, 4, 6)}
KINDS: st.SearchStrategy[dict[str, Any]] = st.sampled_from(
    [
        {"kind": FaultKind.LOST},
        {"kind": FaultKind.RESET_BEFORE},
        {"kind": FaultKind.RESET_DURING},
        {"kind": FaultKind.ERROR, "status": 500},
        {"kind": FaultKind.ERROR, "status": 503},
        {"kind": FaultKind.THROTTLE},
        {"kind": FaultKind.TRUNCATE, "bytes": 7},
        {"kind": FaultKind.LOAD, "message": "broken"},
        {"kind": FaultKind.LOAD, "seconds": (0.02, 0.05)},
        {"kind": FaultKind.CONVERT, "message": "broken style"},
        {"kind": FaultKind.EARLY},
    ]
)
CALLS = st.sampled_from(
    [
        ("*", "*"),
        ("PUT", "*"),
        ("POST", "/v3/networks"),
        ("PUT", "/v3/networks/*"),
        ("GET", "/v3/networks/*"),
        ("GET", "/v2/network/*"),
        ("PUT", "/v2/network/*/properties"),
        ("PUT", "/v2/network/*/systemproperty"),
    ]
)


@st.composite
def fault_rules(draw: st.DrawFn) -> FaultRule:
    """Draw one thing that goes wrong."""
    method, path = draw(CALLS)
    rate, times = draw(st.sampled_from([(1.0, 1), (1.0, 4), (0.2, None), (0.5, 10), (1.0, None)]))
    return FaultRule(method=method, path=path, rate=rate, times=times, **draw(KINDS))


class Histories(RuleBasedStateMachine):
    """A collection of six records, its networks, and everything that can happen to them."""

    def __init__(self) -> None:
        super().__init__()
        self.root = Path(tempfile.mkdtemp(prefix="ndex-sync-history-"))
        self.sample = Sample(self.root)
        self.plan: Plan | None = None
        self.theirs: dict[str, str] = {}

    @initialize()
    def begin(self) -> None:
        """Fill the sandbox."""
        fill_with_every_kind(self.sample)
        with Store.open(self.root / "ndex.sqlite") as store:
            self.sample.fill(store)
            with store.writing() as db:
                rows.update(db, network_id(1), index_level="ALL")
                rows.update(db, network_id(2), index_level="META")

    @rule(number=st.sampled_from([1, 2, 4, 6]), genes=st.sets(st.sampled_from(POOL), min_size=1))
    def change_record(self, number: int, genes: set[tuple[str, str]]) -> None:
        """A maintainer changes a record's genes."""
        text = figure_text(figure(number), sorted(genes), network_id(number))
        self.sample.add_file(f"_figures/{figure(number)}.md", text)

    @rule(number=st.sampled_from([1, 2, 4, 6]), text=st.sampled_from(["one", "two"]))
    def somebody_edits(self, number: int, text: str) -> None:
        """Somebody else describes a network; ours to keep, unless its content is broken."""
        with Store.open(self.root / "ndex.sqlite") as store, store.writing() as db:
            row = rows.get(db, network_id(number))
            if row.name and not row.error:
                rows.update(db, row.id, description=text)
                rows.touch(db, row, row.modified_ms + 1000)
                self.theirs[row.id] = text

    @rule(faults=st.lists(fault_rules(), max_size=2))
    def plan_push(self, faults: list[FaultRule]) -> None:
        """Plan a push where none is at hand, through faults."""

        async def _plan(push: Push) -> None:
            self.plan = await push.plan(prune=True)

        if self.plan is None:
            self.run(_plan, faults)

    @rule(faults=st.lists(fault_rules(), min_size=1, max_size=3))
    def apply(self, faults: list[FaultRule]) -> None:
        """Apply the plan at hand, or one made now, through faults."""
        if self.plan is None:
            self.plan_push([])
        plan = self.plan
        assert plan is not None
        self.run(lambda push: self.apply_plan(push, plan), faults)

    @invariant()
    def no_network_is_there_twice(self) -> None:
        """At no time do two networks claim one record."""
        claims = [
            item["value"]
            for network in self.networks().values()
            if not network["deleted"]
            for item in network["properties"]
            if item["predicateString"] == "pfocrId"
        ]
        assert len({claim.removesuffix(".jpg") for claim in claims}) == len(claims)

    def teardown(self) -> None:
        """Let the server be well, finish what was begun, and push until nothing is left."""
        try:
            if self.sample.networks:
                self.apply([])
                self.plan = None
                self.run(self.finish, [])
                self.judge()
                self.judge_search()
        finally:
            shutil.rmtree(self.root)

    async def apply_plan(self, push: Push, plan: Plan) -> None:
        """Apply a plan; it is at hand until nothing of it is left."""
        try:
            applied = await push.apply(plan)
        except ServerError:  # not even who is logged in could be found out
            return
        if all(outcome.outcome.final for outcome in applied.outcomes.values()):
            self.plan = None

    async def finish(self, push: Push) -> None:
        """Push on a server that is well, and see that it all took."""
        applied = await push.push(prune=True)
        assert applied.count(Outcome.DONE) == len(applied.outcomes), applied.outcomes
        again = await push.plan(prune=True)
        assert (again.actions, again.skipped) == ((), ())
        verdicts = {result.verdict for result in (await push.check()).values()}
        assert verdicts == {Verdict.IN_SYNC}

    def judge(self) -> None:
        """Hold what the server has against what it must have."""
        networks = self.networks()
        alive = {name: each for name, each in networks.items() if not each["deleted"]}
        assert len(alive) == 5
        for name, network in alive.items():
            state = (network["read_only"], network["visibility"], network["locked"])
            assert state == (1, "PUBLIC", 0)
            assert (network["error"], network["completed"]) == (None, 1)
            said = "" if name in GIVEN else "<p>A figure.</p>"
            assert (network["description"] or "") == self.theirs.get(name, said)
            properties = {item["predicateString"] for item in network["properties"]}
            assert "ndexSyncRun" not in properties
            if name in GIVEN:
                assert properties >= UNMANAGED.keys()

    def judge_search(self) -> None:
        """See that the networks with an index level are found where they are shown."""
        with Store.open(self.root / "ndex.sqlite") as store, store.reading() as db:
            cores = {rows.get(db, network_id(number)).search_core for number in (1, 2)}
        assert cores == {"PUBLIC"}

    def networks(self) -> dict[str, Any]:
        """Take down what the server holds."""
        with Store.open(self.root / "ndex.sqlite") as store:
            return read_networks(store)

    def run(
        self, work: Callable[[Push], Coroutine[Any, Any, None]], faults: Sequence[FaultRule]
    ) -> None:
        """Do work with a push of the collection, on a server with these faults."""

        async def _run() -> None:
            sandbox = self.root / "ndex.sqlite"
            facts = {**EVERYTHING, "limits": GuardLimits(max_update_fraction=1.0, max_deletes=9)}
            async with opened(self.sample, sandbox, quick_sandbox(faults), **facts) as push:
                await work(push)

        asyncio.run(_run())


TestHistories = pytest.mark.slow(Histories.TestCase)
Histories.TestCase.settings = settings(
    max_examples=25,
    stateful_step_count=6,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
