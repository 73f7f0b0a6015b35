"""The server's tools, which any user can call through a model: right answers, and none that blocks the server."""

import asyncio
import re
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant_transport.assistants.tools import ToolError, calculate, current_time


@pytest.mark.parametrize(
    ("expression", "number"),
    [
        ("2 + 3 * 4", "14"),
        (" (1 + 2) / 4", "0.75"),
        ("-7 // 2", "-4"),
        ("7 % 3", "1"),
        ("2 ** 10", "1024"),
        ("2 ** -1", "0.5"),
        ("sqrt(16) + abs(-2)", "6.0"),
        ("round(2.567, 2)", "2.57"),
        ("round(pi)", "3"),
        ("max(1, 2, min(3, 4))", "3"),
        ("log(100, 10)", "2.0"),
        ("10 ** 400", "1" + "0" * 400),
    ],
)
def test_it_calculates(expression: str, number: str) -> None:
    assert asyncio.run(calculate(expression)) == number


@pytest.mark.parametrize(
    ("expression", "says"),
    [
        ("9**9**9", "too large"),
        ("9**999 * 9**999", "too large"),
        ("2 ** 1e10", "too large"),
        ("1e308 * 10", "too large"),
        ("exp(1000)", "too large"),
        ("round(10 ** 300, -10 ** 9)", "not defined"),
        ("round(10 ** 300, -1e9)", "not defined"),
        ("1 / 0", "divides by zero"),
        ("sqrt(-1)", "not defined"),
        ("(-8) ** 0.5", "not defined"),
        ("max()", "not defined"),
        ("(" * 240 + "1" + ")" * 240, "not an arithmetic expression"),
        ("1" * 501, "longer than 500"),
        ("__import__('os').system('ls')", "not an arithmetic expression"),
        ("().__class__", "not an arithmetic expression"),
        ("'a' * 9", "not an arithmetic expression"),
        ("[1] * 9", "not an arithmetic expression"),
        ("True + 1", "not an arithmetic expression"),
        ("1 +", "not an arithmetic expression"),
        ("\0", "not an arithmetic expression"),
        ("", "not an arithmetic expression"),
    ],
)
def test_it_cannot_be_abused(expression: str, says: str) -> None:
    with pytest.raises(ToolError, match=says):
        asyncio.run(calculate(expression))


WORDS = st.sampled_from(
    [
        "1",
        "9",
        "2.5",
        "1e9",
        "10**9",
        "+",
        "-",
        "*",
        "/",
        "//",
        "%",
        "**",
        "(",
        ")",
        ",",
        "round(",
        "exp(",
        "log(",
        "min(",
        "sqrt(",
        "pi",
        "e",
        "x",
        ".",
        "'",
    ]
)


@given(st.lists(WORDS, max_size=20).map("".join) | st.text(max_size=40))
def test_any_expression_is_calculated_or_refused(expression: str) -> None:
    with suppress(ToolError):
        assert len(asyncio.run(calculate(expression))) < 1300


def test_it_knows_the_time() -> None:
    found = asyncio.run(current_time("Europe/Paris"))
    assert re.fullmatch(r"\w+day, \d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+0[12]00", found)


@pytest.mark.parametrize("zone", ["", "Nowhere", "../../etc/passwd", "/etc/passwd", "Europe", "a\0b", "x" * 5000])
def test_a_wrong_time_zone_is_refused(zone: str) -> None:
    with pytest.raises(ToolError, match="no such time zone"):
        asyncio.run(current_time(zone))
