"""Numbers and booleans as Java writes and reads them.

The NDEx server is Java: it stores the text forms of its own number classes in summaries and CX1
files (contract 5.3), prints doubles its own way into CX2 files (contract 5.1), and what its
parsers refuse fails a load or a metadata edit (contract 3.5, 10.12).
"""

from __future__ import annotations

import re
from math import isfinite, isnan

_INTEGER = re.compile(r"[+-]?[0-9]+")
_DECIMAL = r"(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?[fFdD]?"
_DOUBLE = re.compile(rf"[+-]?(?:NaN|Infinity|{_DECIMAL})")
JAVA_BLANKS = "".join(map(chr, range(33)))
"""The characters that ``String.trim`` removes from both ends."""

_HEXADECIMAL = re.compile(
    r"[+-]?0[xX](?=\.?[0-9a-fA-F])[0-9a-fA-F]*\.?[0-9a-fA-F]*[pP][+-]?[0-9]+[fFdD]?"
)
_INT_RANGE = range(-(2**31), 2**31)
LONG_RANGE = range(-(2**63), 2**63)
"""The range of a Java ``long`` of 64 bits."""

_LONGEST = 20  # digits; any longer number is out of both ranges


def java_double(value: float) -> str:
    """Return the text of ``Double.toString``.

    That is ``1.0E10`` from ten million on, ``1.0E-4`` below a thousandth, ``5.0`` between them.
    """
    if not isfinite(value):
        return "NaN" if isnan(value) else "Infinity" if value > 0 else "-Infinity"
    if value == 0 or 1e-3 <= abs(value) < 1e7:
        return repr(value)
    mantissa, _, exponent = f"{value!r}".partition("e")
    sign = "-" if mantissa.startswith("-") else ""
    whole, _, fraction = mantissa.lstrip("-").partition(".")
    digits = (whole + fraction).strip("0")
    leading = len(whole) if whole != "0" else len(fraction.lstrip("0")) - len(fraction)
    power = int(exponent or 0) + leading - 1
    return f"{sign}{digits[0]}.{digits[1:] or '0'}E{power}"


def java_scalar(value: object) -> str:
    """Return the text of a JSON scalar's Java counterpart; ``null`` for None."""
    if isinstance(value, str):
        return value
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    return java_double(value) if isinstance(value, float) else str(value)


def parse_java_integer(text: str) -> int:
    """Read what ``Integer.valueOf`` reads: no blanks, no point, 32 bits. Raises ValueError."""
    return _parse_whole(text, _INT_RANGE)


def parse_java_long(text: str) -> int:
    """Read what ``Long.valueOf`` reads: no blanks, no point, 64 bits. Raises ValueError."""
    return _parse_whole(text, LONG_RANGE)


def _parse_whole(text: str, bounds: range) -> int:
    digits = text.lstrip("+-").lstrip("0")
    if _INTEGER.fullmatch(text) and len(digits) <= _LONGEST:
        value = int(digits or "0")
        value = -value if text.startswith("-") else value
        if value in bounds:
            return value
    raise ValueError(f'For input string: "{text}"')


def parse_java_double(text: str) -> float:
    """Read what ``Double.valueOf`` reads, ``NaN`` and ``Infinity`` too. Raises ValueError."""
    trimmed = text.strip(JAVA_BLANKS)
    if _HEXADECIMAL.fullmatch(trimmed):
        return float.fromhex(trimmed.rstrip("fFdD"))
    if not _DOUBLE.fullmatch(trimmed):
        raise ValueError(f'For input string: "{text}"')
    return float(trimmed if trimmed[-1] in "Ny" else trimmed.rstrip("fFdD"))


def parse_java_boolean(text: str | None) -> bool:
    """Read what ``Boolean.valueOf`` reads: true for "true" in any case, false for all else."""
    return text is not None and text.lower() == "true"
