"""JUnit XML, read by an XML parser as a CI system would."""

from __future__ import annotations

from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.model import Verdict
from sync.report.document import Report
from sync.report.render.junit import render_junit
from sync.report.text import visible
from tests.builders import NETWORK, make_report, make_result
from tests.report import samples


def read(report: Report) -> ET.Element:
    return ET.fromstring(samples.rendered(render_junit, report))  # noqa: S314 - written by ourselves, a moment ago


def test_a_collection_is_a_suite_and_a_record_a_case() -> None:
    root = read(make_report(make_result("WP1"), make_result("WP2", Verdict.DRIFTED)))
    (suite,) = root
    passed, drifted = suite

    assert root.attrib["name"] == ("ndex-sync check: 1 of 2 records in sync: differences found")
    assert suite.attrib["name"] == "pfocr"
    assert suite.attrib["timestamp"].startswith("2026-08-")
    assert (passed.attrib["name"], list(passed)) == ("WP1", [])
    assert drifted.attrib == {
        "name": "WP2",
        "classname": "pfocr",
        "file": "_pathways/WP2.md",
        "line": "17",
    }
    assert drifted[0].tag == "failure"
    assert drifted[0].attrib == {
        "type": "drifted",
        "message": "record and network differ; only in the record: CXCL8",
    }
    assert drifted[0].text == (
        f"_pathways/WP2.md:17\nhttps://www.ndexbio.org/viewer/networks/{NETWORK}\n"
        "Update the network from the record (ndex-sync plan), or correct the record."
    )


def test_counts_say_what_failed_and_what_could_not_be_checked() -> None:
    root = read(samples.every_kind())
    records, networks = root

    assert {name: root.attrib[name] for name in ("tests", "failures", "errors", "skipped")} == {
        "tests": "15",
        "failures": "8",
        "errors": "4",
        "skipped": "2",
    }
    assert records.attrib["tests"] == "14"
    accepted, other = records.findall("testcase/skipped")
    assert other.attrib["message"].startswith("the record is of an organism that")
    assert accepted.attrib["message"] == "accepted until 2027-03-01: agreed with the curators"
    assert len(records.findall("testcase/error")) == int(records.attrib["errors"]) == 4
    assert len(records.findall("testcase/failure")) == int(records.attrib["failures"])
    assert networks[0][0].attrib["message"] == "no record claims the network: An orphan"


@pytest.mark.parametrize("text", [*samples.HOSTILE, "]]>", "\x00\x08\ufffe\uffff", "&lt;&#0;"])
def test_every_text_is_shown_as_text(text: str) -> None:
    result = make_result(text, Verdict.FAILED, path=text or "x", messages=(text,))
    case = read(make_report(result))[0][0]

    assert [element.tag for element in case.iter()] == ["testcase", "error"]
    assert "\n" not in case.attrib.get("name", "")


@given(st.text(max_size=80))
def test_what_can_be_read_is_the_text_that_a_person_would_see(text: str) -> None:
    case = read(make_report(make_result("WP1", Verdict.FAILED, messages=(text,))))[0][0]
    expected = visible(text.encode("utf-8", "backslashreplace").decode())

    assert (
        case[0]
        .attrib["message"]
        .endswith(expected.replace("\ufffe", "\ufffd").replace("\uffff", "\ufffd"))
    )
