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
WHOLE = f"/v3/networks/{NETWORK}"
NODES = f"{WHOLE}/aspects/nodes"
DECLARATIONS = f"{WHOLE}/aspects/attributeDeclarations"
CX1 = f"/v2/network/{NETWORK}"
SUMMARY = f"/v2/network/{NETWORK}/summary"

DOCUMENT: list[dict[str, Any]] = orjson.loads(figure_cx2("PMC1__f1", CHEMOKINES))
ASPECTS = {name: elements for fragment in DOCUMENT for name, elements in fragment.items()}
CX1_DOCUMENT = [
    {"metaData": [{"name": "nodes", "elementCount": 3}]},
    {"nodes": [{"@id": index, "n": symbol} for index, (symbol, _) in enumerate(CHEMOKINES)]},
    {"status": [{"success": True, "error": ""}]},
]
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


async def observe(
    summary: Summary,
    answers: Mapping[str, Sequence[Step]],
    policy: ObservePolicy = POLICY,
) -> tuple[Observation, list[str]]:
    """Observe against a server with these answers by path; the last of each goes on."""
    scripts: dict[str, Iterator[Step]] = {
        path: chain(steps[:-1], repeat(steps[-1])) for path, steps in answers.items()
    }

    def script(request: Received) -> Step:
        return next(scripts.get(request.path, repeat(GONE)))

    async with (
        serve(script) as server,
        open_client(server.url, credentials=None, policy=QUICK) as client,
    ):
        return await observe_network(client, summary, Membership(), policy), server.paths


async def test_a_small_network_costs_one_request() -> None:
    seen, paths = await observe(LOADED, {WHOLE: [respond_json(DOCUMENT)]})

    assert isinstance(seen, Seen)
    assert {gene.symbol for gene in seen.network.genes} == {"CXCL8", "IL1B", "NFKB1"}
    assert paths == [WHOLE]


async def test_of_a_large_network_only_what_holds_genes_is_read() -> None:
    answers = {
        NODES: [respond_json(ASPECTS["nodes"])],
        DECLARATIONS: [respond_json(ASPECTS["attributeDeclarations"])],
    }
    seen, paths = await observe(LOADED, answers, ObservePolicy(whole_below_bytes=1))

    assert isinstance(seen, Seen)
    assert {gene.symbol for gene in seen.network.genes} == {"CXCL8", "IL1B", "NFKB1"}
    assert paths == [NODES, DECLARATIONS]


async def test_a_network_without_cx2_is_read_as_cx1() -> None:
    answers = {WHOLE: [NO_CX2], CX1: [respond_json(CX1_DOCUMENT)]}
    seen, paths = await observe(LOADED, answers)

    assert isinstance(seen, Seen)
    assert seen.network.node_count == 3
    assert paths == [WHOLE, CX1]


async def test_counts_that_came_from_a_wrong_cx1_are_not_believed() -> None:
    wrong = [
        DOCUMENT[0],
        {"metaData": [{"name": "nodes", "elementCount": 30}]},
        *DOCUMENT[1:],
    ]
    answers = {
        WHOLE: [respond_json(wrong)],
        NODES: [respond_json(ASPECTS["nodes"])],
        DECLARATIONS: [respond_json(ASPECTS["attributeDeclarations"])],
    }

    assert isinstance((await observe(LOADED, answers))[0], Seen)


async def test_an_upload_that_is_being_loaded_is_waited_for() -> None:
    answers = {
        WHOLE: [respond_json(DOCUMENT)],
        SUMMARY: [
            summary_json(completed=False, isValid=False, nodeCount=0),
            summary_json(isValid=False),
            summary_json(),
        ],
    }
    seen, paths = await observe(LOADING, answers)

    assert isinstance(seen, Seen)
    assert seen.summary.name == "Chemokines in cancer"
    assert paths == [SUMMARY, SUMMARY, SUMMARY, WHOLE]


async def test_an_upload_that_never_ends_loading_is_broken() -> None:
    broken, _ = await observe(LOADING, {SUMMARY: [summary_json(completed=False, nodeCount=0)]})

    assert isinstance(broken, Broken)
    assert "still processing" in broken.reason


async def test_content_that_can_be_read_counts_though_loading_never_ends() -> None:
    """Granting a permission leaves ``completed`` false for ever (contract 3.3)."""
    summary = make_summary(FIGURE, node_count=3, completed=False)

    assert isinstance((await observe(summary, {WHOLE: [respond_json(DOCUMENT)]}))[0], Seen)


@pytest.mark.parametrize("when", ["at first", "while loading"])
async def test_a_failed_load_is_broken_in_the_servers_words(when: str) -> None:
    """It is read twice before it is called so."""
    message = "Element count mismatch in aspect nodes"
    failed = summary_json(errorMessage=message)
    if when == "at first":
        broken, paths = await observe(
            make_summary(FIGURE, error_message=message), {SUMMARY: [failed]}
        )
        assert paths == [SUMMARY]
    else:
        broken, paths = await observe(LOADING, {SUMMARY: [failed]})
        assert paths == [SUMMARY] * 2

    assert isinstance(broken, Broken)
    assert message in broken.reason


async def test_a_load_that_failed_and_was_done_again_is_seen() -> None:
    answers = {SUMMARY: [summary_json()], WHOLE: [respond_json(DOCUMENT)]}
    seen, _ = await observe(make_summary(FIGURE, error_message="broken"), answers)

    assert isinstance(seen, Seen)


