"""What ``resolve`` found, as JSON and for people."""

from __future__ import annotations

from dataclasses import replace

import jsonschema
import orjson
import pytest

from sync.match.candidates import Candidate, Ranking
from sync.match.claims import Source
from sync.match.links import Link, MapCounts
from sync.model import (
    Absent,
    GeneCounts,
    NetworkId,
    RecordId,
    Refused,
    Unanswered,
    UnclaimedNetwork,
    Verdict,
)
from sync.report.render.formats import RESOLUTION_FORMATS
from sync.report.render.resolution import MAX_LINKS
from sync.report.resolution import (
    CollectionLinks,
    Edit,
    EditState,
    Resolution,
    build_resolution,
    resolution_schema,
)
from sync.report.text import visible
from tests.builders import RUN, make_run
from tests.nouns import FIGURE, NETWORK, OTHER_NETWORK, make_summary
from tests.report import samples
from tests.report.samples import HOSTILE

LINKED = Link(RecordId("PMC1__f1"), "a.md", 9, None, NETWORK, Source.FRONT_MATTER)
RANKING = Ranking(
    (
        Candidate(NETWORK, ("map.tsv:1",), make_summary(FIGURE), True, GeneCounts(3, 4, 2)),
        Candidate(OTHER_NETWORK, ("map.tsv:2",), Absent()),
        Candidate(NetworkId("c"), ("map.tsv:3",), Refused("private")),
        Candidate(NetworkId("d"), ("map.tsv:4",), Unanswered("timed out")),
    ),
    NETWORK,
    "it was made later",
)
AMBIGUOUS = replace(
    LINKED,
    verdict=Verdict.AMBIGUOUS,
    network=None,
    source=None,
    ranking=RANKING,
    messages=("the evidence favours it",),
)


def build(*links: Link, edits: tuple[Edit, ...] = (), **facts: object) -> Resolution:
    counts = MapCounts(
        3,
        2,
        {RecordId("a"): (NETWORK, OTHER_NETWORK)},
        {NETWORK: (RecordId("a"), RecordId("b"))},
        (RecordId("b"),),
    )
    unclaimed = [UnclaimedNetwork(OTHER_NETWORK, "An orphan", None)]
    found = CollectionLinks("pfocr", links, unclaimed, map_path="map.tsv", counts=counts)
    return build_resolution([found], edits, make_run(**facts))


def rendered(name: str, resolution: Resolution) -> str:
    return samples.rendered(RESOLUTION_FORMATS[name], resolution)


def test_the_json_follows_its_schema_and_tells_each_candidate_apart() -> None:
    document = orjson.loads(rendered("json", build(LINKED, AMBIGUOUS)))
    jsonschema.validate(document, resolution_schema())
    linked, ambiguous = document["links"]

    assert document["schema_version"] == 1
    assert document["collections"] == [
        {
            "name": "pfocr",
            "records": 2,
            "linked": 1,
            "verdicts": {"ambiguous": 1, "remote_only": 1},
            "map": {
                "path": "map.tsv",
                "rows": 3,
                "records": 2,
                "several": {"a": [NETWORK, OTHER_NETWORK]},
                "shared": {NETWORK: ["a", "b"]},
                "orphans": ["b"],
            },
        }
    ]
    assert (linked["verdict"], linked["source"], linked["candidates"]) == (None, "front matter", [])
    assert ambiguous["favoured"] == NETWORK
    assert [each["state"] for each in ambiguous["candidates"]] == [
        "there",
        "absent",
        "refused",
        "unanswered",
    ]
    assert ambiguous["candidates"][0] == {
        "network": NETWORK,
        "said_by": ["map.tsv:1"],
        "state": "there",
        "owner": "wikipathways",
        "created": "1970-01-01T00:00:00.001000Z",
        "modified": "1970-01-01T00:00:00.002000Z",
        "member": True,
        "genes": {"local": 3, "remote": 4, "shared": 2},
    }


