"""What goes wrong is said in plain words, and can be tried again."""

from playwright.sync_api import expect

from tests.browser.chat import Chat
from tests.browser.conftest import OpenChat, StartClient
from tests.browser.pictures import noise
from tests.browser.watch import Watch
from tests.wire import Client


def test_a_reply_that_fails_says_so_without_internals_and_is_tried_again(chat: Chat) -> None:
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


def test_what_the_assistant_says_of_a_failure_is_shown_and_not_taken_for_a_lost_connection(chat: Chat) -> None:
    script = chat.begin("My order?", "I look. ")
    script.apologise("The network of the shop is down: I could not fetch your order.")
    expect(chat.alert).to_contain_text("I could not fetch your order.")
    expect(chat.lost).to_have_count(0)
    chat.expect_idle()


def test_after_a_failure_one_may_also_write_something_else(chat: Chat) -> None:
    chat.ask("Before", "Fine.")
    chat.begin("Fail too", "Half ")
    chat.script("Fail too").fail()
    expect(chat.alert).to_be_visible()
    chat.ask("Something else", "Well.")
    expect(chat.alert).to_have_count(0)
    chat.expect_messages("Before", "Fine.", "Fail too", "Half", "Something else", "Well.")


def test_what_is_too_large_is_said_to_be_and_costs_no_other_thread(chat: Chat, watched: Watch) -> None:
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


def test_a_server_that_is_full_says_so_and_is_tried_again(open_chat: OpenChat, scripted_server: StartClient) -> None:
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
    """Waits until the server has noticed that the occupant has left."""
    while client.send({"type": "write", "to": "", "steps": []}).status == 503:
        pass
