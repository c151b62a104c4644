"""Make the target and the body to upload from an action and the network before it. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import orjson

from sync.apply.states import NetworkState, Stated, Target
from sync.cx.content import write_upload
from sync.cx.digest import content_digest
from sync.cx.edit import edit_genes
from sync.cx.figure import write_figure_network
from sync.cx.property_list import PROFILE
from sync.cx.redraw import DRAWN_ATTRIBUTES, DrawnLayout, add_attribute, redraw
from sync.cx.repair import repair
from sync.errors import NetworkError
from sync.match.properties import fold_name
from sync.model import Property, Summary, Visibility
from sync.plan.actions import CreateNetwork, UpdateNetwork
from sync.plan.properties import merge_properties

MARKER = "ndexSyncRun"
"""The property that a new network carries until it is finished, to find it by (contract 3.1)."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """A target, and the content to upload for it; None if there is none.

    ``repairs`` say what is changed in the content because the server would not accept it unchanged.
    """

    target: Target
    body: bytes | None
    repairs: tuple[str, ...] = ()


def state_of(summary: Summary, digest: str | None, member: bool | None) -> NetworkState:  # noqa: FBT001
    """Return a network's state from what was read."""
    return NetworkState(
        stated=Stated(summary.name, summary.description, summary.version, summary.properties or ()),
        digest=digest,
        visibility=summary.visibility,
        read_only=summary.read_only,
        folder=summary.folder,
        member=member,
    )


def digest_of(content: object) -> str | None:
    """Return the digest of a network's CX2, None if there is none that can be read.

    A server that made the CX2 from a faulty CX1 can return one that contradicts itself.
    """
    if content is None:
        return None
    try:
        return content_digest(content)
    except NetworkError:
        return None


def prepare_update(
    action: UpdateNetwork,
    origin: NetworkState,
    origin_ms: int,
    content: object,
    drawing: bytes | None = None,
) -> Prepared:
    """Prepare an update from the network's own state and content.

    ``drawing`` is the network of the action's drawing. Raises NetworkError if the content cannot be
    edited.
    """
    stated = _state_changes(action, origin.stated)
    body, uploaded, digest = None, None, origin.digest
    repairs: tuple[str, ...] = ()
    if action.edits_content:
        repaired = repair(content)
        body, repairs = _edit(action, repaired.document, drawing), repaired.done
        uploaded, digest = _read_upload(body)
        stated = _without_nulls(stated)
        if action.drawing is not None:
            stated = _redrawn(stated, uploaded)
    goal = NetworkState(
        stated=stated,
        digest=digest,
        visibility=action.visibility or origin.visibility,
        read_only=origin.read_only if action.read_only is None else action.read_only,
        folder=action.folder or origin.folder,
        member=True if action.network_set else None,
    )
    target = Target(origin, origin_ms, goal, uploaded, index_lost=action.index_lost)
    return Prepared(target, body, repairs)


def _edit(action: UpdateNetwork, document: object, drawing: bytes | None) -> bytes:
    if action.drawing is None:
        return edit_genes(document, action.genes).body
    if drawing is None:
        raise NetworkError("its drawing was not read")
    return redraw(document, orjson.loads(drawing), DrawnLayout(action.drawing.layout))


def _redrawn(stated: Stated, uploaded: Stated) -> Stated:
    """Take what a drawing says about its network, and keep everything else."""
    ours = set(map(fold_name, DRAWN_ATTRIBUTES))
    drawn = {fold_name(each.name): each for each in uploaded.properties}
    kept = [
        drawn.pop(fold_name(each.name), None) if fold_name(each.name) in ours else each
        for each in stated.properties
    ]
    new = [each for name, each in drawn.items() if name in ours and each not in kept]
    return replace(stated, properties=tuple(each for each in (*kept, *new) if each is not None))


def prepare_restore(
    origin: NetworkState, origin_ms: int, before: NetworkState, content: object, *, broken: bool
) -> Prepared:
    """Prepare a return to the state and content in a backup.

    ``broken``: the network's load failed, so it has nothing that could be overwritten. Raises
    NetworkError if the server would not accept the content.
    """
    if content is None or origin.digest in restored_digests(content):
        return Prepared(Target(origin, origin_ms, replace(before, digest=origin.digest)), None)
    return _prepare_return(Target(origin, origin_ms, before, ours=broken), content)


