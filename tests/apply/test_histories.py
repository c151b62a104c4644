"""Histories of records, pushes and other people, with faults all along: the end is always right."""

from __future__ import annotations

import asyncio
import re
import shutil
import tempfile
from collections.abc import Callable, Coroutine, Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from sync.errors import ServerError
from sync.model import Verdict
from sync.plan.actions import CreateNetwork, Plan
from sync.plan.guards import GuardLimits
from sync.sandbox import accounts
from sync.sandbox import networks as rows
from sync.sandbox.faults import FaultKind, FaultRule
from sync.sandbox.store import Store
from sync.state.journal import Outcome
from tests.apply.pushing import (
    ACCOUNT,
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
SANDBOX = "ndex.sqlite"
STRANGER = "stranger"
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
        self.saved_theirs: dict[str, str] = {}
        self.given_away: dict[str, Any] = {}

    @initialize()
    def begin(self) -> None:
        """Fill the sandbox."""
        fill_with_every_kind(self.sample)
        with Store.open(self.root / SANDBOX) as store:
            self.sample.fill(store)
            with store.writing() as db:
                rows.update(db, network_id(1), index_level="ALL")
                rows.update(db, network_id(2), index_level="META")
                accounts.create(db, STRANGER, None, 0)
        self.save_server()

    @rule(number=st.sampled_from([1, 2, 4, 6]), genes=st.sets(st.sampled_from(POOL), min_size=1))
    def change_record(self, number: int, genes: set[tuple[str, str]]) -> None:
        """A maintainer changes a record's genes."""
        text = figure_text(figure(number), sorted(genes), network_id(number))
        self.sample.add_file(f"_figures/{figure(number)}.md", text)

    @rule(number=st.sampled_from([1, 2, 4, 6]), text=st.sampled_from(["one", "two"]))
    def somebody_edits(self, number: int, text: str) -> None:
        """Somebody else describes a network; ours to keep, unless its content is broken."""
        with Store.open(self.root / SANDBOX) as store, store.writing() as db:
            row = rows.get(db, network_id(number))
            if row.name and not row.error and row.owner == ACCOUNT:
                rows.update(db, row.id, description=text)
                rows.touch(db, row, row.modified_ms + 1000)
                self.theirs[row.id] = text

    @rule()
    def save_server(self) -> None:
        """The server's people make a backup."""
        if not self.given_away:
            shutil.copy(self.root / SANDBOX, self.root / "saved.sqlite")
            self.saved_theirs = dict(self.theirs)

    @rule()
    def server_loses_writes(self) -> None:
        """The server is put back to its backup, and has lost all that it said was done since.

        A maintainer takes a UUID that is not there any more out of its record.
        """
        if self.given_away:
            return
        for leftover in self.root.glob(f"{SANDBOX}*"):
            leftover.unlink()
        shutil.copy(self.root / "saved.sqlite", self.root / SANDBOX)
        self.theirs = dict(self.saved_theirs)
        record = self.root / f"_figures/{figure(3)}.md"
        line = re.search(r"^ndex: '?([0-9a-f-]{36})'?$", record.read_text(), re.M)
        if line is not None and line[1] not in self.networks():
            self.sample.add_record(figure(3))

    @rule()
    def open_network_changes_hands(self) -> None:
        """An apply dies while a network is unlocked, and somebody else has it then."""
        dying = FaultRule(
            kind=FaultKind.ERROR, status=503, method="PUT", path="*/systemproperty", after=1
        )
        self.apply([dying])
        with Store.open(self.root / SANDBOX) as store, store.writing() as db:
            stranger = accounts.find_by_name(db, STRANGER)
            assert stranger is not None
            for number in (1, 2, 4):
                if not (row := rows.get(db, network_id(number))).read_only and row.owner == ACCOUNT:
                    rows.update(db, row.id, owner_id=stranger.id)
                    self.given_away[row.id] = None
        held = self.networks()
        self.given_away = {name: held[name] for name in self.given_away}

    @rule(number=st.sampled_from([1, 2, 4, 6]))
    def conflict_goes_away(self, number: int) -> None:
        """Somebody changes a network after the plan and takes the change back after the apply.

        A new plan then says the same as the old one, whose conflict must not stand in its way.
        """
        self.plan = None
        self.plan_push([])
        plan = self.plan
        assert plan is not None
        with Store.open(self.root / SANDBOX) as store, store.writing() as db:
            row = rows.get(db, network_id(number))
            rows.touch(db, row, row.modified_ms + 1000)
        self.run(lambda push: self.apply_plan(push, plan), [])
        with Store.open(self.root / SANDBOX) as store, store.writing() as db:
            left_alone = rows.get(db, row.id).modified_ms == row.modified_ms + 1000
            if left_alone:
                rows.update(db, row.id, modified_ms=row.modified_ms)
        self.plan = None
        if left_alone:
            self.run(lambda push: self.push_network(push, row.id), [])

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
    def what_others_have_is_theirs(self) -> None:
        """At no time is anything written to a network that belongs to somebody else."""
        self.require_untouched()

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
                self.run(self.push_the_rest, [])
                self.require_untouched()
                self.give_back()
                self.apply([])
                self.plan = None
                self.run(self.finish, [])
                self.judge()
                self.judge_search()
        finally:
            shutil.rmtree(self.root)

    async def push_the_rest(self, push: Push) -> None:
        """Push on a server that is well: what somebody else has by now keeps nothing from it."""
        applied = await push.push(prune=True)
        assert applied.count(Outcome.DONE) == len(applied.outcomes), applied.outcomes
        named = {str(each) for each in applied.recovered if not each.fixable}
        for network in self.given_away:
            assert any(network in text for text in named), named

    def require_untouched(self) -> None:
        """See that nothing was written to what belongs to somebody else."""
        held = self.networks()
        assert {name: held[name] for name in self.given_away} == self.given_away

    def give_back(self) -> None:
        """Make the owner of a network that was ours give it back."""
        with Store.open(self.root / SANDBOX) as store, store.writing() as db:
            owner = accounts.find_by_name(db, ACCOUNT)
            assert owner is not None
            for name in self.given_away:
                rows.update(db, name, owner_id=owner.id)
        self.given_away.clear()

    async def push_network(self, push: Push, network: str) -> None:
        """Push on a server that is well, and see that a network is as its record says."""
        plan = await push.plan(prune=True)
        applied = await push.apply(plan)
        ended = [
            applied.outcomes[number].outcome
            for number, action in enumerate(plan.actions)
            if not isinstance(action, CreateNetwork) and action.network == network
        ]
        assert set(ended) <= {Outcome.DONE}, applied.outcomes

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
        with Store.open(self.root / SANDBOX) as store, store.reading() as db:
            cores = {rows.get(db, network_id(number)).search_core for number in (1, 2)}
        assert cores == {"PUBLIC"}

    def networks(self) -> dict[str, Any]:
        """Take down what the server holds."""
        with Store.open(self.root / SANDBOX) as store:
            return read_networks(store)

    def run(
        self, work: Callable[[Push], Coroutine[Any, Any, None]], faults: Sequence[FaultRule]
    ) -> None:
        """Do work with a push of the collection, on a server with these faults."""

        async def _run() -> None:
            sandbox = self.root / SANDBOX
            facts = {**EVERYTHING, "limits": GuardLimits(max_update_fraction=1.0, max_deletes=9)}
            async with opened(self.sample, sandbox, quick_sandbox(faults), **facts) as push:
                await work(push)

        asyncio.run(_run())


TestHistories = pytest.mark.slow(Histories.TestCase)
Histories.TestCase.settings = settings(
    max_examples=settings().max_examples // 5,  # each is many applies
    stateful_step_count=6,
    suppress_health_check=[HealthCheck.too_slow],
)
