"""Make a plan: check the collection, look into what would be changed, decide, guard.

Only reads. What the decisions need to know of contents is learned here; they are made in
``plan``.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from sync.accepted.book import Book, open_empty_book
from sync.actions import Plan
from sync.apply.course import digest_of
from sync.apply.creation import is_unfinished
from sync.check import Finding, examine_collection
from sync.cx.edit import edit_genes, find_anchored
from sync.cx.repair import repair
from sync.errors import NetworkError, NotFound, ServerError
from sync.guards import GuardLimits, find_tripped
from sync.ledger import Ledger
from sync.locate import Collection
from sync.located import Located
from sync.model import CheckResult, NetworkId, Seen, Summary, UnclaimedNetwork, Verdict
from sync.ndex.client import NdexClient
from sync.observe import ObservePolicy
from sync.plan import (
    GENE_KINDS,
    Candidate,
    ContentFacts,
    PushPolicy,
    Subject,
    Surplus,
    decide_actions,
    explain_left_alone,
)
from sync.planfile import make_plan_id
from sync.state.cache import FORGETFUL, Cache
from sync.state.contents import Contents

_UNREAD = {Verdict.INVALID_RECORD}


@dataclass(frozen=True, slots=True)
class PlanRequest:
    """What to plan for: the collection by name, the server as it is called, policy and limits.

    ``records_before`` is how many records the last apply read, None where there was none. What
    ``book`` holds as accepted is left alone.
    """

    server: str
    name: str
    collection: Collection
    policy: PushPolicy
    limits: GuardLimits
    records_before: int | None = None
    book: Book = field(default_factory=open_empty_book)


async def make_plan(
    request: PlanRequest,
    client: NdexClient,
    observe: ObservePolicy,
    deliver: Callable[[CheckResult], None] = lambda _result: None,
    cache: Cache = FORGETFUL,
    contents: Contents | None = None,
) -> Plan:
    """Check every record and return what a push would do; ``deliver`` takes each verdict.

    ``contents`` keeps what was read of the networks whose content is to be changed.

    Raises ConfigError where the map file cannot be read at all.
    """
    # A later verdict on the same record takes the place of the earlier one; on a refused one, whose
    # path may be that of a table which others share, there is one word only.
    latest: dict[str, Candidate] = {}
    refused: list[Candidate] = []
    subjects = request.policy.subjects

    def _keep(finding: Finding) -> None:
        settled = request.book.settle(request.name, finding.result)
        found = _consider(replace(finding, result=settled), subjects, contents)
        if finding.record is None:
            refused.append(found)
        else:
            latest[finding.result.path] = found
        deliver(finding.result)

    with Ledger() as ledger:
        located = await examine_collection(
            request.collection, client, observe, _keep, ledger, cache
        )
        policy = replace(request.policy, listed=located.is_listed)
        candidates = await _look_into([*refused, *latest.values()], client, subjects, contents)
        candidates = [_note_unfinished(each, located) for each in candidates]
        surplus = await _find_surplus(request, located, client) if policy.prune else []
    decided = decide_actions(candidates, surplus, policy)
    plan = Plan(
        server=request.server,
        account=policy.account,
        collection=request.name,
        records=sum(each.result.verdict not in _UNREAD for each in candidates),
        complete=request.collection.complete,
        actions=decided.actions,
        skipped=decided.skipped,
        id=make_plan_id(),
    )
    return replace(plan, tripped=find_tripped(plan, request.limits, request.records_before))


def _consider(
    finding: Finding, subjects: frozenset[Subject], contents: Contents | None
) -> Candidate:
    """Make a candidate of a verdict, with what its content tells where the check read it whole.

    The content itself is let go: all candidates of a collection are held at once.
    """
    if not isinstance(finding.observation, Seen):
        return Candidate(finding.result, finding.record)
    document = finding.observation.document
    candidate = Candidate(
        finding.result, finding.record, replace(finding.observation, document=None)
    )
    if document is None or not _needs_content(candidate, subjects):
        return candidate
    return _learn_of(candidate, document, contents)


def _learn_of(candidate: Candidate, document: object, contents: Contents | None) -> Candidate:
    """Add what a content tells, and put it aside for an apply that follows."""
    if contents is not None and candidate.seen is not None and document is not None:
        contents.keep(candidate.seen.summary, document)
    return replace(candidate, content=_learn_facts(candidate.result, document))


def _needs_content(candidate: Candidate, subjects: frozenset[Subject]) -> bool:
    if candidate.result.verdict is not Verdict.DRIFTED or candidate.seen is None:
        return False
    return Subject.GENES in subjects and any(
        each.kind in GENE_KINDS for each in candidate.result.differences
    )


async def _look_into(
    candidates: list[Candidate],
    client: NdexClient,
    subjects: frozenset[Subject],
    contents: Contents | None,
) -> list[Candidate]:
    async with asyncio.TaskGroup() as tasks:
        looking = [
            tasks.create_task(_look_into_one(each, client, subjects, contents))
            for each in candidates
        ]
    return [task.result() for task in looking]


async def _look_into_one(
    candidate: Candidate,
    client: NdexClient,
    subjects: frozenset[Subject],
    contents: Contents | None,
) -> Candidate:
    """Read the content of a network that may be changed, where that was not done yet."""
    if candidate.seen is None or candidate.content is not None:
        return candidate
    if not _needs_content(candidate, subjects):
        return candidate
    try:
        content = await _fetch_content(client, candidate.seen.summary.id)
    except ServerError as error:
        failed = replace(candidate.result, verdict=Verdict.FAILED, messages=(str(error),))
        return Candidate(failed, candidate.record)
    return _learn_of(candidate, content, contents)


def _note_unfinished(candidate: Candidate, located: Located) -> Candidate:
    """Note where the network that claims a record is one that we did not finish making."""
    result = candidate.result
    if result.verdict is not Verdict.RESOLVABLE or result.network is None:
        return candidate
    claimant = located.sighting(result.network)
    return replace(candidate, unfinished=isinstance(claimant, Summary) and is_unfinished(claimant))


def _learn_facts(result: CheckResult, content: object) -> ContentFacts:
    """Take a content's digest, and try what editing its genes would cost."""
    digest = digest_of(content)
    genes = [
        each
        for each in result.differences
        if each.kind in GENE_KINDS and explain_left_alone(each) is None
    ]
    if content is None or not genes:
        return ContentFacts(digest)
    try:
        repaired = repair(content)
        lost_edges = edit_genes(repaired.document, genes).lost_edges
        anchored = find_anchored(repaired.document, genes) if lost_edges else ()
        return ContentFacts(digest, lost_edges, anchored, repairs=repaired.done)
    except NetworkError as error:
        return ContentFacts(digest, problem=str(error))


async def _fetch_content(client: NdexClient, network: NetworkId) -> object:
    try:
        return await client.fetch_cx2(network)
    except NotFound:
        return None


async def _find_surplus(
    request: PlanRequest, located: Located, client: NdexClient
) -> list[Surplus]:
    """Look at every unclaimed network; one that cannot be read is left alone."""
    if not request.collection.complete:
        return []
    surplus = []
    for found in request.book.settle_unclaimed(request.name, tuple(located.unclaimed())):
        summary = located.sighting(found.network)
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
