"""Reports that every format must render well: small, all kinds, hostile, large."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from functools import cache
from io import StringIO

from sync.model import (
    Accepted,
    CheckResult,
    Curie,
    Difference,
    DifferenceKind,
    GeneCounts,
    NetworkId,
    RecordId,
    UnclaimedNetwork,
    Verdict,
)
from sync.report.document import Acceptance, AcceptedEntry, Report
from tests.builders import (
    NETWORK,
    RUN,
    CollectionResults,
    build_report,
    make_difference,
    make_report,
    make_result,
)

HOSTILE = (
    "[red]markup[/red] [link=https://evil.example]x[/link] :bomb:",
    "\x1b[31mred\x1b]0;owned\x07 \x9b31m",
    "<script>alert(1)</script><img src=x onerror=alert(1)>",
    "a | b | c \\| d",
    "`code` ``two`` ```",
    "line one\nline two\r\n::error::owned\u2028three",
    "abc\u202edcba\u2066x\u2069 zero\u200bwidth",
    "::error file=a.md::forged",
    "##[error]forged ##vso[task.complete result=Failed]",
    f"{'filler ' * 9}::stop-commands::{'x' * 60} ::add-mask::x {'filler ' * 8}::error::forged",
    "@everyone [a](javascript:alert(1)) ![i](https://evil.example/i.png) #1 GH-1",
    "# heading\n- item\n---\n| a |\n|---|",
    "x" * 3_000,
    "日本語のとても長いタイトル" * 12,
    "",
    " ",
)

EVERY_DIFFERENCE = tuple(make_difference(kind) for kind in DifferenceKind)

UNTIL = date(2027, 3, 1)
ACCEPTED = tuple(
    Accepted(reason="agreed with the curators", until=UNTIL, difference=difference)
    for difference in EVERY_DIFFERENCE
)

RECORD_VERDICTS = [verdict for verdict in Verdict if verdict is not Verdict.REMOTE_ONLY]

REMOTE = UnclaimedNetwork(NETWORK, "An orphan", RecordId("PMC9__f9"))


def rendered(render: Callable[..., object], shown: object, *more: object) -> str:
    """Return what a renderer writes; ``more`` is what it takes behind the stream."""
    stream = StringIO()
    render(shown, stream, *more)
    return stream.getvalue()


def drifted(*differences: Difference, **facts: object) -> Report:
    """Return a report of one drifted record; ``facts`` change the run's."""
    return make_report(make_result(verdict=Verdict.DRIFTED, differences=differences), **facts)  # type: ignore[arg-type]


def every_kind() -> Report:
    """Return a report with every verdict and every kind of difference."""
    results = [
        make_result(
            f"WP{index}",
            verdict,
            differences=EVERY_DIFFERENCE if verdict is Verdict.DRIFTED else (),
            messages=() if verdict.settled else (f"why it is {verdict.value}",),
            accepted=ACCEPTED if verdict is Verdict.ACCEPTED else (),
        )
        for index, verdict in enumerate(RECORD_VERDICTS)
    ]
    return make_report(*results, unclaimed=(REMOTE,))


def hostile() -> Report:
    """Return a report whose every text from outside is made to do harm."""
    return build_report(
        [
            CollectionResults(
                text,
                [_hostile_result(text, verdict) for verdict in (Verdict.DRIFTED, Verdict.FAILED)],
                [
                    UnclaimedNetwork(NetworkId(text), text, RecordId(text)),
                    UnclaimedNetwork(
                        NetworkId(text), text, None, Accepted(reason=text, until=UNTIL)
                    ),
                ],
            )
            for text in HOSTILE
        ],
        RUN,
        Acceptance(file="ndex-sync-accepted.toml", stale=tuple(map(_hostile_entry, HOSTILE))),
    )


def _hostile_entry(text: str) -> AcceptedEntry:
    return AcceptedEntry(text, text, text, "unmapped", text, text, text, UNTIL, 7)


def _hostile_result(text: str, verdict: Verdict) -> CheckResult:
    return make_result(
        text,
        verdict,
        accepted=(Accepted(reason=text, until=UNTIL, verdict=Verdict.UNMAPPED),),
        path=f"_figures/{text}.md",
        network=NetworkId(text),
        differences=tuple(
            make_difference(
                difference.kind,
                symbol=difference.symbol and text,
                ids=difference.ids and (Curie(text),),
                name=difference.name and text,
                local=difference.local and dict.fromkeys(difference.local, text),
                remote=difference.remote and dict.fromkeys(difference.remote, f"{text}!"),
            )
            for difference in EVERY_DIFFERENCE
        ),
        messages=(text, f"again {text}"),
        left_out=(f"{text}:2: {text}", text),
    )


@cache
def drift(records: int) -> Report:
    """Return a report of that many drifted records, as a first run would find them."""
    return make_report(*_drifted(records))


def _drifted(records: int) -> Iterator[CheckResult]:
    for index in range(records):
        figure = f"PMC{4_745_000 + index}__oncotarget-06-29034-g{index % 1_000:03}"
        genes = [
            make_difference(
                DifferenceKind.GENE_MISSING,
                symbol=f"GENE{number}",
                ids=(Curie(f"ncbigene:{1_000 + number}"),),
            )
            for number in range(index % 20)
        ]
        yield make_result(
            figure,
            Verdict.DRIFTED,
            path=f"_figures/{figure}.md",
            network=NetworkId(f"{index:08x}-8b66-11eb-9e72-0ac135e8bacf"),
            genes=GeneCounts(local=30 + len(genes), remote=31, shared=30),
            differences=(
                *genes,
                make_difference(
                    DifferenceKind.PROPERTY,
                    name="figureTitle",
                    local={"value": f"Signalling of chemokines in cancer {index}"},
                    remote={"value": f"Signalling of chemokines in cancer {index}."},
                ),
            ),
        )
