"""The accepted file is changed line by line: what people wrote stays, and it reads as meant."""

from __future__ import annotations

import tomllib
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.accepted.edit import edit_accepted
from sync.accepted.file import parse_accepted
from sync.accepted.waiver import WHOLE_VERDICTS, WaivedItem, Waiver
from sync.errors import ConfigError
from sync.model import DifferenceKind, Verdict

DAY = date(2027, 3, 1)


def unmapped(record: str, reason: str = "never uploaded", until: date = DAY) -> Waiver:
    return Waiver(WaivedItem("pathways", Verdict.UNMAPPED, record=record), reason, until)


def edited(text: str, *added: Waiver) -> str:
    return edit_accepted(text, "x.toml", added)


def added_lines(before: str, after: str) -> list[str]:
    """Return the lines of ``after`` that are new; every old one must still be there, in order."""
    rest = iter(after.splitlines())
    new = []
    for line in before.splitlines():
        for found in rest:
            if found == line:
                break
            new.append(found)
        else:
            pytest.fail(f"lost: {line}")
    return [*new, *rest]


def test_a_new_file_says_what_it_is_and_lists_one_item_a_line() -> None:
    gene = WaivedItem(
        "pathways",
        DifferenceKind.GENE_RENAMED,
        record="WP4255",
        gene="CXCL8",
        ids=("ncbigene:3576",),
        local=(("symbol", "CXCL8"),),
        remote=(("symbol", 'IL"8'),),
    )

    text = edited("", unmapped("WP10"), Waiver(gene, "as printed", DAY), unmapped("WP9"))

    comments, _, entries = text.partition("\n\n")
    assert all(line.startswith("# ") for line in comments.splitlines())
    assert entries == (
        "[[accepted]]\n"
        'collection = "pathways"\n'
        'reason = "as printed"\n'
        "until = 2027-03-01\n"
        "items = [\n"
        '  { record = "WP4255", kind = "gene_renamed", gene = "CXCL8", ids = ["ncbigene:3576"],'
        ' local = { symbol = "CXCL8" }, remote = { symbol = "IL\\"8" } },\n'
        "]\n\n"
        "[[accepted]]\n"
        'collection = "pathways"\n'
        'reason = "never uploaded"\n'
        "until = 2027-03-01\n"
        "items = [\n"
        '  { record = "WP9", kind = "unmapped" },\n'
        '  { record = "WP10", kind = "unmapped" },\n'
        "]\n"
    )


BY_HAND = """\
# our decisions

# asked the curators
[[accepted]]   # 2026
until = 2027-03-01
reason = 'never uploaded'
collection = "pathways"
items = [
    {kind="unmapped", record="WP7"}, # the mouse one
  # and these
  { record = "WP3", kind = "unmapped" }  # without a comma
]
# the end"""


def test_items_are_added_to_the_group_of_their_decision_and_nothing_else_changes() -> None:
    after = edited(BY_HAND, unmapped("WP1"), unmapped("WP5"), unmapped("WP8"))

    assert added_lines(
        BY_HAND.replace('"unmapped" }  # without', '"unmapped" },  # without'), after
    ) == [
        '  { record = "WP1", kind = "unmapped" },',
        '  { record = "WP5", kind = "unmapped" },',
        '  { record = "WP8", kind = "unmapped" },',
    ]
    assert len(parse_accepted(after, "x.toml")) == 5


def test_what_is_accepted_anew_moves_to_its_new_decision() -> None:
    text = edited("", unmapped("WP1"), unmapped("WP2"))

    after = edited(text, unmapped("WP1", until=date(2027, 9, 1)))

    assert [(entry.item.record, str(entry.until)) for entry in parse_accepted(after, "x")] == [
        ("WP2", "2027-03-01"),
        ("WP1", "2027-09-01"),
    ]


def test_a_group_of_which_nothing_is_left_goes_with_its_comments() -> None:
    after = edited(BY_HAND, *(unmapped(name, reason="asked again") for name in ("WP3", "WP7")))

    assert "# asked the curators" not in after
    assert "# our decisions" in after
    assert "# the end" in after
    assert {entry.reason for entry in parse_accepted(after, "x")} == {"asked again"}


