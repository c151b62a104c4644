"""The JSON report: its shape is promised, it round-trips, and a broken one is refused clearly."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from io import StringIO
from typing import Any

import jsonschema
import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import Struct, structs

import sync.model
import sync.report.document
from sync.collection.shards import Shard
from sync.dates import time_of
from sync.errors import ConfigError
from sync.model import (
    About,
    Accepted,
    CheckResult,
    Curie,
    Difference,
    DifferenceKind,
    GeneCounts,
    NetworkId,
    NetworkTimes,
    RecordId,
    UnclaimedNetwork,
    Verdict,
)
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
)
from tests.report import samples


def saved(report: Report) -> bytes:
    stream = StringIO()
    render_json(report, stream)
    return stream.getvalue().encode()


def validate(document: object) -> None:
    validator = jsonschema.Draft202012Validator(json_schema())
    validator.validate(document)


def test_a_report_has_the_shape_that_the_design_shows() -> None:
    missing = Difference(
        DifferenceKind.GENE_MISSING, symbol="CXCL8", ids=(Curie("ncbigene:3576"),), local={}
    )
    drifted = CheckResult(
        id=RecordId("PMC1"),
        path="_figures/PMC1.md",
        line=17,
        network=NETWORK,
        verdict=Verdict.DRIFTED,
        genes=GeneCounts(local=16, remote=15, shared=15),
        differences=(missing,),
        about=About(
            "Chemokines",
            "Homo sapiens",
            "2015",
            "https://pfocr.wikipathways.org/figures/PMC1.html",
        ),
        shared_genes=("IL1B",),
        times=NetworkTimes(time_of(1_597_500_000_000), time_of(1_597_500_600_000)),
        accepted=(
            Accepted(
                reason="agreed",
                until=date(2027, 3, 1),
                difference=make_difference(DifferenceKind.STATE),
            ),
        ),
    )
    remote = UnclaimedNetwork(NETWORK, "An orphan", RecordId("PMC2"))
    left = replace(remote, accepted=Accepted(reason="an old one", until=date(2027, 4, 1)))
    report = build_report(
        [CollectionResults("pfocr", [drifted, make_result("PMC3")], [remote, left], unchecked=1)],
        replace(
            RUN,
            concurrency=Concurrency(32, 8, 3),
            rate_per_s=5.0,
            rated_s=1.5,
            held_s=120.0,
            protocols=("HTTP/1.1",),
        ),
    )

    document = orjson.loads(saved(report))

    assert list(document) == [
        "schema_version",
        "tool",
        "run",
        "collections",
        "http",
        "accepted",
        "causes",
        "records",
        "remote_only",
    ]
    assert document["schema_version"] == 1
    assert document["tool"]["name"] == "ndex-sync"
    assert document["run"] == {
        "id": "run-1",
        "started": "2026-08-22T10:00:00Z",
        "finished": "2026-08-22T10:03:12.500000Z",
        "server": "https://www.ndexbio.org",
        "command": "check",
        "complete": True,
        "commit": None,
        "source": None,
        "shard": None,
    }
    assert document["collections"] == [
        {
            "name": "pfocr",
            "records": 3,
            "verdicts": {"in_sync": 1, "drifted": 1, "remote_only": 1},
            "accepted_differences": 1,
            "accepted_networks": 1,
            "notes": [],
            "rows_left_out": 0,
            "map_beside": 0,
            "map_newer": 0,
        }
    ]
    assert document["http"] == {
        "requests": 2005,
        "retries": 0,
        "bytes_received": 12345678,
        "bytes_sent": 90000,
        "concurrency": {"allowed": 32, "lowest": 8, "cuts": 3},
        "rate_per_s": 5.0,
        "rated_s": 1.5,
        "held_s": 120.0,
        "protocols": ["HTTP/1.1"],
    }
    assert document["records"][0] == {
        "id": "PMC1",
        "collection": "pfocr",
        "path": "_figures/PMC1.md",
        "line": 17,
        "network": NETWORK,
        "verdict": "drifted",
        "genes": {"local": 16, "remote": 15, "shared": 15},
        "differences": [
            {
                "kind": "gene_missing",
                "symbol": "CXCL8",
                "ids": ["ncbigene:3576"],
                "local": {},
                "remote": None,
            }
        ],
        "messages": [],
        "about": {
            "title": "Chemokines",
            "organism": "Homo sapiens",
            "year": "2015",
            "page": "https://pfocr.wikipathways.org/figures/PMC1.html",
        },
        "shared_genes": ["IL1B"],
        "times": {"created": "2020-08-15T14:00:00Z", "modified": "2020-08-15T14:10:00Z"},
        "accepted": [
            {
                "difference": {
                    "kind": "state",
                    "name": "visibility",
                    "local": {"value": "PUBLIC"},
                    "remote": {"value": "PRIVATE"},
                },
                "verdict": None,
                "reason": "agreed",
                "until": "2027-03-01",
            }
        ],
        "claims": None,
        "candidates": [],
        "left_out": [],
        "revisions": None,
    }
    assert document["causes"][0] == {
        "verdict": "drifted",
        "title": "genes only in the record",
        "likely": "edited_here",
        "evidence": ["1 network made on 2020-08-15, none changed more than a day later"],
        "advice": "Update the network's genes: the record has gained them since the upload.",
        "count": 1,
        "details": [{"text": "CXCL8", "count": 1}],
        "more_details": 0,
        "examples": [
            {
                "id": "PMC1",
                "path": "_figures/PMC1.md",
                "line": 17,
                "network": NETWORK,
                "text": "",
            }
        ],
    }
    assert document["accepted"]["networks"] == [
        {
            "network": NETWORK,
            "name": "An orphan",
            "claims": "PMC2",
            "collection": "pfocr",
            "reason": "an old one",
            "until": "2027-04-01",
        }
    ]
    assert document["records"][1]["genes"] is None
    assert document["remote_only"] == [
        {
            "network": NETWORK,
            "name": "An orphan",
            "claims": "PMC2",
            "collection": "pfocr",
            "instead": None,
            "newer": False,
        }
    ]
    validate(document)


@pytest.mark.parametrize(
    ("kind", "keys"),
    [
        (DifferenceKind.GENE_MISSING, ["kind", "symbol", "ids", "local", "remote"]),
        (DifferenceKind.GENE_EXTRA, ["kind", "symbol", "ids", "local", "remote"]),
        (DifferenceKind.GENE_RENAMED, ["kind", "symbol", "ids", "local", "remote"]),
        (DifferenceKind.GENE_REIDENTIFIED, ["kind", "symbol", "ids", "local", "remote"]),
        (DifferenceKind.GENE_ATTRIBUTE, ["kind", "symbol", "ids", "name", "local", "remote"]),
        (DifferenceKind.PROPERTY, ["kind", "name", "local", "remote"]),
        (DifferenceKind.MEMBERSHIP, ["kind", "name", "local", "remote"]),
        (DifferenceKind.STATE, ["kind", "name", "local", "remote"]),
    ],
    ids=lambda value: value.value if isinstance(value, DifferenceKind) else "",
)
def test_a_difference_carries_the_keys_that_its_kind_has(
    kind: DifferenceKind, keys: list[str]
) -> None:
    drifted = make_result(verdict=Verdict.DRIFTED, differences=(make_difference(kind),))

    [record] = orjson.loads(saved(make_report(drifted)))["records"]

    assert list(record["differences"][0]) == keys


@pytest.mark.parametrize(
    "report",
    [
        pytest.param(make_report(), id="empty"),
        pytest.param(samples.every_kind(), id="every kind"),
        pytest.param(samples.hostile(), id="hostile"),
        pytest.param(samples.drift(50), id="drift"),
        pytest.param(make_report(make_result(line=None, network=None), complete=False), id="nulls"),
        pytest.param(make_report(make_result(), shard=Shard(3, 8, "658821493-1")), id="shard"),
    ],
)
def test_a_report_fits_its_schema_and_is_read_back_as_it_was(report: Report) -> None:
    data = saved(report)

    validate(orjson.loads(data))
    assert parse_report(data) == report


texts = st.text(max_size=8)
sides = st.none() | st.dictionaries(texts, texts, max_size=2)


def _of_its_kind(difference: Difference) -> Difference:
    """Return it with those fields only that its kind has."""
    example = make_difference(difference.kind)
    return structs.replace(
        difference,
        symbol=example.symbol and difference.symbol,
        ids=example.ids and difference.ids,
        name=example.name and difference.name,
    )


differences = st.builds(
    Difference,
    kind=st.sampled_from(DifferenceKind),
    symbol=texts,
    ids=st.lists(texts.map(Curie), max_size=2).map(tuple),
    name=texts,
    local=sides,
    remote=sides,
).map(_of_its_kind)
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
    verdict=st.sampled_from([verdict for verdict in Verdict if verdict is not Verdict.REMOTE_ONLY]),
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
    replace,
    st.just(RUN),
    started_ms=st.integers(min_value=0, max_value=4_102_444_800_000),
    complete=st.booleans(),
    server=texts,
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


def test_what_is_in_a_report_cannot_be_changed_and_has_no_other_keys() -> None:
    configs = {
        name: (kind.__struct_config__.frozen, kind.__struct_config__.forbid_unknown_fields)
        for name, kind in (vars(sync.model) | vars(sync.report.document)).items()
        if name in json_schema()["$defs"] and issubclass(kind, Struct)
    }

    assert configs == dict.fromkeys(configs, (True, True))


def test_the_schema_refuses_what_the_models_do_not_have() -> None:
    document = orjson.loads(saved(make_report(make_result())))
    document["records"][0]["colour"] = "red"

    with pytest.raises(jsonschema.ValidationError, match="colour"):
        validate(document)


def test_a_file_name_that_is_no_utf8_is_written_as_escapes() -> None:
    report = make_report(
        make_result(path=b"_figures/caf\xe9.md".decode("utf-8", "surrogateescape"))
    )

    [record] = parse_report(saved(report)).records
    assert record.path == r"_figures/caf\udce9.md"


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
    assert make_report(server=server).run.server == shown


def test_times_are_kept_to_the_millisecond() -> None:
    report = make_report(started_ms=1_787_392_800_123)

    assert report.run.started == datetime(2026, 8, 22, 10, 0, 0, 123_000, tzinfo=UTC)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "this is not a report of ndex-sync: .*give a file made by --format json=PATH"),
        (b'{"schema_version": 1', "this is not a report of ndex-sync: "),
        (b"\xff\xfe", "this is not a report of ndex-sync: "),
        (b"[]", "its schema_version is None, not 1"),
        (b'{"records": []}', "its schema_version is None, not 1"),
        (b'{"schema_version": 2}', "its schema_version is 2, not 1; make the report again"),
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
