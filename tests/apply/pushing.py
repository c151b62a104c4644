"""Plan and apply against a sandbox in this process, and take down all that it holds."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import date
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import httpx
import orjson

from sync.accepted.waiver import Waiver
from sync.accepted.waivers import Waivers
from sync.apply.context import ApplyContext, ApplyPolicy
from sync.apply.recover import Remains, recover_runs
from sync.apply.restore import RestoreRequest, plan_restore
from sync.apply.run import Applied, apply_plan
from sync.build_plan import PlanRequest, make_plan
from sync.collection.listing import Location
from sync.match.compare import DesiredState
from sync.match.whole import Compared
from sync.model import CheckResult, NetworkId, Visibility
from sync.ndex.client import NdexClient, open_client
from sync.ndex.loading import LoadingPolicy
from sync.ndex.policy import ClientPolicy
from sync.plan.actions import Plan
from sync.plan.candidates import PushPolicy, Subject
from sync.plan.guards import GuardLimits
from sync.sandbox import contents
from sync.sandbox.app import create_app
from sync.sandbox.faults import FaultRule, parse_rules
from sync.sandbox.settings import SandboxSettings
from sync.sandbox.store import Store
from sync.state.backup import BackupStore
from sync.state.cache import Cache
from sync.state.contents import Contents
from sync.state.journal import Journal
from tests.samples import (
    AS_CURATOR,
    CHEMOKINES,
    CURATOR,
    IMPATIENT,
    Genes,
    Sample,
    check_sample,
    figure,
    network_id,
)

SERVER = "sandbox:test"
ACCOUNT = CURATOR["name"]
SET = NetworkId("5e75e700-0000-11ea-99da-0ac135e8bacf")
ALL = frozenset(Subject)
SANDBOX = "ndex.sqlite"

HASTY = ClientPolicy(
    max_tries=2, base_wait_s=0.001, max_wait_s=0.002, read_timeout_s=5, call_deadline_s=10
)
QUICK_APPLY = ApplyPolicy(
    at_once=1,
    retry_wait_s=0.001,
    loading=LoadingPolicy(
        first_wait_s=0.005,
        longest_wait_s=0.02,
        deadline_s=5.0,
        confirm_s=0.01,
        index_wait_s=2.0,
    ),
)


def quick_sandbox(
    faults: str | Iterable[FaultRule] = (), load_delay_s: float = 0.0
) -> SandboxSettings:
    """Return a sandbox that loads at once, or nearly."""
    rules = parse_rules(faults) if isinstance(faults, str) else faults
    return SandboxSettings(
        load_delay_s=load_delay_s,
        index_delay_s=load_delay_s,
        lock_pause_s=0.001,
        faults=tuple(rules),
    )


class RecordingTransport(httpx.ASGITransport):
    """A way to an application in this process that writes down what it is asked.

    ``calls`` are method and path; ``polled`` says how many networks each batch call asked for, and
    ``most`` how many requests ran at once. No PUT is answered before ``together`` requests have
    run at once.
    """

    def __init__(self, app: Any) -> None:
        super().__init__(app, raise_app_exceptions=False)
        self.calls: list[str] = []
        self.polled: list[int] = []
        self.most = 0
        self.together = 0
        self._under_way = 0
        self._more = asyncio.Condition()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Write down method and path, then pass the request on."""
        self.calls.append(f"{request.method} {request.url.path}")
        if request.url.path == "/v2/batch/network/summary":
            self.polled.append(len(orjson.loads(request.content)))
        self._under_way += 1
        self.most = max(self.most, self._under_way)
        try:
            async with self._more:
                self._more.notify_all()
                if request.method == "PUT":
                    await self._more.wait_for(lambda: self.most >= self.together)
            return await super().handle_async_request(request)
        finally:
            self._under_way -= 1


