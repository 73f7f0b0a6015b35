"""A server that requires an API key: the page asks the user for it once per tab."""

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, expect

from tests.browser.chat import Chat
from tests.browser.conftest import StartClient
from tests.browser.watch import Watch
from tests.wire import Client

KEY = "a-key-for-the-tests-of-the-page"


class KeyedClient(Client):
    """The test's own client of a server that requires a key."""

    def send(self, *commands: object, **fields: object):  # type: ignore[no-untyped-def]
        return super().send(*commands, headers={"Authorization": f"Bearer {KEY}"})


@pytest.fixture
def chat(scripted_server: StartClient, context: BrowserContext, watched: Watch) -> Chat:
    watched.expect_failed_requests()
    client = scripted_server(API_KEYS=f"tests:{KEY}", ALLOWED_MODELS="small,large")
    return Chat(context.new_page(), KeyedClient(client.host, client.port)).open()


def prompt(page: Page) -> Locator:
    return page.get_by_label("This server asks for an API key")


def enter(chat: Chat, key: str) -> None:
    prompt(chat.page).fill(key)
    chat.page.get_by_role("button", name="Continue").click()


def test_the_page_asks_for_the_key_and_then_sends_the_message(chat: Chat) -> None:
    expect(prompt(chat.page)).to_have_count(0)
    chat.script("Let me in").text("Welcome.").end()
    chat.send("Let me in")
    expect(prompt(chat.page)).to_be_focused()
    expect(chat.page.get_by_text("It is kept for this tab only.")).to_be_visible()
    expect(prompt(chat.page)).to_have_attribute("type", "password")
    chat.expect_messages("Let me in")
    chat.picture("key-prompt")
    expect(chat.page.get_by_role("combobox", name="Model")).to_have_count(0)
    enter(chat, KEY)
    expect(chat.page.get_by_role("combobox", name="Model")).to_be_visible()
    chat.expect_messages("Let me in", "Welcome.")
    chat.expect_idle()
    expect(prompt(chat.page)).to_have_count(0)


def test_after_a_wrong_key_the_page_asks_again(chat: Chat) -> None:
    chat.script("Wrong first").text("Right at last.").end()
    chat.send("Wrong first")
    enter(chat, "not-the-key")
    expect(prompt(chat.page)).to_have_value("")
    enter(chat, KEY)
    chat.expect_messages("Wrong first", "Right at last.")


def test_the_key_survives_a_reload_and_stays_in_its_tab(chat: Chat) -> None:
    chat.script("First").text("One.").end()
    chat.send("First")
    enter(chat, KEY)
    chat.expect_messages("First", "One.")
    chat.page.reload()
    chat.ask("Second", "Two.")
    assert KEY not in chat.page.evaluate("JSON.stringify({...localStorage})")
    other = Chat(chat.page.context.new_page(), chat.client).open()
    other.send("Third")
    expect(prompt(other.page)).to_be_visible()


def test_a_message_that_waits_for_the_key_survives_a_reload(chat: Chat) -> None:
    chat.script("Later").text("Here.").end()
    chat.send("Later")
    expect(prompt(chat.page)).to_be_visible()
    chat.page.reload()
    chat.expect_messages("Later")


def test_a_reply_is_resumed_in_a_new_tab_once_it_has_the_key(chat: Chat) -> None:
    script = chat.script("Long").text("one ")
    chat.send("Long")
    enter(chat, KEY)
    chat.expect_messages("Long", "one")
    other = Chat(chat.page.context.new_page(), chat.client)
    other.page.goto(chat.page.url)
    enter(other, KEY)
    script.text("two").end()
    other.expect_messages("Long", "one two")
    other.expect_idle()
