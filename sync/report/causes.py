"""Group the results of a run by cause, most important first.

A first run finds thousands of differences of a few kinds; all with one cause are one group with a
count. A drifted record can be in several groups, any other in exactly one. Records are read once,
and memory does not grow with their number.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from msgspec import structs

from sync.model import Verdict
from sync.report.document import Cause, Detail, Example, RemoteOnly, ReportedRecord
from sync.report.evidence import Evidence
from sync.report.one_line import describe_unclaimed
from sync.report.patterns import (
    Pattern,
    pattern_of,
    pattern_of_network,
    patterns_of,
    urgency,
)

EXAMPLES = 5
"""How many examples a cause keeps."""

DETAILS = 50
"""How many forms of a cause are kept, the most frequent ones."""

MAX_FORMS = 20_000
"""How many forms of a cause are counted; later ones are not.

For a reason it is enough to know whether it always has the same words.
"""

MAX_REASONS = 1_000
"""How many reasons of one verdict are kept apart; later ones form one group."""


def find_causes(
    records: Iterable[ReportedRecord], remote_only: Iterable[RemoteOnly]
) -> tuple[Cause, ...]:
    """Group everything that is not settled: most important first, then most frequent first."""
    groups = _Groups()
    for record in records:
        for pattern, details in patterns_of(record).items():
            groups.of(pattern).add(details, _example(record), record)
    for network in remote_only:
        groups.of(pattern_of_network(network)).add((), _remote_example(network))
    ranked = sorted(
        groups.found.items(), key=lambda item: (urgency(item[0]), -item[1].count, item[0].title)
    )
    return tuple(group.cause(pattern) for pattern, group in ranked)


@dataclass(slots=True)
class _Groups:
    """The causes found so far, by their patterns."""

    found: dict[Pattern, _Group] = field(default_factory=dict)
    reasons: Counter[Verdict] = field(default_factory=Counter)

    def of(self, pattern: Pattern) -> _Group:
        """Return the group of a pattern; after very many reasons, the one for all others."""
        if pattern not in self.found and pattern.verdict.incomplete:
            self.reasons[pattern.verdict] += 1
            if self.reasons[pattern.verdict] > MAX_REASONS:
                pattern = pattern_of(pattern.verdict)
        limit = 2 if pattern.verdict.incomplete else MAX_FORMS
        return self.found.setdefault(pattern, _Group(limit))


@dataclass(slots=True)
class _Group:
    """A cause while records are added; ``limit`` is how many forms it keeps apart."""

    limit: int
    count: int = 0
    details: Counter[str] = field(default_factory=Counter)
    examples: list[Example] = field(default_factory=list)
    evidence: Evidence = field(default_factory=Evidence)

    def add(
        self, details: Collection[str], example: Example, record: ReportedRecord | None = None
    ) -> None:
        self.count += 1
        if len(self.details) >= self.limit:
            details = [detail for detail in details if detail in self.details]
        self.details.update(details)
        if record is not None:
            self.evidence.add(record)
        if len(self.examples) < EXAMPLES:
            said = any(example.text == earlier.text for earlier in self.examples)
            self.examples.append(structs.replace(example, text="") if said else example)

    def cause(self, pattern: Pattern) -> Cause:
        ranked = sorted(self.details.items(), key=lambda item: (-item[1], item[0]))
        title = pattern.title
        if pattern.verdict.incomplete:
            title, ranked = (ranked[0][0] if len(ranked) == 1 else title), []
        return Cause(
            verdict=pattern.verdict,
            title=title,
            likely=pattern.likely,
            evidence=self.evidence.speaking_for(pattern.likely, dict(ranked[:1])),
            advice=pattern.advice,
            count=self.count,
            details=tuple(Detail(text, count) for text, count in ranked[:DETAILS]),
            more_details=len(ranked[DETAILS:]),
            examples=tuple(self.examples),
        )


def _example(record: ReportedRecord) -> Example:
    """Return an example with its reason, or all candidates of an ambiguous record."""
    messages = record.messages[:1] if record.verdict.incomplete else record.messages
    return Example(
        id=record.id,
        path=record.path,
        line=record.line,
        network=record.network,
        text="; ".join(messages),
    )


def _remote_example(network: RemoteOnly) -> Example:
    texts = [network.name, *([describe_unclaimed(network)] if network.instead else [])]
    return Example(
        id=network.claims or "", path="", line=None, network=network.network, text="; ".join(texts)
    )
