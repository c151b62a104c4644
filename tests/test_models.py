"""How values are kept, in every room alike: with slots, and frozen unless they are written to."""

from __future__ import annotations

import dataclasses
import importlib
import inspect
import pkgutil
import re
from collections.abc import Iterator

from msgspec import Struct

import sync


def find_models() -> Iterator[type]:
    """Yield every model but errors, and but shapes of answers that only their module decodes."""
    for found in pkgutil.walk_packages(sync.__path__, "sync."):
        if found.name.endswith("__main__"):
            continue
        for _, model in inspect.getmembers(importlib.import_module(found.name), inspect.isclass):
            ours = model.__module__ == found.name and not issubclass(model, Exception)
            public = issubclass(model, Struct) and not model.__name__.startswith("_")
            if ours and (public or dataclasses.is_dataclass(model)):
                yield model


def is_frozen(model: type) -> bool:
    if issubclass(model, Struct):
        return model.__struct_config__.frozen
    return bool(vars(model)["__dataclass_params__"].frozen)


def is_written_to(model: type) -> bool:
    """Whether the module of a model sets a field of this name, or changes what it holds."""
    fields = "|".join(inspect.get_annotations(model))
    changes = rf"\.(?:{fields})(?:\[.*\])?(?:, .*)? (?:[-+|]?)= |\.(?:{fields})\.\w+\("
    return (
        re.search(changes, inspect.getsource(importlib.import_module(model.__module__))) is not None
    )


def test_models_have_slots_and_are_frozen_unless_they_are_written_to() -> None:
    loose = [
        f"{model.__module__}.{model.__name__}"
        for model in find_models()
        if not (issubclass(model, Struct) or "__slots__" in vars(model))
        or not (is_frozen(model) or is_written_to(model))
    ]

    assert loose == []
