"""Make the whole property list to write for a network; NDEx has no smaller change.

A write replaces the list (contract 3.5), so everything that is not ours is sent back in its place
with its type.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from sync.cx.property_list import PROFILE, explain_profile, explain_unwritable
from sync.match.properties import fold_name
from sync.model import Property
from sync.plan.actions import PropertyChange


def merge_properties(
    stored: Sequence[Property], changes: Sequence[PropertyChange]
) -> tuple[Property, ...]:
    """Return the whole list to write: every property in its place, with the managed ones set.

    A property that is spelled differently keeps its spelling; of several spellings the last is set,
    which is the one that is compared (contract 10.15). A new one comes at the end. One without a
    value says nothing and is left out: the server does not accept it (contract 5.1).
    """
    merged = [item for item in stored if item.value is not None]
    for change in changes:
        if change.name in PROFILE:
            continue
        places = [
            index
            for index, item in enumerate(merged)
            if fold_name(item.name) == fold_name(change.name)
        ]
        if places:
            old = merged[places[-1]]
            merged[places[-1]] = replace(old, value=change.new, data_type="string")
        else:
            merged.append(Property(change.name, change.new))
    return tuple(merged)


def explain_changes(stored: Sequence[Property], changes: Sequence[PropertyChange]) -> str | None:
    """Say why changes to a network with these properties must not be written; None if they may.

    The check uses the list as it would be, and the texts beside it.
    """
    profile = {change.name: change.new for change in changes if change.name in PROFILE}
    fault = explain_profile(profile) or explain_unwritable(merge_properties(stored, changes))
    return fault and f"its properties cannot be written: {fault}"
