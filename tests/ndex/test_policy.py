"""The limits of a client."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any

import pytest

from sync.ndex.policy import ClientPolicy

LIMITS = [limit.name for limit in fields(ClientPolicy)]


@pytest.mark.parametrize("name", LIMITS)
@pytest.mark.parametrize("value", [0, -1, float("nan")])
def test_a_limit_that_allows_nothing_is_refused_by_name(name: str, value: float) -> None:
    changes: dict[str, Any] = {name: value}
    with pytest.raises(ValueError, match=f"{name} must be above 0"):
        replace(ClientPolicy(), **changes)
