"""Errors are shown in plain words, and the request can be tried again."""

from playwright.sync_api import expect

from tests.browser.chat import Chat
from tests.browser.conftest import OpenChat, StartClient
from tests.browser.pictures import noise
from tests.browser.watch import Watch
from tests.wire import Client


def test_a_failed_reply_shows_no_internals_and_can_be_tried_again(chat: Chat) -> None:
    chat.begin("Fail", "Half a ")
    chat.script("Fail").fail()
    expect(chat.alert).to_contain_text("try again", ignore_case=True)
    expect(chat.page.get_by_text("RuntimeError")).to_have_count(0)
    expect(chat.page.get_by_text("a step that fails")).to_have_count(0)
    chat.expect_messages("Fail", "Half a")
    chat.picture("error")
    chat.script("Fail").text("Whole.").end()
    chat.retry_button.click()
    chat.expect_idle()
    chat.expect_messages("Fail", "Whole.")
    expect(chat.alert).to_have_count(0)


def test_an_error_text_of_the_assistant_is_shown_and_not_taken_for_a_lost_connection(chat: Chat) -> None:
    script = chat.begin("My order?", "I look. ")
    script.apologise("The network of the shop is down: I could not fetch your order.")
    expect(chat.alert).to_contain_text("I could not fetch your order.")
    expect(chat.lost).to_have_count(0)
    chat.expect_idle()


def test_after_a_failure_the_user_can_write_another_message(chat: Chat) -> None:
    chat.ask("Before", "Fine.")
    chat.begin("Fail too", "Half ")
    chat.script("Fail too").fail()
    expect(chat.alert).to_be_visible()
    chat.ask("Something else", "Well.")
    expect(chat.alert).to_have_count(0)
    chat.expect_messages("Before", "Fine.", "Fail too", "Half", "Something else", "Well.")


def test_a_message_too_large_is_explained_and_removes_no_other_thread(chat: Chat, watched: Watch) -> None:
    watched.expect_failed_requests()
    chat.ask("An older thread", "Still here.")
    chat.new_thread()
    chat.attach(*(noise(f"{number}.png", 480_000) for number in range(9)))
    chat.send("Too much")
    expect(chat.alert).to_contain_text("too large")
    expect(chat.thread("An older thread")).to_be_visible()
    chat.page.reload()
    chat.open_thread("An older thread")
    chat.expect_messages("An older thread", "Still here.")


def test_a_full_server_is_explained_and_the_message_can_be_tried_again(
    open_chat: OpenChat, scripted_server: StartClient
) -> None:
    client = scripted_server(MAX_CONCURRENT_RUNS="1")
    occupant = client.say("Occupies the only place")
    chat = open_chat(client, failing=True)
    chat.send("Is there room?")
    expect(chat.alert).to_contain_text("Too many replies")
    chat.expect_messages("Is there room?")
    occupant.close()
    expect_room(client)
    chat.script("Is there room?").text("There is.").end()
    chat.retry_button.click()
    chat.expect_messages("Is there room?", "There is.")


def expect_room(client: Client) -> None:
    """Waits until the server has room again: it has noticed that the other reader left."""
    while client.send({"type": "write", "to": "", "steps": []}).status == 503:
        pass