def test_what_is_outdated_is_dropped() -> None:
    text = edited("", unmapped("WP1"), unmapped("WP2"))

    after = edit_accepted(text, "x", [unmapped("WP3")], {unmapped("WP1").item})

    assert [entry.item.record for entry in parse_accepted(after, "x")] == ["WP2", "WP3"]


def test_line_ends_stay_as_they_are() -> None:
    text = edited("", unmapped("WP1")).replace("\n", "\r\n")

    after = edited(text, unmapped("WP2"))

    assert after.count("\n") == after.count("\r\n")


@pytest.mark.parametrize(
    "text",
    [
        BY_HAND.replace("items = [\n    {", "items = [{"),
        BY_HAND.replace("}, # the mouse one\n  # and these\n  {", "}, {"),
        BY_HAND.replace("[[accepted]]", '[["accepted"]]'),
    ],
    ids=["beside the bracket", "two on a line", "quoted"],
)
def test_a_layout_that_is_not_recognised_is_refused_and_not_mangled(text: str) -> None:
    assert len(parse_accepted(text, "x.toml")) == 2

    with pytest.raises(ConfigError, match=r"x\.toml.*every item on a line of its own"):
        edited(text, unmapped("WP1"), unmapped("WP7", reason="again"))


texts = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=30)
tables = st.dictionaries(texts, texts, max_size=2)
sides = st.none() | tables.map(lambda table: tuple(sorted(table.items())))
verdict_items = st.builds(
    WaivedItem,
    collection=texts,
    kind=st.sampled_from([each for each in WHOLE_VERDICTS if each is not Verdict.REMOTE_ONLY]),
    record=texts,
    network=st.just("") | texts,
    claims=st.just("") | texts,
    candidates=st.lists(texts, max_size=2).map(sorted).map(tuple),
)
difference_items = st.builds(
    WaivedItem,
    collection=texts,
    kind=st.sampled_from(DifferenceKind),
    record=texts,
    gene=texts,
    name=texts,
    ids=st.lists(texts, max_size=2).map(sorted).map(tuple),
    local=sides,
    remote=sides.filter(lambda side: side is not None),
)
entries = st.builds(
    Waiver,
    item=verdict_items | difference_items,
    reason=texts.map(str.strip).filter(bool),
    until=st.dates(min_value=date(2026, 1, 1)),
)
batches = st.lists(st.lists(entries, max_size=4), max_size=3)


@given(batches)
def test_whatever_is_added_reads_as_it_was_meant(found: list[list[Waiver]]) -> None:
    """Texts of any kind, in any order: the file is TOML, says just that, and is in order."""
    text = ""
    wanted: dict[WaivedItem, Waiver] = {}
    for batch in found:
        text = edit_accepted(text, "x.toml", batch)
        wanted |= {entry.item: entry for entry in batch}

    tomllib.loads(text)
    read = parse_accepted(text, "x.toml")
    assert {replace(entry, line=None) for entry in read} == set(wanted.values())
    decisions = [(entry.until, entry.item.collection, entry.reason) for entry in read]
    assert decisions == sorted(decisions)
    assert all(line.isprintable() for line in text.split("\n"))


@pytest.mark.parametrize("quotes", ["'''", '"""', "''' '''", "it is '''so"])
def test_quotes_in_a_reason_are_no_text_of_several_lines(quotes: str) -> None:
    text = edit_accepted("", "x", [unmapped("WP1", reason=quotes)])
    text = edit_accepted(text, "x", [unmapped("WP2", reason="later")])

    assert {entry.item.record for entry in parse_accepted(text, "x")} == {"WP1", "WP2"}


@given(st.lists(entries, min_size=1, max_size=6, unique_by=lambda entry: entry.item))
def test_the_order_of_accepting_does_not_show(found: list[Waiver]) -> None:
    step_by_step = ""
    for entry in found:
        step_by_step = edit_accepted(step_by_step, "x", [entry])

    assert step_by_step.rstrip() == edit_accepted("", "x", found).rstrip()
