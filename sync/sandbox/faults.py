"""Ordered faults: what goes wrong, for which calls, how often.

A rule as text is ``[METHOD] PATH-PATTERN KIND key=value…``; several are separated by ``;``::

    GET /v3/* latency seconds=0.2..0.5; POST /v3/networks lost times=1
    * error status=503 rate=0.1; PUT /v3/networks/* load seconds=30

In a pattern ``*`` stands for any text. A rule in JSON has the same keys, and ``method``, ``path``
and ``kind``.
"""

from __future__ import annotations

import random
import re
import shlex
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from fnmatch import fnmatchcase
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from sync.errors import ConfigError
from sync.suggest import say_must_be


class FaultKind(StrEnum):
    """What goes wrong."""

    LATENCY = "latency"
    """The answer waits ``seconds``."""
    ERROR = "error"
    """The call is not done; the answer is ``status``: the server's own if there is a ``code`` or
    the status is 500, else the web page of a proxy.
    """
    THROTTLE = "throttle"
    """The call is not done; the answer is 429, ``Retry-After: seconds``."""
    RESET_BEFORE = "reset-before"
    """The connection breaks and the call is not done."""
    RESET_DURING = "reset-during"
    """The call is done and the connection breaks in the middle of its answer."""
    RESET_AFTER = "reset-after"
    """The call is done and answered, then the connection breaks."""
    LOST = "lost"
    """The call is done and the connection breaks without an answer."""
    TRUNCATE = "truncate"
    """The body ends after ``bytes``, as if it were whole."""
    SLOW = "slow"
    """The body is sent slowly, over ``seconds``."""
    LOAD = "load"
    """An upload takes ``seconds`` longer to load; with a ``message`` it does not parse."""
    CONVERT = "convert"
    """An upload is parsed but not converted, with ``message`` as the reason: the other form of a
    failed load (contract 3.3).
    """
    EARLY = "early"
    """The network of an upload is ``completed`` at once, as if the index job of an earlier write
    ends while the upload waits (contract 3.3).
    """
    SEARCH_DOWN = "search-down"
    """The search engine is down when it does the work that the call queues (contract 3.3)."""
    INDEX_DIES = "index-dies"
    """The index job of the call dies: ``completed`` stays unchanged, and the
    search never finds it.
    """
    QUOTA = "quota"
    """The account may only use ``bytes`` of disk."""
    MEDDLE = "meddle"
    """After the call somebody else changes the network in its path, or in ``network``."""


def _read_span(value: Any) -> Any:
    if isinstance(value, str):
        low, dots, high = value.partition("..")
        return (low, high if dots else low)
    return (value, value) if isinstance(value, int | float) else value


Span = Annotated[tuple[float, float], BeforeValidator(_read_span)]
"""A number, or a range ``low..high`` from which one is drawn each time."""


class FaultRule(BaseModel):
    """One rule.

    The first ``after`` matching calls pass; of the rest a share of ``rate`` goes wrong, at most
    ``times`` of them.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: FaultKind
    method: str = "*"
    path: str = "*"
    rate: float = Field(default=1.0, ge=0, le=1)
    times: int | None = Field(default=None, ge=0)
    after: int = Field(default=0, ge=0)
    seconds: Span = (0.0, 0.0)
    status: int = Field(default=500, ge=400, le=599)
    code: str | None = None
    message: str | None = None
    bytes: int = Field(default=0, ge=0)
    network: str | None = None

    @model_validator(mode="after")
    def _check_span(self) -> FaultRule:
        low, high = self.seconds
        if not 0 <= low <= high:
            raise ValueError(f"seconds: {low}..{high} is not a range of waiting times")
        return self

    def fits(self, method: str, path: str) -> bool:
        """Return whether the rule applies to such a call."""
        return fnmatchcase(method, self.method.upper()) and fnmatchcase(path, self.path)


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault that will happen to one call; ``seconds`` is drawn."""

    rule: FaultRule
    seconds: float


@dataclass(frozen=True, slots=True)
class LogEntry:
    """One fault that happened: its number since the log was cleared, and the call."""

    number: int
    method: str
    path: str
    kind: FaultKind
    seconds: float


class FaultBox:
    """The rules in force, the random generator, and the log of what happened.

    The same seed and the same calls in the same order give the same faults.
    """

    def __init__(self, rules: Iterable[FaultRule], seed: int) -> None:
        self.lost_connections = 0
        """Content PUTs to networks that do not exist, since the server started."""
        self._seed = seed
        self.set_rules(rules)

    def set_rules(self, rules: Iterable[FaultRule]) -> None:
        """Set other ``rules``, with new random numbers, counts and ``log``."""
        self.rules = tuple(rules)
        self.log: list[LogEntry] = []
        self._random = random.Random(self._seed)  # noqa: S311 - must be repeatable, not secret
        self._seen = [0] * len(self.rules)
        self._struck = [0] * len(self.rules)

    def draw(self, method: str, path: str) -> list[Fault]:
        """Decide what goes wrong with one call, and log it."""
        faults = []
        for number, rule in enumerate(self.rules):
            if rule.fits(method, path) and self._strikes(number, rule):
                faults.append(Fault(rule, round(self._random.uniform(*rule.seconds), 3)))
        for fault in faults:
            entry = LogEntry(len(self.log) + 1, method, path, fault.rule.kind, fault.seconds)
            self.log.append(entry)
        return faults

    def _strikes(self, number: int, rule: FaultRule) -> bool:
        self._seen[number] += 1
        spent = rule.times is not None and self._struck[number] >= rule.times
        if self._seen[number] <= rule.after or spent or self._random.random() >= rule.rate:
            return False
        self._struck[number] += 1
        return True


def parse_rules(text: str) -> tuple[FaultRule, ...]:
    """Read rules as text; raises ConfigError with the rule and what is wrong in it."""
    return tuple(_parse_rule(part.strip()) for part in text.split(";") if part.strip())


def read_rules(items: Iterable[Any]) -> tuple[FaultRule, ...]:
    """Read rules in JSON; raises ConfigError."""
    return tuple(_validate(item, f"fault rule {number}") for number, item in enumerate(items, 1))


def _parse_rule(text: str) -> FaultRule:
    try:
        words = shlex.split(text)
    except ValueError as error:
        raise ConfigError(f"fault rule {text!r}: {error}") from error
    named = [word for word in words if re.match(r"[a-z]+=", word)]
    place = [word for word in words if word not in named]
    if len(place) not in (2, 3):
        raise ConfigError(
            f"fault rule {text!r}: expected [METHOD] PATH KIND key=value…, for example "
            "'GET /v3/* latency seconds=0.5'"
        )
    method, path, kind = place if len(place) == 3 else ["*", *place]
    pairs = [word.partition("=") for word in named]
    given = {key: value for key, _, value in pairs}
    return _validate(
        {**given, "method": method, "path": path, "kind": kind}, f"fault rule {text!r}"
    )


def _validate(given: Any, where: str) -> FaultRule:
    try:
        return FaultRule.model_validate(given)
    except ValidationError as error:
        problems = (
            f"{where}: {'.'.join(map(str, item['loc'])) or 'the rule'}: {say_must_be(item)}"
            for item in error.errors()
        )
        raise ConfigError(*problems) from None
