"""The YAML loader in C, reduced to what is needed: it only distinguishes texts and nulls.

``yaml.CSafeLoader`` tries every plain scalar as a date, number, boolean and so on, in Python, which
is most of its time; here a scalar is a text unless it is null.
"""

from __future__ import annotations

import operator

import yaml

NULL_TAG = "tag:yaml.org,2002:null"
"""The tag of a scalar that means "no value"; any other is a text."""

_TEXT_TAG = "tag:yaml.org,2002:str"
_NULLS = frozenset({"", "~", "null", "Null", "NULL"})


class _TextLoader(yaml.CBaseLoader):
    """The loader with replacements for what it calls for each node."""

    # These two track paths to resolve tags by, which nobody sets. Something must be called for
    # every node, and a C function costs least.
    descend_resolver = staticmethod(operator.is_)  # type: ignore[assignment]
    ascend_resolver = staticmethod(int)  # type: ignore[assignment]

    @staticmethod
    def resolve(_kind: type[yaml.Node], value: str | None, implicit: tuple[bool, bool]) -> str:
        """Return the tag of a node without one; lists and maps have no ``value``.

        For a scalar, the first item of ``implicit`` says whether it is a plain one.
        """
        return NULL_TAG if value in _NULLS and implicit[0] else _TEXT_TAG


def compose_texts(text: str) -> yaml.Node | None:
    """Compose the one document in ``text`` to nodes; None if it holds nothing.

    The nodes are those of ``yaml.compose`` except for their tags.

    Raises:
        yaml.YAMLError: it is not YAML, or more than one document.
    """
    return _TextLoader(text).get_single_node()
