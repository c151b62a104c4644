"""The configuration file: what it may say, and how a mistake in it is told."""

from __future__ import annotations

from pathlib import Path

import pytest

from sync.config import MAX_CONFIG_BYTES, read_config
from sync.errors import ConfigError
from sync.match.compare import DesiredState
from sync.model import Layout, Visibility
from sync.ndex.address import PUBLIC_SERVER

FULL = """\
[server]
url = "sandbox:practice.db"

[[collection]]
name = "pfocr"
layout = "pfocr"
records = "_figures/*.md"
map = "_data/ndex_map.tsv"
network_set = "85034B42-de8a-11ea-99da-0ac135e8bacf"
account = "wikipathways"
organisms = ["Homo sapiens", "10090"]
visibility = "PUBLIC"
read_only = true
push = ["genes", "properties", "membership"]
[collection.limits]
max_update_fraction = 0.1
max_deletes = 2

[[collection]]
name = "pathways"
records = "pathways/*/WP*.md"
"""


def write(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "ndex-sync.toml"
    path.write_text(text, encoding="utf-8")
    return path


def problems(tmp_path: Path, text: str) -> list[str]:
    path = write(tmp_path, text)
    with pytest.raises(ConfigError) as caught:
        read_config(path)
    return [problem.removeprefix(f"{path}:") for problem in caught.value.problems]


def test_a_link_that_leads_out_is_read_only_where_the_caller_named_it(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("secret = 1")
    (tmp_path / "root").mkdir()
    link = tmp_path / "root" / "ndex-sync.toml"
    link.symlink_to(tmp_path / "secret")
    named = tmp_path / "root" / "mine.toml"
    named.symlink_to(tmp_path / "secret")

    with pytest.raises(ConfigError, match="leads out of its folder") as caught:
        read_config(link)
    assert "secret" not in str(caught.value).replace(str(tmp_path), "")
    with pytest.raises(ConfigError, match="secret"):
        read_config(named)


def test_a_full_configuration_is_read(tmp_path: Path) -> None:
    config = read_config(write(tmp_path, FULL))
    pfocr, pathways = config.collection

    assert config.server.url == "sandbox:practice.db"
    assert config.server.url_below(Path("here")) == f"sandbox:{Path('here/practice.db')}"
    assert pfocr.record_layout is Layout.PFOCR
    assert pfocr.network_set == "85034b42-de8a-11ea-99da-0ac135e8bacf"
    assert pfocr.desired_state == DesiredState(Visibility.PUBLIC, read_only=True)
    assert pfocr.counted_organisms.counts("10090", "Mus musculus")
    assert not pfocr.counted_organisms.counts("7227", "Drosophila melanogaster")
    assert (pfocr.limits.max_update_fraction, pfocr.limits.max_deletes) == (0.1, 2)
    assert pathways.record_layout is None
    assert pathways.desired_state == DesiredState()


def test_the_public_server_is_the_default(tmp_path: Path) -> None:
    config = read_config(write(tmp_path, '[[collection]]\nname = "a"\nrecords = "*.md"\n'))

    assert config.server.url == config.server.url_below(Path("here")) == PUBLIC_SERVER
    assert config.collection[0].counted_organisms.counts("9606", "Homo sapiens")


MISTAKES = {
    "unknown key": (
        FULL.replace("layout =", "lay_out ="),
        "6: collection.1.lay_out: unknown key 'lay_out' (did you mean 'layout'?)",
    ),
    "unknown key of the second collection": (
        FULL + 'colour = "red"\n',
        "22: collection.2.colour: unknown key 'colour'",
    ),
    "missing key": (
        FULL.replace('records = "_figures/*.md"\n', ""),
        "4: collection.1.records: is missing",
    ),
    "wrong type": (
        FULL.replace("read_only = true", 'read_only = "yes"'),
        "13: collection.1.read_only: must be true or false",
    ),
    "visibility in lower case": (
        FULL.replace('"PUBLIC"', '"public"'),
        "12: collection.1.visibility: must be one of PUBLIC, PRIVATE, UNLISTED",
    ),
    "no UUID": (
        FULL.replace("85034B42-", "85034B4-"),
        (
            "9: collection.1.network_set: '85034B4-de8a-11ea-99da-0ac135e8bacf' is not a UUID"
            " (expected 8-4-4-4-12 hexadecimal digits)"
        ),
    ),
    "limit out of range": (
        FULL.replace("0.1", "1.5"),
        "16: collection.1.limits.max_update_fraction: must be less than or equal to 1",
    ),
    "records outside the folder": (
        FULL.replace('"_figures/*.md"', '"../other/*.md"'),
        (
            "7: collection.1.records: '../other/*.md' leaves the collection:"
            " give a path below the config file"
        ),
    ),
    "one pair of brackets": (
        '[collection]\nname = "a"\nrecords = "*.md"\n',
        "1: collection: write [[collection]], with two brackets: there may be several",
    ),
    "organism without a name": (
        FULL.replace('"10090"', '" "'),
        "11: collection.1.organisms.2: is blank; name an organism or delete it",
    ),
    "server that is not a URL": (
        FULL.replace("sandbox:practice.db", "ndexbio.org"),
        "2: server.url: 'ndexbio.org' is neither an http(s) URL nor sandbox: or sandbox:PATH",
    ),
    "what cannot be pushed": (
        FULL.replace('"membership"]', '"member"]'),
        (
            "14: collection.1.push.3: must be 'create', 'genes', 'content', 'properties',"
            " 'membership' or 'state' (did you mean 'membership'?)"
        ),
    ),
    "one organism without brackets": (
        FULL.replace('["Homo sapiens", "10090"]', '"Homo sapiens"'),
        "11: collection.1.organisms: must be a list in brackets: ['Homo sapiens']",
    ),
    "a list of record patterns": (
        FULL.replace('"_figures/*.md"', '["_figures/*.md"]'),
        "7: collection.1.records: must be one text in quotes",
    ),
    "a limit in words": (
        FULL.replace("max_deletes = 2", 'max_deletes = "none"'),
        "17: collection.1.limits.max_deletes: must be a whole number",
    ),
}


@pytest.mark.parametrize(("text", "expected"), MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_is_told_with_its_line_and_key(tmp_path: Path, text: str, expected: str) -> None:
    assert problems(tmp_path, text) == [expected]


def test_all_mistakes_are_told_at_once(tmp_path: Path) -> None:
    text = FULL.replace("layout =", "lay_out =").replace("= true", "= 1")

    assert [problem.split(":")[0] for problem in problems(tmp_path, text)] == ["13", "6"]


def test_two_collections_of_one_name_are_refused(tmp_path: Path) -> None:
    [problem] = problems(tmp_path, FULL.replace('"pathways"', '"pfocr"'))

    assert "given twice: pfocr" in problem


def test_what_is_no_toml_is_told_with_its_line(tmp_path: Path) -> None:
    [problem] = problems(tmp_path, "[server\nurl = 1\n")

    assert "not valid TOML" in problem
    assert "line 1" in problem


def test_a_file_that_is_not_there_or_no_text_or_too_large_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "ndex-sync.toml"
    with pytest.raises(ConfigError, match="no such file"):
        read_config(path)
    path.write_bytes(b"\xff\xfe")
    with pytest.raises(ConfigError, match="cannot be read"):
        read_config(path)
    path.write_bytes(b"#" * (MAX_CONFIG_BYTES + 1))
    with pytest.raises(ConfigError, match="larger than"):
        read_config(path)


@pytest.mark.parametrize(
    "url", ["ftp://u:pa55word@x.org", "bob:pa55word@x.org", "x.org?t=pa55word"]
)
def test_a_secret_in_the_server_is_not_repeated(tmp_path: Path, url: str) -> None:
    [problem] = problems(tmp_path, FULL.replace("sandbox:practice.db", url))

    assert "x.org' is neither an http(s) URL" in problem
    assert "pa55word" not in problem


@pytest.mark.parametrize("share", [0.0, 1.0])
def test_a_share_is_from_none_to_all(tmp_path: Path, share: float) -> None:
    limits = f"max_update_fraction = {share}\nmin_kept_fraction = {share}"
    text = FULL.replace("max_update_fraction = 0.1", limits)

    found = read_config(write(tmp_path, text)).collection[0].limits
    assert (found.max_update_fraction, found.min_kept_fraction) == (share, share)
