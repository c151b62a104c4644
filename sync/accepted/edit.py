"""Change an accepted file line by line: comments, order and everything else that people wrote stay.

The result is read again before it is returned: a layout that is not recognised is refused, never
damaged.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date
from itertools import accumulate, groupby

from sync.accepted.file import parse_accepted
from sync.accepted.layout import GroupLines, find_groups, split_lines
from sync.accepted.waiver import Side, WaivedItem, Waiver, sort_key
from sync.errors import ConfigError

_PREAMBLE = """\
# Differences between the records and NDEx that were accepted as they are: they are reported apart
# and do not fail a check. A group holds through its day, and only for the very values in its items.
# `ndex-sync accept` adds to this file; delete a line to take it back, change `until` to renew.
"""
_LAST_ITEM = re.compile(r"(.*\})(?:\s*,)?([^\S\n]*(?:#[^}\n]*)?)\n")
_BARE = re.compile(r"[A-Za-z0-9_-]+")
_SHORT_ESCAPES = {"\t": r"\t", "\n": r"\n", "\r": r"\r", '"': r"\"", "\\": r"\\"}


def edit_accepted(
    text: str, where: str, added: Sequence[Waiver], dropped: Collection[WaivedItem] = ()
) -> str:
    """Return the text with ``added`` in it and without ``dropped``.

    An item that is there already moves to its new reason and day. New items go into the group of
    their reason and day, in the order of ``sort_key``; new groups are ordered by day, the next to
    expire first.

    Raises:
        ConfigError: the text is not an accepted file, or is laid out so that single lines cannot be
            changed; ``where`` names it.
    """
    before = parse_accepted(text, where)
    new = {entry.item: entry for entry in added}
    gone = {*dropped, *new}
    lines = split_lines(text.replace("\r\n", "\n") or f"{_PREAMBLE}\n")
    if not lines[-1].endswith("\n"):
        lines[-1] += "\n"
    lines = _without(lines, where, before, gone)
    for key, entries in groupby(sorted(new.values(), key=_by_decision), key=_decision):
        _add(lines, where, key, [entry.item for entry in entries])
    edited = "".join(lines)
    if "\r\n" in text:
        edited = edited.replace("\n", "\r\n")
    kept = [entry for entry in before if entry.item not in gone]
    _require_same(edited, [*kept, *new.values()], where)
    return edited


_Decision = tuple[date, str, str]


def _decision(entry: Waiver) -> _Decision:
    return entry.until, entry.item.collection, entry.reason


def _by_decision(entry: Waiver) -> tuple[object, ...]:
    return (*_decision(entry), sort_key(entry.item))


def _without(
    lines: list[str], where: str, entries: Sequence[Waiver], gone: Collection[WaivedItem]
) -> list[str]:
    """Delete the lines of items, and of groups that become empty."""
    doomed: set[int] = set()
    for entry in entries:
        if entry.item in gone:
            doomed.add(_line_of(entry, lines, where))
    for group in find_groups(lines):
        if group.items and doomed.issuperset(group.items):
            doomed.update(_lines_of(group, lines))
    return [line for index, line in enumerate(lines) if index not in doomed]


def _lines_of(group: GroupLines, lines: Sequence[str]) -> Iterator[int]:
    """Yield a group's lines, with the comments right above it and the empty line after it."""
    last = group.items[-1] if group.closing is None else group.closing
    yield from range(group.start, last + 1)
    if last + 1 < len(lines) and not lines[last + 1].strip():
        yield last + 1


def _line_of(entry: Waiver, lines: Sequence[str], where: str) -> int:
    if entry.line is None or not lines[entry.line - 1].lstrip().startswith("{"):
        raise _unrecognised(where)
    return entry.line - 1


