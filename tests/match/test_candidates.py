"""Which of several networks the evidence favours, and that it is told, not guessed."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sync.match.candidates import Candidate, Ranking, describe_candidate, rank_candidates
from sync.model import Absent, GeneCounts, Refused, Unanswered
from tests.nouns import FIGURE, NETWORK, OTHER_NETWORK, make_properties, make_summary

BASE = Candidate(OTHER_NETWORK, ("map.tsv:2",), make_summary(FIGURE, id=OTHER_NETWORK))
SILENT = make_properties(FIGURE, pfocrId=None)
OTHERS = make_properties(FIGURE, pfocrId="PMC2__f2")


def rank(better: Candidate, worse: Candidate) -> Ranking:
    forward = rank_candidates(FIGURE, [better, worse])
    assert forward == rank_candidates(FIGURE, [worse, better])
    return forward


EVIDENCE = {
    "there, the other is not": (BASE, replace(BASE, sighting=Absent()), "cannot be read"),
    "names this record, the other is silent": (
        BASE,
        replace(BASE, sighting=make_summary(FIGURE, properties=SILENT, created_ms=9)),
        "claims this record",
    ),
    "silent, the other names another record": (
        replace(BASE, sighting=make_summary(FIGURE, properties=SILENT)),
        replace(BASE, sighting=make_summary(FIGURE, properties=OTHERS), member=True),
        "claims this record",
    ),
    "in the set, the other is not": (
        replace(BASE, member=True),
        replace(BASE, member=False, genes=GeneCounts(5, 5, 5)),
        "in the collection's set",
    ),
    "more of the record's genes": (
        replace(BASE, genes=GeneCounts(5, 5, 4)),
        replace(BASE, genes=GeneCounts(5, 9, 4)),
        "genes are more like",
    ),
    "made later": (
        replace(BASE, sighting=make_summary(FIGURE, created_ms=2)),
        replace(BASE, sighting=make_summary(FIGURE, created_ms=1)),
        "made later",
    ),
}


@pytest.mark.parametrize(("better", "worse", "reason"), EVIDENCE.values(), ids=EVIDENCE)
def test_evidence_in_the_order_of_its_weight(
    better: Candidate, worse: Candidate, reason: str
) -> None:
    ranking = rank(better, replace(worse, network=NETWORK))

    assert ranking.favoured == better.network
    assert ranking.candidates[0] == better
    assert reason in ranking.reason


UNDECIDED = {
    "all alike": (BASE, BASE, "the same for the first two"),
    "one look-up failed": (
        BASE,
        replace(BASE, sighting=Unanswered("timed out")),
        f"nothing is known about {NETWORK}",
    ),
    "none can be read": (
        replace(BASE, sighting=Absent(), member=True),
        replace(BASE, sighting=Absent()),
        "none of them can be read",
    ),
}


@pytest.mark.parametrize(("one", "other", "reason"), UNDECIDED.values(), ids=UNDECIDED)
def test_without_evidence_none_is_favoured(one: Candidate, other: Candidate, reason: str) -> None:
    ranking = rank(one, replace(other, network=NETWORK))

    assert ranking.favoured is None
    assert reason in ranking.reason
    assert len(ranking.candidates) == 2


def test_a_single_candidate_stands_alone() -> None:
    assert rank_candidates(FIGURE, [BASE]).favoured == OTHER_NETWORK
    assert rank_candidates(FIGURE, []).favoured is None


def test_a_candidate_is_described_with_all_that_tells_it_apart() -> None:
    day = 86_400_000
    summary = make_summary(FIGURE, created_ms=day, modified_ms=2 * day, properties=OTHERS)
    candidate = replace(BASE, sighting=summary, member=False, genes=GeneCounts(16, 12, 11))

    assert describe_candidate(FIGURE, candidate) == (
        f"{OTHER_NETWORK}: map.tsv:2; owned by wikipathways; made 1970-01-02, changed 1970-01-03;"
        " claims PMC2__f2; not in the collection; 11 of 16 genes shared, 12 in all"
    )


@pytest.mark.parametrize(
    ("sighting", "words"),
    [
        (Absent(), "not on the server"),
        (Refused("private"), "we may not read it"),
        (Unanswered("timed out"), "no answer: timed out"),
        (make_summary(FIGURE, properties=SILENT, name="x"), "names no record"),
        (
            make_summary(FIGURE, created_ms=0, modified_ms=10**18),
            "made on an unknown day, changed on an unknown day",
        ),
    ],
    ids=["absent", "refused", "unanswered", "silent", "no such day"],
)
def test_what_could_not_be_learned_is_said(
    sighting: Absent | Refused | Unanswered, words: str
) -> None:
    assert words in describe_candidate(FIGURE, replace(BASE, sighting=sighting))
