"""Several conversations side by side, stored in this browser."""

from playwright.sync_api import expect

from tests.browser.chat import Chat
from tests.browser.watch import Watch


def test_a_threads_title_is_the_beginning_of_its_first_message(chat: Chat) -> None:
    chat.ask("Cheese from France", "Brie.")
    expect(chat.thread("Cheese from France")).to_be_visible()
    expect(chat.page.get_by_role("heading", level=1)).to_have_text("Cheese from France")
    expect(chat.page).to_have_title("Cheese from France")
    chat.ask("And from Italy?", "Pecorino.")
    expect(chat.threads.get_by_role("listitem")).to_have_count(1)


def test_threads_can_be_opened_and_survive_a_reload(chat: Chat) -> None:
    chat.ask("red", "Red it is.")
    chat.new_thread()
    expect(chat.box).to_be_focused()
    expect(chat.log.locator("[data-role]")).to_have_count(0)
    chat.ask("blue", "Blue it is.")
    chat.open_thread("red")
    chat.expect_messages("red", "Red it is.")
    chat.page.reload()
    chat.expect_messages("red", "Red it is.")
    expect(chat.thread("red").get_by_role("button", name="red", exact=True)).to_have_attribute("aria-current", "true")
    chat.open_thread("blue")
    chat.expect_messages("blue", "Blue it is.")
    chat.page.go_back()
    chat.expect_messages("red", "Red it is.")


def test_a_reply_continues_while_another_thread_is_shown(chat: Chat) -> None:
    script = chat.begin("slow one", "one ")
    chat.new_thread()
    expect(chat.thread("slow one").get_by_role("img", name="writing")).to_be_visible()
    chat.ask("quick one", "Done.")
    script.text("two ")
    chat.open_thread("slow one")
    chat.expect_messages("slow one", "one two")
    expect(chat.stop_button).to_be_visible()
    chat.open_thread("quick one")
    script.text("three").end()
    expect(chat.thread("slow one").get_by_role("img", name="writing")).to_have_count(0)
    chat.open_thread("slow one")
    chat.expect_messages("slow one", "one two three")
    chat.expect_idle()


def test_a_reply_that_ends_in_the_background_is_saved_completely(chat: Chat, watched: Watch) -> None:
    script = chat.begin("background", "one ")
    chat.new_thread()
    script.text("two").end()
    expect(chat.thread("background").get_by_role("img", name="writing")).to_have_count(0)
    chat.open_thread("background")
    chat.expect_messages("background", "one two")
    chat.page.reload()
    chat.expect_messages("background", "one two")
    assert not [url for url in watched.requested if url.endswith("/resume")], "the server keeps it for a while only"


def test_two_replies_stream_at_once_and_both_survive_a_reload(chat: Chat) -> None:
    first = chat.begin("thread one", "a ")
    chat.new_thread()
    second = chat.begin("thread two", "b ")
    chat.page.reload()
    chat.expect_messages("thread two", "b")
    second.text("c").end()
    chat.expect_idle()
    first.text("d").end()
    chat.open_thread("thread one")
    chat.expect_messages("thread one", "a d")
    chat.expect_idle()


def test_a_deleted_thread_leaves_nothing_behind(chat: Chat) -> None:
    chat.ask("keep", "Kept.")
    chat.new_thread()
    chat.ask("delete", "Not for long.")
    chat.choose_option("delete", "Delete")
    expect(chat.threads.get_by_role("listitem")).to_have_count(1)
    expect(chat.log.locator("[data-role]")).to_have_count(0)
    chat.page.reload()
    expect(chat.threads.get_by_role("listitem")).to_have_count(1)
    chat.open_thread("keep")
    chat.expect_messages("keep", "Kept.")
    assert chat.page.evaluate("JSON.stringify({...localStorage})").count("Not for long.") == 0


def test_deleting_a_thread_cancels_its_reply(chat: Chat) -> None:
    script = chat.begin("delete me", "one ")
    chat.choose_option("delete me", "Delete")
    script.await_cancelled()
    expect(chat.threads.get_by_role("listitem")).to_have_count(0)
    chat.page.reload()
    expect(chat.threads.get_by_role("listitem")).to_have_count(0)


def test_two_tabs_share_the_list_of_threads(chat: Chat) -> None:
    other = Chat(chat.page.context.new_page(), chat.client).open()
    chat.ask("from the first tab", "Seen.")
    expect(other.thread("from the first tab")).to_be_visible()
    other.open_thread("from the first tab")
    other.expect_messages("from the first tab", "Seen.")
    other.ask("from the second", "Also seen.")
    chat.expect_messages("from the first tab", "Seen.", "from the second", "Also seen.")
    chat.ask("and again", "Still there.")
    other.page.reload()
    other.expect_messages("from the first tab", "Seen.", "from the second", "Also seen.", "and again", "Still there.")


def test_two_tabs_can_stream_at_once_and_lose_nothing(chat: Chat) -> None:
    other = Chat(chat.page.context.new_page(), chat.client).open()
    first = chat.begin("tab one", "a ")
    second = other.begin("tab two", "b ")
    first.text("c").end()
    second.text("d").end()
    chat.expect_idle()
    other.expect_idle()
    for tab in (chat, other):
        expect(tab.threads.get_by_role("listitem")).to_have_count(2)
    chat.open_thread("tab two")
    chat.expect_messages("tab two", "b d")