@pytest.mark.parametrize(
    "message",
    [
        "Failed to create Index on network. Cause: solr",
        "Server refused connection at: http://localhost:8983/solr",
    ],
)
async def test_a_failed_search_index_leaves_the_content_good(message: str) -> None:
    summary = make_summary(FIGURE, node_count=3, error_message=message)

    assert isinstance((await observe(summary, {WHOLE: [respond_json(DOCUMENT)]}))[0], Seen)


LOST = {"completed": False, "indexLevel": "ALL"}
LOST_BY_SEARCH = make_summary(
    FIGURE, node_count=3, completed=False, valid=True, index_level="ALL", modified_ms=2
)


async def test_a_network_counts_as_lost_by_the_search_at_the_second_look() -> None:
    answers = {WHOLE: [respond_json(DOCUMENT)], SUMMARY: [summary_json(**LOST)]}
    seen, paths = await observe(LOST_BY_SEARCH, answers)

    assert isinstance(seen, Seen)
    assert seen.summary.out_of_search
    assert paths == [WHOLE, SUMMARY]


async def test_a_network_that_was_being_indexed_is_not_lost() -> None:
    indexed = summary_json(indexLevel="ALL")
    seen, paths = await observe(
        LOST_BY_SEARCH, {WHOLE: [respond_json(DOCUMENT)], SUMMARY: [indexed]}
    )

    assert isinstance(seen, Seen)
    assert not seen.summary.out_of_search
    assert paths == [WHOLE, SUMMARY]


async def test_a_network_that_is_changed_between_the_looks_is_read_again() -> None:
    changed = summary_json(modificationTime=3, indexLevel="ALL")
    seen, paths = await observe(
        LOST_BY_SEARCH, {WHOLE: [respond_json(DOCUMENT)], SUMMARY: [changed]}
    )

    assert isinstance(seen, Seen)
    assert seen.summary.modified_ms == 3
    assert paths == [WHOLE, SUMMARY, SUMMARY, WHOLE]


@pytest.mark.parametrize(
    ("message", "failed"),
    [("Server refused connection at: http://localhost:8983/solr", True), (None, False)],
)
async def test_a_failed_search_index_is_noted(message: str | None, failed: bool) -> None:
    summary = make_summary(FIGURE, node_count=3, error_message=message)
    seen, _ = await observe(summary, {WHOLE: [respond_json(DOCUMENT)]})

    assert isinstance(seen, Seen)
    assert seen.index_failed is failed


async def test_a_network_without_any_content_is_broken_on_the_third_read() -> None:
    broken, paths = await observe(LOADED, {SUMMARY: [summary_json()]})

    assert isinstance(broken, Broken)
    assert "no content" in broken.reason
    assert paths.count(WHOLE) == 3


async def test_content_that_comes_a_little_later_is_seen() -> None:
    answers = {SUMMARY: [summary_json()], WHOLE: [NO_CX2, NO_CX2, respond_json(DOCUMENT)]}

    assert isinstance((await observe(LOADED, answers))[0], Seen)


async def test_a_network_deleted_meanwhile_is_absent() -> None:
    assert await observe(LOADED, {}) == (Absent(), [WHOLE, CX1, SUMMARY])


async def test_content_that_is_refused_is_refused() -> None:
    no = refuse(401, "NDEx_Unauthorized_Operation_Exception", "no READ access")
    refused, _ = await observe(LOADED, {WHOLE: [no]})

    assert isinstance(refused, Refused)
    assert "no READ access" in refused.reason


async def test_a_network_replaced_meanwhile_is_read_with_its_new_summary() -> None:
    answers = {WHOLE: [respond_json(DOCUMENT)], SUMMARY: [summary_json()]}
    seen, _ = await observe(make_summary(FIGURE, node_count=9), answers)

    assert isinstance(seen, Seen)
    assert seen.summary.node_count == 3


async def test_aspects_that_are_cut_short_are_no_knowledge() -> None:
    answers = {
        NODES: [respond_json(ASPECTS["nodes"][:1])],
        DECLARATIONS: [respond_json(ASPECTS["attributeDeclarations"])],
        SUMMARY: [summary_json()],
    }
    unanswered, _ = await observe(LOADED, answers, ObservePolicy(whole_below_bytes=-1))

    assert unanswered == Unanswered("NDEx sends 1 node of a network that has 3")


async def test_content_that_is_no_cx_is_broken_once_it_was_read_twice() -> None:
    answers = {path: [respond_json({"a": 1})] for path in (WHOLE, NODES, DECLARATIONS)}
    broken, paths = await observe(LOADED, {**answers, SUMMARY: [summary_json()]})

    assert isinstance(broken, Broken)
    assert paths == [WHOLE, NODES, DECLARATIONS, SUMMARY, WHOLE, NODES, DECLARATIONS]


async def test_content_that_is_cx_at_the_second_look_is_seen() -> None:
    """While a CX1 is being loaded the server gives out the raw upload (contract 4)."""
    odd = respond_json({"a": 1})
    answers = {
        WHOLE: [odd, respond_json(DOCUMENT)],
        NODES: [odd],
        DECLARATIONS: [odd],
        SUMMARY: [summary_json()],
    }

    assert isinstance((await observe(LOADED, answers))[0], Seen)


@pytest.mark.parametrize("sighting", [Absent(), Refused("private"), Unanswered("timed out")])
async def test_what_no_summary_could_be_had_of_is_passed_on(
    sighting: Absent | Refused | Unanswered,
) -> None:
    async with open_client("http://127.0.0.1:9", credentials=None, policy=QUICK) as client:
        assert await observe_network(client, sighting, Membership(), POLICY) == sighting
        assert client.counts.requests == 0
