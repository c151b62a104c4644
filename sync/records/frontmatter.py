"""Read YAML front matter as texts with their lines.

The node tree is composed but never constructed into Python values: a year stays ``2001``, ``NO``
stays ``NO``, a date cannot fail, duplicate keys are visible, and no tag can make an object. The C
loader composes recursively and crashes the process if nested some ten thousand deep. So text that
could nest, or hold an anchor or a tag, is checked event by event first.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import yaml

from sync.errors import RecordError
from sync.records.textloader import NULL_TAG, compose_texts

MAX_DEPTH = 64
"""How deep lists and maps may be nested; records go 4 deep (formats 1 to 4)."""

_OPENING = re.compile(r"---[ \t]*\r?\n")
# Begins with the line end before it: a pattern with a fixed first character is found much faster.
_CLOSING = re.compile(r"\n(?:---|\.\.\.)[ \t]*\r?$", re.MULTILINE)
# What can open an anchor, alias or tag: after a blank, a line break (YAML knows more of them than
# LF) or an indicator. The lookbehind also holds at the very start.
_TOKEN = re.compile(r"[&*!](?<![^\s,:?\[{\ufeff].)")
# Levels open by indentation and by these characters, so a long run of them nests deep.
_LEVEL_SIGNS = bytes(b" "[0] if code in b"\t?:-" else code for code in range(256))
_LONG_RUN = b" " * 32
_UNPRINTABLE = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_BOM = "\ufeff"
_SHAPES = {
    yaml.ScalarNode: "a plain text",
    yaml.SequenceNode: "a list",
    yaml.MappingNode: "a map",
}
_MAX_QUOTED = 80  # an address of a network fits
_LINES_BEFORE = 1


@dataclass(frozen=True, slots=True)
class Row:
    """One map in a list of maps: its texts by key, and the line that it starts on."""

    line: int
    cells: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Place:
    """The positions of a top-level key and its value, for code that edits the text around them.

    All four count characters of the text that was parsed; ends are exclusive. An empty value starts
    and ends right after its colon; a list or map ends with its last item. ``sign`` is how a scalar
    is written: ``'``, ``"``, ``|``, ``>``, or ``""`` for a plain one; None for a list or map.
    """

    key_start: int
    key_end: int
    start: int
    end: int
    sign: str | None


@dataclass(frozen=True, slots=True)
class FrontMatter:
    """The top-level keys of a record file, in file order, read as texts on demand."""

    path: str
    _start: int
    _body: str
    _keys: Mapping[str, yaml.ScalarNode]
    _values: Mapping[str, yaml.Node]

    def __contains__(self, key: str) -> bool:
        return key in self._values

    def __iter__(self) -> Iterator[str]:
        return iter(self._keys)

    @property
    def end(self) -> int:
        """Where the closing line starts, in characters of the text that was parsed."""
        return self._start + len(self._body)

    def place(self, key: str) -> Place:
        """Return the positions of an existing key."""
        name, value = self._keys[key], self._values[key]
        last = _last_scalar(value)
        return Place(
            key_start=self._start + name.start_mark.index,
            key_end=self._start + name.end_mark.index,
            start=self._start + value.start_mark.index,
            end=self._start + last.end_mark.index,
            sign=(value.style or "") if isinstance(value, yaml.ScalarNode) else None,
        )

    def line(self, key: str) -> int:
        """Return the line of an existing key, counted from 1."""
        return self._line_of(self._keys[key])

    def text(self, key: str) -> str | None:
        """Return a scalar exactly as written, None if the key is absent or null.

        Raises:
            RecordError: the value is a list or a map.
        """
        node = self._values.get(key)
        return None if node is None else self._scalar(node, key)

    def texts(self, key: str) -> tuple[str, ...]:
        """Return a list of scalars, or a lone scalar as a list of one; nulls are left out.

        Raises:
            RecordError: the value is a map, or holds a list or a map.
        """
        node = self._values.get(key)
        return () if node is None else self._texts(node, key)

    def nested_texts(self, key: str, inner: str) -> tuple[str, ...] | None:
        """Return the texts under ``inner`` in the map under ``key``, as ``texts`` does.

        None: there is no such map, or it has no such key.

        Raises:
            RecordError: the value is a map, or holds a list or a map.
        """
        node = self._values.get(key)
        pairs = node.value if isinstance(node, yaml.MappingNode) else ()
        values = [value for name, value in pairs if name.value == inner]
        return self._texts(values[0], inner) if values else None

    def rows(self, key: str) -> Iterator[Row]:
        """Yield the maps of a list of maps; a null or absent list has none.

        Raises:
            RecordError: the value is not a list, an item not a map, or a cell a list or a map.
        """
        node = self._values.get(key)
        if node is None or node.tag == NULL_TAG:
            return
        if not isinstance(node, yaml.SequenceNode):
            raise self._wrong_type(node, key, "a list")
        line, index = self._line_of(node), node.start_mark.index
        for item in node.value:
            if not isinstance(item, yaml.MappingNode):
                raise self._wrong_type(item, key, "a list of maps")
            # Counted on from the row before; from the top, the time would grow with the square.
            line += self._body.count("\n", index, item.start_mark.index)
            index = item.start_mark.index
            yield Row(line, self._cells(item, key))

    def refusal(self, key: str, reason: str) -> RecordError:
        """Return the error that points at ``key``, or at the whole file if it is absent."""
        return RecordError(self.path, self.line(key) if key in self else None, reason)

    def _cells(self, row: yaml.MappingNode, key: str) -> Mapping[str, str]:
        cells = {}
        for name, value in row.value:
            if not isinstance(value, yaml.ScalarNode):
                raise self._wrong_type(value, f"{key}: {name.value}", "a plain text")
            if value.tag != NULL_TAG:
                cells[name.value] = value.value
        return cells

    def _texts(self, node: yaml.Node, key: str) -> tuple[str, ...]:
        items = node.value if isinstance(node, yaml.SequenceNode) else [node]
        return tuple(text for item in items if (text := self._scalar(item, key)) is not None)

    def _scalar(self, node: yaml.Node, key: str) -> str | None:
        if not isinstance(node, yaml.ScalarNode):
            raise self._wrong_type(node, key, "a plain text")
        return None if node.tag == NULL_TAG else str(node.value)

    def _wrong_type(self, node: yaml.Node, key: str, wanted: str) -> RecordError:
        found = _SHAPES[type(node)]
        line = self._line_of(node)
        return RecordError(
            self.path, line, f"wrong type: {quote(key)} should be {wanted} and is {found}"
        )

    def _line_of(self, node: yaml.Node) -> int:
        return _line_of(self._body, node)


def parse_front_matter(path: str, text: str) -> FrontMatter:
    """Parse the front matter at the start of ``text`` (no byte order mark, formats 1 and 3).

    ``path`` is only named in errors. What follows the closing line is not read.

    Raises:
        RecordError: no front matter, not YAML, not a map, or YAML that could mean something else
            than it shows (duplicate keys, anchors, tags, merge keys).
    """
    start, body = _cut_out(path, text)
    if _may_trick(body):
        _refuse_tricks(path, body)
    try:
        root = compose_texts(body)
    except yaml.YAMLError as error:
        raise _yaml_error(path, body, error) from error
    if not isinstance(root, yaml.MappingNode):
        raise RecordError(path, 1, "no front matter: it holds no 'key: value' lines; add them")
    _refuse_equal_keys(path, body, root)
    return FrontMatter(
        path,
        start,
        body,
        {key.value: key for key, _ in root.value},
        {key.value: value for key, value in root.value},
    )


def _cut_out(path: str, text: str) -> tuple[int, str]:
    opening = _OPENING.match(text)
    if opening is None:
        raise RecordError(
            path, 1, "no front matter: the file does not start with a line '---'; add it"
        )
    closing = _CLOSING.search(text, opening.end() - 1)
    if closing is None:
        raise RecordError(
            path, None, "front matter not closed: no second line '---'; add it below the last key"
        )
    start = opening.end()
    # The loader skips a byte order mark at the start of its text, and does not count it.
    start += text.startswith(_BOM, start)
    return start, text[start : closing.start() + 1]


def _may_trick(body: str) -> bool:
    return (
        _may_hold_token(body)
        or body.count("[") + body.count("{") > MAX_DEPTH
        or _LONG_RUN in body.encode().translate(_LEVEL_SIGNS)
    )


def _may_hold_token(body: str) -> bool:
    # Most have none of these characters, and searching for one is much faster than a pattern.
    signed = "&" in body or "*" in body or "!" in body
    return signed and _TOKEN.search(body) is not None


def _refuse_tricks(path: str, body: str) -> None:
    depth = 0
    try:
        for event in yaml.parse(body, Loader=yaml.CSafeLoader):
            line = _line_of(body, event)
            if getattr(event, "anchor", None) is not None:
                raise RecordError(
                    path, line, "anchor or alias (&name, *name): write the value out in full"
                )
            if tag := getattr(event, "tag", None):
                raise RecordError(path, line, f"tag: {quote(tag)} is not read; delete it")
            if isinstance(event, yaml.CollectionStartEvent):
                depth += 1
            elif isinstance(event, yaml.CollectionEndEvent):
                depth -= 1
            if depth > MAX_DEPTH:
                raise RecordError(path, line, f"nested more than {MAX_DEPTH} deep: flatten it")
    except yaml.YAMLError as error:
        raise _yaml_error(path, body, error) from error


def _refuse_equal_keys(path: str, body: str, root: yaml.MappingNode) -> None:
    open_nodes: list[yaml.Node] = [root]
    while open_nodes:
        node = open_nodes.pop()
        values = node.value
        if isinstance(node, yaml.MappingNode):
            if not _has_good_keys(node):
                _refuse_keys_of(path, body, node)
            values = [value for _, value in values]
        open_nodes += [value for value in values if not isinstance(value, yaml.ScalarNode)]


def _has_good_keys(node: yaml.MappingNode) -> bool:
    """Return quickly whether ``_refuse_keys_of`` would find nothing, as it nearly always does."""
    try:
        names = {key.value for key, _ in node.value}
    except TypeError:  # the value of a list or map is a list, which has no hash
        return False
    return len(names) == len(node.value) and "<<" not in names


def _refuse_keys_of(path: str, body: str, node: yaml.MappingNode) -> None:
    seen = set()
    for key, _ in node.value:
        if not isinstance(key, yaml.ScalarNode) or key.value == "<<":
            line = _line_of(body, key)
            raise RecordError(path, line, "wrong type: a key should be a plain text, not <<, [, {")
        if key.value in seen:
            line = _line_of(body, key)
            raise RecordError(
                path, line, f"duplicate key: {quote(key.value)} occurs twice; delete one of them"
            )
        seen.add(key.value)


def _last_scalar(node: yaml.Node) -> yaml.Node:
    """Return the last scalar of a node.

    The end mark of a list or map by indentation is after the comments that follow it.
    """
    while isinstance(node, yaml.CollectionNode) and not node.flow_style and node.value:
        last = node.value[-1]
        node = last[1] if isinstance(node, yaml.MappingNode) else last
    return node


def _yaml_error(path: str, body: str, error: yaml.YAMLError) -> RecordError:
    if unprintable := _UNPRINTABLE.search(body):
        line, code = _line_at(body, unprintable.start()), ord(unprintable[0])
        return RecordError(path, line, f"control character U+{code:04X}: delete it")
    mark = getattr(error, "problem_mark", None)
    line = 1 if mark is None else _line_at(body, mark.index)
    problem = getattr(error, "problem", None) or "no reason given"
    return RecordError(path, line, f"not YAML: {problem}; correct it (quotes, indentation)")


def _line_of(body: str, part: yaml.Node | yaml.Event) -> int:
    return _line_at(body, part.start_mark.index if part.start_mark else 0)


def _line_at(body: str, index: int) -> int:
    # Marks count U+0085 and U+2028 as line ends too; editors and git do not.
    return body.count("\n", 0, index) + _LINES_BEFORE + 1


def quote(text: str) -> str:
    """Return a text in quotes, for messages; a long one is cut, and says so."""
    return repr(text if len(text) <= _MAX_QUOTED else text[:_MAX_QUOTED] + "…")
