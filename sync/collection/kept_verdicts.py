"""Reuse verdicts of earlier runs while everything that they were reached from is the same.

A verdict is kept if the network was seen without error or doubt, and no other record names it. What
was accepted is not part of it; that is applied afterwards.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from hashlib import blake2b

import msgspec

from sync.collection.inventory import Inventory, Resolved
from sync.collection.survey import SeenNetwork, facts_of
from sync.match.claims import Mapped
from sync.model import CheckResult, Observation, Seen, Verdict
from sync.ndex.loading import may_hide_claim
from sync.state.cache import Cache, KeptVerdict, is_settled
from sync.state.code import JUDGING, READING, digest_code

KEPT = frozenset({Verdict.IN_SYNC, Verdict.DRIFTED, Verdict.MISMATCHED})
"""The verdicts that are reached by comparing."""

_pack = msgspec.msgpack.Encoder(order="deterministic").encode
_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(CheckResult).decode


class KeptVerdicts:
    """The verdicts on the records of one collection.

    ``settings`` is the part of the configuration that they depend on.
    """

    def __init__(self, cache: Cache, inventory: Inventory, settings: tuple[object, ...]) -> None:
        self._cache = cache
        self._survey = inventory.survey
        self._scope = _digest(cache.server, settings)
        self.differing: list[str] = []

    def find(self, part: Sequence[Resolved]) -> Iterator[tuple[Resolved, CheckResult]]:
        """Yield the records whose verdict is known; a refresh compares all of them again."""
        if self._cache.refreshes:
            return
        grounds = {each.row.path: self._known_grounds(each) for each in part}
        asked = [path for path, found in grounds.items() if found is not None]
        kept = self._cache.find_verdicts(asked, self._scope)
        for each in part:
            found = kept.get(each.row.path)
            if found is not None and found.grounds == grounds[each.row.path]:
                result = _read(each, found)
                if result is not None:
                    yield each, result

    def keep(self, resolved: Resolved, observation: Observation, result: CheckResult) -> None:
        """Keep a verdict that was reached by comparing; in a refresh, compare it
        with the kept one.
        """
        grounds = self._grounds_of(resolved, observation)
        if grounds is None or result.verdict not in KEPT or result.doubt is not None:
            return
        if self._cache.refreshes and self._contradicts(resolved, grounds, result):
            self.differing.append(resolved.row.path)
        try:
            encoded = _encode(result)
        except UnicodeEncodeError:  # half a surrogate pair, as in a file name that is not UTF-8
            return
        self._cache.keep_verdict(resolved.row.path, self._scope, KeptVerdict(grounds, encoded))

    def _contradicts(self, resolved: Resolved, grounds: bytes, result: CheckResult) -> bool:
        """Return whether another verdict was kept for the same grounds."""
        path = resolved.row.path
        kept = self._cache.find_verdicts([path], self._scope).get(path)
        return kept is not None and kept.grounds == grounds and _read(resolved, kept) != result

    def _known_grounds(self, resolved: Resolved) -> bytes | None:
        match resolved.resolution:
            case Mapped(network):
                seen = self._survey.seen.get(network)
                facts = seen.facts if isinstance(seen, SeenNetwork) else None
                return self._grounds(resolved, facts)
            case _:
                return None

    def _grounds_of(self, resolved: Resolved, observation: Observation) -> bytes | None:
        """Use the summary that the comparison used, which may be a later one."""
        if not isinstance(observation, Seen) or observation.doubt is not None:
            return None
        summary = observation.summary
        if may_hide_claim(summary) or not is_settled(summary):
            return None
        return self._grounds(resolved, facts_of(summary))

    def _grounds(self, resolved: Resolved, facts: bytes | None) -> bytes | None:
        """Return a digest of everything that a verdict is reached from, None if it is not kept."""
        row, resolution = resolved.row, resolved.resolution
        if not isinstance(resolution, Mapped) or resolved.rivals or not row.digest:
            return None
        membership = self._survey.membership(resolution.network)
        if facts is None or membership.doubt is not None:
            return None
        network = (facts, resolution.notes, membership.held)
        code = (digest_code(READING), digest_code(JUDGING))
        return _digest(*code, row.digest, row.id, *network)


def _digest(*parts: object) -> bytes:
    return blake2b(_pack(parts), digest_size=16).digest()


def _read(resolved: Resolved, kept: KeptVerdict) -> CheckResult | None:
    """Return a kept verdict, None if it is not one on this record."""
    try:
        result = _decode(kept.result)
    except (ValueError, TypeError, RecursionError):
        return None
    row = resolved.row
    return result if (result.id, result.path) == (row.id, row.path) else None
