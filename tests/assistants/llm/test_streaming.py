"""Text, reasoning and tool calls reach the client token by token, in every format and layout."""

from typing import Any

from tests.assistants.llm.conftest import Chat
from tests.providers import Say, Think, Use, answer
from tests.wire import apply

TOOLS = {"get_weather": {"description": "The weather.", "parameters": {"type": "object", "properties": {}}}}


def test_an_answer_arrives_whole_with_what_it_took(chat: Chat) -> None:
    chat.stub.answer(answer(Say(["Hel", "lo", " there"])))
    state, errors = chat.say("Hi").follow()
    assert not errors
    assert chat.parts(state) == [{"kind": "text", "text": "Hello there"}]
    assert chat.usage(state) == {"inputTokens": 7, "outputTokens": 5}
    assert state["provider"] == "completed"
    (request,) = chat.stub.requests
    assert request.conversation == [("user", "Hi")]
    assert "7 tokens in, 5 tokens out" in chat.log()


def test_every_token_passes_by_itself(chat: Chat) -> None:
    """The stub sends a piece only once the client has the one before it."""
    parts = [Think(["I th", "ink"], signature="s"), Say(["one ", "two "]), Use("get_weather", ['{"city":', '"Paris"}'])]
    chat.stub.answer(answer(*parts, lock_step=True))
    with chat.say("Hi", tools=TOOLS) as reply:
        state: Any = None
        frames = reply.frames()
        for piece in ("I th", "ink", "one ", "two ", '{"city":', '"Paris"}'):
            chat.stub.step()
            while state is None or piece not in _written(chat, state):
                state = apply(state, next(frames)[1])
        for _, operations in frames:
            state = apply(state, operations)
    assert chat.parts(state)[-1]["args"] == '{"city":"Paris"}'
    assert "result" not in chat.parts(state)[-1]


def _written(chat: Chat, state: Any) -> str:
    return "".join(part.get("text", part.get("args", "")) for part in chat.parts(state))


def test_calls_whose_arguments_never_came_have_an_empty_object(chat: Chat) -> None:
    chat.stub.answer(answer(Use("get_weather", [])))
    state, errors = chat.say("Hi", tools=TOOLS).follow()
    assert not errors
    assert [part["args"] for part in chat.parts(state)] == ["{}"]


def test_signed_reasoning_survives_the_round_trip(chat: Chat) -> None:
    chat.stub.answer(answer(Think(["Let me ", "think."], signature="signed=="), Say(["Yes."])), answer(Say(["Again."])))
    state, _ = chat.say("Hi").follow()
    reasoning = [part for part in chat.parts(state) if part["kind"] == "reasoning"]
    assert "".join(piece["text"] for piece in reasoning) == "Let me think."
    chat.say("And?", state=state).follow(state)
    thoughts = [item[1:] for item in chat.stub.requests[1].conversation if item[0] == "thinking"]
    said = [item for item in chat.stub.requests[1].conversation if item[0] != "thinking"]
    assert said == [("user", "Hi"), ("assistant", "Yes."), ("user", "And?")]
    assert (
        thoughts
        == {
            "chat": [],  # it has no signatures: reasoning is not sent back as if it had been said
            "responses": [(["Let me ", "think."], "signed==")],
            "anthropic": [("Let me think.", "signed==")],
        }[chat.format_name]
    )


def test_reasoning_without_a_visible_word_is_kept_too(chats: Any, layout: str) -> None:
    chat = chats("responses", layout)
    chat.stub.answer(answer(Think([], signature="signed=="), Say(["Yes."])), answer(Say(["Again."])))
    state, _ = chat.say("Hi").follow()
    chat.say("And?", state=state).follow(state)
    assert ("thinking", [], "signed==") in chat.stub.requests[1].conversation


def test_what_the_request_asks_for_is_passed_on_within_bounds(parts_chat: Chat) -> None:
    chat = parts_chat
    chat.stub.answer(answer(Say(["a"])), answer(Say(["b"])), answer(Say(["c"])))
    settings = {"maxTokens": 100, "temperature": 0.5, "headers": {"Authorization": "Bearer theirs"}}
    chat.say("Hi", callSettings=settings, config={"modelName": "other-model", "apiKey": "theirs"}).follow()
    chat.say("Hi", callSettings={"maxTokens": 10**9}, config={"modelName": "the-best", "baseUrl": "http://a"}).follow()
    chat.say("Hi", system="Speak Latin.").follow()
    first, second, third = chat.stub.requests
    assert chat.format.max_tokens(first.body) == 100
    assert first.body["model"] == "other-model"
    assert first.body["temperature"] == 0.5
    assert chat.format.max_tokens(second.body) == 8192
    assert second.body["model"] in ("gpt-6-luna", "claude-haiku-5-5")
    assert "Speak Latin." in chat.format.system(third.body)
    for request in chat.stub.requests:
        assert "theirs" not in str(request.headers)
        assert request.body["stream"] is True
    if chat.format_name == "responses":
        assert first.body["store"] is False
        assert "reasoning.encrypted_content" in second.body["include"]
        assert second.body["reasoning"]["summary"] == "auto"
