"""What pushes are tried on."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.apply.pushing import fill_with_every_kind
from tests.samples import Sample


@pytest.fixture
def sample(tmp_path: Path) -> Sample:
    """A collection with every kind of action in it."""
    made = Sample(tmp_path)
    fill_with_every_kind(made)
    return made
