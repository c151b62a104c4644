"""Texts from outside are shown so that they can neither act nor hide."""

from __future__ import annotations

import json
import sys
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.report.text import (
    disarm,
    disarm_bytes,
    disarm_json,
    place,
    said,
    shorten,
    shorten_pair,
    telling_ids,
    viewer_url,
    visible,
)
from tests.builders import NETWORK

DIRECTIONS = frozenset(["LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI", "BN", "B"])


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Chemokines in cancer – β", "Chemokines in cancer – β"),
        ("日本語 é é", "日本語 é é"),
        ("one\ntwo\r\nthree\tfour", r"one\ntwo\r\nthree\tfour"),
        ("\x1b[31mred\x9b0m\x07", r"\x1b[31mred\x9b0m\x07"),
        ("abc\u202edcba", r"abc\u202edcba"),
        ("no\xa0break", r"no\xa0break"),
        ("a ##[error]b", r"a #\x23[error]b"),
        ("###[group]", r"##\x23[group]"),
        ("##vso[task.complete]", r"#\x23vso[task.complete]"),
        ("## [a] #[b] ##vs[c]", "## [a] #[b] ##vs[c]"),
    ],
)
def test_what_cannot_be_seen_is_written_as_an_escape(text: str, shown: str) -> None:
    assert visible(text) == shown


@pytest.mark.parametrize(
    ("lines", "shown"),
    [
        ("::error::x", r"\x3a:error::x"),
        ("a\n  ::error::x\nb", "a\n  \\x3a:error::x\nb"),
        ("a\r::error::x", "a\r\\x3a:error::x"),
        ("\xa0\t::error::x", "\xa0\t\\x3a:error::x"),
        ("a ::error::x", "a ::error::x"),
        (": :error::x", ": :error::x"),
        ("-::error::x", "-::error::x"),
    ],
)
def test_no_line_starts_a_command_of_a_runner(lines: str, shown: str) -> None:
    assert disarm(lines) == shown
    assert disarm(shown) == shown


def test_lines_of_a_file_are_disarmed_and_otherwise_left() -> None:
    data = b" ::add-mask::x\n-##[error]y\n\xff\r\n"

    assert disarm_bytes(data) == b" \\x3a:add-mask::x\n-#\\x23[error]y\n\xff\r\n"


@given(st.lists(st.sampled_from(["##[", "##vso[", "#", "\\", '"', "é", "["])).map("".join))
def test_a_json_document_says_the_same_when_it_is_disarmed(text: str) -> None:
    disarmed = disarm_json(json.dumps({text: text}, ensure_ascii=False))

    assert json.loads(disarmed) == {text: text}
    assert "##[" not in disarmed
    assert "##vso[" not in disarmed


def test_no_sign_of_unicode_that_acts_is_left_as_it_is() -> None:
    """Controls, line ends, surrogates, and whatever changes the direction of what follows."""
    signs = map(chr, range(sys.maxunicode + 1))
    acting = [
        sign
        for sign in signs
        if unicodedata.category(sign) in {"Cc", "Cs", "Zl", "Zp"}
        or unicodedata.bidirectional(sign) in DIRECTIONS
    ]

    assert len(acting) > 2_000
    assert [sign for sign in acting if not visible(sign).isascii()] == []


def test_a_text_is_cut_to_the_limit_with_an_ellipsis() -> None:
    assert shorten("abcdef", 6) == "abcdef"
    assert shorten("abcdefg", 6) == "abcde…"


@pytest.mark.parametrize(
    ("one", "other", "shown"),
    [
        ("short", "texts", ("short", "texts")),
        ("a" * 100 + "bcd", "a" * 100 + "xyz", ("…aaaaabcd", "…aaaaaxyz")),
        ("a" * 100, "a" * 100 + "tail", ("…aaaaa", "…aaaaatail")),
        ("x" + "a" * 100, "y" + "a" * 100, ("x" + "a" * 18 + "…", "y" + "a" * 18 + "…")),
    ],
    ids=["both fit", "differ at the end", "one ends", "differ at the start"],
)
def test_two_long_texts_are_cut_to_where_they_differ(
    one: str, other: str, shown: tuple[str, str]
) -> None:
    assert shorten_pair(one, other, 20) == shown


@given(st.text("ab", max_size=60), st.text("ab", max_size=60), st.integers(8, 40))
def test_texts_that_differ_never_look_the_same_when_cut(one: str, other: str, limit: int) -> None:
    cut = shorten_pair(one, other, limit)

    assert all(len(text) <= limit for text in cut)
    assert (cut[0] == cut[1]) == (one == other)


def test_a_side_says_its_values_nothing_or_emptiness() -> None:
    assert said({"word": "IL-8", "source": "hgnc"}) == "IL-8; hgnc"
    assert said({"value": ""}) == "(empty)"
    assert said(None) == "(none)"


def test_a_place_is_a_path_with_its_line() -> None:
    assert place("_figures/a.md", 17) == "_figures/a.md:17"
    assert place("_figures/a.md", None) == "_figures/a.md"


@pytest.mark.parametrize(
    ("server", "network", "url"),
    [
        (
            "https://www.ndexbio.org",
            NETWORK,
            f"https://www.ndexbio.org/viewer/networks/{NETWORK}",
        ),
        (
            "https://ndex.example/) [x](",
            NETWORK,
            f"https://ndex.example/%29%20[x]%28/viewer/networks/{NETWORK}",
        ),
        ("sandbox:", NETWORK, None),
        ("https://www.ndexbio.org", "../../evil", None),
        ("https://www.ndexbio.org", "", None),
    ],
)
def test_only_a_uuid_on_a_web_server_has_a_page(server: str, network: str, url: str | None) -> None:
    assert viewer_url(server, network) == url


@pytest.mark.parametrize(
    ("ids", "shown"),
    [
        (
            ("ensembl:ENSG1", "hgnc.symbol:HGF", "ncbigene:3082", "uniprot:P14210"),
            "ncbigene:3082 ensembl:ENSG1 hgnc.symbol:HGF",
        ),
        (("uniprot:P2", "uniprot:P1"), "uniprot:P1 uniprot:P2"),
        (("mirbase:MI1", "hgnc:1"), "hgnc:1 mirbase:MI1"),
        ((), ""),
    ],
)
def test_the_identifiers_people_know_come_first(ids: tuple[str, ...], shown: str) -> None:
    assert telling_ids(ids) == shown
