"""Front matter: texts stay as written, lines are right, and nothing tricky passes."""

from __future__ import annotations

import itertools
import re

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from sync.errors import RecordError
from sync.records.frontmatter import MAX_DEPTH, parse_front_matter

PLAIN_TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Co", "Cn")))
KEYS = st.text("abcdefghijklmnopqrstuvwxyz-", min_size=1, max_size=12)


def refusal(text: str) -> RecordError:
    with pytest.raises(RecordError) as caught:
        parse_front_matter("r.md", text)
    assert caught.value.path == "r.md"
    return caught.value


@pytest.mark.parametrize(
    ("written", "text"),
    [
        ("2001", "2001"),
        ("'2001'", "2001"),
        ("0x1F", "0x1F"),
        ("007", "007"),
        ("1_000", "1_000"),
        ("12:30:45", "12:30:45"),
        ("0.9537671", "0.9537671"),
        ("NO", "NO"),
        ("On", "On"),
        ("2026-02-05", "2026-02-05"),
        ("2026-99-99", "2026-99-99"),
        (".na.character", ".na.character"),
        ("'  blanks  '", "  blanks  "),
        ("'tab\there'", "tab\there"),
        ('"\\u03b4 δ"', "δ δ"),
        ("'IL-21,İL-23 АКТ PKÇ'", "IL-21,İL-23 АКТ PKÇ"),
        ("a plain text\n  folded over lines", "a plain text folded over lines"),
        ("'a quoted text\n\n  with a line break'", "a quoted text\nwith a line break"),
        ("|\n  kept\n  lines\n", "kept\nlines\n"),
        ("''", ""),
        ("AT&T & more, 3*4 ! yes", "AT&T & more, 3*4 ! yes"),
    ],
)
def test_a_scalar_keeps_its_text_whatever_it_looks_like(written: str, text: str) -> None:
    front = parse_front_matter("r.md", f"---\nkey: {written}\n---\n")

    assert front.text("key") == text


@pytest.mark.parametrize("null", ["", "null", "~", "Null", "NULL"])
def test_a_null_is_no_text(null: str) -> None:
    front = parse_front_matter("r.md", f"---\nkey: {null}\nlist: [{null or '~'}, a]\n---\n")

    assert "key" in front
    assert front.text("key") is None
    assert front.text("absent") is None
    assert front.texts("key") == front.texts("absent") == ()
    assert front.texts("list") == ("a",)
    assert list(front.rows("key")) == list(front.rows("absent")) == []


@pytest.mark.parametrize(
    ("value", "texts"),
    [
        ("{inner: [a, 'On', ~, 2001]}", ("a", "On", "2001")),
        ("{inner: alone}", ("alone",)),
        ("{inner: []}", ()),
        ("{inner: ~}", ()),
        ("{other: a}", None),
        ("[{inner: a}]", None),
        ("inner", None),
    ],
)
def test_texts_one_level_down_are_read_or_none(value: str, texts: tuple[str, ...] | None) -> None:
    front = parse_front_matter("r.md", f"---\nkey: {value}\n---\n")

    assert front.nested_texts("key", "inner") == texts
    assert front.nested_texts("absent", "inner") is None


@given(st.dictionaries(KEYS, PLAIN_TEXTS, min_size=1, max_size=8))
def test_any_text_written_as_yaml_reads_back_the_same(texts: dict[str, str]) -> None:
    front = parse_front_matter("r.md", f"---\n{yaml.dump(texts, allow_unicode=True)}---\n")

    assert {key: front.text(key) for key in texts} == texts


@given(st.lists(st.dictionaries(KEYS, PLAIN_TEXTS, max_size=4), max_size=8))
def test_any_list_of_maps_written_as_yaml_reads_back_the_same(rows: list[dict[str, str]]) -> None:
    front = parse_front_matter("r.md", f"---\n{yaml.dump({'rows': rows})}---\n")

    assert [row.cells for row in front.rows("rows")] == rows


@pytest.mark.parametrize(
    "ends",
    ["---\nkey: a\n---", "---\nkey: a\n---\n", "---\nkey: a\n---\nBody: [\n", "---\nkey: a\n...\n"],
    ids=["no final line feed", "no body", "with a body", "closed by dots"],
)
def test_the_closing_line_ends_the_front_matter(ends: str) -> None:
    assert parse_front_matter("r.md", ends).text("key") == "a"


