"""A reply that nobody wants any more closes the provider's connection, whoever says so."""

import json
import signal
from uuid import uuid4

from tests.assistants.llm.conftest import Chat, StartChat
from tests.providers import Say, answer
from tests.wire import Reply

PATIENCE = 30.0  # seconds; it takes some milliseconds, but the machine may be busy


def waiting(chat: Chat, **fields: str) -> Reply:
    """A reply of which the first word is there and the second never comes."""
    chat.stub.answer(answer(Say(["first", "never"]), lock_step=True))
    chat.stub.step()
    reply = chat.client.request("POST", "/assistant", _hello(), **fields)
    lines = reply.lines()
    while "first" not in next(lines):
        pass
    return reply


def _hello() -> dict[str, object]:
    parts = [{"type": "text", "text": "Hi"}]
    return {"commands": [{"type": "add-message", "message": {"role": "user", "parts": parts}}]}


def test_the_reader_goes_away(chat: Chat) -> None:
    waiting(chat).close()
    assert chat.stub.closed.acquire(timeout=PATIENCE)


def test_the_reader_says_so(parts_chat: Chat) -> None:
    client = str(uuid4())
    with waiting(parts_chat, X_Client_Id=client) as reply:
        run = {"runId": reply.headers["X-Run-Id"]}
        assert parts_chat.client.post("/cancel", run, X_Client_Id=client).status == 202
        assert parts_chat.stub.closed.acquire(timeout=PATIENCE)


def test_the_process_has_to_stop(start_chat: StartChat, format_name: str) -> None:
    chat = start_chat(format_name, DRAIN_SECONDS="0.1")
    with waiting(chat) as reply:
        chat.server.process.send_signal(signal.SIGTERM)
        assert chat.stub.closed.acquire(timeout=PATIENCE), "after the drain, which is long in itself"
        assert "had to stop" in "".join(reply.lines())
    assert chat.server.process.wait(60) == 0


def test_it_goes_away_before_the_first_word(parts_chat: Chat) -> None:
    parts_chat.stub.answer(answer(Say(["never"]), lock_step=True))
    reply = parts_chat.say("Hi")
    assert parts_chat.stub.asked.acquire(timeout=PATIENCE)
    reply.close()
    assert parts_chat.stub.closed.acquire(timeout=PATIENCE)


def test_the_tokens_that_the_provider_said_before_the_end_are_counted(start_chat: StartChat, format_name: str) -> None:
    chat = start_chat(format_name)
    client = str(uuid4())
    with waiting(chat, X_Client_Id=client) as reply:
        assert chat.client.post("/cancel", {"runId": reply.headers["X-Run-Id"]}, X_Client_Id=client).status == 202
        reply.body()
    chat.server.stop()
    (line,) = [json.loads(line) for line in chat.server.log().splitlines() if '"run cancelled: ' in line]
    # Only Anthropic says some at the beginning of its stream; of the others nothing is known, which is not 0.
    said = {name for name in ("input_tokens", "output_tokens") if name in line}
    assert said == ({"input_tokens", "output_tokens"} if format_name == "anthropic" else set())
    assert ("tokens unknown" in line["message"]) == (format_name != "anthropic")
