"""What llama.cpp's server refuses and how it dies, by each of its APIs."""

from tests.servers.conftest import Chat


def assert_said(errors: list[str], sentence: str) -> None:
    (error,) = errors
    assert error.startswith(sentence)


def test_a_conversation_that_is_too_long(chat: Chat) -> None:
    _, errors = chat.say("word " * 1000).follow()
    assert_said(errors, "The conversation is too long for the model. Please begin a new one.")
