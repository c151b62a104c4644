"""The hard cases of reading and reporting, as their READMEs ask for them."""

from __future__ import annotations

import re
import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.conftest import SHARED
from tests.e2e.running import run_command


@dataclass(frozen=True, slots=True)
class Case:
    """What to run in a folder, what its exit status is, and what is said there or is not."""

    folder: str
    arguments: tuple[str, ...]
    status: int
    said: tuple[str, ...]
    unsaid: tuple[str, ...] = ()


CASES = (
    Case(
        "lfs-pointer",
        ("check", "--offline"),
        3,
        (
            (
                "2 Git LFS pointer: the file itself was not downloaded; run git lfs pull"
                " _data/PMC9000001__demo-f1-genes.tsv _figures/PMC9000002__demo-f2.md"
            ),
        ),
        ("add ---", "make the table"),
    ),
    Case(
        "utf16-from-spreadsheet",
        ("check", "--offline"),
        3,
        (
            (
                "UTF-16 text: it begins with byte 0xff; save it as UTF-8"
                " _data/PMC9000001__demo-f1-genes.tsv"
            ),
            (
                "not UTF-8: byte 0xe9 cannot be read; save the file as UTF-8"
                " _data/PMC9000002__demo-f2-genes.tsv:2"
            ),
        ),
    ),
    Case(
        "stale-table-beside-newer-drawing",
        ("check",),
        1,
        (
            "lists genes that pathways/WP9001/WP9001.gpml does not draw: OLDGENE (ncbigene:1111)",
            "WP9001-datanodes.tsv does not list: NEWGENE (ncbigene:2222)",
        ),
        ("export the drawing",),
    ),
    Case(
        "record-made-from-an-old-copy",
        ("check",),
        1,
        (
            "r100 of 2019-01-01 in the record, r150000 of 2026-06-01 on NDEx",
            "likely not edited here since the upload",
        ),
        ("likely edited here",),
    ),
    Case(
        "runner-commands-in-terminal-output",
        ("check", "--format", "terminal", "--format", "github=commands.txt"),
        1,
        (r"\x3a:stop-commands\x3a:", r"#\x23[error]forged"),
        ("##[",),
    ),
)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.folder)
def test_a_hard_case_is_told_as_its_readme_asks(tmp_path: Path, case: Case) -> None:
    source = SHARED / "cases" / case.folder
    if not source.is_dir():
        pytest.skip("the hard cases (../shared/cases) are not beside this checkout")
    root = tmp_path / "case"
    shutil.copytree(source, root, copy_function=shutil.copyfile)
    server = ("--server", "sandbox:ndex.sqlite")
    root.chmod(0o755)
    loaded = run_command("sandbox", "load", *server, "networks/", cwd=root)
    assert loaded.returncode == 0, loaded.stderr
    done = run_command(*case.arguments, cwd=root)
    said = " ".join(done.stdout.split())

    assert done.returncode == case.status, done.stderr
    assert [text for text in case.said if text not in said] == []
    assert [text for text in case.unsaid if text in said] == []
    assert re.search(r"^\s*::", done.stdout, re.MULTILINE) is None
