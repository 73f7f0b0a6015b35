"""Conversations with llama.cpp's server through LiteLLM's proxy, and the refusals that the proxy has of its own."""

from typing import Any

import pytest

from tests.servers.conftest import Chat
from tests.servers.litellm.proxy import KEY, LiteLLMProxy
from tests.servers.llamacpp.server import LlamaServer
from tests.servers.test_conversations import conversation
from tests.servers.test_failures import assert_said, sing_until_killed


def test_a_conversation_of_several_turns(chat: Chat) -> None:
    assert chat.text(conversation(chat, "I like apples.", "Hi", "Which fruit?")) == "You like apples."


def test_tools_and_reasoning(chat: Chat) -> None:
    assert chat.text(conversation(chat, "What is 6*7?", "Use two tools", "Please think")) == "Yes, indeed."


def test_a_thought_goes_back_beside_the_call_that_it_led_to(chat: Chat) -> None:
    # LiteLLM 1.108.7 turns Messages into Responses and does not hand back their reasoning: there is none to keep.
    expected = "What was that?" if chat.api == "messages" else "I thought it through: 9."
    assert chat.text(conversation(chat, "Please ponder 3*3")) == expected


def test_a_conversation_that_is_too_long(chat: Chat) -> None:
    _, errors = chat.say("word " * 1000).follow()
    assert_said(errors, "The conversation is too long for the model. Please begin a new one.")


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ({"OPENAI_MODEL": "chair"}, "The model's provider does not know the model that this server asks for."),
        ({"OPENAI_API_KEY": "sk-another"}, "The model's provider does not accept this server's key."),
    ],
)
def test_what_the_proxy_refuses(
    llama: LlamaServer, proxy: LiteLLMProxy, settings: dict[str, str], sentence: str
) -> None:
    chat = Chat("chat", llama, proxy.url, **{"OPENAI_API_KEY": KEY, **settings})
    _, errors = chat.say("Hi").follow()
    chat.server.stop()
    assert_said(errors, sentence)


def test_a_backend_that_dies_and_comes_back(chat: Chat) -> None:
    state: Any
    state, errors = sing_until_killed(chat)
    (error,) = errors
    assert "provider" in error
    assert chat.text(state).startswith("la la ")
    _, errors = chat.say("Are you there?", state=state).follow(state)
    assert len(errors) == 1
    chat.llama.start()
    assert chat.text(conversation(chat, "Hi")) == "Hello, I am a small model."
