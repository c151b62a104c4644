"""Find symbols that a spreadsheet turned into dates or numbers, on either side of a comparison."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import chain
from operator import attrgetter

from sync.model import Gene

_MONTH = "(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sept?|Oct|Nov|Dec)"
_MANGLED = re.compile(
    rf"\d{{1,2}}[-/ ]{_MONTH}(?:[-/ ]\d{{2,4}})?|{_MONTH}-\d\d(?:\d\d)?"
    r"|\d{4}-\d\d-\d\d(?: 00:00:00)?|\d{1,2}/\d{1,2}/\d{2,4}"
    r"|[3-5]\d{4}(?:\.0)?|\d(?:\.\d+)?E\+\d\d"
)
"""Dates in the forms of spreadsheets, days since 1900, and numbers with an exponent."""
_SUSPECT = re.compile(rf"^\s*(?:\d|{_MONTH}-)", re.MULTILINE)
"""How all of these begin, so that a list without any is skipped quickly."""
_LABELS_KNOWN = 1 << 16
_names = attrgetter("names")


@lru_cache(_LABELS_KNOWN)
def is_mangled(label: str) -> bool:
    """Return whether a label is what a spreadsheet makes of a symbol: a date or a number.

    ``SEPT2`` becomes ``2-Sep``, ``MARCH1`` ``43891``, and RIKEN's ``2310009E13`` ``2.31E+15``.
    """
    return _MANGLED.fullmatch(label.strip()) is not None


def may_be_mangled(genes: Iterable[Gene]) -> bool:
    """Return whether any name begins as mangled symbols do, in one search over all of them."""
    return _SUSPECT.search("\n".join(chain.from_iterable(map(_names, genes)))) is not None


def explain_mangled(local: Iterable[Gene], remote: Iterable[Gene]) -> Iterator[str]:
    """Yield a sentence for each mangled symbol, with what the other side calls the same gene."""
    mine, theirs = tuple(local), tuple(remote)
    yield from _explain_side("the record", mine, "NDEx", theirs)
    yield from _explain_side("NDEx", theirs, "the record", mine)


def _explain_side(
    side: str, genes: tuple[Gene, ...], other_side: str, others: tuple[Gene, ...]
) -> Iterator[str]:
    if not may_be_mangled(genes):
        return
    mangled = frozenset(filter(is_mangled, chain.from_iterable(map(_names, genes))))
    damaged = {(label, tuple(sorted(gene.ids))) for gene in genes for label in gene.names & mangled}
    for label, ids in sorted(damaged):
        named = f" ({ids[0]})" if ids else ""
        said = f"{label!r} in {side}{named} is what a spreadsheet makes of a symbol"
        known = {each.symbol for each in others if not each.ids.isdisjoint(ids)}
        symbols = sorted(symbol for symbol in known if not is_mangled(symbol))
        yield f"{said}; {other_side} says {' or '.join(symbols)}" if symbols else said
