"""What llama.cpp's server refuses and how it dies, by each of its APIs."""

from typing import Any

from tests.servers.conftest import Chat
from tests.wire import apply

PIXEL = "data:image/gif;base64,R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7"


def assert_said(errors: list[str], sentence: str) -> None:
    (error,) = errors
    assert error.startswith(sentence)


def test_an_image_is_refused_once_and_the_conversation_goes_on(chat: Chat) -> None:
    parts = [{"type": "text", "text": "What is this?"}, {"type": "image", "image": PIXEL}]
    said = {"type": "add-message", "message": {"role": "user", "parts": parts}, "parentId": None, "sourceId": None}
    state, errors = chat.send(said).follow()
    first = [*errors, chat.text(state)]
    state, errors = chat.say("Hi", state=state).follow(state)
    assert not errors
    second = chat.text(state)
    assert second.endswith("Hello, I am a small model.")
    assert str([first, second]).count("images") == 1


def test_a_conversation_that_is_too_long(chat: Chat) -> None:
    _, errors = chat.say("word " * 1000).follow()
    assert_said(errors, "The conversation is too long for the model. Please begin a new one.")


def sing_until_killed(chat: Chat) -> tuple[Any, list[str]]:
    """Kills llama.cpp's server in the middle of an answer; returns the client's state and errors."""
    state: Any = None
    errors = []
    with chat.say("Sing forever") as reply:
        for kind, value in reply.frames():
            if kind == "error":
                errors.append(value)
            elif kind == "state":
                state = apply(state, value)
                if not errors and "la la " in chat.text(state):
                    chat.llama.kill()
    return state, errors


def test_a_server_that_is_killed_in_the_middle_and_comes_back(chat: Chat) -> None:
    state, errors = sing_until_killed(chat)
    assert_said(errors, "The connection to the model's provider broke off. Please try again.")
    assert chat.text(state).startswith("la la ")
    state, errors = chat.say("Are you there?", state=state).follow(state)
    assert_said(errors, "The model's provider cannot be reached. Please try again later.")
    chat.llama.start()
    # Two messages of the user's follow each other now, and the template takes none that do.
    state, errors = chat.say("Hi", state=state).follow(state)
    assert not errors
    assert chat.text(state) == "Hello, I am a small model."
