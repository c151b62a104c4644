"""Many files at once: where they are written, and what becomes of those that cannot be."""

from __future__ import annotations

import os
import pickle
import shutil
import sys
from pathlib import Path
from xml.etree import ElementTree as ET

import orjson
import pytest

from sync.convert.files import Converted, Job, NotConverted, OutputFormat, convert_files, plan_jobs
from sync.errors import ConfigError, DiskFull
from sync.model import Verdict
from tests.convert.test_pathway import DRAWING, RECORD

DEMO = Path(__file__).parents[2] / "fixtures" / "demo" / "pathways"
OPEN = '<Pathway xmlns="http://pathvisio.org/GPML/2013a" Name="x">'
DEEP = 20_000

HOSTILE = {
    "entities": ('<!DOCTYPE a [<!ENTITY b "c">]>' + OPEN + "&b;</Pathway>", 1, "document type"),
    "cut": (OPEN + "\n<DataNode>", 2, "not XML"),
    "large": (OPEN + " " * (9 * 2**20) + "</Pathway>", None, "too large"),
    "empty": ("", 1, "not XML"),
}
ODD = {
    "deep": OPEN + '<Group GroupId="g">' * DEEP + "</Group>" * DEEP + "</Pathway>",
    "links": OPEN
    + '<Label TextLabel="&lt;a href=&quot;javascript:x&quot;&gt;" Href="javascript:x">'
    '<Graphics CenterX="1" CenterY="1" Width="1" Height="1"/></Label></Pathway>',
    "twice": OPEN
    + '<DataNode TextLabel="a" GraphId="n"><Graphics CenterX="1" CenterY="1" Width="1" '
    'Height="1"/></DataNode>' * 2 + "</Pathway>",
    "nothing": OPEN + "</Pathway>",
}
"""Drawings that nobody would draw, and that are converted all the same."""


def convert(
    folder: Path, to: OutputFormat = OutputFormat.CX2
) -> dict[str, Converted | NotConverted]:
    out = folder / "out"
    out.mkdir()
    outcomes = convert_files(plan_jobs([folder], out, to), to)
    return {each.job.source.stem: each for each in outcomes}


@pytest.mark.parametrize("to", OutputFormat)
def test_hostile_drawings_are_refused_with_place_and_reason(
    tmp_path: Path, to: OutputFormat
) -> None:
    for name, (text, _, _) in HOSTILE.items():
        (tmp_path / f"{name}.gpml").write_text(text, encoding="utf-8")

    outcomes = convert(tmp_path, to)

    for name, (_, line, reason) in HOSTILE.items():
        outcome = outcomes[name]
        assert isinstance(outcome, NotConverted)
        assert (outcome.verdict, outcome.path, outcome.line) == (
            Verdict.INVALID_RECORD,
            f"{name}.gpml",
            line,
        )
        assert outcome.reason.startswith(reason)
    assert list((tmp_path / "out").iterdir()) == []


@pytest.mark.parametrize("to", OutputFormat)
def test_odd_drawings_are_converted(tmp_path: Path, to: OutputFormat) -> None:
    for name, text in ODD.items():
        (tmp_path / f"{name}.gpml").write_text(text, encoding="utf-8")

    outcomes = convert(tmp_path, to)

    assert {name for name, each in outcomes.items() if isinstance(each, Converted)} == ODD.keys()
    for name in ODD:
        body = (tmp_path / "out" / f"{name}.{to.value}").read_bytes()
        if to is OutputFormat.CX2:
            assert orjson.loads(body)[-1] == {"status": [{"success": True}]}
        else:
            elements = list(ET.fromstring(body).iter())  # noqa: S314 - our own picture
            assert not any(key.endswith("href") for each in elements for key in each.attrib)
            assert not any(each.tag.endswith("}script") for each in elements)


@pytest.mark.slow
def test_many_drawings_on_all_cores_are_what_one_is(tmp_path: Path) -> None:
    drawings = [tmp_path / f"WP{number}.gpml" for number in range(1, 60)]
    for path in drawings:
        shutil.copy(DEMO / "WP90001" / "WP90001.gpml", path)
    out = tmp_path / "out"
    out.mkdir()
    jobs = plan_jobs([tmp_path], out, OutputFormat.CX2)

    outcomes = list(convert_files(jobs, OutputFormat.CX2))

    assert [each.job for each in outcomes] == jobs
    assert len({path.read_bytes() for path in out.iterdir()}) == 1


