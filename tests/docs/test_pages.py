"""What pages show is true: commands run, blocks parse, links lead somewhere."""

from __future__ import annotations

import json
import re
import shlex
import tomllib
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest
import yaml

import dev
from docs.generate.commandline import PROGRAM, list_commands
from sync.config import CollectionConfig, Limits, parse_config
from tests.docs.pages import PAGES, ROOT, Block, Page, read_page
from tests.docs.running import follow, is_shown, split_commands

READ = {name: read_page(name) for name in PAGES}
RUNNING = [name for name, page in READ.items() if page.setup]
WITHOUT_COMMAND = [
    [word]
    for word in ("COMMAND", "--help", "--version", "--install-completion", "--show-completion")
]
ASSIGNMENT = re.compile(r"[A-Z_]+=\S*")


@pytest.mark.slow
@pytest.mark.parametrize("name", RUNNING)
def test_what_a_page_tells_to_type_does_what_it_says(name: str, tmp_path: Path) -> None:
    wrong = follow(READ[name], tmp_path)

    assert not wrong, "\n\n".join(wrong)


@pytest.mark.parametrize("name", PAGES)
def test_commands_stand_only_where_they_are_run(name: str) -> None:
    page = READ[name]
    known = {"sh", "text", "console", "diff", "python", *PARSERS}

    assert page.setup or all(block.language not in {"sh", "python"} for block in page.blocks)
    for block in page.blocks:
        assert block.language in known or PROGRAM not in block.text, block.line


def parse_toml(text: str) -> None:
    """Hold a configuration to its models; what shows some of its keys, to their names."""
    if "[[collection]]" in text:
        parse_config(Path("shown"), text)
        return
    known = {**CollectionConfig.model_fields, **Limits.model_fields}
    shown = tomllib.loads(text)
    assert set(shown.get("collection", {}).get("limits", shown)) <= set(known)


PARSERS: Mapping[str, Callable[[str], object]] = {
    "json": json.loads,
    "toml": parse_toml,
    "yaml": yaml.safe_load,
}


@pytest.mark.parametrize("name", PAGES)
def test_blocks_of_data_parse(name: str) -> None:
    for block in READ[name].blocks:
        if parse := PARSERS.get(block.language):
            parse(block.text)


@pytest.mark.parametrize("name", PAGES)
def test_every_command_that_a_page_names_is_known(name: str) -> None:
    for command in commands_on(READ[name]):
        require_known(command)


def commands_on(page: Page) -> Iterator[str]:
    """Yield the commands that are not run: in sentences, at consoles and in workflows."""
    yield from (
        each for each in page.literals if each.startswith((f"{PROGRAM} ", "python3 dev.py "))
    )
    for block in page.blocks:
        if block.language == "console":
            shown = [line[2:] for line in split_commands(block.text) if line.startswith("$ ")]
            assert shown
            yield from shown
        if block.language == "yaml":
            for job in yaml.safe_load(block.text).get("jobs", {}).values():
                for step in job.get("steps", ()):
                    for command in split_commands(step.get("run", "")):
                        if command.lstrip().startswith(f"{PROGRAM} "):
                            yield re.sub(r"\$\{\{.*?\}\}", "VALUE", command)


def require_known(command: str) -> None:
    """Fail where ndex-sync has no such command, or the command no such option."""
    words = shlex.split(command, comments=True)
    while words and ASSIGNMENT.fullmatch(words[0]):
        words.pop(0)
    if words[:2] == ["python3", "dev.py"]:
        assert f"  {words[2]} " in dev.USAGE, command
    if words[:1] != [PROGRAM] or words[1:2] in WITHOUT_COMMAND:
        return
    line = " ".join(words[1:]) + " "
    found = [each for each in list_commands() if line.startswith(f"{each.words} ")]
    assert found, f"no such command: {command}"
    names = {name for option in found[0].options for name in option.names} | {"-h", "--help"}
    given = {word.partition("=")[0] for word in words if re.match(r"--?[a-z]", word)}
    assert given <= names, f"no such option: {command}"


@pytest.mark.parametrize("name", PAGES)
def test_links_lead_somewhere(name: str) -> None:
    for link in READ[name].links:
        path, _, fragment = link.partition("#")
        if re.match(r"https?:", path):
            continue
        target = (ROOT / name).parent.joinpath(path).resolve() if path else ROOT / name
        assert target.exists(), link
        # The site has the pages of docs/, and nothing beside them.
        assert name == "README.md" or target.is_relative_to(ROOT / "docs"), link
        if fragment:
            assert fragment in read_page(str(target.relative_to(ROOT))).anchors, link


def test_every_page_is_reached_from_the_readme() -> None:
    seen, left = set[str](), ["README.md"]
    while left:
        name = left.pop()
        if name in seen or name not in READ:
            continue
        seen.add(name)
        linked = (link.partition("#")[0] for link in READ[name].links if ":" not in link)
        targets = ((ROOT / name).parent.joinpath(path).resolve() for path in linked)
        left += [str(t.relative_to(ROOT)) for t in targets if t.is_relative_to(ROOT)]

    assert set(PAGES) - seen == set()


SHOWN: Mapping[str, tuple[str, str, bool]] = {
    "another line": ("a\nb\n", "a\nc\n", False),
    "lines left out": ("a\n…\nd\n", "a\nb\nc\nd\n", True),
    "the rest is not left out": ("a\n", "a\nb\n", False),
    "a part of a line left out": ("a … z\n", "a b c z\n", True),
    "no part over two lines": ("a … z\n", "a b\nz\n", False),
    "signs are signs": ("a.b (1)\n", "axb (1)\n", False),
    "another time": ("2026-11-28 20:53 UTC · 1.0 s · 9", "2027-01-02 03:04 UTC · 12 s · 9", True),
    "another count": ("2026-11-28 20:53 UTC · 1.0 s · 9", "2027-01-02 03:04 UTC · 12 s · 8", False),
    "another run": ("20261128T205357Z-65637e9531e6", "20261201T000000Z-0123456789ab", True),
}


@pytest.mark.parametrize(("shown", "printed", "same"), SHOWN.values(), ids=SHOWN)
def test_what_is_shown_is_held_against_what_is_printed(
    shown: str, printed: str, same: bool
) -> None:
    assert is_shown(shown, printed) is same


def test_a_page_that_promises_too_much_is_told(tmp_path: Path) -> None:
    blocks = (
        Block("sh", "echo one  # exits 1: never\necho two\n", 3, ""),
        Block("text", "one\nthree\n", 8, ""),
    )
    page = Page("page.md", "nothing", blocks, frozenset(), (), ())
    [status, shown] = follow(page, tmp_path)

    assert status.startswith("page.md:3: echo one  # exits 1: never: exits 0, not 1")
    assert shown == "page.md:8: shown is not what is printed:\none\ntwo\n"
