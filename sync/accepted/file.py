"""Read ``ndex-sync-accepted.toml``: what people agreed to leave, reviewed in pull requests.

A group is one decision: a reason, the last day on which it holds, and one item on each line. The
file is read whole; every problem is reported with its line.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Annotated, Final, Self

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
    model_validator,
)
from pydantic_core import ErrorDetails

from sync.accepted.layout import find_groups, split_lines
from sync.accepted.waiver import (
    Kind,
    Side,
    WaivedItem,
    Waiver,
    read_kind,
)
from sync.errors import ConfigError
from sync.model import GENE_KINDS, DifferenceKind, Verdict
from sync.records.confine import leads_out
from sync.suggest import did_you_mean, say_must_be

ACCEPTED_NAME = "ndex-sync-accepted.toml"
VERSION: Final = 1
MAX_ACCEPTED_BYTES = 64 * 1024 * 1024

_LET_IT_WRITE = "let ndex-sync accept write it"
_ADVICE = {
    "missing": "is missing",
    "date_type": "must be a date without quotes, as in 2027-03-01",
}


def _read_kind(value: object) -> Kind:
    return read_kind(str(value))


Line = Annotated[str, StringConstraints(min_length=1)]
Values = dict[str, str]


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class ItemSection(_Section):
    """One line of ``items``; its keys are those of ``WaivedItem``."""

    kind: Annotated[Kind, BeforeValidator(_read_kind)]
    record: str = ""
    gene: str = ""
    name: str = ""
    ids: list[str] = []
    local: Values | None = None
    remote: Values | None = None
    network: str = ""
    claims: str = ""
    candidates: list[str] = []

    @model_validator(mode="after")
    def _says_enough(self) -> Self:
        if problem := next(self._lacks(), None):
            raise ValueError(problem)
        return self

    def _lacks(self) -> Iterator[str]:
        if self.kind is Verdict.REMOTE_ONLY and not self.network:
            yield "remote_only needs the UUID of its network"
        if self.kind is not Verdict.REMOTE_ONLY and not self.record:
            yield "needs the id of its record"
        if isinstance(self.kind, DifferenceKind) and self.local is None and self.remote is None:
            yield (f"has no value; an entry holds only for the values it states; {_LET_IT_WRITE}")
        if isinstance(self.kind, DifferenceKind) and self.kind not in GENE_KINDS and not self.name:
            yield f"needs the name of what differs; {_LET_IT_WRITE}"

    def to_item(self, collection: str) -> WaivedItem:
        """Return the item in the form that the rest of the program uses."""
        return WaivedItem(
            collection=collection,
            kind=self.kind,
            record=self.record,
            gene=self.gene,
            name=self.name,
            ids=tuple(sorted(self.ids)),
            local=_side(self.local),
            remote=_side(self.remote),
            network=self.network,
            claims=self.claims,
            candidates=tuple(sorted(self.candidates)),
        )


class GroupSection(_Section):
    """One ``[[accepted]]``: a decision about items of one collection."""

    collection: Line
    reason: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
    until: date
    items: Annotated[list[ItemSection], Field(min_length=1)]


class AcceptedSection(_Section):
    """The whole file; without a version it is of the first version."""

    version: int = VERSION
    accepted: list[GroupSection] = []


def read_accepted(path: Path) -> tuple[Waiver, ...]:
    """Read the file, or nothing if there is none.

    Raises:
        ConfigError: it cannot be read; lists every problem with its line.
    """
    if leads_out(path):
        raise ConfigError(f"{path}: a link that leads out of its folder; put the file in its place")
    try:
        if path.stat().st_size > MAX_ACCEPTED_BYTES:
            raise ConfigError(f"{path}: larger than {MAX_ACCEPTED_BYTES:,} bytes; is it right?")
        return parse_accepted(path.read_text(encoding="utf-8"), str(path))
    except FileNotFoundError:
        return ()
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: cannot be read: {error}") from error


def parse_accepted(text: str, where: str) -> tuple[Waiver, ...]:
    """Read the text of the file; ``where`` names it in errors.

    Raises:
        ConfigError: as ``read_accepted`` does.
    """
    try:
        data = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise ConfigError(f"{where}: not valid TOML: {error}") from error
    if (version := data.get("version", VERSION)) != VERSION:
        raise ConfigError(
            f"{where}: an accepted file of version {version!r}, expected {VERSION}; upgrade with: "
            "pip install --upgrade ndex-sync"
        )
    lines = _Lines(text)
    try:
        found = AcceptedSection.model_validate(data)
    except ValidationError as error:
        raise ConfigError(*(_explain(where, lines, each) for each in error.errors())) from error
    entries = tuple(
        Waiver(item.to_item(group.collection), group.reason, group.until, lines.of_item(g, i))
        for g, group in enumerate(found.accepted)
        for i, item in enumerate(group.items)
    )
    if problems := tuple(_repeated(where, entries)):
        raise ConfigError(*problems)
    return entries


def _side(values: Values | None) -> Side | None:
    return None if values is None else tuple(sorted(values.items()))


def _repeated(where: str, entries: Sequence[Waiver]) -> Iterator[str]:
    first: dict[WaivedItem, Waiver] = {}
    for entry in entries:
        earlier = first.setdefault(entry.item, entry)
        if earlier is not entry:
            yield f"{where}:{entry.line}: accepted on line {earlier.line} already; keep one of them"


class _Lines:
    """The lines of groups, keys and items, counted from 1, as far as they are recognised."""

    def __init__(self, text: str) -> None:
        self._groups = find_groups(split_lines(text))

    def of_item(self, group: int, item: int) -> int | None:
        return self.of(["accepted", group, "items", item])

    def of(self, where: Sequence[str | int]) -> int | None:
        """Return the line of a location in pydantic's form: the nearest one that is known."""
        match where:
            case ["accepted", int(group), *rest] if group < len(self._groups):
                found = self._groups[group]
            case _:
                return None
        match rest:
            case ["items", int(item), *_] if item < len(found.items):
                return found.items[item] + 1
            case [str(key), *_]:
                return found.keys.get(key, found.head) + 1
            case _:
                return found.head + 1


def _explain(where: str, lines: _Lines, problem: ErrorDetails) -> str:
    location = problem["loc"]
    line = lines.of(location)
    shown = location[2:] if location[:1] == ("accepted",) else location
    key = ".".join(str(step + 1) if isinstance(step, int) else step for step in shown)
    reason = _ADVICE.get(problem["type"]) or say_must_be(problem)
    if location == ("accepted",):
        reason = "write [[accepted]], with two brackets: there may be several"
    if problem["type"] == "extra_forbidden":
        key_alone = str(location[-1])
        section = ItemSection if "items" in location else GroupSection
        known = section.model_fields if len(location) > 1 else AcceptedSection.model_fields
        reason = f"unknown key {key_alone!r}{did_you_mean(key_alone, known)}"
    place = where if line is None else f"{where}:{line}"
    return f"{place}: {key}: {reason}" if key else f"{place}: {reason}"