def test_a_figure_becomes_the_network_of_its_genes_from_within_its_folder_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(DEMO.parent / "figures" / "_figures")
    job = Job(Path("PMC9000011__demo-f1.md"), tmp_path / "figure.cx2")

    (outcome,) = convert_files([job], OutputFormat.CX2)

    assert isinstance(outcome, Converted), outcome
    fragments = orjson.loads(job.target.read_bytes())
    assert any("symbol" in node["v"] for part in fragments for node in part.get("nodes", ()))


@pytest.mark.skipif(sys.platform != "linux", reason="other systems refuse such names")
def test_a_drawing_whose_only_id_is_a_name_that_is_not_utf8_is_refused(tmp_path: Path) -> None:
    (tmp_path / os.fsdecode(b"caf\xe9.gpml")).write_text(OPEN + "</Pathway>", encoding="utf-8")

    (outcome,) = convert(tmp_path).values()

    assert isinstance(outcome, NotConverted)
    assert outcome.reason == "file name is not UTF-8: rename the file"


@pytest.mark.parametrize(
    ("name", "text", "to", "reason"),
    [
        ("WP7.md", RECORD, OutputFormat.CX2, "no node table"),
        ("WP7.md", RECORD, OutputFormat.SVG, "no drawing"),
        ("x.md", "nothing", OutputFormat.CX2, "no front matter"),
    ],
)
def test_records_that_cannot_be_drawn_are_refused(
    tmp_path: Path, name: str, text: str, to: OutputFormat, reason: str
) -> None:
    (tmp_path / name).write_text(text, encoding="utf-8")

    (outcome,) = convert(tmp_path, to).values()

    assert isinstance(outcome, NotConverted)
    assert outcome.reason.startswith(reason)


def test_files_are_written_beside_their_sources_or_to_a_folder(tmp_path: Path) -> None:
    for name in ("a/WP1.gpml", "b/WP2.gpml", "b/WP2.md"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(DRAWING)

    beside = plan_jobs([tmp_path], None, OutputFormat.SVG)
    together = plan_jobs([tmp_path / "b", tmp_path / "b" / "WP2.gpml"], tmp_path, OutputFormat.CX2)

    assert [job.target for job in beside] == [tmp_path / "a/WP1.svg", tmp_path / "b/WP2.svg"]
    assert together == [Job(tmp_path / "b/WP2.gpml", tmp_path / "WP2.cx2")]


def test_what_cannot_be_converted_at_all_is_a_usage_error(tmp_path: Path) -> None:
    for name in ("a/WP1.gpml", "b/WP1.gpml", "c/notes.txt"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(DRAWING)

    for sources, reason in (
        ([tmp_path / "a", tmp_path / "b"], "would both be written to"),
        ([tmp_path / "c"], "no .gpml or .md file in it"),
        ([tmp_path / "c" / "notes.txt"], "not a drawing"),
        ([tmp_path / "gone.gpml"], "gone.gpml: no such file or folder"),
        ([tmp_path / "gone"], "gone: no such file or folder"),
        ([tmp_path / f"{'x' * 300}.gpml"], "File name too long"),
    ):
        with pytest.raises(ConfigError, match=reason):
            plan_jobs(sources, tmp_path, OutputFormat.CX2)


def test_a_target_that_cannot_be_written_is_an_error(tmp_path: Path) -> None:
    job = Job(DEMO / "WP90001" / "WP90001.gpml", tmp_path / "gone" / "WP90001.cx2")

    with pytest.raises(ConfigError, match="No such file"):
        list(convert_files([job], OutputFormat.CX2))


def test_a_full_disk_is_reported_from_another_process_as_from_this_one() -> None:
    error = DiskFull("out/WP1.cx2")

    assert str(pickle.loads(pickle.dumps(error))) == str(error)  # noqa: S301 - our own error