def _add(lines: list[str], where: str, decision: _Decision, items: Sequence[WaivedItem]) -> None:
    """Put items into the group of their decision, or into a new one."""
    text = "".join(lines)
    known = {entry.line: entry for entry in parse_accepted(text, where)}
    groups = find_groups(lines)
    later = None
    for group in groups:
        entries = [known[index + 1] for index in group.items if index + 1 in known]
        if not entries or group.closing is None:
            raise _unrecognised(where, group)
        if _decision(entries[0]) == decision:
            _insert(lines, group, entries, items)
            return
        if later is None and _decision(entries[0]) > decision:
            later = group.start
    block = list(_group_lines(decision, items))
    if later is not None:
        lines[later:later] = [*block, "\n"]
    else:
        if lines[-1].strip():
            lines.append("\n")
        lines.extend(block)


def _insert(
    lines: list[str], group: GroupLines, entries: Sequence[Waiver], items: Sequence[WaivedItem]
) -> None:
    """Insert each item before the first one that comes after it; ``items`` are in order.

    The running maximum of the keys is used, so that bisection works in whatever order people left
    the lines.
    """
    last = group.items[-1]
    if found := _LAST_ITEM.fullmatch(lines[last]):
        lines[last] = f"{found[1]},{found[2]}\n"
    greatest = list(accumulate((sort_key(entry.item) for entry in entries), max))
    places = [*group.items, last + 1]
    for item in reversed(items):
        lines.insert(places[bisect_right(greatest, sort_key(item))], _item_line(item))


def _group_lines(decision: _Decision, items: Sequence[WaivedItem]) -> Iterator[str]:
    until, collection, reason = decision
    yield "[[accepted]]\n"
    yield f"collection = {_text(collection)}\n"
    yield f"reason = {_text(reason)}\n"
    yield f"until = {until.isoformat()}\n"
    yield "items = [\n"
    yield from map(_item_line, items)
    yield "]\n"


def _item_line(item: WaivedItem) -> str:
    return f"  {{ {', '.join(_pairs(item))} }},\n"


def _pairs(item: WaivedItem) -> Iterator[str]:
    if item.record:
        yield f"record = {_text(item.record)}"
    yield f"kind = {_text(item.kind)}"
    for key, text in (("gene", item.gene), ("name", item.name)):
        if text:
            yield f"{key} = {_text(text)}"
    if item.ids:
        yield f"ids = {_texts(item.ids)}"
    for key, side in (("local", item.local), ("remote", item.remote)):
        if side is not None:
            yield f"{key} = {_table(side)}"
    for key, text in (("network", item.network), ("claims", item.claims)):
        if text:
            yield f"{key} = {_text(text)}"
    if item.candidates:
        yield f"candidates = {_texts(item.candidates)}"


def _texts(texts: Iterable[str]) -> str:
    return f"[{', '.join(map(_text, texts))}]"


def _table(side: Side) -> str:
    pairs = (
        f"{name if _BARE.fullmatch(name) else _text(name)} = {_text(text)}" for name, text in side
    )
    return f"{{ {', '.join(pairs)} }}" if side else "{}"


def _text(text: str) -> str:
    """Write a basic string; invisible characters are escaped, so that reviewers see them."""
    return '"' + "".join(map(_letter, text)) + '"'


def _letter(letter: str) -> str:
    if letter in _SHORT_ESCAPES:
        return _SHORT_ESCAPES[letter]
    if letter.isprintable():
        return letter
    code = ord(letter)
    return f"\\u{code:04X}" if code < 0x10000 else f"\\U{code:08X}"


def _require_same(edited: str, wanted: Sequence[Waiver], where: str) -> None:
    """Refuse an edit that does not read back as intended."""
    try:
        found = parse_accepted(edited, where)
    except ConfigError as error:
        raise _unrecognised(where) from error
    if {replace(entry, line=None) for entry in found} != {
        replace(entry, line=None) for entry in wanted
    }:
        raise _unrecognised(where)


def _unrecognised(where: str, group: GroupLines | None = None) -> ConfigError:
    place = where if group is None else f"{where}:{group.head + 1}"
    return ConfigError(
        f"{place}: nothing can be added to this layout: put every item on a line of its own"
        " between `items = [` and `]`"
    )
