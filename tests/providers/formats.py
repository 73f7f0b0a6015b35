"""The streaming formats of the providers: what they send for an answer, and what a test wants of their requests."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from tests.providers import anthropic, chat, responses
from tests.providers.answers import Answer

Json = dict[str, Any]


@dataclass(frozen=True)
class Format:
    """One API: its path, its frames, its error body, and how to read a request in it."""

    path: str
    frames: Callable[[Answer, Json], Iterator[str]]
    error: Callable[[str, str], Json]
    settings: dict[str, str]  # of a server whose model is the stub; {url} is the stub's
    conversation: Callable[[Json], list[Any]]  # (role or kind, what) of each message, system left out
    system: Callable[[Json], str]
    tools: Callable[[Json], dict[str, Any]]  # schemas by name
    max_tokens: Callable[[Json], int]

    def environment(self, url: str) -> dict[str, str]:
        return {name: value.format(url=url) for name, value in self.settings.items()}


_OPENAI = {"OPENAI_API_KEY": "sk-stub", "OPENAI_BASE_URL": "{url}/v1", "OPENAI_MODEL": "gpt-6-luna"}
_ANTHROPIC = {"ANTHROPIC_API_KEY": "sk-stub", "ANTHROPIC_BASE_URL": "{url}", "ANTHROPIC_MODEL": "claude-haiku-5-5"}

FORMATS = {
    "chat": Format(
        "/v1/chat/completions",
        chat.frames,
        chat.error,
        {**_OPENAI, "ALLOW_ANONYMOUS": "true"},
        chat.conversation,
        lambda body: "".join(m["content"] for m in body["messages"] if m["role"] in ("system", "developer")),
        lambda body: {t["function"]["name"]: t["function"]["parameters"] for t in body.get("tools", [])},
        lambda body: int(body.get("max_completion_tokens") or body["max_tokens"]),
    ),
    "responses": Format(
        "/v1/responses",
        responses.frames,
        chat.error,
        {**_OPENAI, "OPENAI_API": "responses", "ALLOW_ANONYMOUS": "true"},
        responses.conversation,
        lambda body: str(body.get("instructions") or ""),
        lambda body: {t["name"]: t["parameters"] for t in body.get("tools", [])},
        lambda body: int(body["max_output_tokens"]),
    ),
    "anthropic": Format(
        "/v1/messages",
        anthropic.frames,
        anthropic.error,
        {**_ANTHROPIC, "ALLOW_ANONYMOUS": "true"},
        anthropic.conversation,
        lambda body: body["system"] if isinstance(body.get("system"), str) else json.dumps(body.get("system", "")),
        lambda body: {t["name"]: t["input_schema"] for t in body.get("tools", [])},
        lambda body: int(body["max_tokens"]),
    ),
}
