"""How long to wait is read from whatever says it, and said as a person would."""

import random
from datetime import UTC, datetime

import pytest

from assistant_transport.assistants.llm.failures import failure, waiting

NOW = datetime(2026, 11, 28, 4, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"retry-after": "7"}, 7),
        ({"retry-after": " 1.5 "}, 1.5),
        ({"retry-after": "0"}, 0),
        ({"retry-after": "Sun, 29 Nov 2026 04:00:00 GMT"}, 86400),
        ({"retry-after": "Fri, 27 Nov 2026 04:00:00 GMT"}, 0),
        ({"retry-after": "2026-11-28T04:01:00Z"}, 60),
        ({"retry-after-ms": "250", "retry-after": "9"}, 0.25),
        ({"retry-after": "soon"}, None),
        ({"retry-after": "-5"}, None),
        ({"retry-after": ""}, None),
        ({}, None),
        ({"x-ratelimit-reset-requests": "6m0s"}, 360),
        ({"x-ratelimit-reset-tokens": "17ms"}, 0.017),
        ({"x-ratelimit-reset": "30"}, 30),
        ({"x-ratelimit-reset": "1795838460"}, 60),
        ({"x-ratelimit-reset": "1795838460000"}, 60),
        (
            {
                "x-ratelimit-remaining-requests": "0",
                "x-ratelimit-reset-requests": "1m2.5s",
                "x-ratelimit-remaining-tokens": "1000",
                "x-ratelimit-reset-tokens": "1h",
            },
            62.5,
        ),
        (
            {
                "anthropic-ratelimit-tokens-remaining": "0",
                "anthropic-ratelimit-tokens-reset": "2026-11-28T04:00:30Z",
            },
            30,
        ),
        ({"x-ratelimit-remaining": "3", "x-ratelimit-reset": "30"}, None),
        ({"retry-after": "20", "x-ratelimit-reset": "99"}, 20),
    ],
)
def test_headers_say_how_long(headers: dict[str, str], seconds: float | None) -> None:
    assert waiting.of_headers(headers, NOW) == pytest.approx(seconds)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("Rate limit reached. Please try again in 1.2s. Visit …", 1.2),
        ("Please retry in 38.863719904s.", 38.863719904),
        ("Please try again in 7m12s.", 432),
        ("try again in 20ms", 0.02),
        ("Please try again in a moment", None),
    ],
)
def test_so_do_sentences(text: str, seconds: float | None) -> None:
    assert waiting.of_words(text) == seconds


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (None, "in a moment"),
        (0, "in a moment"),
        (0.2, "in 1 second"),
        (1, "in 1 second"),
        (1.2, "in 2 seconds"),
        (60, "in 60 seconds"),
        (91, "in about 2 minutes"),
        (3600, "in about 60 minutes"),
        (6000, "in about 2 hours"),
        (86400, "in about 24 hours"),
        (86400 * 2, "in about 2 days"),
        (86400 * 30, "in about 30 days"),
        (86400 * 365, "much later"),
        (10.0**14, "much later"),
    ],
)
def test_a_wait_is_said_as_a_person_would(seconds: float | None, words: str) -> None:
    assert waiting.said(seconds) == words


@pytest.mark.parametrize("reason", ["rate_limited", "overloaded", "unavailable"])
def test_the_user_reads_it(reason: str) -> None:
    assert failure(reason, retry_after=1.0).sentence.endswith(" Please try again in 1 second.")


@pytest.mark.parametrize(
    ("reason", "retry_after", "delay"),
    [
        ("rate_limited", 0.2, 0.2),
        ("rate_limited", 20.0, 20.0),
        ("rate_limited", 21.0, None),
        ("server_error", 86400.0, None),
        ("quota", 1.0, None),
        ("wrong_key", None, None),
        ("too_long", None, None),
    ],
)
def test_a_short_wait_is_kept_and_a_long_one_told(reason: str, retry_after: float | None, delay: float | None) -> None:
    assert failure(reason, retry_after=retry_after).retry_delay(0) == delay


def test_where_nothing_is_asked_the_pauses_grow() -> None:
    delays = [failure("server_error").retry_delay(attempt) or 0 for attempt in range(8)]
    for delay, most in zip(delays, (0.5, 1, 2, 4, 8, 8, 8, 8), strict=True):
        assert 0.75 * most <= delay <= most


def test_no_header_is_too_strange() -> None:
    rng = random.Random(1)
    alphabet = "0123456789.:-+,TZWMonGMT GshdmJan"
    for _ in range(20_000):
        text = "".join(rng.choices(alphabet, k=rng.randint(0, 30)))
        wait = waiting.of_headers({"retry-after": text}, NOW)
        assert wait is None or wait >= 0
        waiting.said(wait)
