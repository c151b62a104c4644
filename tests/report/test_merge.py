"""The reports of shards joined: equal to the report in one piece, or refused with every reason."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from sync.collection.shards import Shard
from sync.errors import ConfigError
from sync.model import CheckResult, NetworkId, RecordId, UnclaimedNetwork, Verdict
from sync.report.document import Acceptance, AcceptedEntry, Concurrency, Http, Report, parse_report
from sync.report.exit_status import exit_status
from sync.report.json import render_json
from sync.report.merge import ShardReport, merge_reports
from sync.report.render.formats import FORMATS
from tests.builders import (
    NETWORK,
    RUN,
    CollectionResults,
    build_report,
    make_report,
    make_result,
    make_run,
)
from tests.report import samples
from tests.report.samples import REMOTE

DAY = date(2027, 3, 1)
SECOND = timedelta(seconds=1)


def shard_of(index: int, of: int, report: Report | None = None, **facts: Any) -> ShardReport:
    """Make any report that of a shard; ``facts`` change its run."""
    report = report or make_report(make_result(f"WP{index}"))
    shard = Shard(index, of, facts.pop("run", "run"))
    run = structs.replace(report.run, **{"shard": shard, **facts})
    return ShardReport(f"{index}.json", structs.replace(report, run=run))


def refused(*shards: ShardReport) -> tuple[str, ...]:
    with pytest.raises(ConfigError) as caught:
        merge_reports(shards)
    return caught.value.problems


texts = st.text(st.characters(exclude_characters="\\"), max_size=6)
results = st.builds(
    lambda record, path, verdict: make_result(
        record, verdict, path=path, messages=(f"of {record}",)
    ),
    texts,
    texts,
    st.sampled_from(samples.RECORD_VERDICTS),
)
unclaimed = st.builds(
    UnclaimedNetwork,
    st.uuids().map(str).map(NetworkId),
    texts,
    st.none() | texts.map(RecordId),
)
collections = st.tuples(
    st.lists(results, max_size=6, unique_by=lambda result: result.path),
    st.lists(unclaimed, max_size=4, unique_by=lambda left: left.network),
    st.integers(0, 3),
)
Found = tuple[list[CheckResult], list[UnclaimedNetwork], int]


def collection(name: int, found: Found, shard: Shard | None = None) -> CollectionResults:
    """Return the results of a collection, or the part of them that falls in a shard."""
    checked, left, unchecked = found
    return CollectionResults(
        f"collection {name}",
        sorted(
            (result for result in checked if shard is None or shard.holds(result.path)),
            key=lambda result: result.path,
        ),
        sorted(
            (network for network in left if shard is None or shard.holds(network.network)),
            key=lambda network: network.network,
        ),
        unchecked if shard is None or shard.index == 1 else 0,
    )


def saved(report: Report) -> Report:
    """Write a report and read it back, as a merge gets it."""
    return parse_report(samples.rendered(render_json, report).encode())


@given(st.lists(collections, max_size=3), st.integers(1, 5), st.randoms())
def test_any_report_taken_apart_and_joined_is_as_it_was(
    found: list[Found], of: int, chance: Any
) -> None:
    whole = saved(build_report([collection(*each) for each in enumerate(found)], RUN))
    shards = []
    for index in range(1, of + 1):
        shard = Shard(index, of, "run-1")
        parts = [collection(*each, shard) for each in enumerate(found)]
        shards.append(ShardReport(f"{index}", saved(build_report(parts, make_run(shard=shard)))))
    chance.shuffle(shards)

    assert merge_reports(shards) == structs.replace(whole, http=times(whole.http, of))


def test_a_name_that_is_no_utf8_keeps_its_place() -> None:
    """Sorted by its bytes, as in a report in one piece, not by the escapes that stand for them."""
    names = ["caf.md", "cafz.md", "caf\udce9.md"]
    parts = [make_report(*(make_result(path=name) for name in names[at::2])) for at in (0, 1)]
    merged = merge_reports([shard_of(at + 1, 2, saved(part)) for at, part in enumerate(parts)])

    assert [record.path for record in merged.records] == ["caf.md", "cafz.md", r"caf\udce9.md"]


def times(cost: Http, of: int) -> Http:
    return Http(
        cost.requests * of, cost.retries * of, cost.bytes_received * of, cost.bytes_sent * of
    )


def test_the_run_is_from_the_first_beginning_to_the_last_end_and_costs_the_sum() -> None:
    second = make_report(
        make_result("WP2"),
        started=RUN.run.started - SECOND,
        finished=RUN.run.finished - SECOND,
        requests=5,
        retries=2,
        commit="c0ffee",
        source="https://example.org/blob/c0ffee",
    )
    shards = [
        shard_of(1, 2, make_report(make_result(), commit="c0ffee"), source=second.run.source),
        shard_of(2, 2, second),
    ]
    merged = merge_reports(shards)

    assert merged.run.id == "run"
    assert merged.run.shard is None
    assert merged.run.started == second.run.started
    assert merged.run.finished == datetime(2026, 8, 22, 10, 3, 12, 500_000, tzinfo=UTC)
    assert (merged.http.requests, merged.http.retries) == (2_010, 2)
    assert (merged.run.commit, merged.run.source) == ("c0ffee", second.run.source)


def test_one_interrupted_shard_leaves_the_run_incomplete() -> None:
    cut = build_report([CollectionResults("pfocr", [], unchecked=4)], make_run(complete=False))
    merged = merge_reports([shard_of(1, 2), shard_of(2, 2, cut)])

    assert not merged.run.complete
    assert exit_status(merged) == 3
    assert (merged.total, merged.checked) == (5, 1)


def test_a_network_that_two_shards_report_is_counted_once() -> None:
    """Its word on its record was changed between them."""
    again = replace(REMOTE, claims=RecordId("WP7"))
    merged = merge_reports(
        [
            shard_of(1, 2, make_report(unclaimed=(REMOTE,))),
            shard_of(2, 2, make_report(unclaimed=(again,))),
        ]
    )

    assert [network.network for network in merged.remote_only] == [NETWORK]
    assert merged.verdicts == {Verdict.REMOTE_ONLY: 1}


def test_a_note_that_every_shard_has_is_said_once() -> None:
    report = make_report(make_result())
    noted = structs.replace(
        report,
        collections=tuple(structs.replace(each, notes=("private",)) for each in report.collections),
    )
    merged = merge_reports([shard_of(1, 2, noted), shard_of(2, 2, noted)])

    assert [each.notes for each in merged.collections] == [("private",)]


def elsewhere() -> ShardReport:
    """A shard of another program and another collection."""
    report = build_report([CollectionResults("wikipathways", [])], RUN)
    return shard_of(
        2, 2, structs.replace(report, tool=structs.replace(report.tool, version="0.0.1"))
    )


WHOLE = ShardReport("whole.json", make_report())
CONTRADICTING = structs.replace(make_report(unclaimed=(REMOTE,)), remote_only=())
REFUSALS: dict[str, tuple[list[ShardReport], list[str]]] = {
    **{
        f"another {fact}": (
            [shard_of(1, 2), shard_of(2, 2, None, **{fact: "another"})],
            [rf"^the shards are of different {fact}s: .* in 1\.json; 'another' in 2\.json$"],
        )
        for fact in ("run", "server", "commit", "command")
    },
    "another program and collection": (
        [shard_of(1, 2), elsewhere()],
        [
            r"'ndex-sync 0\.0\.1' in 2\.json",
            r"^the shards are of different collections: 'pfocr' in 1\.json; 'wikipathways' in 2",
        ],
    ),
    "two missing": ([shard_of(2, 3)], ["^of 3 shards these are missing: 1, 3$"]),
    "one missing": ([shard_of(1, 3), shard_of(3, 3)], ["^of 3 shards these are missing: 2$"]),
    "many missing": ([shard_of(1, 10_000)], ["19, 20, 21 and 9,979 more$"]),
    "two attempts": (
        [shard_of(1, 2), shard_of(2, 2), ShardReport("retry.json", shard_of(1, 2).report)],
        [r"^shard 1 appears 2 times: 1\.json, retry\.json; keep one$"],
    ),
    "no shard": (
        [WHOLE, shard_of(3, 2)],
        [
            r"^whole\.json: this is not a report of a shard: make it with --shard$",
            r"^3\.json: there is no shard 3 of 2$",
            "^of 2 shards these are missing: 1, 2$",
        ],
    ),
    "a contradiction": (
        [shard_of(1, 1, CONTRADICTING)],
        [r"^1\.json: it counts 1 network without a record and lists 0"],
    ),
    "every reason": (
        [
            shard_of(1, 4, server="https://a.example"),
            shard_of(1, 4, server="https://b.example"),
            shard_of(2, 5, run="other"),
            WHOLE,
        ],
        [
            r"^whole\.json:",
            *(f"^the shards are of different {what}:" for what in ("runs", "divisions", "servers")),
            "^shard 1 appears 2 times:",
        ],
    ),
}


@pytest.mark.parametrize(("shards", "reasons"), REFUSALS.values(), ids=REFUSALS)
def test_what_does_not_belong_together_is_refused_with_every_reason(
    shards: list[ShardReport], reasons: list[str]
) -> None:
    problems = refused(*shards)

    assert len(problems) == len(reasons)
    assert all(map(re.search, reasons, problems))


def test_a_record_of_a_collection_that_is_not_listed_is_kept() -> None:
    """Nobody but an editor makes such a report; what it says is not lost."""
    report = make_report(make_result("WP1"), make_result("WP3"))
    first, second = report.records
    odd = structs.replace(first, collection="another")
    merged = merge_reports([shard_of(1, 1, structs.replace(report, records=(odd, second)))])

    assert len(merged.records) == 2


@pytest.mark.parametrize("name", sorted(FORMATS))
@pytest.mark.parametrize("unclaimed", [(), (REMOTE,)], ids=["nothing", "a network left"])
def test_a_shard_without_records_is_shown_in_every_format(
    name: str, unclaimed: tuple[UnclaimedNetwork, ...]
) -> None:
    report = make_report(unclaimed=unclaimed, shard=Shard(3, 8, "run"))
    text = samples.rendered(FORMATS[name], report)

    assert exit_status(report) == len(unclaimed)
    if name in {"terminal", "markdown", "html"}:
        assert "shard 3 of 8" in text


def entry_of(record: str, line: int, network: str = "") -> AcceptedEntry:
    return AcceptedEntry("pfocr", record, network, "unmapped", "", "", "known", DAY, line)


def test_what_shards_made_of_the_accepted_file_is_joined() -> None:
    """A network of one shard looks gone to the others, a record of one is left alone by them."""
    held, gone = entry_of("", 7, NETWORK), entry_of("", 9, "another")
    parts = (
        Acceptance("accepted.toml", expired=(entry_of("WP2", 4),), stale=(held, gone)),
        Acceptance("accepted.toml", stale=(gone, entry_of("WP1", 2))),
    )
    merged = merge_reports(
        [
            shard_of(
                index, 2, structs.replace(make_report(make_result(f"WP{index}")), accepted=part)
            )
            for index, part in enumerate(parts, start=1)
        ]
    )

    assert merged.accepted == Acceptance(
        "accepted.toml", expired=(entry_of("WP2", 4),), stale=(entry_of("WP1", 2), gone)
    )


def test_how_shards_held_back_is_told_by_the_extremes() -> None:
    costs = [
        Http(5, 0, 9, 9, Concurrency(32, 8, 2), 5.0, 1.5, 0.0, ("HTTP/1.1",)),
        Http(5, 0, 9, 9, Concurrency(32, 16, 1), 5.0, 0.5, 30.0, ("HTTP/2",)),
        Http(0, 0, 0, 0),
    ]
    merged = merge_reports(
        [
            shard_of(index, 3, structs.replace(make_report(make_result(f"WP{index}")), http=http))
            for index, http in enumerate(costs, start=1)
        ]
    )

    assert merged.http == Http(
        10, 0, 18, 18, Concurrency(32, 8, 3), 5.0, 2.0, 30.0, ("HTTP/1.1", "HTTP/2")
    )
