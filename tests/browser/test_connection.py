"""The connection breaks: the page says so, and continues by itself once it is back."""

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
    """The page behind the cable. The test itself reaches the server directly."""
    watched.expect_failed_requests()
    chat = Chat(context.new_page(), Client(cable.host, cable.port)).open()
    chat.client = stack.client
    return chat


def test_a_lost_connection_is_shown_and_the_reply_continues_by_itself(chat: Chat, cable: Cable) -> None:
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


def test_a_second_cut_duplicates_no_text(chat: Chat, cable: Cable) -> None:
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


def test_the_page_reconnects_as_soon_as_the_network_is_back(chat: Chat, cable: Cable) -> None:
    script = chat.begin("Airplane", "one ")
    chat.page.context.set_offline(True)
    cable.cut()
    expect(chat.offline).to_be_visible()
    cable.plug_in()
    script.text("two ").end()
    expect(chat.offline).to_be_visible()
    chat.page.context.set_offline(False)
    chat.expect_messages("Airplane", "one two")
    chat.expect_idle()


def test_a_reply_that_ended_meanwhile_is_complete(chat: Chat, cable: Cable) -> None:
    script = chat.begin("Meanwhile", "one ")
    cable.cut()
    expect(chat.lost).to_be_visible()
    script.text("two").end()
    cable.plug_in()
    chat.expect_idle()
    chat.expect_messages("Meanwhile", "one two")


def test_the_user_can_give_up_reconnecting(chat: Chat, cable: Cable) -> None:
    chat.begin("No patience", "one ")
    cable.cut()
    chat.page.get_by_role("button", name="Give up").click()
    chat.expect_idle()
    cable.plug_in()
    chat.expect_messages("No patience", "one")
    chat.ask("Again?", "Again.")
    chat.expect_messages("No patience", "one", "Again?", "Again.")


def test_a_reload_after_a_cut_keeps_the_text_so_far(chat: Chat, cable: Cable) -> None:
    script = chat.begin("Reload below ground", "one ")
    cable.cut()
    expect(chat.lost).to_be_visible()
    cable.plug_in()
    chat.page.reload()
    chat.expect_messages("Reload below ground", "one")
    script.text("two").end()
    chat.expect_messages("Reload below ground", "one two")
    chat.expect_idle()


def test_a_message_lost_in_the_cut_is_kept_and_can_be_sent_again(chat: Chat, cable: Cable) -> None:
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


def test_an_open_stream_is_closed_when_the_browser_goes_offline(chat: Chat) -> None:
    script = chat.begin("Flight mode", "one ")
    chat.page.context.set_offline(True)
    expect(chat.offline).to_be_visible()
    chat.page.context.set_offline(False)
    script.text("two ").end()
    chat.expect_messages("Flight mode", "one two")
    chat.expect_idle()


def test_a_stream_without_heartbeats_counts_as_lost(chat: Chat, cable: Cable) -> None:
    chat.page.clock.install()
    script = chat.begin("Silence", "one ")
    cable.refuse()
    chat.page.clock.fast_forward(51_000)
    expect(chat.lost).to_be_visible()
    cable.plug_in()
    script.text("two ").end()
    chat.expect_messages("Silence", "one two")
