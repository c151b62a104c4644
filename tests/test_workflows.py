"""What the workflows install exists, so that no job fails before its first test."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
INSTALL = re.compile(r'pip install (?:--constraint (\S+) )?"\.\[([a-z,-]+)\]"')


@pytest.mark.parametrize("path", [*(ROOT / ".github/workflows").glob("integration.yml")], ids=str)
def test_a_workflow_installs_the_project_with_extras_that_it_has(path: Path) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    installs = INSTALL.findall(path.read_text(encoding="utf-8"))

    assert installs
    for constraints, extras in installs:
        assert not constraints or (ROOT / constraints).is_file()
        assert set(extras.split(",")) <= project["optional-dependencies"].keys()
