"""Make a plan: check the collection, read the contents to change, decide, apply the guards.

This only reads. The decisions are made in ``plan``; what they need to know about contents is
learned here.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

import orjson
from msgspec import structs

from sync.accepted.waivers import Waivers, open_empty_waivers
from sync.apply.lost_create import is_unfinished
from sync.apply.target import digest_of
from sync.at_once import do_each
from sync.check import Finding, Judge
from sync.collection.inventory import Inventory
from sync.collection.load import Collection, Loaded, load_collection
from sync.collection.observe import ObservePolicy
from sync.collection.survey import Survey
from sync.convert.pathway import convert_drawing, digest_network, find_drawing
from sync.cx.edit import edit_genes, find_anchored
from sync.cx.redraw import DrawnLayout, redraw
from sync.cx.repair import repair
from sync.errors import NetworkError, NoDrawing, NotFound, RecordError, ServerError
from sync.model import (
    CheckResult,
    Layout,
    NetworkId,
    Observation,
    Record,
    RecordId,
    Seen,
    Summary,
    UnclaimedNetwork,
    Verdict,
)
from sync.ndex.client import NdexClient
from sync.plan.actions import Action, Plan, PlannedDrawing, Skipped
from sync.plan.candidates import NO_DRAWING, Candidate, ContentFacts, Draft, PushPolicy, Surplus
from sync.plan.decide import Decided, arrange, decide_record, leave_unknown
from sync.plan.decide_update import finish_update
from sync.plan.file import make_plan_id
from sync.plan.guards import GuardLimits, find_tripped
from sync.state.cache import Cache
from sync.state.contents import Contents

_MAY_BE_MADE = frozenset({Verdict.UNMAPPED, Verdict.RESOLVABLE})
_LOOKED_INTO_AT_ONCE = 128
"""As many as a check judges at once: more than the requests that may run at once."""


@dataclass(frozen=True, slots=True)
class PlanRequest:
    """What to plan for: the collection's name, the server's name, policy and limits.

    ``records_before`` is how many records the last apply read, None if there was none. What
    ``waivers`` holds as accepted is left alone.
    """

    server: str
    name: str
    collection: Collection
    policy: PushPolicy
    limits: GuardLimits
    records_before: int | None = None
    waivers: Waivers = field(default_factory=open_empty_waivers)


async def make_plan(
    request: PlanRequest,
    client: NdexClient,
    observe: ObservePolicy,
    cache: Cache,
    deliver: Callable[[CheckResult], None] = lambda _result: None,
    contents: Contents | None = None,
) -> Plan:
    """Check every record and return what a push would do; ``deliver`` takes each verdict.

    ``cache`` is open. ``contents`` keeps the content that was read of the networks to change.

    Raises ConfigError if the map file cannot be read at all.
    """
    deciding = _Deciding(request, client, contents)

    def _keep(finding: Finding) -> None:
        deciding.take(finding)
        deliver(finding.result)

    collection, loading = request.collection, observe.loading
    async with load_collection(collection, client, loading, cache, cache) as loaded:
        judge = Judge(loaded, collection, client, observe, _keep)
        await judge.judge_all(take_over=deciding.is_left_alone)
        await deciding.finish(loaded)
        policy = replace(request.policy, listed=loaded.inventory.is_listed)
        surplus = await _find_surplus(request, loaded.inventory, client) if policy.prune else []
    decided = arrange(deciding.decided(), surplus, policy)
    plan = Plan(
        server=request.server,
        account=policy.account,
        collection=request.name,
        records=deciding.count_read(),
        complete=request.collection.complete,
        kinds=tuple(sorted(policy.kinds)),
        actions=decided.actions,
        skipped=decided.skipped,
        id=make_plan_id(),
    )
    return structs.replace(plan, tripped=find_tripped(plan, request.limits, request.records_before))


@dataclass(slots=True)
class _Entry:
    """What was decided for one record, and what is still open.

    The content of its network may still be needed, or whether the collection has one for it.
    ``number`` is the record's number among those that could be read.
    """

    path: str
    id: RecordId
    number: int | None
    made: list[Action | Skipped] = field(default_factory=list)
    draft: Draft | None = None
    unmade: CheckResult | None = None

    def add(self, decided: Iterable[Decided]) -> None:
        """Add decisions."""
        for each in decided:
            if isinstance(each, Draft):
                self.draft = each
            else:
                self.made.append(each)


class _Deciding:
    """Decides on each record as soon as its verdict is known, and keeps only the decision.

    There is no room for the records, summaries and contents of a whole collection.
    """

    def __init__(self, request: PlanRequest, client: NdexClient, contents: Contents | None) -> None:
        self._request = request
        self._client = client
        self._contents = contents
        self._entries: list[_Entry] = []

    def is_left_alone(self, result: CheckResult) -> bool:
        """Return whether a record needs no action. A fresh look decides what to
        do with the others.
        """
        return self._request.waivers.settle(self._request.name, result).verdict.settled

    def take(self, finding: Finding) -> None:
        """Add a verdict."""
        result = self._request.waivers.settle(self._request.name, finding.result)
        entry = _Entry(result.path, result.id, finding.number)
        if result.verdict in _MAY_BE_MADE:
            entry.unmade = replace(result, about=None)
        else:
            self._decide(entry, result, finding.observation)
        self._entries.append(entry)

    def _decide(self, entry: _Entry, result: CheckResult, observation: Observation | None) -> None:
        """Decide with the content if the check read it whole. The content is not kept."""
        summary = observation.summary if isinstance(observation, Seen) else None
        document = observation.document if isinstance(observation, Seen) else None
        entry.add(decide_record(Candidate(result, summary=summary), self._request.policy))
        if entry.draft is not None and document is not None:
            self._finish_update(entry, entry.draft, document)

    def _finish_update(self, entry: _Entry, draft: Draft, content: object) -> None:
        entry.draft = None
        if self._contents is not None and content is not None:
            action = draft.action
            self._contents.keep(action.network, action.basis.modified_ms, content)
        policy = self._request.policy
        facts = _learn_facts(draft, content)
        if draft.redraws and content is not None:
            facts = _learn_drawing(self._request, draft, content)
        entry.add(finish_update(draft, facts, policy))

    async def finish(self, loaded: Loaded) -> None:
        """Decide what needs contents that were not read yet, or the whole collection."""
        unmade = [entry.unmade for entry in self._entries if entry.unmade is not None]
        await loaded.inventory.survey.ask_full(each.network for each in unmade if each.network)

        async def _finish(entry: _Entry) -> None:
            if entry.unmade is not None:
                self._decide_create(entry, entry.unmade, loaded)
                await asyncio.sleep(0)
            elif entry.draft is not None:
                await self._read_content(entry, entry.draft)

        await do_each(self._entries, _finish, at_once=_LOOKED_INTO_AT_ONCE)

    def _decide_create(self, entry: _Entry, result: CheckResult, loaded: Loaded) -> None:
        policy = replace(self._request.policy, listed=loaded.inventory.is_listed)
        unfinished = _is_unfinished(result, loaded.inventory.survey)
        record = None
        if entry.number is not None and (unfinished or result.verdict is Verdict.UNMAPPED):
            found = loaded.record(entry.number)
            record = found if isinstance(found, Record) else None
        entry.unmade = None
        candidate = Candidate(result, record, unfinished=unfinished)
        if record is not None and record.layout is Layout.WIKIPATHWAYS:
            drawing, _ = _plan_drawing(self._request, record.id, record.path)
            candidate = replace(candidate, drawing=drawing)
        entry.add(decide_record(candidate, policy))

    async def _read_content(self, entry: _Entry, draft: Draft) -> None:
        try:
            content = await _fetch_content(self._client, draft.action.network)
        except ServerError:
            entry.made.append(leave_unknown(draft.action.record))
        else:
            self._finish_update(entry, draft, content)

    def decided(self) -> Iterator[tuple[RecordId, Sequence[Action | Skipped]]]:
        """Yield the decisions on each record, in the order of their paths."""
        for entry in sorted(self._entries, key=lambda each: (each.path, each.id)):
            yield entry.id, entry.made

    def count_read(self) -> int:
        """Return how many records could be read."""
        return sum(entry.number is not None for entry in self._entries)


def _is_unfinished(result: CheckResult, survey: Survey) -> bool:
    """Return whether the network that claims a record is one that we began and did not finish."""
    if result.verdict is not Verdict.RESOLVABLE or result.network is None:
        return False
    claimant = survey.sighting(result.network)
    return isinstance(claimant, Summary) and is_unfinished(claimant)


def _learn_facts(draft: Draft, content: object) -> ContentFacts:
    """Take a content's digest, and try what an edit of its genes would remove."""
    digest, genes = digest_of(content), draft.action.genes
    if content is None:
        return ContentFacts(digest)
    try:
        repaired = repair(content)
        lost_edges = edit_genes(repaired.document, genes).lost_edges
        anchored = find_anchored(repaired.document, genes) if lost_edges else ()
        return ContentFacts(digest, lost_edges, anchored, repairs=repaired.done)
    except NetworkError as error:
        return ContentFacts(digest, problem=str(error))