@pytest.mark.parametrize(
    "before",
    [
        "title: plain\n",
        "title: plain\r\n",
        "title: 'two\n\n  breaks'\n",
        "title: 'δ𝄞 outside of the first plane'\n",
        "title: 'next\x85line'\n",
        "title: 'line\u2028separator'\n",
        "title: 'paragraph\u2029separator'\n",
        "# a comment\n\n",
    ],
)
def test_lines_are_counted_as_editors_count_them(before: str) -> None:
    text = f"---\n{before}ndex: here\nrows:\n- a: 1\n- a: 2\n---\n"
    front = parse_front_matter("r.md", text)
    lines = text.split("\n")

    assert lines[front.line("ndex") - 1] == "ndex: here"
    assert [lines[row.line - 1] for row in front.rows("rows")] == ["- a: 1", "- a: 2"]


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        ("", 1, "no front matter: the file does not start"),
        ("figid: a\n", 1, "no front matter: the file does not start"),
        ("\n---\nfigid: a\n---\n", 1, "no front matter: the file does not start"),
        ("----\nfigid: a\n----\n", 1, "no front matter: the file does not start"),
        ("---\nfigid: a\n", None, "front matter not closed: no second line '---'"),
        ("---\n---\n", 1, "no front matter: it holds no 'key: value' lines"),
        ("---\n- a\n---\n", 1, "no front matter: it holds no 'key: value' lines"),
        ("---\njust text\n---\n", 1, "no front matter: it holds no 'key: value' lines"),
        ("---\na: 1\nb: [\n---\n", 4, "not YAML: did not find expected node content"),
        ("---\na: 1\n b: 2\n---\n", 3, "not YAML: mapping values are not allowed"),
        ("---\na: 1\n\tb: 2\n---\n", 3, "not YAML: found a tab character"),
        ("---\na: 'open\nb: 2\n---\n", 4, "not YAML: found unexpected end of stream"),
        ("---\na: 1\n--- b\n---\n", 3, "not YAML: but found another document"),
        ("---\na: 1\nb: x\0y\n---\n", 3, "control character U+0000: delete it"),
        ("---\na: 1\nb: δδδ\x80\n---\n", 3, "control character U+0080: delete it"),
        ("---\na: 1\nb: 2\na: 3\n---\n", 4, "duplicate key: 'a' occurs twice"),
        ("---\na: 1\n'a': 3\n---\n", 3, "duplicate key: 'a' occurs twice"),
        ("---\na:\n- b: 1\n  c: 2\n  b: 3\n---\n", 5, "duplicate key: 'b' occurs twice"),
        ("---\na: {b: {c: 1, c: 2}}\n---\n", 2, "duplicate key: 'c' occurs twice"),
        ("---\na: 1\n? [b]\n: 2\n---\n", 3, "wrong type: a key should be a plain text"),
        ("---\na: 1\n<<: {ndex: x}\n---\n", 3, "wrong type: a key should be a plain text"),
        ("---\na: &b 1\n---\n", 2, "anchor or alias (&name, *name): write the value out"),
        ("---\na: 1\nb: *c\n---\n", 3, "anchor or alias (&name, *name): write the value out"),
        ("---\na: &a [*a]\n---\n", 2, "anchor or alias (&name, *name): write the value out"),
        ("---\na: !!python/object:os.system x\n---\n", 2, "tag: 'tag:yaml.org,2002:python"),
        ("---\na: !!binary eHh4\n---\n", 2, "tag: 'tag:yaml.org,2002:binary' is not read"),
        ("---\na: ! x\n---\n", 2, "tag: '!' is not read; delete it"),
        ("---\na: !b\n  c: [\n---\n", 2, "tag: '!b' is not read; delete it"),
        ("---\nb: [\n*a\n---\n", 3, "anchor or alias (&name, *name): write the value out"),
        ("---\nb: '*a'\nc: a: *b\n---\n", 3, "not YAML: mapping values are not allowed"),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_line(
    text: str, line: int | None, reason: str
) -> None:
    error = refusal(text)

    assert error.reason.startswith(reason)
    assert error.line == line


@pytest.mark.parametrize(
    "bomb",
    [
        "a: " + "[" * 10_000,
        "a: " + "[" * 100_000,
        "a: " + '{"a":' * 10_000,
        "- " * 10_000,
        "- " * 100_000,
        "? " * 100_000,
        "".join(" " * depth + "a:\n" for depth in range(1_000)),
        "".join("\u2028" + " " * depth + "a:" for depth in range(1_000)),
        "a:\n" + "".join(" " * depth + "- \n" for depth in range(1_000)),
    ],
    ids=itertools.count(),
)
def test_deep_nesting_is_refused_before_it_can_crash_the_loader(bomb: str) -> None:
    error = refusal(f"---\n{bomb}\n---\n")

    assert error.reason == f"nested more than {MAX_DEPTH} deep: flatten it"


