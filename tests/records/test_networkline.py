"""The ``ndex:`` line: set, inserted and emptied without touching another byte."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from sync.errors import RecordError
from sync.model import NetworkId
from sync.records.networkline import set_network
from tests.records.writing import FIGURE, UUID, read_good, write

OLD = NetworkId(UUID)
NEW = NetworkId("0626a9a9-df0c-11ea-99da-0ac135e8bacf")

PATHWAY = """\
---
annotations: []
last-edited: 2026-02-05
ndex: null
organisms:
- Homo sapiens
wpid: WP1
---"""
FIGURE_TEXT = f"""\
---
figid: {FIGURE}
organisms:
- Mus musculus
redirect_from: /figures/PMC1__F1
ndex: ''
seo: CreativeWork
---
"""
EMBEDDED = f"""\
---
figid: {FIGURE}
organisms: Homo sapiens
ndex: ''
annotations: []
genes: []
---
"""


def edit(text: str, network: NetworkId = NEW) -> str:
    return set_network(text.encode(), "r.md", network).decode()


def refusal(text: str, network: NetworkId = NEW) -> RecordError:
    with pytest.raises(RecordError) as caught:
        edit(text, network)
    assert caught.value.path == "r.md"
    return caught.value


@pytest.mark.parametrize(
    ("line", "edited"),
    [
        (f"ndex: {OLD}", f"ndex: {NEW}"),
        (f"ndex: '{OLD}'", f"ndex: '{NEW}'"),
        (f'ndex: "{OLD}"', f'ndex: "{NEW}"'),
        (f"ndex:   {OLD}   # by hand", f"ndex:   {NEW}   # by hand"),
        (f"ndex : {OLD}", f"ndex : {NEW}"),
        (f'"ndex": "{OLD}"# tight', f'"ndex": "{NEW}"# tight'),
        ("ndex: ''", f"ndex: {NEW}"),
        ("ndex: '' # none yet", f"ndex: {NEW} # none yet"),
        ("ndex: .na.character", f"ndex: {NEW}"),
        ("ndex: ", f"ndex: {NEW}"),
        ("ndex:\t", f"ndex:\t{NEW}"),
        ("ndex: # none yet", f"ndex: {NEW} # none yet"),
    ],
)
@pytest.mark.parametrize("line_end", ["\n", "\r\n"], ids=["LF", "CRLF"])
@pytest.mark.parametrize(
    ("before", "behind"),
    [
        (f"---\nfigid: {FIGURE}\n", "\nseo: CreativeWork\n---\nndex: not this one\n"),
        (f"---\nfigid: {FIGURE}\n", "\n---"),
        ("---\n", f"\nfigid: {FIGURE}\n...\n"),
        (f"\ufeff---\n# ndex: no\nfigid: {FIGURE} # δ𝄞\n", "\nseo: ''\n---\n"),
        (f"---\n\ufefffigid: {FIGURE}\n", "\nseo: ''\n---\n"),
        (f"---\n  caption: 'a\x85b\u2028c\n    ndex: d'\n  figid: {FIGURE}\n  ", "\n---\n"),
    ],
    ids=["in the middle", "last", "first", "mark and wide signs", "mark below", "indented"],
)
def test_only_the_value_of_the_line_changes(
    line: str, edited: str, line_end: str, before: str, behind: str
) -> None:
    before, behind = (part.replace("\n", line_end) for part in (before, behind))

    assert edit(before + line + behind) == before + edited + behind


@pytest.mark.parametrize(
    "value",
    [
        *(OLD, OLD.upper(), f"'{OLD}'", f'"{OLD}"', f'" {OLD} "', f"{OLD}  # why"),
        *(f"\n  {OLD}", f">\n  {OLD}", f"|-\n  {OLD.upper()}\n"),
    ],
)
@pytest.mark.parametrize("line_end", ["\n", "\r\n"], ids=["LF", "CRLF"])
def test_the_network_that_is_there_already_changes_no_byte(value: str, line_end: str) -> None:
    text = f"\ufeff---\nfigid: {FIGURE}\nndex: {value}\nseo: ''\n---".replace("\n", line_end)

    assert edit(text, OLD) == text


@pytest.mark.parametrize(
    ("text", "none"),
    [(PATHWAY, "null"), (FIGURE_TEXT, "''"), (EMBEDDED, "''")],
    ids=["pathway", "figure", "embedded figure"],
)
def test_a_network_replaces_what_the_layout_has_for_none(text: str, none: str) -> None:
    assert edit(text) == text.replace(f"ndex: {none}", f"ndex: {NEW}")


@pytest.mark.parametrize("line_end", ["\n", "\r\n"], ids=["LF", "CRLF"])
@pytest.mark.parametrize("mark", ["", "\ufeff"], ids=["no mark", "byte order mark"])
@pytest.mark.parametrize(
    "text",
    [
        PATHWAY,
        PATHWAY.replace("last-edited", "edited"),
        PATHWAY.replace("2026-02-05", "'2026\n\n  02'  # kept"),
        PATHWAY.replace("2026-02-05", "|\n  2026\n\n"),
        PATHWAY.replace("2026-02-05", ""),
        PATHWAY.replace("2026-02-05", "[a,\n    {b: c}] # kept"),
        FIGURE_TEXT + "Body with ndex: and\n---\n",
        FIGURE_TEXT.replace("redirect_from", "redirected"),
        FIGURE_TEXT.replace("redirect_from: /f", "redirect_from:\n- a:\n    - /f"),
        FIGURE_TEXT.replace("redirect_from: /f", "redirect_from:\n- a: /f").replace(
            "a:", "? a\n  :"
        ),
        FIGURE_TEXT.replace("ndex: ''\n", "ndex: ''\n\n# the sort of work\n"),
        EMBEDDED.replace("organisms", "species"),
        EMBEDDED.replace(": Homo sapiens", ":\n- Homo sapiens").replace("''", "''\n# below"),
        EMBEDDED.replace(": Homo sapiens", ":\n- Homo sapiens # us"),
    ],
)
def test_a_missing_key_is_inserted_in_its_usual_place(text: str, mark: str, line_end: str) -> None:
    written = mark + text.replace("\n", line_end)
    none = "null" if "wpid" in text else "''"
    line = f"ndex: {none}{line_end}"
    assert written.count(line) == 1

    assert edit(written.replace(line, "")) == written.replace(none, NEW, 1)


def test_a_key_without_its_neighbours_is_inserted_last() -> None:
    text = f"---\r\n  figid: {FIGURE}\r\n# end\r\n---"

    assert edit(text) == text.replace("# end\r\n", f"# end\r\n  ndex: {NEW}\r\n")


NO_LINE = "ndex cannot be edited: write key and value on one line"


@pytest.mark.parametrize(
    ("lines", "line", "reason"),
    [
        ("ndex: [a]", 3, "wrong type: 'ndex' should be a plain text and is a list"),
        (f"ndex:\n- {OLD}", 4, "wrong type: 'ndex' should be a plain text and is a list"),
        ("ndex: {a: b}", 3, "wrong type: 'ndex' should be a plain text and is a map"),
        (f"ndex: &anchor {OLD}", 3, "anchor or alias (&name, *name): write the value out"),
        (f"ndex: !!str {OLD}", 3, "tag: "),
        (f"ndex: {OLD}\nndex: {OLD}", 4, "duplicate key: 'ndex' occurs twice"),
        ("ndex: soon", 3, "ndex is not a UUID: 'soon'"),
        (
            f"ndex: https://www.ndexbio.org/viewer/networks/{OLD}",
            3,
            f"ndex is not a UUID: 'https://www.ndexbio.org/viewer/networks/{OLD}'; put the",
        ),
        (f"ndex: {'x' * 81}", 3, f"ndex is not a UUID: '{'x' * 80}…'; put the"),
        *(
            (written, 3, NO_LINE)
            for written in (
                *(f"ndex:\n  {OLD}", f"ndex: |\n  {OLD}", "ndex: |", f"ndex: >-\n  {OLD}"),
                *(f"ndex: '\n  {OLD}'", "? ndex\nseo: ''", f"? ndex\n: {OLD}"),
            )
        ),
        ("ndex: ''\nseo: [", 5, "not YAML: "),
    ],
)
def test_what_cannot_be_edited_safely_is_refused_with_its_line(
    lines: str, line: int, reason: str
) -> None:
    caught = refusal(f"---\nfigid: {FIGURE}\n{lines}\n---\n")

    assert caught.line == line
    assert caught.reason.startswith(reason)


@pytest.mark.parametrize(
    "front_matter",
    [
        "{figid: a}",
        "{\n  figid: a,\n  redirect_from: b,\n  seo: c\n}",
        "{\n  figid: a, caption: 'b\n', seo: c\n}",
        "? figid\n: a",
        "\ufefffigid: a",
        "\u2028figid: a",
        "\rfigid: a",
    ],
)
def test_no_key_is_inserted_among_others_than_plain_lines(front_matter: str) -> None:
    caught = refusal(f"---\n{front_matter}\n---\n")

    assert caught.line is None
    assert caught.reason == (
        "ndex cannot be edited: the front matter is not made of plain 'key: value' lines; "
        "write the line 'ndex: UUID' by hand"
    )


def test_a_file_that_is_no_utf8_or_has_no_id_is_refused() -> None:
    with pytest.raises(RecordError, match=r"r\.md:3: not UTF-8"):
        set_network(b"---\nfigid: a\nndex: \xff\n---\n", "r.md", NEW)

    assert refusal("---\ntitle: a\n---\n").reason.startswith("no id: ")


KEYS = st.text("abcdefghijklmnopqrstuvwxyz-", max_size=8).map("x-{}".format)
TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Co", "Cn")), max_size=30)
VALUES = st.recursive(
    st.none() | st.booleans() | st.dates() | TEXTS,
    lambda values: st.lists(values, max_size=3) | st.dictionaries(KEYS, values, max_size=3),
    max_leaves=6,
)
ODDLY_WRITTEN = st.sampled_from(
    [
        "caption: |\n  a # b\n\n",
        "papertitle: >-\n  a\n  b\n",
        "reftext: 'a\n\n  b'  # c\n",
        'year: "a\\\n  b"\n',
        "redirect_from: [a,\n  {b: c}]\n",
        "redirect_from: a\n",
        "redirect_from:\n- a\n-\n",
    ]
)
NETWORKS = st.uuids().map(lambda uuid: NetworkId(str(uuid)))
LINKS = st.sampled_from(["", " ''", ' ""', " null", " ~", " NA"]) | st.builds(
    lambda sign, network: f" {sign}{network}{sign}", st.sampled_from(["", "'", '"']), NETWORKS
)


@st.composite
def blocks(draw: st.DrawFn) -> list[str]:
    """The keys of a front matter, each with its value and at times a comment below."""
    values = draw(st.dictionaries(KEYS | st.just("seo"), VALUES))
    width = draw(st.sampled_from([10, 80]))
    written = [
        yaml.dump({key: value}, width=width, allow_unicode=True) for key, value in values.items()
    ]
    written += draw(st.lists(ODDLY_WRITTEN, unique_by=lambda line: line.partition(":")[0]))
    comments = draw(st.lists(st.sampled_from(["# ndex: none\n", "\n", "  # deep\n"]), max_size=2))
    lines = [f"figid: {FIGURE}\n", *written, *comments]
    if draw(st.booleans()):
        lines.append(f"ndex:{draw(LINKS)}{draw(st.sampled_from(['', ' ', '  # why']))}\n")
    return draw(st.permutations(lines))


def assert_one_line_differs(data: bytes, linked: bytes, network: NetworkId) -> None:
    """Either one line of another value, or one line that was not there; none for equal bytes."""
    before, after = data.split(b"\n"), linked.split(b"\n")
    if len(after) > len(before):
        at = next(at for at, line in enumerate(after) if line != [*before, b""][at])
        assert after[at].strip().decode() == f"ndex: {network}"
        assert after[:at] + after[at + 1 :] == before
    else:
        changed = [pair for pair in zip(before, after, strict=True) if pair[0] != pair[1]]
        assert [b"ndex" in old for old, _ in changed] == [True] * (data != linked)
        assert all(network.encode() in new for _, new in changed)


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("collection")


@given(blocks(), NETWORKS, st.sampled_from(["\n", "\r\n"]), st.sampled_from(["", "\ufeff"]))
def test_any_front_matter_is_linked_by_one_line(
    root: Path, written: list[str], network: NetworkId, line_end: str, mark: str
) -> None:
    text = f"{mark}---\n{''.join(written)}---\nndex: in the body\n".replace("\n", line_end)
    data = text.encode()

    linked = set_network(data, f"{FIGURE}.md", network)

    assert set_network(linked, f"{FIGURE}.md", network) == linked
    assert read_good(root, write(root, f"{FIGURE}.md", linked)).network == network
    assert_one_line_differs(data, linked, network)


FRAGMENTS = st.sampled_from(
    [
        *("figid: a", "wpid: b", "ndex:", "ndex: ''", "'ndex'", "genes: []", "seo: c"),
        *("\n", "\n", "\n", "\r\n", "\r", "\u2028", " ", "  ", "\t", "\ufeff", "---", "...", "x"),
        *("? ", ": ", "- ", ", ", "{", "}", "[", "]", "'", '"', "|", ">", "#", "&", "*", "!", UUID),
        *(
            "organisms:",
            "redirect_from: d",
            "annotations: e",
            "last-edited: f",
            "ndex: null",
            f"ndex: {UUID}",
        ),
    ]
)


@given(st.lists(FRAGMENTS).map("".join), NETWORKS)
def test_any_text_is_edited_in_one_line_or_refused(text: str, network: NetworkId) -> None:
    data = f"---\n{text}\n---\n".encode()
    try:
        linked = set_network(data, "r.md", network)
    except RecordError:
        return

    assert set_network(linked, "r.md", network) == linked
    assert_one_line_differs(data, linked, network)
