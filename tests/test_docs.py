"""What the documents promise exists."""

from __future__ import annotations

import re
from pathlib import Path

from sync.sandbox.faults import FaultKind

ROOT = Path(__file__).resolve().parents[1]


def read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def test_the_sandbox_page_explains_every_fault() -> None:
    assert {kind.value for kind in FaultKind} <= set(
        re.findall(r"`([a-z-]+)`", read("docs/sandbox.md"))
    )


def test_every_module_and_room_that_the_architecture_names_is_there() -> None:
    text = read("docs/architecture.md")
    package = ROOT / "sync"
    modules = set(re.findall(r"`((?:[a-z0-9_]+/)*[a-z0-9_]+\.py)`", text))
    rooms = {path.name for path in package.iterdir() if (path / "__init__.py").is_file()}

    assert {
        name for name in modules if not any((root / name).is_file() for root in (package, ROOT))
    } == set()
    assert {room for room in rooms if f"`{room}/`" not in text} == set()


def test_every_dependency_has_its_reason() -> None:
    project = read("pyproject.toml").partition("dependencies = [")[2].partition("]")[0]
    names = set(re.findall(r'"([A-Za-z0-9-]+)[>=]', project))
    reasons = read("docs/architecture.md").lower()

    assert names
    assert {name for name in names if name not in reasons} == set()
