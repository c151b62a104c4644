"""What of a saved report can be accepted, and what a choice takes of it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.accepted.waiver import NEVER_ACCEPTED, WHOLE_VERDICTS, Waiver, item_of_unclaimed, items_of
from sync.accepted.waivers import Waivers
from sync.errors import ConfigError
from sync.model import Accepted, CheckResult, DifferenceKind, NetworkId, RecordId, Verdict
from sync.report.selection import Choice, Chosen, choose
from tests.builders import NETWORK, make_difference, make_report, make_result
from tests.report.samples import REMOTE, UNTIL, every_kind

OTHER = NetworkId("ffffffff-8b66-11eb-9e72-0ac135e8bacf")
REPORT = make_report(
    make_result("WP1", Verdict.UNMAPPED, network=None),
    make_result("WP2", Verdict.FAILED),
    make_result("WP3"),
    make_result(
        "WP4255",
        Verdict.DRIFTED,
        differences=(
            make_difference(DifferenceKind.GENE_EXTRA, symbol="PDK1"),
            make_difference(DifferenceKind.GENE_RENAMED),
            make_difference(DifferenceKind.PROPERTY),
        ),
        accepted=(
            Accepted(
                reason="agreed",
                until=UNTIL,
                difference=make_difference(DifferenceKind.STATE, name="read_only"),
            ),
        ),
    ),
    make_result(
        "WP5",
        Verdict.ACCEPTED,
        accepted=(Accepted(reason="no", until=UNTIL, verdict=Verdict.MISSING),),
    ),
    unclaimed=(REMOTE,),
)


def chosen(**parts: object) -> Chosen:
    return choose(REPORT, Choice(**parts))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        (
            {"records": ("WP4255",)},
            "gene_extra PDK1, gene_renamed CXCL8, property title, state read_only",
        ),
        ({"records": ("WP*",), "kinds": (Verdict.UNMAPPED,)}, "unmapped WP1"),
        ({"genes": ("PDK1",)}, "gene_extra PDK1"),
        ({"genes": ("IL8",)}, "gene_renamed CXCL8"),
        (
            {"genes": ("ncbigene:3576",), "kinds": (DifferenceKind.GENE_RENAMED,)},
            "gene_renamed CXCL8",
        ),
        ({"genes": ("PDK1",), "properties": ("title",)}, "gene_extra PDK1, property title"),
        ({"kinds": (Verdict.MISSING,)}, "missing WP5"),
        ({"records": (NETWORK,)}, f"remote_only {NETWORK}"),
        ({"kinds": (Verdict.REMOTE_ONLY,), "collections": ("pfocr",)}, f"remote_only {NETWORK}"),
    ],
)
def test_a_choice_takes_what_all_of_its_parts_name(parts: dict[str, object], expected: str) -> None:
    items = chosen(**parts).items

    found = (
        f"{each.kind} {each.gene or each.name or each.record or each.network}" for each in items
    )
    assert ", ".join(found) == expected


def test_the_rest_of_a_chosen_record_is_known_too() -> None:
    found = chosen(genes=("PDK1",))

    assert {item.kind for item in found.others} == {
        DifferenceKind.GENE_RENAMED,
        DifferenceKind.PROPERTY,
        DifferenceKind.STATE,
    }


@pytest.mark.parametrize(
    ("parts", "problems"),
    [
        ({"records": ("WP9*",)}, ["--select WP9*: nothing"]),
        ({"records": ("WP1", "WP3")}, ["--select WP3: nothing"]),
        (
            {"records": ("WP4255",), "genes": ("PDK1", "PDK2"), "properties": ("titel",)},
            ["--gene PDK2: nothing", "--property titel: nothing"],
        ),
        ({"kinds": (Verdict.DUPLICATE,)}, ["--kind duplicate: nothing"]),
        (
            {"records": ("WP2",)},
            ["--select WP2: nothing", "1 record could not be checked"],
        ),
        ({"collections": ("figures",)}, ["--collection figures: nothing"]),
    ],
)
def test_a_part_that_names_nothing_is_refused(
    parts: dict[str, object], problems: list[str]
) -> None:
    with pytest.raises(ConfigError) as caught:
        chosen(**parts)

    assert len(caught.value.problems) == len(problems)
    for problem, start in zip(caught.value.problems, problems, strict=True):
        assert problem.startswith(start)


def test_what_could_not_be_checked_is_counted_and_left_out() -> None:
    found = choose(every_kind(), Choice(records=("*",)))

    assert found.unknown == len(NEVER_ACCEPTED)
    assert not any(each.kind in NEVER_ACCEPTED for each in found.items)


texts = st.text(max_size=150)
sides = st.none() | st.dictionaries(texts, texts, max_size=2)
differences = st.builds(
    make_difference,
    st.sampled_from(DifferenceKind),
    symbol=texts,
    ids=st.lists(texts, max_size=2).map(tuple),
    name=texts,
    local=sides,
    remote=sides,
)
drifted = st.builds(
    make_result,
    texts,
    st.just(Verdict.DRIFTED),
    differences=st.lists(differences, min_size=1, max_size=3).map(tuple),
)
judged = st.builds(
    make_result,
    texts,
    st.sampled_from([each for each in WHOLE_VERDICTS if each is not Verdict.REMOTE_ONLY]),
    network=st.sampled_from([None, NETWORK, OTHER]),
    claims=st.none() | texts.map(RecordId),
    candidates=st.lists(st.sampled_from([NETWORK, OTHER]), max_size=2).map(tuple),
)


@given(drifted | judged)
def test_what_is_chosen_from_the_report_of_a_run_is_what_the_next_run_accepts(
    result: CheckResult,
) -> None:
    items = choose(make_report(result), Choice(collections=("pfocr",))).items
    waivers = Waivers(
        [Waiver(item, "agreed", UNTIL) for item in dict.fromkeys(items)], UNTIL, ["pfocr"]
    )

    assert items == [item for item, _ in items_of("pfocr", result)]
    assert waivers.settle("pfocr", result).verdict is Verdict.ACCEPTED


def test_a_network_is_chosen_as_the_next_run_accepts_it() -> None:
    [item] = chosen(kinds=(Verdict.REMOTE_ONLY,)).items

    assert item == item_of_unclaimed("pfocr", REMOTE)
