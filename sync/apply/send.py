"""Send one step to the server: in a call of its own, or in one for several networks."""

from __future__ import annotations

from collections.abc import Iterable

from sync.apply.action_log import ActionLog
from sync.apply.observe import Observer
from sync.apply.states import Observed, Step, Target
from sync.cx.property_list import PROFILE
from sync.errors import NdexSyncError
from sync.model import Summary, Visibility
from sync.ndex.writer import NdexWriter
from sync.state.journal import Moment


async def send_step(
    step: Step, observer: Observer, target: Target, seen: Observed | None, body: bytes | None
) -> int | None:
    """Send a step of an action to its network, which was last ``seen`` in this state.

    Return the modification time if the server sends it. ``body`` is the content to upload.

    Raises:
        ServerError: it was not carried out, or may not have been.
        NetworkError: the server would not load the body; nothing was sent.
    """
    context, network, goal = observer.context, observer.network, target.goal
    writer = context.client.writer
    match step:
        case Step.REPLACE:
            return (await writer.replace_content(_shown(seen), body or b"")).modified_ms
        case Step.PROFILE:
            await writer.set_profile(network, **_profile_changes(target, seen))
        case Step.PROPERTIES:
            await writer.set_properties(network, goal.stated.properties)
        case Step.LIFT:
            await writer.set_read_only(network, read_only=False)
        case Step.LOCK:
            await writer.set_read_only(network, read_only=goal.read_only)
        case _:
            await _send_about(step, observer, target, seen)
    return None


async def _send_about(
    step: Step, observer: Observer, target: Target, seen: Observed | None
) -> None:
    """Send a step that changes a network's place or state, not its content."""
    context, network, goal = observer.context, observer.network, target.goal
    writer = context.client.writer
    match step:
        case Step.INDEX:
            await writer.set_index_level(network, _shown(seen).index_level)
        case Step.VISIBILITY:
            await context.writes.set_visibility(network, goal.visibility)
        case Step.JOIN:
            await context.members.add(_set_in_question(observer), network)
        case Step.LEAVE:
            await context.members.remove(_set_in_question(observer), network)
        case Step.MOVE:
            await context.writes.move(network, goal.folder)
        case Step.DELETE:
            await writer.delete_network(network)
        case Step.UNDELETE:
            await writer.restore_from_trash([network])
        case _:
            raise AssertionError(f"{step} is not a step on a network that is there")


def _shown(seen: Observed | None) -> Summary:
    """Return the summary of the last look; content is never sent without one."""
    if seen is None or seen.summary is None:
        raise AssertionError("the network was not seen in a summary")
    return seen.summary


def _profile_changes(target: Target, seen: Observed | None) -> dict[str, str]:
    """Return the texts to send: those that differ, since a null cannot be sent back.

    If none differs, a write without a good answer is repeated with the name alone.
    """
    wanted = dict(zip(PROFILE, target.goal.stated.profile, strict=True))
    shown = ("", "", "") if seen is None else seen.state.stated.profile
    differing = {
        key: wanted[key] for key, text in zip(PROFILE, shown, strict=True) if wanted[key] != text
    }
    return differing or {"name": wanted["name"]}


def _set_in_question(observer: Observer) -> str:
    if observer.network_set is None:
        raise AssertionError("no network set is in question")
    return observer.network_set


async def close(
    writer: NdexWriter,
    log: ActionLog,
    summary: Summary,
    visibility: Visibility,
    steps: Iterable[Step],
) -> None:
    """Do what an action that ended short of its goal still owes the network.

    A step that fails, or that the journal has no room for, does not stop the others.

    Raises:
        NdexSyncError: the first error, after every step was tried.
    """
    errors = []
    for step in steps:
        try:
            await _do_owed(writer, log, summary, visibility, step)
        except NdexSyncError as error:
            errors.append(error)
    if errors:
        raise errors[0]


async def _do_owed(
    writer: NdexWriter, log: ActionLog, summary: Summary, visibility: Visibility, step: Step
) -> None:
    network = summary.id
    try:
        await log.begin(step, network)
    finally:
        # An open network is worse than one that the journal does not mention.
        match step:
            case Step.LOCK:
                await writer.set_read_only(network, read_only=True)
            case Step.INDEX:
                await writer.set_index_level(network, summary.index_level)
            case _:
                await writer.set_visibility([network], visibility)
    log.enter(Moment.DONE, step, network)
