"""The page of the verdicts and differences, from the wording that reports use."""

from __future__ import annotations

from docs.generate.markdown import capitalised, code, render_table
from sync.match.properties import MANAGED
from sync.model import DifferenceKind, Layout
from sync.report.exit_status import status_of
from sync.report.labels import DIFFERENCES, KINDS, VERDICTS

_HEAD = """\
# Verdicts and differences

## Verdicts

A verdict is what a check says about one record. The last column is the exit status of a run that
finds such a record; the highest status wins.
"""
_REMOTE_ONLY = """\
`remote_only` is about a network, not a record. A failed look-up never makes a record `unmapped` or
`missing`: see [safety](../explanation/safety.md).
"""
_DIFFERENCES = """\
## Differences

A `drifted` record and its network differ in at least one of these ways. For how genes are matched,
see [matching](../explanation/matching.md).
"""
_PROPERTIES = """\
## Properties that are compared

A property is compared if the record has a value for it. All other properties of a network are left
alone.
"""


def render_verdicts() -> str:
    """Return the page."""
    verdicts = render_table(
        ["verdict", "when", "what to do", "exit"],
        (
            [
                code(verdict),
                capitalised(said.meaning) + ".",
                said.advice,
                str(int(status_of(verdict))),
            ]
            for verdict, said in VERDICTS.items()
        ),
    )
    differences = render_table(
        ["difference", "in reports", "when"],
        ([code(kind), DIFFERENCES[kind], KINDS[kind]] for kind in DifferenceKind),
    )
    properties = render_table(
        ["layout", "properties"],
        ([code(layout), ", ".join(code(e.name) for e in MANAGED[layout])] for layout in Layout),
    )
    return "\n".join(
        [_HEAD, verdicts, _REMOTE_ONLY, _DIFFERENCES, differences, _PROPERTIES, properties]
    )
