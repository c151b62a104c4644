"""What ``--format`` asks for, and that every format renders every report."""

from __future__ import annotations

import html
import re
from dataclasses import replace
from datetime import date

import pytest
from msgspec import structs

from sync.errors import ConfigError
from sync.model import DRAWING_KINDS, DifferenceKind, NetworkId, Revisions, Verdict
from sync.report.document import OFFLINE, Report
from sync.report.labels import DIFFERENCES
from sync.report.render.formats import FORMATS, FormatRequest, parse_formats
from tests.builders import (
    RUN,
    CollectionResults,
    build_report,
    make_difference,
    make_report,
    make_result,
)
from tests.report import samples


def rendered(name: str, report: Report) -> str:
    return samples.rendered(FORMATS[name], report)


OURS = re.compile(r"::(?:error|warning|notice) (?:file=|line=|title=)[^:]*::[^\r\n]*")


@pytest.mark.parametrize("command", ["check", OFFLINE])
@pytest.mark.parametrize(
    ("name", "width"),
    [*((name, 80) for name in FORMATS), *(("terminal", width) for width in range(40, 100, 7))],
)
def test_no_text_of_a_record_starts_a_command_of_a_runner(
    monkeypatch: pytest.MonkeyPatch, name: str, command: str, width: int
) -> None:
    """GitHub obeys ``::`` at the start of a line, and, as Azure does, ``##[`` anywhere in it."""
    monkeypatch.setenv("COLUMNS", str(width))
    report = samples.hostile()
    text = rendered(name, structs.replace(report, run=structs.replace(report.run, command=command)))
    commands = [line for line in re.split(r"[\r\n]+", text) if line.strip().startswith("::")]

    assert text.endswith("\n")
    assert [line for line in commands if name != "github" or not OURS.fullmatch(line)] == []
    assert "##[" not in text
    assert "##vso[" not in text


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize("verdict", samples.RECORD_VERDICTS)
def test_every_format_tells_every_verdict_apart(name: str, verdict: Verdict) -> None:
    texts = {rendered(name, make_report(make_result(verdict=each))) for each in Verdict}
    text = rendered(name, make_report(make_result(verdict=verdict)))

    assert len(texts) == len(Verdict)
    assert verdict.value in text.replace(" ", "_")


LEFT_OUT = ("t.tsv:3: a row with too many or too few cells", "t.tsv:9: a row without a name")


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize("verdict", samples.RECORD_VERDICTS)
def test_every_format_shows_rows_that_were_left_out(name: str, verdict: Verdict) -> None:
    """A record that is in sync but for rows that nobody could read is not simply in sync."""
    whole = rendered(name, make_report(make_result(verdict=verdict)))
    text = rendered(name, make_report(make_result(verdict=verdict, left_out=LEFT_OUT)))

    assert "t.tsv:3: a row with too many or too few cells" in " ".join(text.split())
    assert len(text) > len(whole)


@pytest.mark.parametrize("name", ["terminal", "markdown", "html", "github"])
@pytest.mark.parametrize(
    ("rows", "said"),
    [
        (1, "1 row of the records' tables could not be read and was left out"),
        (22, "22 rows of the records' tables could not be read and were left out"),
    ],
)
def test_the_summary_counts_rows_that_were_left_out(name: str, rows: int, said: str) -> None:
    left_out = tuple(f"t.tsv:{line}: a row without a name" for line in range(2, rows + 2))
    text = rendered(name, make_report(make_result("WP1"), make_result("WP2", left_out=left_out)))

    assert said in " ".join(html.unescape(text).split())
    if rows == 22 and name in {"terminal", "markdown"}:  # twenty are listed
        assert [f"t.tsv:{line}:" in text for line in (21, 22)] == [True, False]
        assert "2 more" in text


@pytest.mark.parametrize("name", ["terminal", "markdown", "html"])
def test_records_of_other_organisms_are_one_line_and_no_cause(name: str) -> None:
    others = [make_result(f"WP{n}", Verdict.NOT_COMPARED) for n in range(1_200)]
    report = make_report(make_result("WP1"), *others)
    text = " ".join(rendered(name, report).split())

    assert report.causes == ()
    assert (
        "1,200 records of organisms that the configuration does not ask for are not compared"
        in text
    )
    assert "1 of 1 record in sync, 1,200 not compared: nothing to do" in text
    assert "Checked 1 of 1 record" in text


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_shows_the_revisions_of_a_drifted_pathway(name: str) -> None:
    revisions = Revisions(142_399, date(2026, 2, 5), 120_508, None)
    report = make_report(make_result(verdict=Verdict.DRIFTED, revisions=revisions))
    text = " ".join(rendered(name, report).split())

    if name in ("json", "jsonl", "html"):
        assert '"record":142399,"last_edited":"2026-02-05","network":120508' in text
    else:
        assert "r142399 of 2026-02-05 in the record, r120508 on NDEx" in text


