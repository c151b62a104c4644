"""Reading contents: the cheapest way, and what is made of networks that load, move or break."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import chain, repeat
from typing import Any

import orjson
import pytest

from sync.collection.listing import Membership
from sync.collection.observe import ObservePolicy, observe_network
from sync.model import Absent, Broken, Observation, Refused, Seen, Summary, Unanswered
from sync.ndex.client import open_client
from sync.ndex.loading import LoadingPolicy
from tests.ndex.faulty_server import Received, Step, refuse, respond_json, serve
from tests.nouns import FIGURE, NETWORK, make_summary
from tests.samples import CHEMOKINES, QUICK, figure_cx2

POLICY = ObservePolicy(loading=LoadingPolicy(first_wait_s=0.01, deadline_s=0.05, confirm_s=0.01))
PATHS = {
    "whole": f"/v3/networks/{NETWORK}",
    "nodes": f"/v3/networks/{NETWORK}/aspects/nodes",
    "declarations": f"/v3/networks/{NETWORK}/aspects/attributeDeclarations",
    "cx1": f"/v2/network/{NETWORK}",
    "summary": f"/v2/network/{NETWORK}/summary",
}
Answers = Mapping[str, Sequence[Step]]
"""What a server answers, by the name of the path; the last of each goes on."""

DOCUMENT: list[dict[str, Any]] = orjson.loads(figure_cx2("PMC1__f1", CHEMOKINES))
ASPECTS = {name: elements for fragment in DOCUMENT for name, elements in fragment.items()}
CX2 = respond_json(DOCUMENT)
PARTS: Answers = {
    "nodes": [respond_json(ASPECTS["nodes"])],
    "declarations": [respond_json(ASPECTS["attributeDeclarations"])],
}
CX1 = respond_json(
    [
        {"metaData": [{"name": "nodes", "elementCount": 3}]},
        {"nodes": [{"@id": index, "n": symbol} for index, (symbol, _) in enumerate(CHEMOKINES)]},
        {"status": [{"success": True, "error": ""}]},
    ]
)
WRONG = respond_json(
    [DOCUMENT[0], {"metaData": [{"name": "nodes", "elementCount": 30}]}, *DOCUMENT[1:]]
)
ODD = respond_json({"a": 1})
ALL_ODD: Answers = {path: [ODD] for path in ("whole", *PARTS)}
GONE = refuse(404, "NDEx_Object_Not_Found_Exception", "Network can't be found.")
NO_CX2 = refuse(
    404, "NDEx_Object_Not_Found_Exception", "CX2 network is not available for this network. "
)
LOADED = make_summary(FIGURE, node_count=3)
LOADING = make_summary(FIGURE, node_count=0, name="", completed=False)


def summary_json(**changes: object) -> Step:
    """Answer with a v2 summary."""
    facts = {
        "externalId": NETWORK,
        "name": "Chemokines in cancer",
        "creationTime": 1,
        "modificationTime": 2,
        "owner": "curator",
        "ownerUUID": NETWORK,
        "visibility": "PUBLIC",
        "isReadOnly": False,
        "completed": True,
        "isValid": True,
        "nodeCount": 3,
        "edgeCount": 0,
        "properties": [],
        **changes,
    }
    return respond_json(facts)


READY = summary_json()


async def observe(
    summary: Summary, answers: Answers, policy: ObservePolicy = POLICY
) -> tuple[Observation, str]:
    """Observe against a server with these answers; return the names of what it was asked for."""
    scripts: dict[str, Iterator[Step]] = {
        PATHS[name]: chain(steps[:-1], repeat(steps[-1])) for name, steps in answers.items()
    }

    def script(request: Received) -> Step:
        return next(scripts.get(request.path, repeat(GONE)))

    names = {path: name for name, path in PATHS.items()}
    async with (
        serve(script) as server,
        open_client(server.url, credentials=None, policy=QUICK) as client,
    ):
        found = await observe_network(client, summary, Membership(), policy)
        return found, " ".join(map(names.__getitem__, server.paths))


FAILED = summary_json(errorMessage="Element count mismatch")
FAILED_ONCE = make_summary(FIGURE, error_message="Element count mismatch")
UNCOMPLETED = make_summary(FIGURE, node_count=3, completed=False)
UPLOAD = [summary_json(completed=False, nodeCount=0), summary_json(isValid=False), READY]

# Granting a permission leaves ``completed`` false for ever (contract 3.3). While a CX1 is being
# loaded the server gives out the raw upload (contract 4).
SEEN: dict[str, tuple[Summary, Answers, str]] = {
    "small": (LOADED, {"whole": [CX2]}, "whole"),
    "without CX2": (LOADED, {"whole": [NO_CX2], "cx1": [CX1]}, "whole cx1"),
    "wrong counts": (LOADED, {"whole": [WRONG], **PARTS}, "whole nodes declarations"),
    "loading": (LOADING, {"whole": [CX2], "summary": UPLOAD}, "summary summary summary whole"),
    "never completed": (UNCOMPLETED, {"whole": [CX2]}, "whole"),
    "loaded again": (FAILED_ONCE, {"whole": [CX2], "summary": [READY]}, "summary whole"),
    "content comes later": (
        LOADED,
        {"whole": [NO_CX2, NO_CX2, CX2], "summary": [READY]},
        "whole cx1 summary whole cx1 summary whole",
    ),
    "replaced meanwhile": (
        make_summary(FIGURE, node_count=9),
        {"whole": [CX2], "summary": [READY]},
        "whole summary whole",
    ),
    "CX at the second look": (
        LOADED,
        {**ALL_ODD, "whole": [ODD, CX2], "summary": [READY]},
        "whole nodes declarations summary whole",
    ),
}


@pytest.mark.parametrize(("summary", "answers", "asked"), SEEN.values(), ids=SEEN)
async def test_a_network_is_seen(summary: Summary, answers: Answers, asked: str) -> None:
    seen, paths = await observe(summary, answers)

    assert isinstance(seen, Seen)
    assert seen.network.node_count == seen.summary.node_count == 3
    assert seen.summary.name == "Chemokines in cancer"
    assert paths == asked


async def test_of_a_large_network_only_what_holds_genes_is_read() -> None:
    seen, paths = await observe(LOADED, PARTS, ObservePolicy(whole_below_bytes=1))

    assert isinstance(seen, Seen)
    assert {gene.symbol for gene in seen.network.genes} == {"CXCL8", "IL1B", "NFKB1"}
    assert paths == "nodes declarations"


BROKEN: dict[str, tuple[Summary, Answers, str, str]] = {
    "failed at first": (FAILED_ONCE, {"summary": [FAILED]}, "count mismatch", "summary"),
    "failed while loading": (LOADING, {"summary": [FAILED]}, "count mismatch", "summary summary"),
    "no content": (
        LOADED,
        {"summary": [READY]},
        "no content",
        "whole cx1 summary whole cx1 summary whole cx1",
    ),
    "no CX": (
        LOADED,
        {**ALL_ODD, "summary": [READY]},
        "",
        "whole nodes declarations summary whole nodes declarations",
    ),
}


@pytest.mark.parametrize(("summary", "answers", "reason", "asked"), BROKEN.values(), ids=BROKEN)
async def test_a_network_is_broken_once_it_was_looked_at_again(
    summary: Summary, answers: Answers, reason: str, asked: str
) -> None:
    broken, paths = await observe(summary, answers)

    assert isinstance(broken, Broken)
    assert reason in broken.reason
    assert paths == asked


async def test_an_upload_that_never_ends_loading_is_broken() -> None:
    broken, _ = await observe(LOADING, {"summary": UPLOAD[:1]})

    assert isinstance(broken, Broken)
    assert "still processing" in broken.reason


@pytest.mark.parametrize(
    ("message", "failed"),
    [
        ("Failed to create Index on network. Cause: solr", True),
        ("Server refused connection at: http://localhost:8983/solr", True),
        (None, False),
    ],
)
async def test_a_failed_search_index_is_noted_and_leaves_the_content_good(
    message: str | None, failed: bool
) -> None:
    summary = make_summary(FIGURE, node_count=3, error_message=message)
    seen, _ = await observe(summary, {"whole": [CX2]})

    assert isinstance(seen, Seen)
    assert seen.index_failed is failed


@pytest.mark.parametrize(
    ("second_look", "lost", "asked"),
    [
        ({"completed": False}, True, "whole summary"),
        ({}, False, "whole summary"),
        ({"modificationTime": 3}, False, "whole summary summary whole"),
    ],
    ids=["lost", "being indexed", "changed between the looks"],
)
async def test_a_network_counts_as_lost_by_the_search_at_the_second_look(
    second_look: dict[str, object], lost: bool, asked: str
) -> None:
    summary = make_summary(
        FIGURE, node_count=3, completed=False, valid=True, index_level="ALL", modified_ms=2
    )
    again = summary_json(indexLevel="ALL", **second_look)
    seen, paths = await observe(summary, {"whole": [CX2], "summary": [again]})

    assert isinstance(seen, Seen)
    assert seen.summary.out_of_search is lost
    assert seen.summary.modified_ms == second_look.get("modificationTime", 2)
    assert paths == asked


async def test_a_network_deleted_meanwhile_is_absent() -> None:
    assert await observe(LOADED, {}) == (Absent(), "whole cx1 summary")


async def test_content_that_is_refused_is_refused() -> None:
    no = refuse(401, "NDEx_Unauthorized_Operation_Exception", "no READ access")
    refused, _ = await observe(LOADED, {"whole": [no]})

    assert isinstance(refused, Refused)
    assert "no READ access" in refused.reason


async def test_aspects_that_are_cut_short_are_no_knowledge() -> None:
    answers = {
        **PARTS,
        "nodes": [respond_json(ASPECTS["nodes"][:1])],
        "summary": [READY],
    }
    unanswered, _ = await observe(LOADED, answers, ObservePolicy(whole_below_bytes=-1))

    assert unanswered == Unanswered("NDEx sends 1 node of a network that has 3")


@pytest.mark.parametrize("sighting", [Absent(), Refused("private"), Unanswered("timed out")])
async def test_what_no_summary_could_be_had_of_is_passed_on(
    sighting: Absent | Refused | Unanswered,
) -> None:
    async with open_client("http://127.0.0.1:9", credentials=None, policy=QUICK) as client:
        assert await observe_network(client, sighting, Membership(), POLICY) == sighting
        assert client.counts.requests == 0
