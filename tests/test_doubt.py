"""Unknown is not absent: a look-up that fails makes no record unmapped or missing, and nothing
is written for it (design: Exit status).
"""

from __future__ import annotations

from pathlib import Path

import pytest

from sync.collection.listing import Location
from sync.match.links import Link, networks_for_map, networks_for_records
from sync.model import UNREAD_MEMBER, NetworkId, Verdict
from sync.ndex.client import open_client
from sync.resolve import map_collection
from sync.sandbox.faults import parse_rules
from sync.sandbox.settings import SandboxSettings
from sync.state.cache import Cache
from tests.ndex.faulty_server import Received, Step, respond_json, serve
from tests.samples import (
    AS_CURATOR,
    CHEMOKINES,
    CURATOR,
    IMPATIENT,
    QUICK,
    Sample,
    check_sample,
    figure,
    figure_cx2,
    network_id,
    sandbox_client,
)

SET = network_id(0xFFFF)
IN_SET = Location(network_set=SET)
IN_ACCOUNT = Location(account="curator")


@pytest.fixture
def sample(tmp_path: Path) -> Sample:
    """A linked record, one with a dead link, one that the server knows, and one of nobody."""
    sample = Sample(tmp_path)
    sample.users.append(CURATOR)
    sample.add_record(figure(1), network_id(1))
    sample.add_record(figure(2), network_id(2))
    sample.add_record(figure(3))
    sample.add_record(figure(4))
    for number in (1, 3):
        sample.add_figure(number, CHEMOKINES, {"owner": "curator"})
    sample.add_set(SET, [network_id(1), network_id(3)])
    return sample


async def check_and_map(
    sample: Sample, faults: str, place: Location
) -> tuple[dict[str, Verdict], dict[str, Link]]:
    settings = SandboxSettings(faults=parse_rules(faults))
    collection = sample.collection(place=place)
    async with sandbox_client(sample, settings, AS_CURATOR) as client:
        results, _ = await check_sample(client, collection)
        with Cache() as cache:
            found = await map_collection(collection, client, IMPATIENT, cache)
    return (
        {record: result.verdict for record, result in results.items()},
        {link.record: link for link in found.links},
    )


FAULTS = {
    "the batch": ("POST /v2/batch/network/summary error status=500", IN_SET),
    "the batch, throttled": ("POST /v2/batch/network/summary throttle seconds=0", IN_SET),
    "the batch, cut short": ("POST /v2/batch/network/summary truncate bytes=40", IN_SET),
    "the set": (f"GET /v2/networkset/{SET} error status=503", IN_SET),
    "the set, reset": (f"GET /v2/networkset/{SET} reset-before", IN_SET),
    "the account": ("GET /v2/user/*/networksummary error status=500", IN_ACCOUNT),
    "the account's count": ("GET /v3/files/count error status=500", IN_ACCOUNT),
}


@pytest.mark.parametrize(("faults", "place"), FAULTS.values(), ids=FAULTS)
async def test_a_failed_look_up_leaves_its_records_in_doubt_and_alone(
    sample: Sample, faults: str, place: Location
) -> None:
    verdicts, links = await check_and_map(sample, faults, place)

    for number in (3, 4):
        assert verdicts[figure(number)] is Verdict.FAILED
        assert links[figure(number)].verdict is Verdict.FAILED
    assert verdicts[figure(1)] is (Verdict.FAILED if place is IN_SET else Verdict.IN_SYNC)
    assert Verdict.UNMAPPED not in verdicts.values()
    assert networks_for_records(links.values()) == {}
    assert set(networks_for_map(links.values(), [])) <= {figure(1)}


LOADS_IN_S = 10.0


@pytest.mark.parametrize(
    ("waited_s", "claims"),
    [(0.0, False), (0.6 * LOADS_IN_S, True), (10 * LOADS_IN_S, True)],
    ids=["just uploaded", "parsed and not completed", "loaded"],
)
@pytest.mark.parametrize("place", [IN_SET, IN_ACCOUNT], ids=["set", "account"])
async def test_a_member_that_is_being_loaded_may_claim_any_record(
    sample: Sample, place: Location, waited_s: float, claims: bool
) -> None:
    """Until an upload is read the network has no name, no nodes and no claim (contract 3.2)."""
    now = [1_000.0]
    settings = SandboxSettings(load_delay_s=LOADS_IN_S, clock=lambda: now[0])
    collection = sample.collection(place=place)
    async with sandbox_client(sample, settings, AS_CURATOR) as client:
        seen = await client.fetch_summary(NetworkId(network_id(3)))
        await client.writer.replace_content(seen, figure_cx2(figure(3), CHEMOKINES))
        now[0] += waited_s
        results, unclaimed = await check_sample(client, collection)
        with Cache() as cache:
            found = await map_collection(collection, client, IMPATIENT, cache)

    links: dict[str, Link] = {link.record: link for link in found.links}
    wanted = (Verdict.RESOLVABLE, Verdict.UNMAPPED) if claims else (Verdict.FAILED, Verdict.FAILED)
    assert (results[figure(3)].verdict, results[figure(4)].verdict) == wanted
    assert (links[figure(3)].verdict, links[figure(4)].verdict) == wanted
    assert results[figure(1)].verdict is Verdict.IN_SYNC
    assert (unclaimed == ()) is claims
    if not claims:
        assert f"NDEx is still loading network {network_id(3)}" in results[figure(4)].messages[0]


