"""The app's settings: one dict, typed, with defaults; what is wrong is said by name and with the fix."""

from typing import Any

import pytest
from django.test import override_settings

from assistant_transport import conf
from assistant_transport.conf import settings
from assistant_transport.http import registry


def test_what_the_dict_leaves_out_has_its_default() -> None:
    with override_settings(ASSISTANT_TRANSPORT={"MAX_RUN_SECONDS": 7}):
        assert settings.MAX_RUN_SECONDS == 7
        assert settings.MAX_BODY_BYTES == 4 * 1024 * 1024


def test_an_empty_dict_is_enough() -> None:
    with override_settings(ASSISTANT_TRANSPORT={}):
        assert settings.ASSISTANT == "auto"


def test_a_test_overrides_settings_and_what_was_made_of_them() -> None:
    with override_settings(ASSISTANT_TRANSPORT={"ASSISTANT": "acme.assistants.Bursts"}):
        assert registry.assistant_name() == "Bursts"
    assert registry.assistant_name() == "mock"
    assert settings.ASSISTANT == "auto"


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"ASISTANT": "mock"}, "ASISTANT: there is no such setting; did you mean ASSISTANT?"),
        ({"NONSENSE": 1}, "NONSENSE: there is no such setting"),
        ({"MAX_RUN_SECONDS": "60"}, "MAX_RUN_SECONDS: must be a number"),
        ({"MAX_RUN_BYTES": True}, "MAX_RUN_BYTES: must be a whole number"),
        ({"ALLOW_ANONYMOUS": "no"}, "ALLOW_ANONYMOUS: must be True or False"),
        ({"ALLOWED_MODELS": "gpt-6-sol"}, "ALLOWED_MODELS: must be a list of texts"),
        ({"API_KEYS": {"me": "a-key-of-16-letters"}}, "API_KEYS: must be a list of pairs of texts"),
        ({"ASSISTANT": "nonsense!"}, "ASSISTANT: must be auto, mock, openai, anthropic"),
        ({"OPENAI_API_KEY": "sk-\n123"}, "OPENAI_API_KEY: holds a line break"),
        ({"OPENAI_BASE_URL": "http://host/v1/chat/completions"}, "OPENAI_BASE_URL: must end before /chat/completions"),
        ({"ASSISTANT": "openai"}, "ASSISTANT: openai needs OPENAI_API_KEY or OPENAI_BASE_URL"),
    ],
)
def test_a_wrong_setting_is_named_with_the_fix(given: dict[str, Any], says: str) -> None:
    (problem,) = conf.problems(given)
    assert problem.startswith(says)


def test_a_compatible_server_is_spoken_to_by_chat_unless_told_otherwise() -> None:
    assert conf.Settings().OPENAI_API == "responses"
    assert conf.Settings(OPENAI_BASE_URL="http://localhost:11434/v1").OPENAI_API == "chat"
    assert conf.Settings(OPENAI_BASE_URL="http://localhost/v1", OPENAI_API="responses").OPENAI_API == "responses"


def test_white_space_around_a_providers_key_is_not_part_of_it() -> None:
    assert not conf.problems({"OPENAI_API_KEY": "sk-123\n", "ALLOW_ANONYMOUS": True})
    with override_settings(ASSISTANT_TRANSPORT={"OPENAI_API_KEY": " sk-123\n"}):
        assert settings.OPENAI_API_KEY == "sk-123"
