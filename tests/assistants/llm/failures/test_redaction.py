"""A provider's own words, where they are logged, are one short line without this server's secrets."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings
from django.test import override_settings

from assistant_transport.assistants.llm.failures.redaction import fit_for_log

SECRETS: dict[str, Any] = {
    "ASSISTANT_TRANSPORT": {
        "OPENAI_API_KEY": "sk-of-openai",
        "OPENAI_BASE_URL": "http://user:password-of-url@localhost/v1",
        "ANTHROPIC_API_KEY": 'sk-"of"-anthropic',
        "API_KEYS": (("me", "a-key-of-16-letters"), ("you", "another-key-of-mine")),
        "REDIS_URL": "redis+sentinel://:p%40ssword-of-valkey@one,two/main?sentinel_password=of%40sentinels",
        "SENTRY_DSN": "https://publickey@sentry.example/1",
    },
    "SECRET_KEY": "the-secret-key-of-django",
    "SECRET_KEY_FALLBACKS": ["an-older-secret-key"],
}


@pytest.fixture(autouse=True)
def secrets(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(settings, "DATABASES", {"default": {"PASSWORD": "password-of-database"}})
    with override_settings(**SECRETS):
        yield


@pytest.mark.parametrize(
    "secret",
    [
        "sk-of-openai",
        "sk-of-openai\nsk-of-openai",
        'sk-"of"-anthropic',
        'sk-\\"of\\"-anthropic',
        "sk-%22of%22-anthropic",
        "a-key-of-16-letters",
        "another-key-of-mine",
        "the-secret-key-of-django",
        "an-older-secret-key",
        "password-of-database",
        "password-of-url",
        "p%40ssword-of-valkey",
        "p@ssword-of-valkey",
        "of@sentinels",
        "of%40sentinels",
        "publickey",
    ],
)
def test_every_secret_of_the_settings_is_struck_out(secret: str) -> None:
    logged = fit_for_log(f"<{secret}> is not the one")
    assert set(logged.removeprefix("<").removesuffix("> is not the one").split("\\n")) <= {
        "[secret]",
        "[secret]:[secret]",
    }


def test_a_secret_is_struck_out_also_where_the_line_is_cut() -> None:
    assert "sk-of" not in fit_for_log("x" * 495 + "sk-of-openai")


@pytest.mark.parametrize(
    ("message", "logged"),
    [
        ("two\nlines\r\n", r"two\nlines\r\n"),
        ("\x1b[31mred\x1b[0m\x00\x7f", r"\x1b[31mred\x1b[0m\x00\x7f"),
        ("a\u2028b\u202ec\ud800", r"a\u2028b\u202ec\ud800"),
        ("Zu groß für 模型 🙂", "Zu groß für 模型 🙂"),
        ("", ""),
    ],
)
def test_it_is_one_line_of_what_prints(message: str, logged: str) -> None:
    assert fit_for_log(message) == logged


def test_it_is_cut() -> None:
    assert fit_for_log("x" * 500) == "x" * 500
    assert fit_for_log("x" * 501) == "x" * 499 + "…"
    assert len(fit_for_log("\n" * 5000)) == 500


def test_a_placeholder_is_no_secret() -> None:
    with override_settings(ASSISTANT_TRANSPORT={"OPENAI_API_KEY": "x"}):
        assert fit_for_log("the context exceeds") == "the context exceeds"
