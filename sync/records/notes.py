"""Collect notes on odd rows: those that could be read, and those that were left out."""

from __future__ import annotations

from collections import defaultdict

_LINES_SHOWN = 5


class RowNotes:
    """Collects the lines of odd rows while a list or table is read."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._lines: dict[str, list[int]] = defaultdict(list)
        self._left_out: list[str] = []

    def add(self, oddity: str, line: int) -> None:
        """Note that ``oddity`` occurs on ``line``, in a row that was read."""
        self._lines[oddity].append(line)

    def leave_out(self, reason: str, line: int) -> None:
        """Note that the row on ``line`` was left out, and why."""
        self._left_out.append(f"{self._path}:{line}: {reason}")

    def left_out(self) -> tuple[str, ...]:
        """Return one text for each row that was left out: ``path:line: reason``."""
        return tuple(self._left_out)

    def sentences(self) -> tuple[str, ...]:
        """Return one sentence for each oddity, in the order in which they first occurred."""
        return tuple(
            f"{self._path}:{lines[0]}: {oddity}{_others(lines[1:])}"
            for oddity, lines in self._lines.items()
        )


def _others(lines: list[int]) -> str:
    if not lines:
        return ""
    shown = ", ".join(map(str, lines[:_LINES_SHOWN]))
    hidden = len(lines) - _LINES_SHOWN
    return f" (also line {shown}" + (f" and {hidden} more)" if hidden > 0 else ")")
