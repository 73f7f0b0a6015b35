"""What a turn may say about how the model answers, within the server's bounds."""

from collections.abc import Mapping
from typing import Any, cast, get_args

from pydantic_ai.settings import ModelSettings, ThinkingEffort

from assistant_transport.assistants.turn import Turn
from assistant_transport.conf import settings

_PASSED_ON = {
    "temperature": "temperature",
    "topP": "top_p",
    "presencePenalty": "presence_penalty",
    "frequencyPenalty": "frequency_penalty",
    "seed": "seed",
}
_EFFORTS = get_args(ThinkingEffort)


def instructions(turn: Turn) -> str | None:
    """The server's own words first, then the client's."""
    return "\n\n".join(text for text in (settings.SYSTEM_PROMPT, turn.system) if text and text.strip()) or None


def model_settings(turn: Turn, base: ModelSettings) -> ModelSettings:
    """The provider's settings for this turn. The client's headers are not passed on: they could name another key."""
    found: dict[str, Any] = {
        **base,
        "max_tokens": _max_tokens(turn.call_settings),
        "timeout": settings.PROVIDER_TIMEOUT_SECONDS,
        "first_event_timeout": settings.PROVIDER_FIRST_TOKEN_SECONDS,
        "max_retries": settings.PROVIDER_RETRIES,
    }
    for name, setting in _PASSED_ON.items():
        if turn.call_settings.get(name) is not None:
            found[setting] = turn.call_settings[name]
    if turn.config.get("reasoningEffort") in _EFFORTS:
        found["thinking"] = turn.config["reasoningEffort"]
    return cast(ModelSettings, found)


def _max_tokens(call_settings: Mapping[str, Any]) -> int:
    asked: int | None = call_settings.get("maxTokens")
    limit: int = settings.MAX_OUTPUT_TOKENS
    return limit if asked is None else max(1, min(asked, limit))
