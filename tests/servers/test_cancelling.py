"""Whoever stops a reply, or leaves it, frees the place that it took in llama.cpp's server."""

import time

from tests.servers.conftest import Chat
from tests.wire import Reply, apply


def wait_until_free(chat: Chat, cancelled: int) -> None:
    """Waits until the server answers nobody, because it was told to stop once more."""
    deadline = time.monotonic() + 30
    while chat.llama.answering() or cancellations(chat) == cancelled:
        assert time.monotonic() < deadline
        time.sleep(0.02)
    assert cancellations(chat) == cancelled + 1


def cancellations(chat: Chat) -> int:
    return chat.llama.log().count("cancel task")


def wait_for_words(chat: Chat, reply: Reply) -> None:
    state = None
    for _, value in reply.frames():
        state = apply(state, value)
        if "la la " in chat.text(state):
            return
    raise AssertionError("it ended by itself")


def test_a_reply_that_is_cancelled_is_no_longer_made(chat: Chat) -> None:
    before = cancellations(chat)
    with chat.say("Sing forever") as reply:
        wait_for_words(chat, reply)
        assert chat.llama.answering() == 1
        assert chat.client.post("/cancel", {"runId": reply.headers["X-Run-Id"]}).status == 202
        wait_until_free(chat, before)


def test_a_reply_whose_reader_left_is_no_longer_made(chat: Chat) -> None:
    before = cancellations(chat)
    with chat.say("Sing forever") as reply:
        wait_for_words(chat, reply)
    wait_until_free(chat, before)