def test_people_see_counts_conflicts_and_what_is_left_over() -> None:
    text = rendered("terminal", build(LINKED, AMBIGUOUS))

    assert "Linked 1 of 2 records" in text
    words = " ".join(text.split())
    assert "map.tsv: 3 rows for 2 records; 1 record with several networks (a);" in words
    assert f"1 network of several records ({NETWORK})" in words
    assert "1 id without a record (b)" in words
    assert "PMC1__f1  a.md:9" in text
    assert "    the evidence favours it" in text
    assert "An orphan  claims no record" in text
    assert text.endswith("Nothing to write.\n")


def test_of_many_ids_without_a_record_the_first_are_named() -> None:
    counts = MapCounts(9, 9, {}, {}, tuple(RecordId(f"WP{n}") for n in range(1, 10)))
    found = CollectionLinks("a", [LINKED], map_path="map.tsv", counts=counts)
    text = rendered("terminal", build_resolution([found], [], RUN))

    assert "9 ids without a record (WP1, WP2, WP3, …)" in " ".join(text.split())


def test_a_linked_record_is_shown_only_where_its_map_file_disputes_it() -> None:
    disputed = replace(LINKED, record=RecordId("PMC2__f2"), ranking=RANKING)
    text = rendered("terminal", build(LINKED, disputed))

    assert "PMC1__f1" not in text
    assert "PMC2__f2" in text
    assert "the map file names other networks too" in text


NOT_SHOWN = {Verdict.DRIFTED, Verdict.INVALID_NETWORK, Verdict.REMOTE_ONLY}
"""What is only learned from the content, or stands in a part of its own."""


@pytest.mark.parametrize(
    "verdict", sorted({each for each in Verdict if not each.settled} - NOT_SHOWN)
)
def test_every_verdict_that_resolving_gives_is_shown(verdict: Verdict) -> None:
    text = rendered("terminal", build(replace(LINKED, verdict=verdict)))

    assert f"{verdict.value.replace('_', ' ')}: " in text
    assert "a.md:9" in text


def test_of_many_records_the_first_are_shown_and_the_rest_counted() -> None:
    links = [replace(LINKED, path=f"{n}.md", verdict=Verdict.UNMAPPED) for n in range(50)]
    text = rendered("terminal", build(*links))

    assert text.count(".md:9") == MAX_LINKS
    assert f"… and {50 - MAX_LINKS} more" in text


def test_edits_to_come_are_counted() -> None:
    edits = tuple(Edit("pfocr", path, EditState.PENDING) for path in ("a.md", "b.md"))
    text = rendered("terminal", build(LINKED, edits=edits))

    assert "2 files to write; --write does it.\n  a.md\n  b.md\n" in text


def test_an_edit_that_is_refused_says_why_and_is_not_taken_for_one_to_come() -> None:
    refused = Edit("pfocr", "a.md", EditState.REFUSED, "a.md: cannot be written: disk full")
    resolution = build(LINKED, edits=(Edit("pfocr", "b.md", EditState.WRITTEN), refused))
    text = rendered("terminal", resolution)

    assert "Wrote 1 file.\n  b.md\n" in text
    assert "1 file cannot be written:\n  a.md\n    a.md: cannot be written: disk full" in text
    assert "--write" not in text
    assert orjson.loads(rendered("json", resolution))["edits"][1] == {
        "collection": "pfocr",
        "path": "a.md",
        "state": "refused",
        "reason": "a.md: cannot be written: disk full",
    }


def test_an_interrupted_run_says_so() -> None:
    assert "Interrupted" in rendered("terminal", build(complete=False))


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_texts_do_nothing(text: str) -> None:
    hostile = Link(RecordId(text), text, 1, Verdict.UNMAPPED, messages=(text,))
    found = CollectionLinks(text, [hostile], [UnclaimedNetwork(NETWORK, text, RecordId(text))])
    resolution = build_resolution([found], [Edit(text, text, EditState.REFUSED, text)], RUN)

    assert all(visible(line) == line for line in rendered("terminal", resolution).split("\n"))
    jsonschema.validate(orjson.loads(rendered("json", resolution)), resolution_schema())
