"""The page on how close the sandbox is to a real server, from the recorded calls."""

from __future__ import annotations

import csv
from collections import Counter

from docs.generate.markdown import capitalised, code, render_table
from tests.sandbox.replay import RECORDED, left_out, steps_of, topics

_HEAD = """\
# How close the sandbox is

{total:,} calls were sent to an NDEx 3.0.1 server built from source; their answers are in
`fixtures/recorded`. A test sends each of them to the sandbox and compares status, media type,
headers and body. It answers {same:,} in the same way. The other {different} are left out on
purpose; this page lists them.

- A **route** that is left out is answered like an unknown route: 500, `Could not find resource for
  full path`.
- **After it**: a later call shows what such a route would have changed.
- **Answer**: the sandbox has the route but answers differently.

`python3 -m tests.sandbox.replay URL` sends the calls to any server.
"""
_STRICTER = """\
## Stricter

The sandbox refuses every call that changes what belongs to somebody else, even if the real server
allows it. Such calls were not recorded.
"""
_CLIENTS = """\
## Stock clients

`fixtures/recorded/stock-clients` has what works for them on the real server. It works here too:
{python} of the integration tests of `ndex2` 3.12.0, and {js} calls of
`@js4cytoscape/ndex-client` 0.8.1.
"""


def render_sandbox() -> str:
    """Return the page."""
    rows, steps = left_out(), {topic: len(steps_of(topic)) for topic in topics()}
    by_topic = Counter(row["topic"] for row in rows)
    counts = {
        "total": sum(steps.values()),
        "same": sum(steps.values()) - len(rows),
        "different": len(rows),
    }
    table = [
        [code(topic), f"{count:,}", f"{count - by_topic[topic]:,}"]
        for topic, count in steps.items()
    ]
    listed = [
        [code(row["topic"]), row["step"], row["kind"], capitalised(row["reason"])] for row in rows
    ]
    return "\n".join(
        [
            _HEAD.format(**counts),
            "## By topic\n",
            render_table(["topic", "calls", "the same"], table),
            "## Left out\n",
            render_table(["topic", "call", "kind", "reason"], listed),
            _STRICTER,
            _CLIENTS.format(
                python=_works("ndex2-3.12.0.tsv"), js=_works("js-ndex-client-0.8.1.tsv")
            ),
        ]
    )


def _works(name: str) -> int:
    with (RECORDED / "stock-clients" / name).open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t"))
    return sum(row["real server"] in ("passed", "ok") for row in rows)
