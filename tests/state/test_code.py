"""What is kept is marked by all the code that it depends on."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

import sync
from sync.state.code import JUDGING, READING, digest_code

PACKAGE = Path(sync.__file__).parent


def imported(module: str) -> Iterator[str]:
    """Yield the paths of the modules of the package that one of them imports."""
    for node in ast.walk(ast.parse((PACKAGE / module).read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("sync."):
            base = (node.module or "").removeprefix("sync.").replace(".", "/")
            names = [base, *(f"{base}/{alias.name}" for alias in node.names)]
            yield from (f"{name}.py" for name in names if (PACKAGE / f"{name}.py").is_file())


def all_imported(modules: Iterable[str]) -> set[str]:
    """Return the modules and all that these import, at once or by others."""
    found: set[str] = set()
    left = list(modules)
    while left:
        if (module := left.pop()) not in found:
            found.add(module)
            left += imported(module)
    return found


@pytest.mark.parametrize(
    ("places", "modules"),
    [
        (READING, ["records/parallel.py", "cx/decode.py", "state/cache.py"]),
        ((*READING, *JUDGING), ["check.py"]),
    ],
    ids=["reading", "judging"],
)
def test_all_that_it_depends_on_is_named(places: tuple[str, ...], modules: list[str]) -> None:
    def is_named(module: str) -> bool:
        return module in places or module.partition("/")[0] in places

    assert [each for each in sorted(all_imported(modules)) if not is_named(each)] == []
    assert all((PACKAGE / place).exists() for place in places)


def test_a_change_of_the_code_tells(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sync.state.code.__file__", str(tmp_path / "state" / "code.py"))
    digests = set()
    for path, text in [("match/genes.py", "a"), ("match/genes.py", "b"), ("check.py", "b")]:
        (tmp_path / path).parent.mkdir(exist_ok=True)
        (tmp_path / path).write_text(text)
        digests.add(digest_code.__wrapped__(("match", "check.py")))

    assert len(digests) == 3