async def test_a_second_look_that_fails_leaves_the_doubt_of_the_first(sample: Sample) -> None:
    sample.add_network(network_id(6), b"[]", owner="curator")
    sample.network_sets[0]["networks"].append(network_id(6))
    rule = parse_rules("POST /v2/batch/network/summary error status=500 after=1")

    async with sandbox_client(sample, SandboxSettings(faults=rule), AS_CURATOR) as client:
        results, _ = await check_sample(client, sample.collection(place=IN_SET))

    assert results[figure(4)].verdict is Verdict.FAILED
    assert f"network {network_id(6)} has neither name nor nodes" in results[figure(4)].messages[0]
    assert results[figure(1)].verdict is Verdict.IN_SYNC


async def test_a_member_that_could_not_be_loaded_may_claim_any_record(sample: Sample) -> None:
    """A failed load leaves neither name nor nodes nor properties (contract 3.3)."""
    sample.add_network(network_id(6), b"[]", owner="curator")
    sample.network_sets[0]["networks"].append(network_id(6))
    sample.network_sets[0]["owner"] = "curator"
    verdicts, links = await check_and_map(sample, "", Location(folder=NetworkId(SET)))

    assert verdicts[figure(4)] is links[figure(4)].verdict is Verdict.FAILED
    assert (
        f"network {network_id(6)} has neither name nor nodes since NDEx could not load it"
        in (links[figure(4)].messages[0])
    )


async def test_a_load_that_ends_between_the_two_looks_leaves_no_doubt(sample: Sample) -> None:
    loaded = {
        "externalId": network_id(3),
        "name": f"Title of {figure(3)}",
        "creationTime": 1,
        "modificationTime": 2,
        "visibility": "PUBLIC",
        "nodeCount": 3,
        "completed": True,
        "isValid": True,
        "properties": [{"predicateString": "pfocrId", "value": figure(3)}],
    }
    loading = {**loaded, "name": None, "nodeCount": 0, "properties": [], "completed": False}
    batches = iter([[loading], [loaded]])
    for number in (1, 2):
        (sample.root / "_figures" / f"{figure(number)}.md").unlink()

    def answer(request: Received) -> Step:
        if "/batch/" in request.path:
            return respond_json(next(batches))
        return respond_json({"networks": [network_id(3)]})

    async with (
        serve(answer) as server,
        open_client(server.url, credentials=None, policy=QUICK) as client,
    ):
        results, _ = await check_sample(client, sample.collection(place=IN_SET))

    assert results[figure(3)].verdict is Verdict.RESOLVABLE
    assert results[figure(4)].verdict is Verdict.UNMAPPED


@pytest.mark.parametrize("named", [False, True], ids=["named by no record", "named by a record"])
async def test_a_member_that_may_not_be_read_fails_only_what_may_be_its_record(
    sample: Sample, named: bool
) -> None:
    sample.users.append({"name": "somebody", "password": "other"})
    sample.add_figure(5, CHEMOKINES, {"owner": "somebody", "visibility": "PRIVATE"})
    sample.network_sets[0]["networks"].append(network_id(5))
    sample.network_sets[0]["owner"] = "curator"
    if named:
        sample.add_record(figure(5), network_id(5))
    verdicts, links = await check_and_map(sample, "", Location(folder=NetworkId(SET)))

    assert verdicts[figure(1)] is Verdict.IN_SYNC
    assert verdicts[figure(3)] is links[figure(3)].verdict is Verdict.RESOLVABLE
    of_nobody = Verdict.UNMAPPED if named else Verdict.FAILED
    assert verdicts[figure(4)] is links[figure(4)].verdict is of_nobody
    if named:
        assert verdicts[figure(5)] is Verdict.UNREADABLE
    else:
        assert UNREAD_MEMBER in links[figure(4)].messages[0]
        assert network_id(5) in links[figure(4)].messages[0]


async def test_a_failed_summary_makes_no_network_missing(sample: Sample) -> None:
    dead: NetworkId = network_id(2)
    verdicts, links = await check_and_map(
        sample, f"GET /v3/networks/{dead}/summary error status=500", IN_SET
    )

    assert verdicts[figure(2)] is Verdict.FAILED
    assert links[figure(2)].verdict is Verdict.FAILED
    assert networks_for_map(links.values(), []) == {
        figure(1): network_id(1),
        figure(3): network_id(3),
    }


async def test_a_listing_that_shows_less_than_the_account_owns_is_not_believed(
    sample: Sample,
) -> None:
    owner = {"externalId": network_id(9), "userName": "curator"}
    answers = {
        "/v2/user": owner,
        f"/v2/user/{network_id(9)}/networksummary": [],
        "/v3/files/count": {"network": 1, "folder": 0, "shortcut": 0},
        "/v2/batch/network/summary": [],
    }
    sample.network_sets.clear()
    for number in (1, 2):
        (sample.root / "_figures" / f"{figure(number)}.md").unlink()
    async with (
        serve(lambda request: respond_json(answers[request.path])) as server,
        open_client(server.url, credentials=AS_CURATOR, policy=QUICK) as client,
    ):
        results, _ = await check_sample(client, sample.collection(place=IN_ACCOUNT))

    assert results[figure(4)].verdict is Verdict.FAILED
    assert "curator owns 1 network, the list has 0" in results[figure(4)].messages[0]