def _plan_drawing(
    request: PlanRequest, record: RecordId, path: str
) -> tuple[PlannedDrawing | str, bytes]:
    """Return the drawing of a pathway with its network, or the reason why there is none."""
    root = request.collection.root
    try:
        drawing = find_drawing(root, record, path)
        body = convert_drawing(root, drawing, path)
    except NoDrawing:
        return NO_DRAWING, b""
    except (RecordError, NetworkError) as error:
        return f"its drawing cannot be used: {error}", b""
    return PlannedDrawing(drawing, digest_network(body), request.policy.layout), body


def _learn_drawing(request: PlanRequest, draft: Draft, content: object) -> ContentFacts:
    """Take a content's digest, and try to replace it by the network of the drawing."""
    action = draft.action
    drawing, body = _plan_drawing(request, action.record, action.path)
    if isinstance(drawing, str):
        return ContentFacts(digest_of(content), problem=drawing)
    try:
        repaired = repair(content)
        redrawn = redraw(repaired.document, orjson.loads(body), DrawnLayout(drawing.layout))
    except NetworkError as error:
        return ContentFacts(digest_of(content), problem=str(error))
    return ContentFacts(
        digest_of(content),
        repairs=repaired.done,
        drawing=drawing,
        unchanged=digest_of(orjson.loads(redrawn)) == digest_of(content),
    )


async def _fetch_content(client: NdexClient, network: NetworkId) -> object:
    try:
        return await client.fetch_cx2(network)
    except NotFound:
        return None


async def _find_surplus(
    request: PlanRequest, inventory: Inventory, client: NdexClient
) -> list[Surplus]:
    """Look at every unclaimed network; one that cannot be read is left alone."""
    if not request.collection.complete:
        return []
    surplus = []
    unclaimed = request.waivers.settle_unclaimed(request.name, tuple(inventory.unclaimed()))
    await inventory.survey.ask_full(each.network for each in unclaimed)
    for found in unclaimed:
        summary = inventory.survey.sighting(found.network)
        if isinstance(summary, Summary):
            surplus.append(await _look_at_surplus(found, summary, client))
    return surplus


async def _look_at_surplus(
    found: UnclaimedNetwork, summary: Summary, client: NdexClient
) -> Surplus:
    try:
        content = await _fetch_content(client, found.network)
    except ServerError as error:
        return Surplus(found, summary, None, problem=f"its content could not be read: {error}")
    return Surplus(found, summary, digest_of(content))
