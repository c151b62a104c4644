"""What every test may use; fixtures of one package stand in its own ``conftest.py``."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import settings

from sync.gc_tuning import collect_seldom

# How long an example takes says something of the machine, nothing of the code.
settings.register_profile("ci", deadline=None, max_examples=25)
settings.register_profile("nightly", deadline=None, max_examples=500, derandomize=False)
settings.load_profile("ci")

TESTS = Path(__file__).resolve().parent
SHARED = TESTS.parents[1] / "shared"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what is slow, so that the workers end together."""
    items.sort(key=lambda item: item.get_closest_marker("slow") is None)


def pytest_collection_finish() -> None:
    """Look for garbage as rarely as the program itself does, and not among the tests."""
    collect_seldom()


@pytest.fixture(scope="session")
def corpus() -> Path:
    """Real public-domain records, which live beside the checkout and not in it."""
    folder = SHARED / "corpus"
    if not folder.is_dir():
        pytest.skip("the corpus of real records (../shared/corpus) is not beside this checkout")
    return folder


@pytest.fixture(scope="session")
def recorded() -> Path:
    """What a real server answered, as data, which lives beside the checkout."""
    folder = SHARED / "recorded"
    if not folder.is_dir():
        pytest.skip(
            "the answers of a real server (../shared/recorded) are not beside this checkout"
        )
    return folder


@pytest.fixture(scope="session")
def seed_record() -> Path:
    """One real PFOCR record of the embedded layout."""
    found = sorted((SHARED / "seed").glob("*.txt")) if SHARED.is_dir() else []
    if not found:
        pytest.skip("the seed record (../shared/seed) is not beside this checkout")
    return found[0]
