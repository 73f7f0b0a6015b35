"""What a model's server does not take is left out: as PROVIDER_OMIT says, or as its refusal does."""

from typing import Any

import pytest

from tests.assistants.llm.conftest import Chat, StartChat
from tests.assistants.llm.test_images import PNG, look
from tests.providers import Refuse, Say, Use, answer
from tests.server import ROOT

NO_IMAGES = Refuse(500, {"error": {"message": "image input is not supported - hint: provide the mmproj"}})
NOTE = "(The model cannot see images. It answers without them.)"
TOOLS = {"get_weather": {"description": "The weather.", "parameters": {"type": "object", "properties": {}}}}


def unsupported(field: str) -> Refuse:
    message = f"Unsupported parameter: '{field}' is not supported with this model."
    return Refuse(400, {"error": {"message": message, "type": "invalid_request_error", "param": field}})


def text(chat: Chat, state: Any) -> str:
    return "".join(part["text"] for part in chat.parts(state) if part["kind"] == "text")


def test_a_refused_field_is_left_out_from_then_on(start_chat: StartChat, format_name: str) -> None:
    chat = start_chat(format_name)
    chat.stub.answer(unsupported("temperature"), answer(Say(["Hi"])), answer(Say(["Hi"])))
    for _ in range(2):
        _, errors = chat.say("Hi", callSettings={"temperature": 0.5, "topP": 0.5}).follow()
        assert not errors
    assert ["temperature" in request.body for request in chat.stub.requests] == [True, False, False]
    assert all(request.body["top_p"] == 0.5 for request in chat.stub.requests)
    assert "PROVIDER_OMIT=temperature saves the attempt" in chat.log()


def test_a_limit_goes_by_its_other_name_where_one_is_refused(start_chat: StartChat) -> None:
    chat = start_chat("chat", MAX_OUTPUT_TOKENS="500")
    chat.stub.answer(unsupported("max_tokens"), answer(Say(["Hi"])))
    _, errors = chat.say("Hi").follow()
    assert not errors
    assert chat.stub.requests[1].body["max_completion_tokens"] == 500
    assert "max_tokens" not in chat.stub.requests[1].body


def test_a_wrong_value_of_a_field_is_no_reason_to_leave_it_out(start_chat: StartChat) -> None:
    chat = start_chat("chat")
    chat.stub.answer(Refuse(400, {"error": {"message": "temperature must be between 0 and 2"}}))
    _, errors = chat.say("Hi", callSettings={"temperature": 3}).follow()
    assert len(errors) == len(chat.stub.requests) == 1


@pytest.mark.parametrize("layout", ["parts", "langchain"])
def test_a_conversation_with_an_image_goes_on_and_says_so_once(start_chat: StartChat, layout: str) -> None:
    chat = start_chat("chat", layout)
    chat.stub.answer(NO_IMAGES, *[answer(Say(["Well."]))] * 3)
    state, errors = chat.send(look(PNG)).follow()
    assert not errors
    assert text(chat, state) == f"{NOTE}\n\nWell."
    state, errors = chat.say("And?", state=state).follow(state)
    assert not errors
    assert text(chat, state) == "Well."
    state, errors = chat.send(look(PNG), state=state).follow(state)
    assert text(chat, state) == "Well."
    assert [PNG in str(request.body) for request in chat.stub.requests] == [True, False, False, False]
    assert "There was an image here" in str(chat.stub.requests[-1].body)


def test_what_the_operator_names_is_never_sent(start_chat: StartChat, format_name: str) -> None:
    chat = start_chat(format_name, PROVIDER_OMIT="images,tools,stream_options,top_p")
    chat.stub.answer(answer(Say(["Well."])))
    state, errors = chat.send(look(PNG), tools=TOOLS, callSettings={"topP": 0.5}).follow()
    assert not errors
    assert text(chat, state).startswith(NOTE)
    (request,) = chat.stub.requests
    assert PNG.partition(",")[2] not in str(request.body)
    assert not {"tools", "tool_choice", "stream_options", "top_p"} & set(request.body)


def test_an_error_within_the_stream_is_tried_again_before_the_first_token(start_chat: StartChat) -> None:
    chat = start_chat("anthropic", PROVIDER_RETRIES="1")
    chat.stub.answer(answer(end="overloaded"), answer(Say(["Here."])))
    state, errors = chat.say("Hi").follow()
    assert not errors
    assert text(chat, state) == "Here."


