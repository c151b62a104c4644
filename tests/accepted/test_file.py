"""The accepted file is read whole, and whatever is wrong in it is told with its line."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from sync.accepted.file import ACCEPTED_NAME, parse_accepted, read_accepted
from sync.accepted.waiver import WaivedItem, Waiver
from sync.errors import ConfigError
from sync.model import DifferenceKind, Verdict

TEXT = """\
# why this file is here

[[accepted]]
collection = "pathways"
reason = '''
[[accepted]]
is on the wiki'''   # of several lines
until = 2027-03-01
items = [
  # the mouse ones
  { record = "WP1", kind = "unmapped" },
  { record = "WP4255", kind = "gene_extra", gene = "PDK1", ids = ["ncbigene:5163"], remote = {} },
]

[[accepted]]
collection = "figures"
reason = "an old one"
until = 2027-04-01
items = [{ network = "2dee1f6d-8b66-11eb-9e72-0ac135e8bacf", kind = "remote_only" }]
"""


def test_a_file_that_leads_out_by_a_link_is_refused_and_not_shown(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("secret = 1")
    (tmp_path / "root").mkdir()
    link = tmp_path / "root" / "ndex-sync-accepted.toml"
    link.symlink_to(tmp_path / "secret")

    with pytest.raises(ConfigError, match="leads out of its folder") as caught:
        read_accepted(link)
    assert "secret = 1" not in str(caught.value)


def test_entries_are_read_with_their_lines() -> None:
    unmapped, extra, orphan = parse_accepted(TEXT, "x.toml")

    assert unmapped.item == WaivedItem("pathways", Verdict.UNMAPPED, record="WP1")
    assert unmapped.reason == "[[accepted]]\nis on the wiki"
    assert (unmapped.until, unmapped.line) == (date(2027, 3, 1), 11)
    assert extra == Waiver(
        WaivedItem(
            "pathways",
            DifferenceKind.GENE_EXTRA,
            record="WP4255",
            gene="PDK1",
            ids=("ncbigene:5163",),
            remote=(),
        ),
        unmapped.reason,
        unmapped.until,
        12,
    )
    assert orphan.item.network == "2dee1f6d-8b66-11eb-9e72-0ac135e8bacf"
    assert orphan.line == 19


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("until = 2027-03-01", 'until = "2027-03-01"', "x.toml:8: until: must be a date without"),
        ("until = 2027-03-01", "until = 2027-03-01T00:00:00Z", "x.toml:8: until: must be a date"),
        ("until = 2027-03-01\n", "", "x.toml:3: until: is missing"),
        ('reason = "an old one"', 'reason = "  "', "x.toml:17: reason: must not be empty"),
        ("items = [{", 'items = "none"\nnone = [{', "x.toml:19: items: must be a list in brackets"),
        ('"unmapped"', '"failed"', "x.toml:11: items.1.kind: failed cannot be accepted"),
        ('"unmapped"', "7", "x.toml:11: items.1.kind: must be one of"),
        ('record = "WP1", ', "", "x.toml:11: items.1: needs the id of its record"),
        (", remote = {}", "", "x.toml:12: items.2: has no value.*let ndex-sync accept"),
        ("gene =", "gen =", "x.toml:12: items.2.gen: unknown key .gen. .did you mean .gene.\\?"),
        ('network = "2dee1f6d-8b66-11eb-9e72-0ac135e8bacf", ', "", "x.toml:19: items.1: remote_"),
        ("[[accepted]]\ncollection", "[accepted]\ncollection", "x.toml: .*"),
        ('"WP1"', '"WP1', "x.toml: not valid TOML: .*line 11"),
        (
            '"unmapped" },',
            '"unmapped" },\n  { record = "WP1", kind = "unmapped" },',
            "x.toml:12: accepted on line 11 already; keep one of them",
        ),
    ],
)
def test_what_is_wrong_is_told_with_its_line(old: str, new: str, problem: str) -> None:
    assert old in TEXT

    with pytest.raises(ConfigError, match=f"^{problem}"):
        parse_accepted(TEXT.replace(old, new, 1), "x.toml")


def test_every_problem_is_told_at_once() -> None:
    broken = TEXT.replace('"unmapped"', '"failed"').replace('reason = "an old one"\n', "")

    with pytest.raises(ConfigError) as caught:
        parse_accepted(broken, "x.toml")

    assert len(caught.value.problems) == 2


def test_where_there_is_no_file_nothing_is_accepted(tmp_path: Path) -> None:
    assert read_accepted(tmp_path / ACCEPTED_NAME) == ()
    (tmp_path / ACCEPTED_NAME).write_text("# nothing yet\n")
    assert read_accepted(tmp_path / ACCEPTED_NAME) == ()


def test_a_file_that_cannot_be_read_is_an_error_that_names_it(tmp_path: Path) -> None:
    path = tmp_path / ACCEPTED_NAME
    path.write_bytes(b"# caf\xe9\n")
    with pytest.raises(ConfigError, match=f"{ACCEPTED_NAME}: cannot be read"):
        read_accepted(path)
    path.unlink()
    path.mkdir()
    with pytest.raises(ConfigError, match=f"{ACCEPTED_NAME}: cannot be read"):
        read_accepted(path)
