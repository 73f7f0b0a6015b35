"""Conversations with llama.cpp's server, by each of its APIs. Its model says what `llamacpp/chains.py` has."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

from tests.servers.conftest import Chat

CITY = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}
WEATHER = {"get_weather": {"description": "The weather in a city.", "parameters": CITY}}


def conversation(chat: Chat, *said: str) -> Any:
    """Says one thing after the other, each of which must be answered; returns the state."""
    state: Any = None
    for text in said:
        state, errors = chat.say(text, state=state, tools=WEATHER).follow(state)
        assert not errors, (text, errors)
    return state


def test_an_answer_arrives_whole_with_what_it_took(chat: Chat) -> None:
    state = conversation(chat, "Hi")
    assert chat.parts(state) == [{"kind": "text", "text": "Hello, I am a small model."}]
    usage = state["messages"][-1]["usage"]
    assert usage["outputTokens"] == 6
    assert usage["inputTokens"] > 20


def test_the_model_sees_the_earlier_turns(chat: Chat) -> None:
    assert chat.text(conversation(chat, "Which fruit?")) == "What was that?"
    assert chat.text(conversation(chat, "I like apples.", "Hi", "Which fruit?")) == "You like apples."


def test_a_character_whose_bytes_come_one_by_one_is_whole(chat: Chat) -> None:
    """Where it is the first of an answer, Messages begin without message_start (xllamacpp 2026.10.11549)."""
    assert chat.text(conversation(chat, "An emoji, please", "And an emoji again")) == "😀 smile"


def test_reasoning_is_no_part_of_the_answer(chat: Chat) -> None:
    state = conversation(chat, "Please think")
    assert [(part["kind"], part["text"]) for part in chat.parts(state)] == [
        ("reasoning", "Let me see."),
        ("text", "Yes, indeed."),
    ]


def test_a_conversation_goes_on_after_reasoning(chat: Chat) -> None:
    assert chat.text(conversation(chat, "Please think", "Which fruit?", "Please think")) == "Yes, indeed."


def test_a_tool_is_called_and_its_result_is_read(chat: Chat) -> None:
    state = conversation(chat, "What is 6*7?")
    call, text = chat.parts(state)
    assert call | {"id": ""} == {
        "kind": "call", "id": "", "name": "calculate", "args": '{"expression": "6*7"}', "result": "42", "error": False,
    }  # fmt: skip
    assert text["text"] == "It is 42."
    assert chat.text(conversation(chat, "What is 6*7?", "Thanks", "What is 6*7?")) == "It is 42."


def test_two_tools_are_called_in_one_answer(chat: Chat) -> None:
    state = conversation(chat, "Use two tools")
    first, second, text = chat.parts(state)
    assert (first["name"], first["result"]) == ("calculate", "2")
    assert (second["name"], second["args"], second["error"]) == ("current_time", "{}", False)
    assert text["text"] == "The sum is 2, and I know the time."
    assert chat.text(conversation(chat, "Use two tools", "Use two tools")) == text["text"]


def test_what_a_tool_refuses_reaches_the_model(chat: Chat) -> None:
    state = conversation(chat, "To the power of the power")
    assert chat.parts(state)[0]["error"] is True
    assert chat.text(state) == "That is too large."


def test_a_thought_goes_back_beside_the_call_that_it_led_to(chat: Chat) -> None:
    state = conversation(chat, "Please ponder 3*3")
    assert [part["kind"] for part in chat.parts(state)] == ["reasoning", "call", "text"]
    assert chat.text(state) == "I thought it through: 9."


def test_a_clients_tool_is_called_and_its_result_is_read(chat: Chat) -> None:
    state = conversation(chat, "How is the weather?")
    (call,) = chat.parts(state)
    assert (call["name"], call["args"]) == ("get_weather", '{"city": "Rome"}')
    result = {"type": "add-tool-result", "toolCallId": call["id"], "toolName": "get_weather", "result": "sunny"}
    state, errors = chat.send(result, state=state, tools=WEATHER).follow(state)
    assert not errors
    assert chat.text(state) == "Take a hat."


def test_a_model_that_says_nothing(chat: Chat) -> None:
    _, errors = chat.say("Say nothing").follow()
    assert errors
    assert errors[0].startswith("The model gave no answer. Please try again.")


def test_the_clients_limit_reaches_the_server(chat: Chat) -> None:
    state, errors = chat.say("Sing forever", callSettings={"maxTokens": 5}).follow()
    assert chat.text(state) == "la " * 5
    if chat.api == "responses":  # whose answer calls itself completed, as llama.cpp has it
        assert not errors
    else:
        assert errors[0].startswith("The answer was cut off where it became longer than the server allows.")


def test_twelve_conversations_at_once_are_not_mixed_up(chat: Chat) -> None:
    """The server answers four at a time; the others wait without so much as a header."""
    answers = {
        "Hi": "Hello, I am a small model.",
        "Please think": "Yes, indeed.",
        "What is 6*7?": "It is 42.",
        "Use two tools": "The sum is 2, and I know the time.",
    }
    asked = list(answers) * 3
    with ThreadPoolExecutor(len(asked)) as pool:
        said = list(pool.map(lambda text: chat.text(conversation(chat, "I like apples.", text)), asked))
    assert said == [answers[text] for text in asked]
