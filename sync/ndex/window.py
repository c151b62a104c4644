"""Limit the calls that may run: additive increase, multiplicative decrease.

A pure rule. The client begins with as many as it is allowed; each sign of strain halves the number,
each round of good answers adds one.
"""

from __future__ import annotations

from msgspec import Struct
from msgspec.structs import replace

_SMOOTHING = 0.2
_SLOWER_THAN_USUAL = 3.0
_NOT_WORTH_NOTICING_S = 0.5


class Window(Struct, frozen=True):
    """The number of calls that may run, from 1 to ``most``.

    ``limit`` grows by fractions; ``allowed`` is what counts. ``usual_s`` is how long the quickest
    of the answers took lately, ``recent_s`` how long they take now, None before the first. Times
    are seconds on one clock.
    """

    most: int
    limit: float
    cut_at_s: float = float("-inf")
    usual_s: float | None = None
    recent_s: float | None = None

    @classmethod
    def of(cls, most: int) -> Window:
        """Begin with all that is allowed."""
        return cls(most, float(most))

    @property
    def allowed(self) -> int:
        """How many calls may run now."""
        return max(1, int(self.limit))

    def after_answer(self, started_s: float, now_s: float) -> Window:
        """Count a good answer to a request sent at ``started_s``.

        An answer that takes several times the usual time is itself a sign of strain.
        """
        took_s = now_s - started_s
        recent_s = _smoothed(self.recent_s, took_s)
        usual_s = recent_s if self.usual_s is None else min(self.usual_s, recent_s)
        known = replace(self, recent_s=recent_s, usual_s=usual_s)
        if recent_s > _SLOWER_THAN_USUAL * usual_s + _NOT_WORTH_NOTICING_S:
            return known.after_strain(started_s, now_s)
        return replace(known, limit=min(float(self.most), self.limit + 1 / self.limit))

    def after_strain(self, started_s: float, now_s: float) -> Window:
        """Halve the limit, unless the request was sent before the last cut: then it is not news.

        The usual time is learned again afterwards: a server that stays slow is not slow because of
        us.
        """
        if started_s < self.cut_at_s:
            return self
        return replace(
            self, limit=max(1.0, self.limit / 2), cut_at_s=now_s, usual_s=None, recent_s=None
        )


def _smoothed(before_s: float | None, now_s: float) -> float:
    return now_s if before_s is None else before_s + _SMOOTHING * (now_s - before_s)