def restored_digests(content: object) -> frozenset[str | None]:
    """Return the digests that a network has after a restore: as it was, or repaired."""
    return frozenset({digest_of(content), digest_of(repair(content).document)})


def prepare_undelete(before: NetworkState, modified_ms: int, content: object) -> Prepared:
    """Prepare to take a network out of the trash; its lock was removed to delete it."""
    state = replace(before, digest=digest_of(content))
    return Prepared(Target(state, modified_ms, state, in_trash=True), None)


def prepare_rollback(target: Target, content: object) -> Prepared:
    """Prepare to send the old content again after the new one could not be loaded.

    Raises NetworkError if the server would not accept that either.
    """
    return _prepare_return(replace(target, goal=target.origin, ours=True), content)


def _prepare_return(target: Target, content: object) -> Prepared:
    """Prepare to send content that the server once returned, as the goal of a target."""
    repaired = repair(content)
    body = write_upload(repaired.document)
    uploaded, digest = _read_upload(body)
    goal = replace(target.goal, digest=digest, stated=_without_nulls(target.goal.stated))
    return Prepared(replace(target, goal=goal, uploaded=uploaded), body, repaired.done)


def prepare_create(action: CreateNetwork, token: str, drawing: bytes | None = None) -> Prepared:
    """Prepare a new network, which starts private and carries ``token`` as its marker.

    The modification time that it starts from is only known once it is made.
    """
    stated = dict(action.properties)
    stated.setdefault("name", action.record)
    if drawing is not None:
        body = add_attribute(orjson.loads(drawing), MARKER, token)
    else:
        genes = [gene.to_gene() for gene in action.genes]
        body = write_figure_network(genes, {**stated, MARKER: token})
    uploaded, digest = _read_upload(body)
    properties = tuple(item for item in uploaded.properties if item.name != MARKER)
    origin = NetworkState(
        uploaded, digest, Visibility.PRIVATE, read_only=False, folder=None, member=False
    )
    goal = NetworkState(
        stated=replace(uploaded, properties=properties),
        digest=digest,
        visibility=action.visibility,
        read_only=action.read_only,
        folder=action.folder,
        member=True if action.network_set else None,
    )
    return Prepared(Target(origin, 0, goal, uploaded, ours=True), body)


def stated_in(content: object) -> Stated:
    """Read what a CX2 document states about its network, as the server would store it."""
    fragments = content if isinstance(content, list) else []
    declared: Mapping[str, Any] = {}
    values: Mapping[str, Any] = {}
    for fragment in fragments:
        for declarations in fragment.get("attributeDeclarations", ()):
            declared = declarations.get("networkAttributes", declared)
        for attributes in fragment.get("networkAttributes", ()):
            values = attributes
    name, description, version = (_text(values.get(key, "")) for key in PROFILE)
    properties = (
        Property(key, _text(value), (declared.get(key) or {}).get("d", "string"))
        for key, value in values.items()
        if key not in PROFILE
    )
    return Stated(name, description, version, tuple(properties))


def _read_upload(body: bytes) -> tuple[Stated, str]:
    document = orjson.loads(body)
    return stated_in(document), content_digest(document)


def _without_nulls(stated: Stated) -> Stated:
    """Leave out the properties without a value, which cannot be written (contract 3.5, 5.1)."""
    kept = tuple(item for item in stated.properties if item.value is not None)
    return replace(stated, properties=kept)


def _state_changes(action: UpdateNetwork, stated: Stated) -> Stated:
    new = {change.name: change.new for change in action.properties if change.name in PROFILE}
    return Stated(
        name=new.get("name", stated.name),
        description=new.get("description", stated.description),
        version=stated.version,
        properties=merge_properties(stated.properties, action.properties),
    )


def _text(value: object) -> str:
    """Return a value as the text that a summary has for it (contract 3.4)."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return orjson.dumps(value).decode() if isinstance(value, list) else str(value)
