"""What was accepted is taken out of a verdict, and comes back when it expires or changes."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from sync.accepted.waiver import (
    NEVER_ACCEPTED,
    WHOLE_VERDICTS,
    WaivedItem,
    Waiver,
    item_of_unclaimed,
    items_of,
)
from sync.accepted.waivers import Waivers, WaiverStatus, settle
from sync.model import (
    CheckResult,
    Difference,
    DifferenceKind,
    NetworkId,
    RecordId,
    UnclaimedNetwork,
    Verdict,
)
from tests.builders import NETWORK, make_difference, make_result

TODAY = date(2026, 11, 28)
LATER = TODAY + timedelta(days=90)
OTHER = NetworkId("ffffffff-8b66-11eb-9e72-0ac135e8bacf")
EXTRA = make_difference(DifferenceKind.GENE_EXTRA, symbol="PDK1")
TITLE = make_difference(DifferenceKind.PROPERTY)
DRIFTED = make_result(verdict=Verdict.DRIFTED, differences=(EXTRA, TITLE))
OTHERWISE = make_result(verdict=Verdict.DRIFTED)
UNMAPPED = make_result(verdict=Verdict.UNMAPPED)
APART = replace(OTHERWISE, differences=(make_difference(DifferenceKind.MEMBERSHIP),))
ORPHAN = UnclaimedNetwork(NETWORK, "An orphan", RecordId("WP9"))


def entries_of(result: CheckResult, until: date = LATER) -> list[Waiver]:
    return [Waiver(item, "agreed", until) for item, _ in items_of("pathways", result)]


def book_of(*entries: Waiver, today: date = TODAY) -> Waivers:
    return Waivers(entries, today, configured=["pathways"])


def fates(waivers: Waivers) -> dict[WaiverStatus, int]:
    return {
        fate: len(waivers.with_status(fate)) for fate in WaiverStatus if waivers.with_status(fate)
    }


def test_accepted_differences_stand_apart_from_the_others() -> None:
    [extra, _] = entries_of(DRIFTED)
    waivers = book_of(extra)

    result = waivers.settle("pathways", DRIFTED)

    assert result.verdict is Verdict.DRIFTED
    assert result.differences == (TITLE,)
    assert [(each.difference, each.reason, each.until) for each in result.accepted] == [
        (EXTRA, "agreed", LATER)
    ]
    assert result.messages == ()
    assert fates(waivers) == {WaiverStatus.HOLDS: 1}


@pytest.mark.parametrize(
    "verdict", [each for each in WHOLE_VERDICTS if each is not Verdict.REMOTE_ONLY]
)
def test_a_whole_verdict_is_accepted_and_named(verdict: Verdict) -> None:
    judged = make_result(verdict=verdict, candidates=(NETWORK, OTHER), claims=RecordId("WP2"))

    result = book_of(*entries_of(judged)).settle("pathways", judged)

    assert result.verdict is Verdict.ACCEPTED
    assert [each.verdict for each in result.accepted] == [verdict]


def test_of_what_could_not_be_checked_only_an_unreadable_network_can_be_accepted() -> None:
    """That it is not for us to read is known: its owner may want it so."""
    incomplete = {verdict for verdict in Verdict if verdict.incomplete}

    assert incomplete.intersection(WHOLE_VERDICTS) == {Verdict.UNREADABLE}
    assert incomplete - NEVER_ACCEPTED == {Verdict.UNREADABLE}


@pytest.mark.parametrize("verdict", sorted(NEVER_ACCEPTED))
def test_what_is_not_known_is_never_accepted(verdict: Verdict) -> None:
    judged = make_result(verdict=verdict)
    entry = Waiver(WaivedItem("pathways", verdict, record="WP1", network=NETWORK), "agreed", LATER)

    assert list(items_of("pathways", judged)) == []
    assert book_of(entry).settle("pathways", judged) == judged


def test_what_is_in_doubt_beside_accepted_differences_leaves_the_record_unchecked() -> None:
    doubtful = replace(DRIFTED, doubt="the network set could not be listed")

    result = book_of(*entries_of(DRIFTED)).settle("pathways", doubtful)

    assert result.verdict is Verdict.FAILED
    assert len(result.accepted) == 2


def test_an_entry_holds_through_its_day_and_no_longer() -> None:
    entries = entries_of(DRIFTED, until=TODAY)

    assert book_of(*entries).settle("pathways", DRIFTED).verdict is Verdict.ACCEPTED

    waivers = book_of(*entries, today=TODAY + timedelta(days=1))
    result = waivers.settle("pathways", DRIFTED)
    assert result.verdict is Verdict.DRIFTED
    assert result.differences == DRIFTED.differences
    assert result.accepted == ()
    assert result.messages == (
        "gene_extra PDK1 was accepted until 2026-11-28: agreed",
        "property title was accepted until 2026-11-28: agreed",
    )
    assert fates(waivers) == {WaiverStatus.EXPIRED: 2}


@pytest.mark.parametrize(
    "changed",
    [
        structs.replace(TITLE, remote={"value": "Figure 7"}),
        structs.replace(TITLE, local={"value": "Chemokines"}),
        structs.replace(TITLE, remote=None),
        structs.replace(TITLE, remote={"value": "x" * 500}),
    ],
)
def test_a_difference_that_changed_comes_back_and_says_so(changed: Difference) -> None:
    [_, title] = entries_of(DRIFTED)
    waivers = book_of(title)
    now = replace(DRIFTED, differences=(changed,))

    result = waivers.settle("pathways", now)

    assert result.verdict is Verdict.DRIFTED
    assert result.differences == now.differences
    assert result.messages == ("property title was accepted and has changed since: agreed",)
    assert fates(waivers) == {WaiverStatus.CHANGED: 1}


def test_one_accepted_attribute_of_a_gene_says_nothing_of_another() -> None:
    word = make_difference(DifferenceKind.GENE_ATTRIBUTE)
    source = structs.replace(word, name="source")
    before = replace(DRIFTED, differences=(word,))

    waivers = book_of(*entries_of(before))
    result = waivers.settle("pathways", replace(DRIFTED, differences=(word, source)))

    assert result.differences == (source,)
    assert [each.difference for each in result.accepted] == [word]


@pytest.mark.parametrize(
    ("verdict", "changed"),
    [
        (Verdict.MISSING, {"network": OTHER}),
        (Verdict.MISMATCHED, {"claims": RecordId("WP3")}),
        (Verdict.AMBIGUOUS, {"candidates": (NETWORK, OTHER)}),
    ],
)
def test_a_verdict_that_changed_comes_back(verdict: Verdict, changed: dict[str, Any]) -> None:
    before = make_result(verdict=verdict, claims=RecordId("WP2"), candidates=(NETWORK,))
    now = replace(before, **changed)
    entries = entries_of(before)

    assert book_of(*entries).settle("pathways", before).verdict is Verdict.ACCEPTED
    assert book_of(*entries).settle("pathways", now).verdict is verdict


@pytest.mark.parametrize(
    ("accepted", "now", "fate"),
    [
        pytest.param(DRIFTED, make_result(), WaiverStatus.STALE, id="in sync"),
        pytest.param(DRIFTED, OTHERWISE, WaiverStatus.STALE, id="differs otherwise"),
        pytest.param(DRIFTED, make_result(verdict=Verdict.FAILED), None, id="not answered"),
        pytest.param(DRIFTED, make_result(verdict=Verdict.UNREADABLE), None, id="not readable"),
        pytest.param(DRIFTED, make_result(verdict=Verdict.MISSING), None, id="nothing to compare"),
        pytest.param(APART, replace(OTHERWISE, doubt="no answer"), None, id="member of no list"),
        pytest.param(UNMAPPED, DRIFTED, WaiverStatus.STALE, id="another verdict"),
        pytest.param(UNMAPPED, make_result(verdict=Verdict.FAILED), None, id="not checked"),
    ],
)
def test_an_entry_is_stale_only_where_the_record_was_compared(
    accepted: CheckResult, now: CheckResult, fate: WaiverStatus | None
) -> None:
    waivers = book_of(entries_of(accepted)[0])

    assert waivers.settle("pathways", now) == now
    waivers.close(whole=["pathways"])

    assert fates(waivers) == ({} if fate is None else {fate: 1})


@pytest.mark.parametrize(
    ("whole", "expected"),
    [(["pathways"], {WaiverStatus.STALE: 1}), ([], {})],
    ids=["all", "selection"],
)
def test_a_record_without_a_file_is_known_to_be_gone_only_by_a_look_at_all(
    whole: list[str], expected: dict[WaiverStatus, int]
) -> None:
    waivers = book_of(entries_of(DRIFTED)[0])

    waivers.close(whole)

    assert fates(waivers) == expected


def test_a_collection_that_is_not_configured_is_reported_as_stale() -> None:
    waivers = Waivers(entries_of(DRIFTED), TODAY, configured=["figures"])

    waivers.close()

    assert fates(waivers) == {WaiverStatus.STALE: 2}


def test_two_files_of_one_record_share_its_entries() -> None:
    waivers = book_of(entries_of(DRIFTED)[0])

    waivers.settle("pathways", DRIFTED)
    waivers.settle("pathways", make_result())

    assert fates(waivers) == {WaiverStatus.HOLDS: 1}


def test_entries_hold_for_their_collection_alone() -> None:
    assert book_of(*entries_of(DRIFTED)).settle("figures", DRIFTED) == DRIFTED


@pytest.mark.parametrize(
    ("networks", "today", "fate"),
    [
        ([ORPHAN], TODAY, WaiverStatus.HOLDS),
        ([ORPHAN], LATER + timedelta(days=1), WaiverStatus.EXPIRED),
        ([replace(ORPHAN, claims=None)], TODAY, WaiverStatus.CHANGED),
        ([replace(ORPHAN, network=OTHER)], TODAY, WaiverStatus.STALE),
        ([], TODAY, WaiverStatus.STALE),
        (None, TODAY, None),
    ],
    ids=["holds", "expired", "changed", "another", "gone", "not listed"],
)
def test_a_network_that_no_record_claims_is_accepted_like_a_record(
    networks: list[UnclaimedNetwork] | None, today: date, fate: WaiverStatus | None
) -> None:
    entry = Waiver(item_of_unclaimed("pathways", ORPHAN), "an old one", LATER)
    waivers = book_of(entry, today=today)

    settled = waivers.settle_unclaimed("pathways", networks)
    waivers.close(whole=["pathways"])

    accepted = [fate is WaiverStatus.HOLDS] * len(networks or ())
    assert [each.accepted is not None for each in settled] == accepted
    assert fates(waivers) == ({} if fate is None else {fate: 1})


kinds = st.sampled_from(DifferenceKind)
symbols = st.sampled_from(["A", "B"])
drift = st.lists(st.tuples(kinds, symbols, st.sampled_from(["x", "y"])), max_size=6, unique=True)


@given(drift, st.data())
def test_nothing_is_lost_and_nothing_is_accepted_that_was_not(
    found: list[tuple[DifferenceKind, str, str]], data: st.DataObject
) -> None:
    """What differs is either open or accepted, and accepted exactly where an entry names it."""
    differences = tuple(
        make_difference(kind, symbol=symbol, name=symbol, remote={"value": value})
        for kind, symbol, value in found
    )
    judged = make_result(
        verdict=Verdict.DRIFTED if differences else Verdict.IN_SYNC, differences=differences
    )
    entries = [entry for entry in entries_of(judged) if data.draw(st.booleans())]

    result = settle(judged, entries, "pathways", TODAY).result

    named = {entry.item for entry in entries}
    for item, difference in items_of("pathways", judged):
        assert (difference in result.differences) == (item not in named)
        assert (difference in [each.difference for each in result.accepted]) == (item in named)
    assert result.verdict is (
        judged.verdict if result.differences or not differences else Verdict.ACCEPTED
    )