@pytest.mark.parametrize("name", ["terminal", "markdown", "html", "github"])
def test_an_interruption_is_told(name: str) -> None:
    text = rendered(name, make_report(complete=False)).replace("interrupted", "Interrupted")

    assert "Interrupted" in text.partition("<script")[0]
    assert "Interrupted" not in rendered(name, make_report()).partition("<script")[0]


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_shows_a_network_without_record_and_whose_copy_it_is(name: str) -> None:
    copy = replace(samples.REMOTE, instead=NetworkId("1" * 36), newer=True)
    text = " ".join(rendered(name, make_report(unclaimed=(copy,))).split())

    assert "An orphan" in text
    if name == "html":  # its script writes the sentence
        assert f'"instead":"{"1" * 36}","newer":true' in text
    else:
        assert f"a newer copy of {'1' * 36}, which PMC9__f9 names" in text


@pytest.mark.parametrize("name", ["terminal", "markdown", "html"])
def test_what_concerns_a_whole_collection_is_shown(name: str) -> None:
    report = make_report(make_result())
    noted = [
        structs.replace(each, notes=("the set is private",), map_beside=645, map_newer=640)
        for each in report.collections
    ]
    shown = rendered(name, structs.replace(report, collections=tuple(noted)))
    text = " ".join(html.unescape(shown).split())

    assert "the set is private" in text
    assert (
        "pfocr: the map file lists other networks besides the record's own for 645 records, for 640"
        " of them a newer one"
    ) in text


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_tells_every_kind_of_difference_apart(name: str) -> None:
    texts = {rendered(name, samples.drifted(make_difference(kind))) for kind in DifferenceKind}

    assert len(texts) == len(DifferenceKind)


@pytest.mark.parametrize("name", ["terminal", "markdown"])
@pytest.mark.parametrize("kind", DifferenceKind)
def test_every_kind_of_difference_is_shown_under_its_label(name: str, kind: DifferenceKind) -> None:
    label = "title" if kind is DifferenceKind.PROPERTY else DIFFERENCES[kind]
    label = "as a whole" if kind in DRAWING_KINDS else label
    text = rendered(name, samples.drifted(make_difference(kind))).replace("`", "")

    assert re.search(rf"^(  |- ){label}[: ]", text.partition("Drifted records")[2], re.MULTILINE)


@pytest.mark.parametrize("name", ["terminal", "markdown"])
def test_several_collections_are_counted_apart(name: str) -> None:
    figures = CollectionResults("a|b", [make_result(), make_result("WP2")], unchecked=3)
    pathways = CollectionResults("c", [make_result("WP1", Verdict.MISSING)])
    text = rendered(name, build_report([figures, pathways], RUN)).replace("`", "")

    assert "Checked 3 of 6 records" in text
    assert re.search(r"^(  |- )a\|b: 5 records: 2 in sync\n\1c: 1 record: 1 missing", text, re.M)


@pytest.mark.parametrize(
    ("texts", "requests"),
    [
        ([], ()),
        (
            ["terminal", "json=out/report.json", "markdown=a=b.md"],
            (("terminal",), ("json", "out/report.json"), ("markdown", "a=b.md")),
        ),
        # Annotations go among what else is printed.
        (["github", "terminal"], (("github",), ("terminal",))),
    ],
)
def test_formats_are_read_with_and_without_a_file(
    texts: list[str], requests: tuple[tuple[str, ...], ...]
) -> None:
    assert parse_formats(texts) == tuple(FormatRequest(*each) for each in requests)


UNKNOWN = "--format: unknown format {}; use " + ", ".join(FORMATS)


@pytest.mark.parametrize(
    ("texts", "problems"),
    [
        (["yaml"], [UNKNOWN.format("'yaml'")]),
        (["json="], ["--format json= names no file: write json=PATH"]),
        (
            ["terminal", "json"],
            ["2 formats go to the standard output: give all but one a file, NAME=PATH"],
        ),
        (["json=a", "jsonl=a"], ["2 formats go to a: give each its own file"]),
        (
            ["=x", "JSON=y"],
            [UNKNOWN.format("''"), UNKNOWN.format("'JSON' (did you mean 'json'?)")],
        ),
    ],
    ids=["unknown", "no path", "two to stdout", "two to a file", "several"],
)
def test_what_cannot_be_done_is_refused_with_every_reason(
    texts: list[str], problems: list[str]
) -> None:
    with pytest.raises(ConfigError) as caught:
        parse_formats(texts)

    assert list(caught.value.problems) == problems