def test_calls_of_two_responses_go_back_as_two(chats: Any, layout: str, format_name: str) -> None:
    chat: Chat = chats(format_name, layout)
    first, second = (Use("calculate", [f'{{"expression": "{n}"}}'], id=f"call_{n}") for n in (1, 2))
    chat.stub.answer(answer(first), answer(second), answer(Say(["Done."])), answer(Say(["Bye."])))
    state, errors = chat.say("Count").follow()
    assert not errors
    chat.say("Thanks", state=state).follow(state)
    kinds = [item[0] for item in chat.stub.requests[-1].conversation]
    assert kinds == ["user", "call", "result", "call", "result", "assistant", "user"]


def test_a_tool_learns_whose_turn_it_is(start_chat: StartChat) -> None:
    paths = f"{ROOT / 'src'}:{ROOT / 'tests/fixtures'}"
    chat = start_chat(PYTHONPATH=paths, SERVER_TOOLS="acme.own_tools.thread,calculate")
    chat.stub.answer(answer(Use("thread", ["{}"])), answer(Say(["Done."])))
    state, errors = chat.say("Hi", threadId="t-1").follow()
    assert not errors
    assert chat.parts(state)[0]["result"] == "t-1"
    offered = chat.format.tools(chat.stub.requests[0].body)
    assert set(offered) == {"thread", "calculate"}
    assert offered["thread"]["properties"] == {}


@pytest.mark.parametrize(
    ("settings", "first", "refusal"),
    [
        (
            {},
            {"config": {"reasoningEffort": "xhigh"}},
            "Unsupported value: 'reasoning_effort' does not support 'xhigh' with this model.",
        ),
        ({}, {"callSettings": {"temperature": 1.9}}, "temperature: 1.9 is not allowed: it must be between 0 and 1"),
        ({"MAX_OUTPUT_TOKENS": "8192"}, {}, "max_tokens 8192 is not supported by this model: at most 4096"),
        ({}, {"text": "stream_options is not supported"}, "Cannot read 'stream_options is not supported'"),
    ],
)
def test_what_one_request_says_leaves_nothing_out_of_the_next(
    start_chat: StartChat, settings: dict[str, str], first: dict[str, Any], refusal: str
) -> None:
    chat = start_chat("chat", **settings)
    chat.stub.answer(Refuse(400, {"error": {"message": refusal, "code": "unsupported_value"}}), answer(Say(["Hi"])))
    _, errors = chat.say(first.get("text", "Hi"), **{key: first[key] for key in first if key != "text"}).follow()
    assert len(errors) == len(chat.stub.requests) == 1
    chat.say("Hi", config={"reasoningEffort": "low"}, callSettings={"temperature": 0.5}).follow()
    sent = chat.stub.requests[1].body
    assert (sent["reasoning_effort"], sent["temperature"], "stream_options" in sent) == ("low", 0.5, True)
    assert sent.get("max_tokens") == (8192 if settings else None)


@pytest.mark.parametrize(
    "body",
    [
        {"error": {"message": "Unrecognized request argument supplied: seed"}},
        {"error": {"message": "Refused.", "code": "unsupported_parameter", "param": "seed"}},
        {"detail": [{"type": "extra_forbidden", "loc": ["body", "seed"], "msg": "Extra inputs are not permitted"}]},
        {"error": {"message": "seed: Extra inputs are not permitted"}},
        {"error": {"message": "property 'seed' is unsupported"}},
        {"error": {"message": 'Invalid JSON payload received. Unknown name "seed": Cannot find field.'}},
        {"error": {"message": "This model does not support the parameter `seed`."}},
        {"message": "`seed` is deprecated for this model."},
    ],
)
def test_servers_name_a_field_that_they_do_not_know_in_many_ways(start_chat: StartChat, body: Any) -> None:
    chat = start_chat("chat")
    chat.stub.answer(Refuse(400, body), answer(Say(["Hi"])))
    _, errors = chat.say("Hi", callSettings={"seed": 7, "temperature": 0.5}).follow()
    assert not errors
    assert "seed" not in chat.stub.requests[1].body
    assert chat.stub.requests[1].body["temperature"] == 0.5
