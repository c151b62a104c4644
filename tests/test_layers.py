"""The layers of the package, as drawn in ``pyproject.toml``."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
HEAVY = {"httpx", "tenacity", "yaml", "pydantic", "ndex2", "numpy", "pandas", "starlette"}


def test_imports_go_downwards_and_the_core_does_no_io() -> None:
    linter = Path(sys.executable).with_name("lint-imports")
    if not linter.exists():
        pytest.skip("import-linter is not installed in this environment")
    if not (ROOT / "sync").is_dir():
        pytest.skip("the sources are out of sight: an installed wheel is being tested")
    done = subprocess.run([linter], cwd=ROOT, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize(
    ("argument", "imported", "unneeded"),
    [
        ("--help", "sys", HEAVY),
        ("--version", "sys", HEAVY),
        (
            "--version",
            "sync.cli.check_run, sync.session",
            {"ndex2", "pandas", "numpy", "rich.console", "tenacity", "multiprocessing"},
        ),
    ],
    ids=["help", "version", "check"],
)
def test_a_command_imports_only_what_it_needs(
    argument: str, imported: str, unneeded: set[str]
) -> None:
    script = (
        "import sys\n"
        f"sys.argv = ['ndex-sync', {argument!r}]\n"
        "from sync.__main__ import main\n"
        "try:\n"
        "    main()\n"
        "except SystemExit as end:\n"
        "    assert not end.code, end.code\n"
        f"import {imported}\n"
        f"print('unneeded:', sorted({unneeded!r} & set(sys.modules)))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )

    assert done.stdout.splitlines()[-1] == "unneeded: []"
