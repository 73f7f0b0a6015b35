"""What a turn may say about how the model answers, within the server's bounds."""

from typing import Any

from assistant_transport.assistants.turn import Turn
from assistant_transport.conf import settings

# Fields of a request's callSettings, and what Chat Completions calls them.
_SAMPLING = {
    "temperature": "temperature",
    "topP": "top_p",
    "presencePenalty": "presence_penalty",
    "frequencyPenalty": "frequency_penalty",
    "seed": "seed",
}
_EFFORTS = ("minimal", "low", "medium", "high", "xhigh", "max")
_MOST_TOKENS = 8192  # that a client may ask for where MAX_OUTPUT_TOKENS does not say


def instructions(turn: Turn) -> str | None:
    """The server's own words first, then the client's."""
    return "\n\n".join(text for text in (settings.SYSTEM_PROMPT, turn.system) if text and text.strip()) or None


def sampling(turn: Turn) -> dict[str, Any]:
    """What is passed on of the request's settings. Its headers are not: they could name another key."""
    found = {theirs: turn.call_settings.get(ours) for ours, theirs in _SAMPLING.items()}
    return {name: value for name, value in found.items() if value is not None}


def effort(turn: Turn) -> str | None:
    asked = turn.config.get("reasoningEffort")
    return asked if asked in _EFFORTS else None


def max_tokens(turn: Turn, *, is_official: bool) -> int | None:
    """The limit of an answer's length, None for the model's own.

    A compatible server is not given one that nobody set: the context of its model may be smaller than any default.
    """
    asked: int | None = turn.call_settings.get("maxTokens")
    limit = settings.MAX_OUTPUT_TOKENS or _MOST_TOKENS
    if asked is not None:
        return max(1, min(asked, limit))
    return limit if settings.MAX_OUTPUT_TOKENS or is_official else None
