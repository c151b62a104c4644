"""Numbers as Java writes and reads them (contract 5.3, 10.12)."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.cx.java_text import (
    java_double,
    java_scalar,
    parse_java_boolean,
    parse_java_double,
    parse_java_integer,
    parse_java_long,
)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (5.0, "5.0"),
        (-0.0, "-0.0"),
        (9999999.0, "9999999.0"),
        (1e7, "1.0E7"),
        (-3e22, "-3.0E22"),
        (0.001, "0.001"),
        (0.0001, "1.0E-4"),
        (-0.00099, "-9.9E-4"),
        (5e-324, "5.0E-324"),
        (1.7976931348623157e308, "1.7976931348623157E308"),
    ],
)
def test_doubles_are_printed_as_java_prints_them(value: float, text: str) -> None:
    assert java_double(value) == text


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_printed_double_reads_back_as_itself(value: float) -> None:
    assert parse_java_double(java_double(value)) == value


@pytest.mark.parametrize(
    ("value", "text"),
    [("a", "a"), (None, "null"), (True, "true"), (False, "false"), (7, "7"), (1e10, "1.0E10")],
)
def test_scalars_become_the_text_of_their_java_class(value: object, text: str) -> None:
    assert java_scalar(value) == text


@pytest.mark.parametrize(
    ("parse", "text", "value"),
    [
        (parse_java_integer, "+5", 5),
        (parse_java_integer, "-0007", -7),
        (parse_java_integer, "-2147483648", -(2**31)),
        (parse_java_integer, "0" * 9000, 0),
        (parse_java_long, "3000000000", 3_000_000_000),
        (parse_java_double, " 1.5e3 ", 1500.0),
        (parse_java_double, ".5f", 0.5),
        (parse_java_double, "-Infinity", float("-inf")),
    ],
)
def test_what_java_parses_is_read(parse: Callable[[str], float], text: str, value: float) -> None:
    assert parse(text) == value


@pytest.mark.parametrize(
    ("parse", "text"),
    [
        (parse_java_integer, "3000000000"),
        (parse_java_integer, " 5"),
        (parse_java_integer, ""),
        (parse_java_integer, "+-5"),
        (parse_java_integer, "1_000"),
        (parse_java_integer, "9" * 100_000),
        (parse_java_long, "9223372036854775808"),
        (parse_java_double, ""),
        (parse_java_double, "inf"),
        (parse_java_double, "1_0"),
        (parse_java_double, "1" * 200_000 + "x"),
    ],
)
def test_what_java_refuses_is_refused(parse: Callable[[str], float], text: str) -> None:
    with pytest.raises(ValueError, match="For input string"):
        parse(text)


@pytest.mark.parametrize(
    ("text", "value"), [("true", True), ("TRUE", True), ("yes", False), ("", False), (None, False)]
)
def test_any_text_but_true_is_false(text: str | None, value: bool) -> None:
    assert parse_java_boolean(text) is value
