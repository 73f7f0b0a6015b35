"""Images: four kinds as data URLs, addresses only where they are allowed; anything else is a 400."""

from base64 import b64encode
from typing import Any

import pytest

from tests.assistants.llm.conftest import Chat, StartChat
from tests.providers import Say, answer

PNG = "data:image/png;base64," + b64encode(b"\x89PNG\r\n\x1a\n" + bytes(20)).decode()
KINDS = {
    "png": PNG,
    "jpeg": "data:image/jpeg;base64," + b64encode(b"\xff\xd8\xff\xe0" + bytes(20)).decode(),
    "gif": "data:image/gif;base64," + b64encode(b"GIF89a" + bytes(20)).decode(),
    "webp": "data:image/webp;base64," + b64encode(b"RIFF\x00\n\x00\x00WEBPVP8 " + bytes(20)).decode(),
}


def look(*images: str) -> dict[str, Any]:
    parts = [{"type": "text", "text": "Look"}, *({"type": "image", "image": image} for image in images)]
    return {"type": "add-message", "message": {"role": "user", "parts": parts}, "parentId": None, "sourceId": None}


def test_each_kind_reaches_the_model(chat: Chat) -> None:
    chat.stub.answer(answer(Say(["I see."])), answer(Say(["Still."])))
    state, errors = chat.send(look(*KINDS.values())).follow()
    assert not errors
    seen = [("user", "Look"), *(("user", image) for image in KINDS.values())]
    assert chat.stub.requests[0].conversation == seen
    chat.say("And now?", state=state).follow(state)
    assert chat.stub.requests[1].conversation[: len(seen)] == seen


@pytest.mark.parametrize(
    ("image", "says"),
    [
        ("data:image/svg+xml;base64,PHN2Zy8+", "must be a data URL"),
        ("data:image/png,plain", "must be a data URL"),
        ("data:image/png;base64,?", "not valid base64"),
        ("data:image/png;base64," + b64encode(b"<svg/>").decode(), "not the image/png that it is said to be"),
        ("data:image/png;base64," + b64encode(bytes(2000)).decode(), "not be larger than 1000 bytes"),
        ("https://example.com/a.png", "must be a data URL"),
        ("http://169.254.169.254/", "must be a data URL"),
        ("file:///etc/passwd", "must be a data URL"),
        ("", "must be a data URL"),
    ],
)
def test_anything_else_is_refused(small: Chat, image: str, says: str) -> None:
    reply = small.send(look(image))
    assert reply.status == 400
    assert says in reply.json()["error"]
    assert not small.stub.requests


@pytest.fixture(scope="module")
def small(start_chat: StartChat) -> Chat:
    return start_chat(MAX_IMAGE_BYTES="1000")


def test_of_an_old_message_it_is_left_out(parts_chat: Chat) -> None:
    old = {"id": "1", "role": "user", "parts": look("http://a.example/a.png")["message"]["parts"]}
    state = {"messages": [old, {"id": "2", "role": "assistant", "parts": [{"type": "text", "text": "No."}]}]}
    parts_chat.stub.answer(answer(Say(["Yes."])))
    parts_chat.say("And?", state=state).follow(state)
    said = [("user", "Look"), ("assistant", "No."), ("user", "And?")]
    assert parts_chat.stub.requests[0].conversation == said


@pytest.mark.parametrize("format_name", ["responses", "anthropic"])
def test_addresses_are_handed_on_where_they_are_allowed(start_chat: StartChat, format_name: str) -> None:
    chat = start_chat(format_name, ALLOW_IMAGE_URLS="true")
    url = "https://example.com/a.png?size=1"
    chat.stub.answer(answer(Say(["I see."])))
    _, errors = chat.send(look(url)).follow()
    assert not errors
    assert chat.stub.requests[0].conversation == [("user", "Look"), ("user", url)]
    for wrong in ("http://example.com/a.png", "https://user:password@example.com/", "https:///", "https://a b/"):
        assert chat.send(look(wrong)).status == 400
