"""Build verdicts, differences and reports of which a test names only what matters to it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from msgspec import structs

from sync.model import (
    CheckResult,
    Curie,
    Difference,
    DifferenceKind,
    GeneCounts,
    NetworkId,
    RecordId,
    UnclaimedNetwork,
    Verdict,
)
from sync.plan.actions import Action, Plan
from sync.plan.file import encode_plan
from sync.report import build
from sync.report.build import FinishedRun, describe_collection, describe_result
from sync.report.document import NOTHING_ACCEPTED, Acceptance, Http, Report, Run

SERVER = "https://www.ndexbio.org"
NETWORK = NetworkId("2dee1f6d-8b66-11eb-9e72-0ac135e8bacf")

RUN = FinishedRun(
    Run(
        id="run-1",
        started=datetime(2026, 8, 22, 10, tzinfo=UTC),
        finished=datetime(2026, 8, 22, 10, 3, 12, 500_000, tzinfo=UTC),
        server=SERVER,
        command="check",
        complete=True,
    ),
    Http(requests=2_005, retries=0, bytes_received=12_345_678, bytes_sent=90_000),
)


def make_run(**facts: object) -> FinishedRun:
    """Build a run of which some facts, or costs, are others."""
    costs = {name: facts.pop(name) for name in Http.__struct_fields__ if name in facts}
    run, http = structs.replace(RUN.run, **facts), structs.replace(RUN.http, **costs)
    return FinishedRun(run, http)


@dataclass(frozen=True, slots=True)
class CollectionResults:
    """What a run learned of one collection; ``unchecked`` records it did not come to."""

    name: str
    results: Sequence[CheckResult]
    unclaimed: Sequence[UnclaimedNetwork] = ()
    unchecked: int = 0


def build_report(
    collections: Iterable[CollectionResults],
    run: FinishedRun = RUN,
    accepted: Acceptance = NOTHING_ACCEPTED,
) -> Report:
    """Build a report whose records stand in memory, in the order given."""
    found = tuple(collections)
    return build.build_report(
        [
            describe_collection(
                each.name,
                Counter(result.verdict for result in each.results),
                each.unclaimed,
                each.unchecked,
                sum(
                    item.difference is not None
                    for result in each.results
                    for item in result.accepted
                ),
                rows_left_out=sum(len(result.left_out) for result in each.results),
            )
            for each in found
        ],
        tuple(describe_result(each.name, result) for each in found for result in each.results),
        {each.name: each.unclaimed for each in found},
        run,
        accepted,
    )


def make_result(
    record: str = "WP1", verdict: Verdict = Verdict.IN_SYNC, **facts: object
) -> CheckResult:
    """Build the verdict on a record; a drifted one lacks a gene unless told otherwise."""
    drifted = verdict is Verdict.DRIFTED
    result = CheckResult(
        id=RecordId(record),
        path=f"_pathways/{record}.md",
        line=17,
        network=NETWORK,
        verdict=verdict,
        genes=GeneCounts(local=16, remote=15, shared=15) if drifted else None,
        differences=(make_difference(),) if drifted else (),
    )
    return replace(result, **facts)  # type: ignore[arg-type]


def make_difference(
    kind: DifferenceKind = DifferenceKind.GENE_MISSING, **facts: object
) -> Difference:
    """Build one difference of a kind, of both sides of CXCL8, the title or the visibility."""
    return structs.replace(_DIFFERENCES[kind], **facts)


def make_plan(*actions: Action, records: int = 100, complete: bool = True) -> Plan:
    """Build a plan of these actions."""
    return Plan(
        server="https://x",
        account="me",
        collection="c",
        records=records,
        complete=complete,
        actions=actions,
        id="20261128T205357Z-7882a92c15b1",
    )


def plan_file(plan: Plan) -> bytes:
    """Return the file of a plan."""
    return b"".join(encode_plan(plan))


def make_report(
    *results: CheckResult, unclaimed: tuple[UnclaimedNetwork, ...] = (), **facts: object
) -> Report:
    """Build the report of a run over one collection, ``pfocr``; ``facts`` change the run's."""
    return build_report([CollectionResults("pfocr", results, unclaimed)], make_run(**facts))


_IL8 = (Curie("ncbigene:3576"),)
_DIFFERENCES = {
    each.kind: each
    for each in (
        Difference(DifferenceKind.GENE_MISSING, symbol="CXCL8", ids=_IL8, local={}),
        Difference(DifferenceKind.GENE_EXTRA, symbol="CXCL8", ids=_IL8, remote={}),
        Difference(
            DifferenceKind.GENE_RENAMED,
            symbol="CXCL8",
            ids=_IL8,
            local={"symbol": "CXCL8"},
            remote={"symbol": "IL8"},
        ),
        Difference(
            DifferenceKind.GENE_REIDENTIFIED,
            symbol="CXCL8",
            ids=_IL8,
            local={"ids": "ncbigene:3576"},
            remote={"ids": "ncbigene:3577"},
        ),
        Difference(
            DifferenceKind.GENE_ATTRIBUTE,
            symbol="CXCL8",
            ids=_IL8,
            name="word",
            local={"word": "IL-8"},
            remote={"word": "IL8"},
        ),
        Difference(
            DifferenceKind.NODE_MISSING,
            name="ATP",
            ids=(Curie("chebi:15422"),),
            local={"type": "Metabolite", "element": "a1"},
        ),
        Difference(
            DifferenceKind.NODE_EXTRA, name="ATP", remote={"type": "Metabolite", "element": "a2"}
        ),
        Difference(
            DifferenceKind.INTERACTION_MISSING,
            name="ATP → TP53",
            local={"type": "Arrow", "element": "i1"},
        ),
        Difference(
            DifferenceKind.INTERACTION_EXTRA,
            name="ATP → TP53",
            remote={"type": "mim-inhibition", "element": "", "source": "a1"},
        ),
        Difference(
            DifferenceKind.GROUP,
            name="ATP, TP53",
            local={"members": "ATP, TP53"},
            remote={"members": "ATP"},
        ),
        Difference(
            DifferenceKind.PROPERTY,
            name="title",
            local={"value": "Chemokines in cancer"},
            remote={"value": "Figure 6"},
        ),
        Difference(
            DifferenceKind.MEMBERSHIP,
            name="member",
            local={"value": "true"},
            remote={"value": "false"},
        ),
        Difference(
            DifferenceKind.STATE,
            name="visibility",
            local={"value": "PUBLIC"},
            remote={"value": "PRIVATE"},
        ),
    )
}
