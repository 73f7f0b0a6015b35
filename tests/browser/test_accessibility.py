"""The page for blind and visually impaired users: roles, names, and axe's verdict on every main state."""

from collections.abc import Callable
from itertools import count

import pytest
from playwright.sync_api import expect

from tests.browser import axe
from tests.browser.chat import Chat
from tests.browser.conftest import OpenChat, StartClient
from tests.browser.measured import record
from tests.browser.pictures import picture
from tests.browser.test_keyboard import PHONE

pytestmark = pytest.mark.usefixtures("page_built")  # its node_modules have axe-core

NUMBERS = count()  # each reply needs a question of its own: scripts go by it
RAIN = {"location": "Paris", "temperature": 9, "unit": "celsius", "condition": "rainy"}
REPLY = """# Title

Words, `code` and a [link](https://example.com/).

```python
print("a line that is so long that the block has to be moved sideways to read it all, even on a wide screen, as this")
```

| a | b |
|---|---|
| 1 | 2 |
"""


def full_conversation(chat: Chat) -> None:
    script = chat.script("Everything").reasoning("Let me think.")
    script.call("get_weather", {"location": "Paris"}, result=RAIN)
    script.call("search", {"query": "x"}, result={"hits": []}).call("break", {}, result="No.", is_error=True)
    script.text(REPLY).usage(10, 20).end()
    chat.attach(picture())
    chat.send("Everything")
    chat.expect_idle()


def opened(chat: Chat) -> None:
    full_conversation(chat)
    for summary in chat.replies.locator("summary").all():
        summary.click()


def editing(chat: Chat) -> None:
    chat.ask("Edit me", "Yes.")
    chat.mine.hover()
    chat.mine.get_by_role("button", name="Edit").click()


def streaming(chat: Chat) -> None:
    chat.begin(f"Streaming {next(NUMBERS)}", "One ")


def failed(chat: Chat) -> None:
    chat.begin("Axe's error", "Half ")
    chat.script("Axe's error").fail()
    expect(chat.alert).to_be_visible()


def attached(chat: Chat) -> None:
    chat.attach(picture())
    chat.box.fill("With an image")


def nothing(chat: Chat) -> None:
    pass


STATES = [nothing, full_conversation, opened, editing, streaming, failed, attached]


def expect_nothing_serious(chat: Chat, state: str) -> None:
    found = axe.findings(chat.page)
    record("axe", state, [str(finding) for finding in found])
    assert [str(finding) for finding in found if finding.impact in axe.SERIOUS] == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("state", STATES, ids=lambda state: state.__name__)
def test_axe_finds_nothing_serious(open_chat: OpenChat, scheme: str, state: Callable[[Chat], None]) -> None:
    chat = open_chat(color_scheme=scheme, reduced_motion="reduce")
    state(chat)
    expect_nothing_serious(chat, f"{state.__name__}, {scheme}")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious_in_the_drawer(open_chat: OpenChat, scheme: str) -> None:
    chat = open_chat(**PHONE, color_scheme=scheme)
    chat.ask("On a phone", "Yes.")
    chat.page.get_by_role("button", name="Threads").tap()
    expect(chat.page.get_by_role("dialog", name="Threads")).to_be_visible()
    expect_nothing_serious(chat, f"drawer, {scheme}")


def test_axe_finds_nothing_serious_in_the_key_prompt(open_chat: OpenChat, scripted_server: StartClient) -> None:
    for scheme in ("light", "dark"):
        client = scripted_server(API_KEYS="tests:a-key-that-nobody-enters")
        chat = open_chat(client, failing=True, color_scheme=scheme)
        chat.send("Who are you?")
        expect(chat.page.get_by_label("This server asks for an API key")).to_be_visible()
        expect_nothing_serious(chat, f"key prompt, {scheme}")


def test_every_part_of_the_page_has_a_role_and_a_name(chat: Chat) -> None:
    expect(chat.page.locator("html")).to_have_attribute("lang", "en")
    full_conversation(chat)
    expect(chat.page.locator("body")).to_match_aria_snapshot("""
      - navigation "Threads":
        - button "New chat"
        - searchbox "Search chats"
        - list:
          - listitem:
            - button "Everything"
            - button "Options of “Everything”"
      - main:
        - heading "Everything" [level=1]
        - button "Dark theme"
        - region "Conversation":
          - log "Messages":
            - text: "You wrote:"
            - paragraph: Everything
            - img "Sent by you"
            - button "Edit"
            - text: "The assistant wrote:"
            - group: Thoughts
            - region "Weather in Paris"
            - group:
              - code: search
              - text: done
            - group:
              - code: break
              - text: failed
            - heading "Title" [level=1]
            - button "Copy code"
            - code
            - table
            - button "Copy"
        - button "Add files"
        - textbox "Message"
        - button "Send" [disabled]
    """)


def test_a_reply_is_announced_once_it_is_complete(chat: Chat) -> None:
    expect(chat.log).to_have_attribute("aria-live", "polite")
    script = chat.begin("Announce", "one ")
    expect(chat.log).to_have_attribute("aria-busy", "true")
    script.end()
    expect(chat.log).to_have_attribute("aria-busy", "false")
