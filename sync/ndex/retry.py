"""Decide whether a failed call is tried again, and after which wait.

The rules are pure functions of the error and a policy; tenacity only runs the loop. ``requests``
has already made an error class from a 500 by ``errorCode`` and message, so the class decides here,
never a status (contract 10.8).
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, TypeVar

from sync.errors import (
    Locked,
    Redirected,
    ServerBroken,
    ServerError,
    Throttled,
    TooLarge,
    Unreachable,
)
from sync.ndex.clock import Clock
from sync.ndex.policy import ClientPolicy

if TYPE_CHECKING:
    from tenacity import RetryCallState

T = TypeVar("T")


class Retry(Enum):
    """What to do about an error if the server named no wait."""

    NEVER = "never"
    BACKOFF = "backoff"


def retry_decision(error: BaseException) -> Retry | float:
    """Return whether another try can help; a number is the wait in seconds the server asks for.

    ``NotValidated`` is not waited for here: loading can take any time, and the summary shows its
    progress (contract 3.3).
    """
    match error:
        case TooLarge() | Redirected():
            return Retry.NEVER
        case Throttled(retry_after_s=float(wait_s)):
            return wait_s
        case Throttled() | Locked() | Unreachable() | ServerBroken():
            return Retry.BACKOFF
        case _:
            return Retry.NEVER


def may_repeat(error: BaseException, *, repeatable: bool) -> bool:
    """Return whether the call may be sent again after this error.

    A call that changes something (not ``repeatable``) may only be sent again after a 429, which
    comes before anything is done. A 500 may have been committed (contract 10.6). A lock may be
    permanent (contract 3.3), so the caller must look before sending an upload a second time.
    """
    if retry_decision(error) is Retry.NEVER:
        return False
    return repeatable or (isinstance(error, Throttled) and error.status == 429)


def wait_s(error: BaseException, tries: int, policy: ClientPolicy, draw: float) -> float:
    """Return the wait before the next try, after ``tries`` of them.

    It is what the server asks for, or exponential backoff with full jitter: ``draw``, from 0 to 1,
    picks from 0 up to a limit that doubles with each try.
    """
    decision = retry_decision(error)
    if isinstance(decision, float):
        return decision
    doublings = min(tries - 1, 60)
    return draw * min(policy.max_wait_s, policy.base_wait_s * 2.0**doublings)


@dataclass(frozen=True, slots=True)
class Patience:
    """When to give up a call: its policy and its deadline in seconds from the start."""

    policy: ClientPolicy
    deadline_s: float

    def is_over(self, tries: int, elapsed_s: float, next_wait_s: float) -> bool:
        """Return whether another try is too many, or its wait too long to begin."""
        return (
            tries >= self.policy.max_tries
            or next_wait_s > max(self.policy.max_wait_s, self.policy.max_retry_after_s)
            or elapsed_s + next_wait_s >= self.deadline_s
        )


@dataclass(frozen=True, slots=True)
class Retried:
    """One try that failed and will be followed by another after ``wait_s`` seconds."""

    error: ServerError
    tries: int
    wait_s: float


async def call_with_retries(
    attempt: Callable[[], Awaitable[T]],
    patience: Patience,
    clock: Clock,
    on_retry: Callable[[Retried], None],
    *,
    repeatable: bool,
) -> T:
    """Run ``attempt`` until it succeeds or its error is final; that error is raised unchanged."""
    started_s = clock.monotonic_s()
    try:
        return await attempt()
    except ServerError as error:
        failed = error
    # Nearly every call succeeds at once, and most runs never need the loop.
    from tenacity import AsyncRetrying, retry_if_exception  # noqa: PLC0415

    errors: list[ServerError] = []

    async def _try() -> T:
        try:
            if not errors:
                raise failed
            return await attempt()
        except ServerError as error:
            errors.append(error)
            raise

    def _wait(_state: RetryCallState) -> float:
        return wait_s(errors[-1], len(errors), patience.policy, clock.draw())

    def _stop(state: RetryCallState) -> bool:
        elapsed_s = clock.monotonic_s() - started_s
        return patience.is_over(len(errors), elapsed_s, state.upcoming_sleep)

    def _announce(state: RetryCallState) -> None:
        on_retry(Retried(errors[-1], len(errors), state.upcoming_sleep))

    retrying = AsyncRetrying(
        retry=retry_if_exception(lambda error: may_repeat(error, repeatable=repeatable)),
        wait=_wait,
        stop=_stop,
        sleep=clock.sleep,
        before_sleep=_announce,
        reraise=True,
    )
    return await retrying(_try)
