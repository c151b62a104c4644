"""The YAML loader in C with all that is not asked of it left out: it tells texts and nulls apart.

``yaml.CSafeLoader`` tries every plain scalar as a date, number, truth value and so on, in Python,
which is most of its time; here a scalar is a text unless it is null.
"""

from __future__ import annotations

import operator

import yaml

NULL_TAG = "tag:yaml.org,2002:null"
"""The tag of a scalar that stands for "no value"; any other is a text."""

_TEXT_TAG = "tag:yaml.org,2002:str"
_NULLS = frozenset({"", "~", "null", "Null", "NULL"})


class _TextLoader(yaml.CBaseLoader):
    """The loader with what it calls for each node, by names of its own."""

    # These two keep track of paths to resolve tags by, which nobody sets; that something must be
    # called for every node is least felt when it is in C.
    descend_resolver = staticmethod(operator.is_)  # type: ignore[assignment]
    ascend_resolver = staticmethod(int)  # type: ignore[assignment]

    @staticmethod
    def resolve(_kind: type[yaml.Node], value: str | None, implicit: tuple[bool, bool]) -> str:
        """Return the tag of a node without one; lists and maps have no ``value``.

        ``implicit`` says of a scalar first whether it is a plain one.
        """
        return NULL_TAG if value in _NULLS and implicit[0] else _TEXT_TAG


def compose_texts(text: str) -> yaml.Node | None:
    """Compose the one document of ``text`` to nodes; None if it holds nothing.

    The nodes are those of ``yaml.compose`` but for their tags.

    Raises:
        yaml.YAMLError: it is not YAML, or more than one document.
    """
    return _TextLoader(text).get_single_node()
