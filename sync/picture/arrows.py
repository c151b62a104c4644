"""Draw the ends of lines: the arrow heads that GPML names, in the words of both versions.

A head is drawn as if its line came from the left and ended at 0, 0. Sizes are those of PathVisio,
and do not grow with the width of the line.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

FILLED = ' stroke="none"'
OPEN = ' fill="#fff"'
WIRE = ' fill="none"'


@dataclass(frozen=True, slots=True)
class Head:
    """The head at an end of a line.

    ``gap`` is how many pixels before its end the line stops; ``path`` is path data, empty if
    nothing is drawn; ``attributes`` say how it is painted.
    """

    gap: float = 0.0
    path: str = ""
    attributes: str = WIRE


def head_of(arrow: str) -> Head:
    """Return the head with a name; an unknown name is drawn as an arrow."""
    return _HEADS.get(arrow, _ARROW)


_NONE = Head()
_ARROW = Head(5, "M0 0-9-4v8z", FILLED)
_OPEN_ARROW = Head(9, "M0 0-9-4v8z", OPEN)
_BINDING = Head(4, "M0 0-9-4-4.5 0-9 4z", FILLED)
_BAR = Head(6, "M-6.5-7.5v15", WIRE)
_CIRCLE = Head(10, "M-10 0a4 4 0 1 0 8 0a4 4 0 1 0-8 0z", OPEN)
_TRANSCRIPTION = Head(13, "M-13 0v8h4M0 8-9 4v8z", OPEN)

_HEADS: Mapping[str, Head] = MappingProxyType(
    {
        "": _NONE,
        "Line": _NONE,
        "Undirected": _NONE,
        "Arrow": _ARROW,
        "Directed": _ARROW,
        "mim-conversion": _ARROW,
        "Conversion": _ARROW,
        "mim-translocation": _ARROW,
        "Translocation": _ARROW,
        "mim-stimulation": _OPEN_ARROW,
        "Stimulation": _OPEN_ARROW,
        "mim-necessary-stimulation": Head(9, "M0 0-9-4v8zM-15-4v8", OPEN),
        "mim-binding": _BINDING,
        "Binding": _BINDING,
        "mim-modification": _BINDING,
        "mim-catalysis": _CIRCLE,
        "Catalysis": _CIRCLE,
        "mim-inhibition": _BAR,
        "Inhibition": _BAR,
        "TBar": _BAR,
        "mim-cleavage": Head(10, "M-10 0v-10l20 20", WIRE),
        "mim-covalent-bond": Head(7, "M-7-4h8v8h-8z", OPEN),
        "mim-branching-left": Head(8, "M-8 0 0 8", WIRE),
        "mim-branching-right": Head(8, "M-8 0 0-8", WIRE),
        "mim-transcription-translation": _TRANSCRIPTION,
        "TranscriptionTranslation": _TRANSCRIPTION,
        "mim-gap": Head(10),
        "LigandRound": Head(5, "M-5.5 0a5.5 5.5 0 1 0 11 0a5.5 5.5 0 1 0-11 0z", FILLED),
        "LigandSquare": Head(8, "M-8-5.5h8v11h-8z", FILLED),
        "Receptor": Head(0, "M10-6.5 0 0l10 6.5", WIRE),
        "ReceptorRound": Head(0, "M7-7a7 7 0 0 0 0 14", WIRE),
        "ReceptorSquare": Head(0, "M10-6.5h-10v13h10", WIRE),
    }
)
