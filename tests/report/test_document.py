"""The JSON report: its shape is promised, it round-trips, and a broken one is refused clearly."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import jsonschema
import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.collection.shards import Shard
from sync.dates import time_of
from sync.errors import ConfigError
from sync.model import (
    Accepted,
    CheckResult,
    DifferenceKind,
    GeneCounts,
    NetworkId,
    NetworkTimes,
    RecordId,
    UnclaimedNetwork,
    Verdict,
)
from sync.ndex.transport import HttpCounts
from sync.report.build import Started
from sync.report.document import (
    Concurrency,
    Report,
    json_schema,
    parse_report,
)
from sync.report.json import render_json
from tests.builders import (
    NETWORK,
    RUN,
    CollectionResults,
    build_report,
    make_difference,
    make_report,
    make_result,
    make_run,
)
from tests.report import samples


def saved(report: Report) -> bytes:
    return samples.rendered(render_json, report).encode()


def validate(document: object) -> None:
    validator = jsonschema.Draft202012Validator(json_schema())
    validator.validate(document)


def test_a_report_has_the_shape_that_the_design_shows() -> None:
    """The reference lists the names of all fields; here is how their values are written."""
    state = make_difference(DifferenceKind.STATE)
    drifted = make_result(
        "PMC1",
        Verdict.DRIFTED,
        times=NetworkTimes(time_of(1_597_500_000_000), time_of(1_597_500_600_000)),
        accepted=(Accepted(reason="agreed", until=date(2027, 3, 1), difference=state),),
    )
    report = make_report(drifted, make_result("PMC3"), unclaimed=(samples.REMOTE,))
    document = orjson.loads(saved(report))

    validate(document)
    assert list(document) == [
        *("schema_version", "tool", "run", "collections", "http", "accepted", "causes", "last_run"),
        *("records", "remote_only"),
    ]
    assert document["schema_version"] == 1
    assert document["run"]["started"] == "2026-08-22T10:00:00Z"
    assert document["run"]["finished"] == "2026-08-22T10:03:12.500000Z"
    record, other = document["records"]
    assert (record["verdict"], record["line"], other["genes"]) == ("drifted", 17, None)
    assert record["genes"] == {"local": 16, "remote": 15, "shared": 15}
    assert record["differences"] == [
        {
            "kind": "gene_missing",
            "symbol": "CXCL8",
            "ids": ["ncbigene:3576"],
            "local": {},
            "remote": None,
        }
    ]
    assert record["times"] == {
        "created": "2020-08-15T14:00:00Z",
        "modified": "2020-08-15T14:10:00Z",
    }
    [accepted] = record["accepted"]
    assert accepted["difference"]["remote"] == {"value": "PRIVATE"}
    assert (accepted["verdict"], accepted["until"]) == (None, "2027-03-01")
    [cause] = document["causes"][:1]
    assert (cause["likely"], cause["details"]) == ("edited_here", [{"text": "CXCL8", "count": 1}])
    assert document["remote_only"] == [
        {
            "network": NETWORK,
            "name": "An orphan",
            "claims": "PMC9__f9",
            "collection": "pfocr",
            "instead": None,
            "newer": False,
        }
    ]


@pytest.mark.parametrize(
    ("kinds", "keys"),
    [
        (("gene_missing", "gene_extra", "gene_renamed", "gene_reidentified"), ["symbol", "ids"]),
        (("gene_attribute",), ["symbol", "ids", "name"]),
        (("property", "membership", "state"), ["name"]),
    ],
)
def test_a_difference_carries_the_keys_that_its_kind_has(
    kinds: tuple[str, ...], keys: list[str]
) -> None:
    differences = [make_difference(DifferenceKind(kind)) for kind in kinds]

    [record] = orjson.loads(saved(samples.drifted(*differences)))["records"]

    assert [list(each) for each in record["differences"]] == [
        ["kind", *keys, "local", "remote"] for _ in kinds
    ]


texts = st.text(max_size=8)
sides = st.none() | st.dictionaries(texts, texts, max_size=2)
differences = st.builds(make_difference, st.sampled_from(DifferenceKind), local=sides, remote=sides)
reasons = st.builds(
    Accepted,
    reason=texts,
    until=st.dates(),
    difference=st.none() | differences,
    verdict=st.none() | st.sampled_from(Verdict),
)
moments = st.datetimes(min_value=datetime(1970, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
counts = st.integers(min_value=0, max_value=2**40)
results = st.builds(
    CheckResult,
    id=texts.map(RecordId),
    path=texts,
    line=st.none() | st.integers(min_value=1, max_value=10**9),
    network=st.none() | texts.map(NetworkId),
    verdict=st.sampled_from(samples.RECORD_VERDICTS),
    genes=st.none() | st.builds(GeneCounts, local=counts, remote=counts, shared=counts),
    differences=st.lists(differences, max_size=2).map(tuple),
    messages=st.lists(texts, max_size=2).map(tuple),
    times=st.none() | st.builds(NetworkTimes, moments, moments),
    accepted=st.lists(reasons, max_size=2).map(tuple),
    claims=st.none() | texts.map(RecordId),
    candidates=st.lists(texts.map(NetworkId), max_size=2).map(tuple),
)
remotes = st.builds(UnclaimedNetwork, texts, texts, st.none() | texts, st.none() | reasons)
collections = st.builds(
    CollectionResults,
    name=texts,
    results=st.lists(results, max_size=3),
    unclaimed=st.lists(remotes, max_size=2),
    unchecked=st.integers(min_value=0, max_value=5),
)
places = st.integers(min_value=1, max_value=1000)
seconds = st.floats(min_value=0, max_value=1e6)
runs = st.builds(
    make_run,
    started=moments,
    complete=st.booleans(),
    server=texts,
    shard=st.none() | st.builds(Shard, places, places, texts),
    requests=counts,
    concurrency=st.none() | st.builds(Concurrency, places, places, counts),
    rate_per_s=st.none() | st.floats(min_value=0.01, max_value=1e6),
    rated_s=seconds,
    held_s=seconds,
    protocols=st.sampled_from([(), ("HTTP/1.1",)]),
)


@given(st.lists(collections, max_size=2, unique_by=lambda each: each.name), runs)
def test_every_report_survives_saving_and_reading(found: list[CollectionResults], run: Any) -> None:
    report = build_report(found, run)
    data = saved(report)

    validate(orjson.loads(data))
    assert parse_report(data) == report


@given(st.lists(collections, max_size=2, unique_by=lambda each: each.name))
def test_every_record_is_counted_under_its_verdict_once(found: list[CollectionResults]) -> None:
    report = build_report(found, RUN)

    assert report.verdicts.total() == len(report.records) + len(report.remote_only)
    assert sum(each.accepted_networks for each in report.collections) == len(
        report.accepted.networks
    )
    assert report.total == len(report.records) + sum(each.unchecked for each in found)
    unchecked = sum(
        each.verdict.incomplete or each.verdict is Verdict.NOT_COMPARED for each in report.records
    )
    assert report.checked + unchecked == len(report.records)


def test_the_schema_refuses_what_the_models_do_not_have() -> None:
    document = orjson.loads(saved(make_report(make_result())))
    document["records"][0]["colour"] = "red"

    with pytest.raises(jsonschema.ValidationError, match="colour"):
        validate(document)


@pytest.mark.parametrize(
    ("server", "shown"),
    [
        ("https://me:secret@ndex.example/v2", "https://ndex.example/v2"),
        ("https://token@ndex.example", "https://ndex.example"),
        ("https://ndex.example/?q=a@b", "https://ndex.example/?q=a@b"),
        ("sandbox:/home/a@b/x.db", "sandbox:/home/a@b/x.db"),
        ("https://[broken", "https://[broken"),
    ],
)
def test_credentials_in_a_server_url_do_not_reach_the_report(server: str, shown: str) -> None:
    assert Started("check", server, 0).finish(HttpCounts(), complete=True).run.server == shown


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "this is not a report of ndex-sync: .*give a file made by --format json=PATH"),
        (b'{"schema_version": 1', "this is not a report of ndex-sync: "),
        (b"\xff\xfe", "this is not a report of ndex-sync: "),
        (b"[]", "its schema_version is None, not 1"),
        (b'{"records": []}', "its schema_version is None, not 1"),
        (
            b'{"schema_version": 2}',
            "its schema_version is 2, not 1; make it again with: ndex-sync check",
        ),
        (b'{"schema_version": 1}', "missing required field `tool`"),
        (b"[" * 100_000, "this is not a report of ndex-sync: "),
    ],
    ids=["empty", "cut", "binary", "a list", "no version", "newer", "no content", "deep"],
)
def test_what_is_no_report_is_refused_with_the_reason(data: bytes, reason: str) -> None:
    with pytest.raises(ConfigError, match=reason):
        parse_report(data)


@pytest.mark.parametrize(
    ("key", "value"),
    [("line", "17"), ("line", 0), ("verdict", "unknown"), ("colour", "red"), ("genes", {"a": 1})],
)
def test_a_record_that_does_not_fit_is_named_by_its_place(key: str, value: object) -> None:
    document = orjson.loads(saved(make_report(make_result(), make_result())))
    document["records"][1][key] = value

    with pytest.raises(ConfigError, match=r"\$\.records\[1\]"):
        parse_report(orjson.dumps(document))