@dataclass(slots=True)
class Push:
    """A collection, its sandbox and its state folder, planned for and applied at will.

    ``transport`` has written down what the server was asked. ``contents`` are those that the plan
    has read, as one command keeps them; None as where a plan is applied by another.
    """

    sample: Sample
    client: NdexClient
    store: Store
    journal: Journal
    state: Path
    transport: RecordingTransport
    name: str = "figures"
    place: Location = field(default_factory=lambda: Location(network_set=SET))
    desired: DesiredState = field(default_factory=DesiredState)
    subjects: frozenset[Subject] = ALL
    limits: GuardLimits = field(default_factory=lambda: GuardLimits(max_update_fraction=1.0))
    accepted: list[Waiver] = field(default_factory=list)
    contents: Contents | None = None
    compared: frozenset[Compared] | None = None

    async def plan(self, cache: Cache | None = None, **policy: Any) -> Plan:
        """Plan a push of the collection as it is."""
        if cache is None:
            with Cache() as without_file:
                return await self.plan(without_file, **policy)
        collection = self.sample.collection(
            place=self.place,
            desired=self.desired,
            map_path=self.map_path,
            compared=self.compared,
        )
        request = PlanRequest(
            server=SERVER,
            name=self.name,
            collection=collection,
            policy=PushPolicy(
                **{
                    "account": ACCOUNT,
                    "subjects": self.subjects,
                    "network_set": self.place.network_set,
                    "folder": self.place.folder,
                    "visibility": self.desired.visibility,
                    "read_only": self.desired.read_only,
                    **policy,
                }
            ),
            limits=self.limits,
            records_before=self.journal.count_records_before(SERVER, self.name),
            waivers=Waivers(self.accepted, date.min),
        )
        return await make_plan(request, self.client, IMPATIENT, cache, contents=self.contents)

    @property
    def map_path(self) -> str | None:
        """The map file, where the sample has one."""
        return "map.tsv" if (self.sample.root / "map.tsv").exists() else None

    async def apply(self, plan: Plan, policy: ApplyPolicy = QUICK_APPLY) -> Applied:
        """Apply a plan."""
        return await apply_plan(plan, await self.context(policy))

    async def recover(self, policy: ApplyPolicy = QUICK_APPLY) -> tuple[Remains, ...]:
        """Recover what earlier runs have left."""
        return await recover_runs(await self.context(policy))

    async def context(
        self, policy: ApplyPolicy = QUICK_APPLY, stop: asyncio.Event | None = None
    ) -> ApplyContext:
        """Return what an apply works with."""
        user = await self.client.fetch_own_user()
        return ApplyContext(
            client=self.client,
            server=SERVER,
            account=ACCOUNT,
            collection=self.name,
            user=user.id,
            journal=self.journal,
            backups=BackupStore(self.state),
            root=self.sample.root,
            map_path=self.map_path,
            contents=self.contents,
            policy=policy,
            stop=stop or asyncio.Event(),
        )

    async def push(self, policy: ApplyPolicy = QUICK_APPLY, **facts: Any) -> Applied:
        """Plan and apply."""
        return await self.apply(await self.plan(**facts), policy)

    async def restore(self, run: str, policy: ApplyPolicy = QUICK_APPLY) -> Applied:
        """Plan and apply the way back."""
        return await self.apply(await self.plan_restore(run), policy)

    async def plan_restore(self, run: str, *select: str) -> Plan:
        """Plan the way back."""
        found = self.journal.find_run(run)
        assert found is not None
        request = RestoreRequest(found, select, self.limits)
        return await plan_restore(request, await self.context())

    async def check(self) -> dict[str, CheckResult]:
        """Check the collection as it is."""
        collection = self.sample.collection(
            place=self.place,
            desired=self.desired,
            map_path=self.map_path,
            compared=self.compared,
        )
        return (await check_sample(self.client, collection))[0]

    def calls_like(self, pattern: str) -> list[str]:
        """Return the calls made so far that fit a pattern such as ``PUT /v3/networks/*``."""
        return [call for call in self.transport.calls if fnmatchcase(call, pattern)]

    async def wait_for_call(self, pattern: str, count: int = 1) -> None:
        """Wait until so many calls that fit a pattern were sent; other tasks go on meanwhile."""
        while len(self.calls_like(pattern)) < count:  # noqa: ASYNC110 - the calls are a list
            await asyncio.sleep(0.01)

    async def search(self, words: str) -> set[str]:
        """Return the networks that the curator finds by words, once the index is up to date."""
        async with httpx.AsyncClient(
            transport=self.transport,
            base_url="http://127.0.0.1",
            auth=(CURATOR["name"], CURATOR["password"]),
        ) as http:
            answer = await http.post("/v2/search/network", json={"searchString": words})
        return {each["externalId"] for each in answer.json()["networks"]}

    def networks(self) -> dict[str, dict[str, Any]]:
        """Return everything that the server holds, by network: summary, content, membership."""
        return read_networks(self.store)


