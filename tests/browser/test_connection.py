"""The connection breaks: the page says so, and goes on by itself when there is one again."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import BrowserContext, expect

from tests.browser.cable import Cable
from tests.browser.chat import Chat
from tests.browser.watch import Watch
from tests.image.conftest import Stack
from tests.wire import Client


@pytest.fixture
def cable(stack: Stack) -> Iterator[Cable]:
    cable = Cable(stack.port)
    yield cable
    cable.close()


@pytest.fixture
def chat(cable: Cable, context: BrowserContext, watched: Watch, stack: Stack) -> Chat:
    """The page behind the cable. The test itself has another way to the server."""
    watched.expect_failed_requests()
    chat = Chat(context.new_page(), Client(cable.host, cable.port)).open()
    chat.client = stack.client
    return chat


def test_a_cut_is_said_and_the_reply_goes_on_by_itself(chat: Chat, cable: Cable) -> None:
    script = chat.begin("Train in a tunnel", "one ")
    cable.cut()
    expect(chat.lost).to_be_visible()
    expect(chat.box).to_be_disabled()
    chat.picture("connection-lost")
    script.text("two ")
    cable.plug_in()
    chat.expect_messages("Train in a tunnel", "one two")
    expect(chat.lost).to_have_count(0)
    script.text("three").end()
    chat.expect_messages("Train in a tunnel", "one two three")
    chat.expect_idle()
    expect(chat.box).to_be_enabled()


def test_a_second_cut_doubles_nothing(chat: Chat, cable: Cable) -> None:
    script = chat.begin("Two tunnels", "one ")
    for word in ("two ", "three "):
        cable.cut()
        expect(chat.lost).to_be_visible()
        cable.plug_in()
        expect(chat.lost).to_have_count(0)
        script.text(word)
    script.end()
    chat.expect_messages("Two tunnels", "one two three")
    chat.expect_idle()


def test_a_network_that_comes_back_is_used_at_once(chat: Chat, cable: Cable) -> None:
    script = chat.begin("Airplane", "one ")
    chat.page.context.set_offline(True)
    cable.cut()
    expect(chat.lost).to_be_visible()
    cable.plug_in()
    script.text("two ").end()
    expect(chat.lost).to_be_visible()
    chat.page.context.set_offline(False)
    chat.expect_messages("Airplane", "one two")
    chat.expect_idle()


def test_a_reply_that_ended_meanwhile_is_whole(chat: Chat, cable: Cable) -> None:
    script = chat.begin("Meanwhile", "one ")
    cable.cut()
    expect(chat.lost).to_be_visible()
    script.text("two").end()
    cable.plug_in()
    chat.expect_idle()
    chat.expect_messages("Meanwhile", "one two")


def test_waiting_can_be_given_up(chat: Chat, cable: Cable) -> None:
    chat.begin("No patience", "one ")
    cable.cut()
    chat.page.get_by_role("button", name="Give up").click()
    chat.expect_idle()
    cable.plug_in()
    chat.expect_messages("No patience", "one")
    chat.ask("Again?", "Again.")
    chat.expect_messages("No patience", "one", "Again?", "Again.")


def test_a_reload_without_a_connection_keeps_what_was_there(chat: Chat, cable: Cable) -> None:
    script = chat.begin("Reload below ground", "one ")
    cable.cut()
    expect(chat.lost).to_be_visible()
    cable.plug_in()
    chat.page.reload()
    chat.expect_messages("Reload below ground", "one")
    script.text("two").end()
    chat.expect_messages("Reload below ground", "one two")
    chat.expect_idle()


def test_a_message_that_went_into_the_cut_is_kept_and_can_be_sent_again(chat: Chat, cable: Cable) -> None:
    chat.ask("Connected?", "Yes.")
    cable.cut()
    chat.send("And now?")
    expect(chat.lost).to_be_visible()
    chat.expect_messages("Connected?", "Yes.", "And now?")
    cable.plug_in()
    expect(chat.alert).to_contain_text("Your message did not reach the server.")
    chat.script("And now?").text("Now, too.").end()
    chat.retry_button.click()
    chat.expect_idle()
    chat.expect_messages("Connected?", "Yes.", "And now?", "Now, too.")


def test_a_stream_that_the_network_left_open_is_let_go_when_the_browser_is_offline(chat: Chat) -> None:
    script = chat.begin("Flight mode", "one ")
    chat.page.context.set_offline(True)
    expect(chat.lost).to_be_visible()
    chat.page.context.set_offline(False)
    script.text("two ").end()
    chat.expect_messages("Flight mode", "one two")
    chat.expect_idle()


def test_a_stream_without_heartbeats_is_taken_for_lost(chat: Chat, cable: Cable) -> None:
    chat.page.clock.install()
    script = chat.begin("Silence", "one ")
    cable.refuse()
    chat.page.clock.fast_forward(51_000)
    expect(chat.lost).to_be_visible()
    cable.plug_in()
    script.text("two ").end()
    chat.expect_messages("Silence", "one two")