def test_an_alias_bomb_is_refused_unexpanded() -> None:
    levels = ["a0: &a0 [x, x]"]
    levels += [f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}]" for n in range(1, 60)]

    error = refusal("---\n" + "\n".join(levels) + "\n---\n")

    assert (error.line, error.reason.partition(":")[0]) == (2, "anchor or alias (&name, *name)")


def test_brackets_and_indentation_in_texts_are_no_nesting() -> None:
    links = "[a](b) {c} " * 100
    front = parse_front_matter("r.md", f"---\na: '{links}'\nb: |\n{' ' * 90}deep\n---\n")

    assert front.text("a") == links
    assert front.text("b") == "deep\n"


YAML_PIECES = st.lists(
    st.sampled_from(
        [
            *("&a", "*a", "!b", "!", "&", "*", "a", "a: ", "- ", "? ", "- ", "-", "?", ":", ","),
            *("[", "]", "{", "}", "<<", "|", " ", "\n", "\n", "\r", "\t", "\x85", "\u2028"),
            *("\ufeff", '"', "'", "#"),
        ]
    ),
    max_size=14,
).map("".join)


@pytest.mark.parametrize(
    "disguised",
    [
        "&a b",
        "key: &a b",
        "key:\t&a b",
        "key:\n  &a b",
        "key:\x85  &a b",
        "key:\u2028  &a b",
        "key: {a: &a b}",
        'key: {"a":&a b}',
        "key: {a: 1,&a b: 2}",
        "key: {&a b: 1}",
        "key: [&a b]",
        "key: {? &a b}",
        "- &a b",
        "? &a b",
        "\ufeff&a b: 1",
        "key: !t b",
        "key: ! b",
        "key:\u2029 !<t> b",
        "- ! b",
        "!!map\n? a",
    ],
)
def test_an_anchor_or_tag_is_refused_wherever_yaml_takes_one(disguised: str) -> None:
    events = list(yaml.parse(disguised, Loader=yaml.CSafeLoader))
    assert any(getattr(each, "anchor", None) or getattr(each, "tag", None) for each in events)

    assert refusal(f"---\n{disguised}\n---\n").reason.startswith(("anchor or alias", "tag: "))


@given(YAML_PIECES)
def test_no_anchor_alias_or_tag_passes_in_any_disguise(body: str) -> None:
    try:
        parse_front_matter("r.md", f"---\nkey: 1\n{body}\n---\n")
    except RecordError:
        return
    for event in yaml.parse(f"key: 1\n{body}\n", Loader=yaml.CSafeLoader):
        assert getattr(event, "anchor", None) is None
        assert getattr(event, "tag", None) is None


@pytest.mark.parametrize(
    ("read", "line", "reason"),
    [
        ("text:list", 2, "wrong type: 'list' should be a plain text and is a list"),
        ("text:map", 4, "wrong type: 'map' should be a plain text and is a map"),
        ("texts:map", 4, "wrong type: 'map' should be a plain text and is a map"),
        ("texts:rows", 6, "wrong type: 'rows' should be a plain text and is a map"),
        ("rows:map", 4, "wrong type: 'map' should be a list and is a map"),
        ("rows:list", 2, "wrong type: 'list' should be a list of maps and is a plain text"),
        ("rows:rows", 7, "wrong type: 'rows: b' should be a plain text and is a list"),
    ],
)
def test_a_value_of_another_type_is_refused_where_it_stands(
    read: str, line: int, reason: str
) -> None:
    text = "---\nlist: [a,\n  b]\nmap: {a: 1}\nrows:\n- a: 1\n- b: [1]\n---\n"
    front = parse_front_matter("r.md", text)
    method, _, key = read.partition(":")

    with pytest.raises(RecordError) as caught:
        list(getattr(front, method)(key))

    assert (caught.value.line, caught.value.reason) == (line, reason)


def test_a_long_key_is_cut_in_the_message() -> None:
    error = refusal(f"---\n{'k' * 100}: 1\n{'k' * 100}: 1\n---\n")

    assert re.search(r"\bk{80}…", error.reason)