def read_networks(store: Store) -> dict[str, dict[str, Any]]:
    """Take down all networks of a sandbox straight from its tables, in comparable form."""
    with store.reading() as db:
        rows = db.execute("SELECT * FROM network_row").fetchall()
        members = db.execute("SELECT set_id, network_id FROM set_member").fetchall()
        bodies = {row["id"]: contents.read(db, row["id"], "cx2") for row in rows}
    return {
        row["id"]: {
            **{key: row[key] for key in _KEPT},
            "properties": orjson.loads(row["properties"]),
            "content": _aspects(bodies[row["id"]]),
            "sets": sorted(each["set_id"] for each in members if each["network_id"] == row["id"]),
        }
        for row in rows
    }


_KEPT = (
    "name",
    "description",
    "version",
    "visibility",
    "read_only",
    "folder_id",
    "completed",
    "error",
    "locked",
    "deleted",
    "in_trash",
    "owner",
)


def _aspects(body: bytes | None) -> dict[str, Any] | None:
    if body is None:
        return None
    return {
        name: elements
        for fragment in orjson.loads(body)
        for name, elements in fragment.items()
        if name not in ("metaData", "status", "CXVersion", "hasFragments")
    }


@asynccontextmanager
async def pushing(
    sample: Sample, settings: SandboxSettings | None = None, **facts: Any
) -> AsyncIterator[Push]:
    """Open a push of a sample whose networks are the curator's, in a sandbox made for it."""
    if not sample.users:
        sample.users.append(dict(CURATOR))
    path = sample.root / SANDBOX
    with Store.open(path) as store:
        sample.fill(store)
    async with opened(sample, path, settings or quick_sandbox(), **facts) as push:
        yield push


@asynccontextmanager
async def opened(
    sample: Sample,
    sandbox: Path,
    settings: SandboxSettings,
    journal: type[Journal] = Journal,
    policy: ClientPolicy = HASTY,
    **facts: Any,
) -> AsyncIterator[Push]:
    """Open a push of a sample on a sandbox file that is filled already."""
    state = sample.root / ".ndex-sync"
    with Store.open(sandbox) as store, journal.open(state) as opened_journal:
        transport = RecordingTransport(create_app(store, settings=settings))
        async with open_client(
            "http://127.0.0.1", credentials=AS_CURATOR, policy=policy, transport=transport
        ) as client:
            yield Push(sample, client, store, opened_journal, state, transport, **facts)


@asynccontextmanager
async def reopened(
    sample: Sample, faults: str | Iterable[FaultRule] = (), **facts: Any
) -> AsyncIterator[Push]:
    """Open a push of a sample on the sandbox beside it, which ``pushing`` has filled."""
    settings = quick_sandbox(faults)
    async with opened(sample, sample.root / SANDBOX, settings, **facts) as push:
        yield push


async def plan_push(sample: Sample, **facts: Any) -> Plan:
    """Fill the sandbox of a sample, and plan a push of it."""
    async with pushing(sample, **facts) as push:
        return await push.plan()


def owned(**entry: Any) -> dict[str, Any]:
    """Return the manifest facts of a network of the curator's."""
    return {"owner": ACCOUNT, "visibility": "PUBLIC", **entry}


UNMANAGED = {"curator": "A. N. Other", "score": 5, "tags": ["a", "b"], "checked": True}
"""Properties of all kinds of types that are none of ours."""

FEWER: Genes = (("CXCL8", "3576"), ("TNF", "7124"))
"""Lacks two genes of the records and has one that they have not."""


def fill_with_every_kind(sample: Sample) -> None:
    """Make a collection of which a push does everything that there is to do.

    1: genes and properties differ, read-only. 2: a property differs, not in the set, read-only.
    3: to be made. 4: in sync. 5: no record claims it. 6: hidden.
    """
    for number, remote, changes in (
        (1, FEWER, {"figureTitle": "Old title"}),
        (2, CHEMOKINES, {"paperTitle": "Another paper", "pmcId": None}),
        (4, CHEMOKINES, {}),
        (6, CHEMOKINES, {}),
    ):
        sample.add_pair(
            number,
            remote,
            owned(
                properties=UNMANAGED,
                read_only=number != 6,
                visibility="PRIVATE" if number == 6 else "PUBLIC",
            ),
            **changes,
        )
    sample.add_record(figure(3))
    sample.add_figure(5, CHEMOKINES, owned(read_only=True))
    sample.add_set(SET, [network_id(number) for number in (1, 4, 5, 6)], owner=ACCOUNT)
    sample.users.append(dict(CURATOR))


EVERYTHING: dict[str, Any] = {
    "desired": DesiredState(visibility=Visibility.PUBLIC, read_only=True),
    "limits": GuardLimits(max_update_fraction=1.0, max_deletes=5),
}
"""What a push of that collection is to be told, beside ``prune``."""
