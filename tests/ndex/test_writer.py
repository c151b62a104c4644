"""The writing calls, over a socket against a faulty server and against the sandbox."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import orjson
import pytest

from sync.cx.digest import content_digest
from sync.cx.edit import edit_genes
from sync.errors import (
    BadRequest,
    Call,
    Forbidden,
    Locked,
    NotFound,
    ReadOnly,
    ServerBroken,
    ServerError,
    Unauthorized,
    Unreachable,
)
from sync.model import Curie, Difference, DifferenceKind, Property, Visibility
from sync.ndex.client import NdexClient
from sync.ndex.loading import LoadingPolicy, wait_until_loaded
from sync.ndex.policy import ClientPolicy
from sync.ndex.responses import Accepted
from sync.ndex.summaries import decode_summary
from sync.ndex.writer import NdexWriter, may_have_happened
from sync.sandbox.faults import parse_rules
from sync.sandbox.settings import SandboxSettings
from tests.ndex.builders import connect, network_id, summary_v2
from tests.ndex.faulty_server import (
    Step,
    hang,
    in_turn,
    refuse,
    reset,
    respond,
    respond_json,
    serve,
)
from tests.ndex.refusals import ANY, LOCKED, LOCKED_WORDS, LOCKED_WORDS_OF_DELETE
from tests.samples import AS_CURATOR, CHEMOKINES, CURATOR, Sample, figure_cx2, sandbox_client
from tests.samples import network_id as sample_id
from tests.sandbox.documents import make_cx2

ONE = network_id(1)
CONTENT = make_cx2()
SEEN = decode_summary(Call("GET", "/"), summary_v2(1))
SOON = LoadingPolicy(first_wait_s=0.001, longest_wait_s=0.01, deadline_s=5)

Write = Callable[[NdexWriter], Awaitable[object]]
WRITES: dict[str, Write] = {
    "create": lambda writer: writer.create_network(CONTENT, Visibility.PUBLIC),
    "content": lambda writer: writer.replace_content(SEEN, CONTENT),
    "properties": lambda writer: writer.set_properties(ONE, [Property("a", "b")]),
    "profile": lambda writer: writer.set_profile(ONE, name="n"),
    "index level": lambda writer: writer.set_index_level(ONE, "ALL"),
    "read-only": lambda writer: writer.set_read_only(ONE, read_only=False),
    "visibility": lambda writer: writer.set_visibility([ONE], Visibility.PUBLIC),
    "set": lambda writer: writer.add_to_set(network_id(9), [ONE]),
    "set removal": lambda writer: writer.remove_from_set(network_id(9), [ONE]),
    "folder": lambda writer: writer.move_to_folder(None, [ONE]),
    "delete": lambda writer: writer.delete_network(ONE),
    "restore": lambda writer: writer.restore_from_trash([ONE]),
}
each_write = pytest.mark.parametrize("write", WRITES.values(), ids=WRITES)


@each_write
@pytest.mark.parametrize(
    "fault",
    [
        reset(),
        reset(b"HTTP/1.1 204 No"),
        respond(500, b"<html>"),
        respond(502),
        respond(503),
        respond(504),
        refuse(500, ANY, "ERROR: deadlock detected"),
        respond(200, b"<html>a login page</html>"),
    ],
    ids=["reset", "cut", "web page", "502", "503", "504", "500", "login page"],
)
async def test_a_write_whose_answer_is_lost_is_sent_once_and_told_apart(
    write: Write, fault: Step
) -> None:
    async with serve(in_turn(fault)) as server, connect(server.url) as client:
        with pytest.raises(ServerError) as failed:
            await write(client.writer)
    assert len(server.received) == 1
    assert may_have_happened(failed.value)


async def test_a_write_that_hangs_is_given_up_unsettled() -> None:
    policy = ClientPolicy(read_timeout_s=0.05)
    async with serve(in_turn(hang())) as server, connect(server.url, policy=policy) as client:
        with pytest.raises(Unreachable) as failed:
            await client.writer.replace_content(SEEN, CONTENT)
    assert len(server.received) == 1
    assert may_have_happened(failed.value)


@each_write
@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        (refuse(401, "NDEx_Unauthorized_Operation_Exception", "no"), Unauthorized),
        (refuse(403, "NDEx_Forbidden_Operation_Exception", "no"), Forbidden),
        (refuse(404, "NDEx_Object_Not_Found_Exception", "no"), NotFound),
        (refuse(500, ANY, "Can't update readonly network."), ReadOnly),
        (refuse(403, "NDEx_Forbidden_Operation_Exception", "a read-only network."), ReadOnly),
        (respond(400, b"Not able to deserialize data provided."), BadRequest),
    ],
    ids=["401", "403", "404", "read-only", "read-only content", "400"],
)
async def test_a_refused_write_is_sent_once_and_known_not_to_have_happened(
    write: Write, fault: Step, kind: type[ServerError]
) -> None:
    async with serve(in_turn(fault)) as server, connect(server.url) as client:
        with pytest.raises(kind) as failed:
            await write(client.writer)
    assert len(server.received) == 1
    assert not may_have_happened(failed.value)


@each_write
@pytest.mark.parametrize(
    ("code", "words"),
    [(LOCKED, LOCKED_WORDS), (ANY, LOCKED_WORDS), (ANY, LOCKED_WORDS_OF_DELETE)],
    ids=["its own code", "any code", "delete"],
)
async def test_a_lock_is_told_at_once_since_it_may_stay(
    write: Write, code: str, words: str
) -> None:
    async with serve(in_turn(refuse(500, code, words))) as server, connect(server.url) as client:
        with pytest.raises(Locked) as failed:
            await write(client.writer)
    assert len(server.received) == 1
    assert not may_have_happened(failed.value)


@pytest.mark.parametrize(
    "answer",
    [{}, {"uuid": "x", "modificationTime": 7}, {"uuid": ONE}, [], "https://x/v3/networks/1"],
    ids=["nothing", "no uuid", "no time", "list", "text"],
)
async def test_an_acceptance_that_does_not_say_what_it_accepted_is_a_fault(answer: object) -> None:
    async with serve(in_turn(respond_json(answer, 201))) as server, connect(server.url) as client:
        with pytest.raises(ServerBroken) as failed:
            await client.writer.create_network(CONTENT, Visibility.PUBLIC)
    assert may_have_happened(failed.value)


async def test_the_plain_text_that_a_set_answers_is_no_fault() -> None:
    url = f"https://www.ndexbio.org/v2/networkset/{network_id(9)}/members"
    plain = {"Content-Type": "text/plain;charset=UTF-8"}
    script = in_turn(respond(201, url.encode(), plain))
    async with serve(script) as server, connect(server.url) as client:
        await client.writer.add_to_set(network_id(9), [ONE])
    assert orjson.loads(server.received[0].body) == [ONE]


@pytest.mark.parametrize("stored", [0, 3])
async def test_a_list_of_which_another_number_was_stored_is_a_fault(stored: int) -> None:
    items = [Property("a", "1"), Property("b", "2")]
    script = in_turn(respond_json(2), respond_json(stored))
    async with serve(script) as server, connect(server.url) as client:
        await client.writer.set_properties(ONE, items)
        with pytest.raises(ServerBroken, match=f"{stored} properties were stored of the 2"):
            await client.writer.set_properties(ONE, items)


async def test_a_profile_without_a_change_is_a_mistake() -> None:
    async with serve(in_turn()) as server, connect(server.url) as client:
        with pytest.raises(ValueError, match="at least one of"):
            await client.writer.set_profile(ONE)
    assert server.received == []


FIGURE = sample_id(1)
SET = sample_id(50)


@asynccontextmanager
async def curated(tmp_path: Path, faults: str = "", **entry: object) -> AsyncIterator[NdexClient]:
    """Open a client of a sandbox that holds one network of its own, in an empty set."""
    sample = Sample(tmp_path, users=[CURATOR])
    sample.add_network(FIGURE, figure_cx2("PMC1__f1", CHEMOKINES), owner="curator", **entry)
    sample.network_sets.append({"name": "figures", "uuid": SET, "owner": "curator", "networks": []})
    settings = SandboxSettings(
        load_delay_s=0, index_delay_s=0, lock_pause_s=0, faults=parse_rules(faults)
    )
    async with sandbox_client(sample, settings, AS_CURATOR) as client:
        yield client


async def test_a_network_is_created_with_its_visibility(tmp_path: Path) -> None:
    async with curated(tmp_path) as client:
        accepted = await client.writer.create_network(make_cx2("new"), Visibility.UNLISTED)
        summary = await wait_until_loaded(client, accepted.network, SOON)
    assert (summary.name, summary.visibility) == ("new", Visibility.UNLISTED)
    assert summary.modified_ms == accepted.modified_ms
    assert summary.error_message is None


async def test_content_is_replaced(tmp_path: Path) -> None:
    async with curated(tmp_path) as client:
        seen = await client.fetch_summary(FIGURE)
        accepted = await client.writer.replace_content(seen, make_cx2("changed", ("A", "B")))
        summary = await wait_until_loaded(client, FIGURE, SOON)
    assert accepted == Accepted(FIGURE, summary.modified_ms)
    assert (summary.name, summary.node_count) == ("changed", 2)


async def test_edited_content_arrives_as_it_was_sent(tmp_path: Path) -> None:
    gene = Difference(
        DifferenceKind.GENE_MISSING, "TNF", (Curie("ncbigene:7124"),), local={"word": "TNFa"}
    )
    async with curated(tmp_path) as client:
        before = await client.fetch_cx2(FIGURE)
        body = edit_genes(before, [gene]).body
        await client.writer.replace_content(await client.fetch_summary(FIGURE), body)
        summary = await wait_until_loaded(client, FIGURE, SOON)
        after = await client.fetch_cx2(FIGURE)
    assert summary.error_message is None
    assert summary.node_count == len(CHEMOKINES) + 1
    assert content_digest(after) == content_digest(orjson.loads(body)) != content_digest(before)


async def test_properties_and_profile_are_what_was_sent(tmp_path: Path) -> None:
    items = (
        Property("year", "2015", "integer", subnetwork=62),
        Property("labels", '["a","b"]', "list_of_string"),
    )
    async with curated(tmp_path) as client:
        await client.writer.set_properties(FIGURE, items)
        await client.writer.set_profile(FIGURE, description="", version="2")
        summary = await client.fetch_summary(FIGURE)
    assert summary.properties == items
    assert (summary.name, summary.description, summary.version) == (
        "Title of PMC1__f1",
        "",
        "2",
    )


async def test_read_only_is_lifted_and_set_again(tmp_path: Path) -> None:
    async with curated(tmp_path, read_only=True) as client:
        before = await client.fetch_summary(FIGURE)
        with pytest.raises(ReadOnly):
            await client.writer.replace_content(before, CONTENT)
        with pytest.raises(ReadOnly):
            await client.writer.set_properties(FIGURE, [])
        with pytest.raises(ReadOnly):
            await client.writer.delete_network(FIGURE)
        await client.writer.set_read_only(FIGURE, read_only=False)
        assert not (await client.fetch_summary(FIGURE)).read_only
        await client.writer.set_read_only(FIGURE, read_only=True)
        assert await client.fetch_summary(FIGURE) == before


async def test_visibility_is_set(tmp_path: Path) -> None:
    async with curated(tmp_path) as client:
        await client.writer.set_visibility([FIGURE], Visibility.PRIVATE)
        assert (await client.fetch_summary(FIGURE)).visibility is Visibility.PRIVATE


async def test_a_network_is_put_into_a_set_and_taken_out(tmp_path: Path) -> None:
    async with curated(tmp_path) as client:
        await client.writer.add_to_set(SET, [FIGURE])
        assert await client.fetch_set_members(SET) == {FIGURE}
        await client.writer.remove_from_set(SET, [FIGURE])
        assert await client.fetch_set_members(SET) == frozenset()


async def test_a_network_is_moved_to_a_folder_and_home(tmp_path: Path) -> None:
    folder = sample_id(77)
    async with curated(tmp_path) as client:
        await client.writer.move_to_folder(folder, [FIGURE])
        assert (await client.fetch_summary(FIGURE)).folder == folder
        await client.writer.move_to_folder(None, [FIGURE])
        assert (await client.fetch_summary(FIGURE)).folder is None


async def test_a_deleted_network_is_in_the_trash_and_comes_back(tmp_path: Path) -> None:
    async with curated(tmp_path) as client:
        assert await client.fetch_trash() == frozenset()
        await client.writer.delete_network(FIGURE)
        assert await client.fetch_trash() == {FIGURE}
        with pytest.raises(Unauthorized):
            await client.writer.delete_network(FIGURE)
        await client.writer.restore_from_trash([FIGURE])
        assert await client.fetch_trash() == frozenset()
        assert (await client.fetch_summary(FIGURE)).name == "Title of PMC1__f1"


async def test_a_create_whose_answer_is_lost_made_one_network(tmp_path: Path) -> None:
    async with curated(tmp_path, "POST /v3/networks lost") as client:
        owner = await client.fetch_own_user()
        with pytest.raises(ServerError) as failed:
            await client.writer.create_network(make_cx2("new"), Visibility.PUBLIC)
        assert may_have_happened(failed.value)
        listed = await client.fetch_account_networks(owner.id)
    assert len({summary.id for summary in listed} - {FIGURE}) == 1


async def test_an_unknown_network_is_refused(tmp_path: Path) -> None:
    network = sample_id(404)
    async with curated(tmp_path) as client:
        with pytest.raises(NotFound):
            await client.writer.replace_content(replace(SEEN, id=network), CONTENT)
        with pytest.raises(NotFound):
            await client.writer.set_properties(network, [])
        with pytest.raises(Unauthorized):
            await client.writer.delete_network(network)
