"""What a maintainer must look at: the results of a run grouped by cause, most important first.

A first run finds thousands of differences of a few kinds; whatever has one cause is one group
with a count. A drifted record can stand in several groups, any other in exactly one.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field, replace

from sync.model import Verdict
from sync.report.document import RemoteOnly, Report, ReportedRecord
from sync.report.patterns import Pattern, pattern_of, patterns_of, urgency

EXAMPLES = 5
"""How many examples a cause keeps."""


@dataclass(frozen=True, slots=True)
class Detail:
    """One shape that a cause takes (a property, a symbol) and in how many records."""

    text: str
    count: int


@dataclass(frozen=True, slots=True)
class Example:
    """One record, or one network of the server, that has the cause.

    ``id`` and ``path`` are ``""`` for a network that no record claims. ``text`` is what the check
    says of it, or the network's name; ``""`` where an earlier example said the same.
    """

    id: str
    path: str
    line: int | None
    network: str | None
    text: str


@dataclass(frozen=True, slots=True)
class Cause:
    """One thing to look at, which ``count`` records (for ``remote_only``: networks) have.

    ``advice`` is one sentence on what to do. ``details`` are the cause's shapes, most frequent
    first; ``examples`` the first few of its records.
    """

    verdict: Verdict
    title: str
    advice: str
    count: int
    details: tuple[Detail, ...]
    examples: tuple[Example, ...]


def find_causes(report: Report) -> tuple[Cause, ...]:
    """Group everything that is not in sync: most important first, then most frequent first."""
    groups: dict[Pattern, _Group] = defaultdict(_Group)
    for record in report.records:
        for pattern, details in patterns_of(record).items():
            groups[pattern].add(details, _example(record))
    for network in report.remote_only:
        groups[pattern_of(Verdict.REMOTE_ONLY)].add((), _remote_example(network))
    ranked = sorted(
        groups.items(), key=lambda item: (urgency(item[0]), -item[1].count, item[0].title)
    )
    return tuple(group.cause(pattern) for pattern, group in ranked)


@dataclass(slots=True)
class _Group:
    """A cause in the making."""

    count: int = 0
    details: Counter[str] = field(default_factory=Counter)
    examples: list[Example] = field(default_factory=list)

    def add(self, details: Collection[str], example: Example) -> None:
        self.count += 1
        self.details.update(details)
        if len(self.examples) < EXAMPLES:
            said = any(example.text == earlier.text for earlier in self.examples)
            self.examples.append(replace(example, text="") if said else example)

    def cause(self, pattern: Pattern) -> Cause:
        ranked = sorted(self.details.items(), key=lambda item: (-item[1], item[0]))
        title = pattern.title
        if pattern.verdict.incomplete:
            title, ranked = (ranked[0][0] if len(ranked) == 1 else title), []
        return Cause(
            verdict=pattern.verdict,
            title=title,
            advice=pattern.advice,
            count=self.count,
            details=tuple(Detail(text, count) for text, count in ranked),
            examples=tuple(self.examples),
        )


def _example(record: ReportedRecord) -> Example:
    """Quote the reason, or all that speaks for the verdict: the candidates of an ambiguous one."""
    messages = record.messages[:1] if record.verdict.incomplete else record.messages
    return Example(
        id=record.id,
        path=record.path,
        line=record.line,
        network=record.network,
        text="; ".join(messages),
    )


def _remote_example(network: RemoteOnly) -> Example:
    return Example(
        id=network.claims or "", path="", line=None, network=network.network, text=network.name
    )
