"""The main job against the sandbox: every verdict, and what it costs the server."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from sync.check import check_collection
from sync.collection.listing import Location
from sync.errors import ConfigError
from sync.model import (
    HIDDEN_BY_INDEX,
    CheckResult,
    ListedBeside,
    NetworkId,
    RecordId,
    UnclaimedNetwork,
    Verdict,
    Visibility,
)
from sync.ndex.auth import Credentials
from sync.records.organisms import Organisms
from sync.records.parallel import ReadingPolicy
from sync.resolve import map_collection
from sync.sandbox.faults import parse_rules
from sync.sandbox.settings import SandboxSettings
from sync.state.cache import Cache
from tests.builders import make_report
from tests.samples import (
    AS_CURATOR,
    CHEMOKINES,
    CURATOR,
    IMPATIENT,
    Sample,
    check_sample,
    figure,
    figure_cx2,
    network_id,
    sandbox_client,
)

SET = network_id(0xFFFF)
TNF = ("TNF", "7124")
NODES = (
    "\t".join(("Label", "Type", "Identifier", "Comment", "Ensembl", "NCBI gene", "HGNC", "UniProt"))
    + '\nTNF\tGeneProduct\tncbigene:280943\t""\t\t\t\t\n'
)


@pytest.fixture
def sample(tmp_path: Path) -> Sample:
    return Sample(tmp_path)


async def look(
    sample: Sample, faults: str = "", credentials: Credentials | None = None, **collection: Any
) -> tuple[dict[str, CheckResult], tuple[UnclaimedNetwork, ...] | None]:
    """Check the sample; return the results by record id, and what no record claims."""
    settings = SandboxSettings(faults=parse_rules(faults))
    async with sandbox_client(sample, settings, credentials) as client:
        return await check_sample(client, sample.collection(**collection))


async def check(sample: Sample, **facts: Any) -> dict[str, CheckResult]:
    return (await look(sample, **facts))[0]


def config_error(match: str) -> pytest.RaisesGroup[ConfigError]:
    """Expect an error of the configuration, from a task of the run or from itself."""
    expected = pytest.RaisesExc(ConfigError, match=match)
    return pytest.RaisesGroup(expected, flatten_subgroups=True, allow_unwrapped=True)


async def test_records_are_judged_the_same_whether_they_are_held_in_memory_or_not(
    sample: Sample,
) -> None:
    for number in range(1, 5):
        sample.add_pair(number)
    sample.add_record(figure(2), network_id(2), CHEMOKINES[1:])
    async with sandbox_client(sample) as client:
        all_held, none_held, some_held = [
            await check_sample(
                client, sample.collection(reading=ReadingPolicy(processes=1, held_bytes=most))
            )
            for most in (2**20, 0, 4_000)
        ]

    assert all_held[0][figure(2)].verdict is Verdict.DRIFTED
    assert all_held == none_held == some_held


async def test_what_cannot_be_compared_gets_the_verdict_that_says_why(sample: Sample) -> None:
    sample.add_record(figure(1), network_id(1))
    sample.add_record(figure(2), network_id(2))
    sample.users += [CURATOR, {"name": "somebody", "password": "other"}]
    sample.add_network(network_id(2), b"[]", owner="curator")
    sample.add_pair(3, CHEMOKINES, {"owner": "somebody", "visibility": "PRIVATE"})
    sample.add_pair(4, pfocrId=figure(44))
    sample.add_pair(5)
    sample.add_record(figure(6), network_id(5))
    sample.add_record(figure(7))
    sample.add_file(f"_figures/{figure(8)}.md", "no front matter")
    results = await check(sample, credentials=AS_CURATOR)

    assert {record: result.verdict.value for record, result in results.items()} == {
        figure(1): "missing",
        figure(2): "invalid_network",
        figure(3): "unreadable",
        figure(4): "mismatched",
        figure(5): "duplicate",
        figure(6): "duplicate",
        figure(7): "unmapped",
        figure(8): "invalid_record",
    }
    assert all(result.messages for result in results.values())
    assert figure(6) in results[figure(5)].messages[0]


async def test_records_of_other_organisms_are_not_compared_and_not_missed(sample: Sample) -> None:
    """Nothing is asked of the network of one; a figure is compared where it has a network."""
    sample.add_pair(1)
    sample.add_pair(2, remote=[TNF])
    for number, network in ((1, network_id(2)), (2, "null"), (3, network_id(99))):
        sample.add_file(
            f"_figures/WP{number}.md",
            f"---\nndex: {network}\norganisms:\n- Bos taurus\nwpid: WP{number}\n---\n",
        )
        sample.add_file(f"_figures/WP{number}-datanodes.tsv", NODES)
    sample.add_record(figure(3))
    results = await check(sample, layout=None, organisms=Organisms.of(["Mus musculus"]))

    assert {record: result.verdict.value for record, result in results.items()} == {
        figure(1): "drifted",
        figure(2): "duplicate",
        figure(3): "not_compared",
        "WP1": "duplicate",
        "WP2": "not_compared",
        "WP3": "not_compared",
    }
    assert results["WP3"].network == network_id(99)
    assert results["WP3"].messages == ("its organism, Bos taurus, is not compared",)


async def test_a_network_in_ones_own_trash_is_called_so_with_the_way_to_restore_it(
    sample: Sample,
) -> None:
    sample.users.append(CURATOR)
    for number in (1, 2, 3):
        sample.add_record(figure(number), network_id(number))
    for number in (1, 2):
        sample.add_figure(number, CHEMOKINES, {"owner": "curator"})
    async with sandbox_client(sample, credentials=AS_CURATOR) as client:
        for number in (1, 2):
            await client.writer.delete_network(NetworkId(network_id(number)))
        before = client.counts.requests
        results, _ = await check_sample(client, sample.collection())
        with Cache() as cache:
            found = await map_collection(sample.collection(), client, IMPATIENT, cache)
        asked = client.counts.requests - before

    links = {link.path: link for link in found.links}
    for number in (1, 2):
        result = results[figure(number)]
        assert result.verdict is Verdict.MISSING
        assert "is in your trash on NDEx: take it out" in result.messages[0]
        assert f'{{"networks": ["{network_id(number)}"]' in result.messages[0]
        assert links[result.path].messages[0] == result.messages[0]
    assert "does not have this network" in results[figure(3)].messages[0]
    # A batch, and a look at each of the three that it leaves out, twice; and the trash once.
    assert asked == 2 * (1 + 3) + 1


async def test_nobody_is_asked_for_a_trash_without_a_login_or_where_nothing_is_missing(
    sample: Sample,
) -> None:
    sample.users.append(CURATOR)
    sample.add_pair(1)
    async with sandbox_client(sample, credentials=AS_CURATOR) as client:
        await check_sample(client, sample.collection())
        assert client.counts.requests == 2
    sample.add_record(figure(2), network_id(2))
    async with sandbox_client(sample) as client:
        await check_sample(client, sample.collection())
        assert client.counts.requests == 3


async def test_a_trash_that_cannot_be_read_leaves_the_network_missing(sample: Sample) -> None:
    sample.users.append(CURATOR)
    sample.add_record(figure(1), network_id(1))
    faults = "GET /v3/files/trash error status=500"
    results = await check(sample, faults=faults, credentials=AS_CURATOR)

    assert results[figure(1)].verdict is Verdict.MISSING


async def test_a_network_that_an_upload_hid_while_the_search_was_down_is_named(
    sample: Sample,
) -> None:
    """Nobody configured a visibility, and the content is what was sent."""
    sample.users.append(CURATOR)
    network = NetworkId(network_id(1))
    content = figure_cx2(figure(1), CHEMOKINES)
    sample.add_record(figure(1), network)
    sample.add_network(network, content, owner="curator")
    faults = parse_rules("PUT /v3/networks/* search-down")
    settings = SandboxSettings(load_delay_s=0.0, index_delay_s=0.0, faults=faults)
    async with sandbox_client(sample, settings, AS_CURATOR) as client:
        before, _ = await check_sample(client, sample.collection())
        await client.writer.replace_content(await client.fetch_summary(network), content)
        hidden, _ = await check_sample(client, sample.collection())
        await client.writer.set_visibility([network], Visibility.PUBLIC)
        shown, _ = await check_sample(client, sample.collection())

    assert before[figure(1)].verdict is Verdict.IN_SYNC
    assert [each.name for each in hidden[figure(1)].differences] == ["visibility"]
    assert hidden[figure(1)].messages[0] == HIDDEN_BY_INDEX
    assert shown[figure(1)].verdict is Verdict.IN_SYNC


async def test_the_networks_of_a_set_say_which_records_they_belong_to(sample: Sample) -> None:
    sample.add_pair(1)
    for number in (2, 3, 4, 5):
        sample.add_record(figure(number))
    for number, claimed in ((2, 2), (3, 3), (33, 3), (6, 9)):
        sample.add_network(network_id(number), figure_cx2(figure(claimed), CHEMOKINES))
    sample.add_set(SET, [network_id(number) for number in (1, 2, 3, 33, 6)])
    results, unclaimed = await look(sample, place=Location(network_set=SET))

    assert {record: result.verdict.value for record, result in results.items()} == {
        figure(1): "in_sync",
        figure(2): "resolvable",
        figure(3): "ambiguous",
        figure(4): "unmapped",
        figure(5): "unmapped",
    }
    assert results[figure(2)].network == network_id(2)
    candidates = (network_id(3), network_id(33))
    assert results[figure(3)].candidates == candidates
    assert results[figure(3)].messages == tuple(f"{each}, by its pfocrId" for each in candidates)
    assert unclaimed == (
        UnclaimedNetwork(network_id(6), f"Title of {figure(9)}", RecordId(figure(9))),
    )


async def test_a_network_that_is_claimed_crosswise_is_one_finding(sample: Sample) -> None:
    """PMC2's network says that it is PMC1's, which names none; the advice is the same for both."""
    sample.add_record(figure(1))
    sample.add_record(figure(2), network_id(7))
    sample.add_network(network_id(7), figure_cx2(figure(1), CHEMOKINES))
    sample.add_set(SET, [network_id(7)])
    results, unclaimed = await look(sample, place=Location(network_set=SET))

    assert unclaimed == ()
    assert {result.verdict for result in results.values()} == {Verdict.MISMATCHED}
    assert {result.network for result in results.values()} == {network_id(7)}
    assert {result.claims for result in results.values()} == {figure(1)}
    assert results[figure(1)].messages == (
        (
            f"network {network_id(7)} claims this record by its pfocrId, but the record does"
            f" not name it; _figures/{figure(2)}.md does"
        ),
    )
    report = make_report(*results.values())
    [cause] = report.causes
    assert (cause.count, cause.title) == (
        2,
        "a record names a network that says it belongs to another record",
    )


async def test_a_copy_of_a_network_that_a_record_names_is_called_that(sample: Sample) -> None:
    """Only a network whose record does not exist is said to have none."""
    sample.add_network(network_id(8), figure_cx2(figure(1), CHEMOKINES))
    sample.add_pair(1)
    sample.add_network(network_id(9), figure_cx2(figure(1), CHEMOKINES))
    sample.add_figure(6)
    sample.add_set(SET, [network_id(number) for number in (1, 6, 8, 9)])
    results, unclaimed = await look(sample, place=Location(network_set=SET))

    assert results[figure(1)].verdict is Verdict.IN_SYNC
    assert {(each.network, each.claims, each.instead) for each in unclaimed or ()} == {
        (network_id(6), figure(6), None),
        (network_id(8), figure(1), network_id(1)),
        (network_id(9), figure(1), network_id(1)),
    }


async def test_a_map_file_that_lists_other_networks_beside_the_records_own_is_counted_once(
    sample: Sample, caplog: pytest.LogCaptureFixture
) -> None:
    for number in (1, 2, 3):
        sample.add_pair(number)
    sample.add_record(figure(4))
    sample.add_figure(4)
    newer = "00000001-0000-11eb-99da-0ac135e8bacf"
    older = "00000001-0000-11d0-99da-0ac135e8bacf"
    sample.add_file(
        "map.csv",
        '"figid","ndexid"\n'
        f"{figure(1)},{newer}\n{figure(1)},{network_id(1)}\n{figure(1)},{older}\n"
        f"{figure(2)},{older}\n{figure(2)},{network_id(2)}\n"
        f"{figure(3)},{network_id(99)}\n{figure(4)},{network_id(4)}\n{figure(5)},no-uuid\n",
    )
    results: dict[str, CheckResult] = {}
    collection = sample.collection(map_path="map.csv")
    async with sandbox_client(sample) as client:
        with Cache() as cache:
            found = await check_collection(
                collection, client, IMPATIENT, lambda each: results.update({each.id: each}), cache
            )

    assert found.beside == ListedBeside(records=2, newer=1)
    assert results[figure(4)].messages == ("the record names no network; map.csv:8 does",)
    assert "map.csv:9: not a UUID" in caplog.text
    assert results[figure(1)].messages == results[figure(2)].messages == ()
    assert results[figure(3)].messages == (f"map.csv:7 names another network, {network_id(99)}",)


async def test_a_selection_is_held_against_the_rest_and_nothing_is_said_about_other_networks(
    sample: Sample,
) -> None:
    sample.add_pair(1)
    sample.add_pair(2)
    sample.add_record(figure(3), network_id(1))
    sample.add_set(SET, [network_id(1), network_id(2)])
    results, unclaimed = await look(
        sample,
        place=Location(network_set=SET),
        paths=(f"_figures/{figure(1)}.md",),
        others=tuple(f"_figures/{figure(number)}.md" for number in (2, 3)),
        complete=False,
    )

    assert {record: result.verdict for record, result in results.items()} == {
        figure(1): Verdict.DUPLICATE
    }
    assert unclaimed is None


@pytest.mark.parametrize(
    ("place", "said"),
    [
        (Location(network_set=SET), "not found, or private: log in"),
        (Location(folder=SET), "not found, or private: log in"),
        (Location(account="curator"), "log in"),
    ],
    ids=["set", "folder", "account"],
)
async def test_a_place_that_is_hidden_from_us_fails_only_what_hangs_on_it(
    sample: Sample, place: Location, said: str
) -> None:
    """A set that was made on NDEx 3.0 is a private folder (contract 7.1)."""
    sample.users.append(CURATOR)
    sample.add_pair(1)
    sample.add_record(figure(2))
    results, unclaimed = await look(sample, place=place)

    assert unclaimed is None
    assert results[figure(1)].verdict is Verdict.IN_SYNC
    assert results[figure(2)].verdict is Verdict.FAILED
    assert "could not be listed" in results[figure(2)].messages[0]
    assert said in results[figure(2)].messages[0]


@pytest.mark.parametrize("key", ["network_set", "folder"])
async def test_a_place_that_its_logged_in_owner_cannot_see_is_a_configuration_error(
    sample: Sample, key: str
) -> None:
    sample.add_pair(1)
    sample.users.append(CURATOR)
    place = Location(**{key: SET}, account="Curator", keys={key: f"c.toml:7: collection.1.{key}"})
    with config_error(rf"c.toml:7: collection\.1\.{key}: NDEx has no"):
        await check(sample, credentials=AS_CURATOR, place=place)


async def test_a_place_that_another_account_may_own_is_no_configuration_error(
    sample: Sample,
) -> None:
    sample.add_record(figure(2))
    sample.users += [CURATOR, {**CURATOR, "name": "somebody"}]
    place = Location(network_set=SET, account="somebody")
    results = await check(sample, credentials=AS_CURATOR, place=place)

    assert "private to another account than curator" in results[figure(2)].messages[0]


@pytest.mark.parametrize("network_set", [None, SET], ids=["alone", "beside a set"])
async def test_an_account_that_does_not_exist_is_a_configuration_error(
    sample: Sample, network_set: NetworkId | None
) -> None:
    sample.add_pair(1)
    sample.add_set(SET, [network_id(1)])
    keys = {"account": "c.toml:9: collection.1.account"}
    place = Location(network_set=network_set, account="nobody", keys=keys)
    with config_error(r"c.toml:9: collection\.1\.account: .*'nobody'"):
        await check(sample, place=place)


async def test_a_record_that_is_refused_keeps_its_network_to_itself(sample: Sample) -> None:
    sample.add_pair(1)
    sample.add_file("_figures/broken.md", f"---\nfigid: [\nndex: {network_id(1)}\n---\n")
    sample.add_file("_figures/PMC2__f1.md", f"no front matter\nndex: {network_id(2)}\n")
    sample.add_file("_figures/PMC3__f1.md", "nothing that can be read")
    for number in (2, 3):
        sample.add_figure(number)
    sample.add_set(SET, [network_id(number) for number in (1, 2, 3)])
    results, unclaimed = await look(sample, place=Location(network_set=SET))

    assert results[figure(1)].verdict is Verdict.DUPLICATE
    assert "_figures/broken.md" in results[figure(1)].messages[0]
    assert unclaimed == ()
