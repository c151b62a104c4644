"""Find whether an upload has been loaded, by one rule for everything that asks (contract 3.3).

The server accepts an upload, reads and converts it later, and then puts it into the search index.
``completed`` alone says little: it can be true before an upload is read, and false forever for
reasons that have nothing to do with uploads.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

from sync.model import NetworkId, Summary
from sync.ndex.client import NdexClient
from sync.ndex.clock import SYSTEM_CLOCK, Clock

_INDEX_FAILURES = ("Server refused connection at", "Failed to create Index")


class LoadState(StrEnum):
    """How far the last upload to a network is."""

    LOADING = "loading"
    """The server has not read it: there is no content, whatever ``completed`` says."""
    UNFINISHED = "unfinished"
    """It was read. It is being converted or indexed, or ``completed`` stays false for good."""
    LOADED = "loaded"
    """It was read, converted and, if it should be, indexed."""
    UNINDEXED = "unindexed"
    """Its content exists but the search index failed, which hides the network."""
    FAILED = "failed"
    """The server could not load it; the content is gone."""

    @property
    def ended(self) -> bool:
        """Whether there is nothing more to wait for."""
        return self not in (LoadState.LOADING, LoadState.UNFINISHED)


@dataclass(frozen=True, slots=True)
class LoadingPolicy:
    """How long to wait for the server's one loading queue, whose waiting time is unlimited.

    The summary is requested again after ``first_wait_s``, then after longer waits: each is
    ``growth`` of the time waited so far, up to ``longest_wait_s``, until ``deadline_s`` have
    passed. A failure counts after it was read twice, ``confirm_s`` apart. If the content exists,
    the wait for its index ends after ``index_wait_s``: an index task can die and leave
    ``completed`` false forever.
    """

    first_wait_s: float = 0.1
    longest_wait_s: float = 5.0
    deadline_s: float = 30.0
    confirm_s: float = 2.0
    index_wait_s: float = 30.0
    growth: float = 0.5

    def next_wait_s(self, waited_s: float) -> float:
        """Return how long to wait before the next look, ``waited_s`` after the first."""
        return min(self.first_wait_s + self.growth * waited_s, self.longest_wait_s)

    def beside_others(self, took_s: float) -> LoadingPolicy:
        """Return how to wait for several uploads that share one polling call.

        They are done one after the other, so the first look comes later, and the waits grow less:
        each finished upload makes room for another. ``took_s`` is how long the last one took. After
        a quarter of that some of them are done, and the others keep the server busy.
        """
        soonest_s, latest_s = 2 * self.first_wait_s, 10 * self.first_wait_s
        wait_s = min(max(took_s / 4, soonest_s), latest_s)
        return replace(self, first_wait_s=wait_s, growth=self.growth / 4)


@dataclass(slots=True)
class LoadingWait:
    """How long one network has been waited for since something was last sent to it.

    ``failure_read`` says whether a failed load was read already. Times are of one clock.
    """

    failure_read: bool = False
    _since_s: float | None = None
    _unfinished_since_s: float | None = None

    def next_wait_s(self, policy: LoadingPolicy, now_s: float) -> float | None:
        """Return how long to wait before the next look, None if it would be too late."""
        if self._since_s is None:
            self._since_s = now_s
        waited_s = now_s - self._since_s
        wait_s = policy.next_wait_s(waited_s)
        return None if waited_s + wait_s > policy.deadline_s else wait_s

    def judge(self, state: LoadState, policy: LoadingPolicy, now_s: float) -> LoadState:
        """Return the state, or that the index is missing if it took too long."""
        if state is not LoadState.UNFINISHED:
            self._unfinished_since_s = None
        elif self._unfinished_since_s is None:
            self._unfinished_since_s = now_s
        elif now_s - self._unfinished_since_s >= policy.index_wait_s:
            return LoadState.UNINDEXED
        return state


def read_load_state(summary: Summary) -> LoadState:
    """Return how far the last upload to a network is.

    A v3 summary does not say whether the upload was read; there a network that is not completed and
    has neither name nor nodes counts as loading.
    """
    if summary.error_message is not None:
        if summary.error_message.startswith(_INDEX_FAILURES):
            return LoadState.UNINDEXED
        return LoadState.FAILED
    if summary.valid is False or (summary.valid is None and _shows_nothing(summary)):
        return LoadState.LOADING
    return LoadState.LOADED if summary.completed else LoadState.UNFINISHED


def load_failure(summary: Summary) -> str | None:
    """Return the server's text about a failed load, None if none failed.

    A failed search index leaves the content intact and does not count.
    """
    return summary.error_message if read_load_state(summary) is LoadState.FAILED else None


def may_hide_claim(summary: Summary) -> bool:
    """Return whether a summary may lack what the network says about itself.

    An upload clears name, properties and counts until the server has read it (contract 3.2).
    """
    shows_something = bool(summary.name or summary.node_count) and summary.valid is not False
    return not (summary.completed and shows_something)


def still_hides_claim(first_modified_ms: int, again: Summary) -> bool:
    """Do as ``may_hide_claim``, for a second summary some seconds after the first.

    ``completed`` can stay false for good, for example after a permission was granted (contract
    10.19): a network that did not change meanwhile, was read, and has a name or nodes hides
    nothing.
    """
    shows_something = bool(again.name or again.node_count) and again.valid is not False
    unchanged = again.modified_ms == first_modified_ms
    return may_hide_claim(again) and not (shows_something and unchanged)


async def wait_until_loaded(
    client: NdexClient, network: NetworkId, policy: LoadingPolicy, clock: Clock = SYSTEM_CLOCK
) -> Summary:
    """Read the summary until it says that loading has ended, well or badly, or time is up.

    At the deadline the summary is returned unchanged, so the caller decides by the content. Raises
    what the client raises.
    """
    waited_s = 0.0
    summary = await client.fetch_summary(network)
    while not read_load_state(summary).ended:
        wait_s = policy.next_wait_s(waited_s)
        if waited_s + wait_s > policy.deadline_s:
            return summary
        await clock.sleep(wait_s)
        waited_s += wait_s
        summary = await client.fetch_summary(network)
    if load_failure(summary) is None:
        return summary
    return await read_again(client, network, policy, clock)


async def read_again(
    client: NdexClient, network: NetworkId, policy: LoadingPolicy, clock: Clock = SYSTEM_CLOCK
) -> Summary:
    """Read the summary once more a little later, before the network is called invalid."""
    await clock.sleep(policy.confirm_s)
    return await client.fetch_summary(network)


def _shows_nothing(summary: Summary) -> bool:
    return not (summary.completed or summary.name or summary.node_count)
