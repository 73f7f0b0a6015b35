"""A page that was closed or reloaded resumes the reply."""

from playwright.sync_api import expect

from tests.browser.chat import Chat


def test_a_reload_during_a_reply_shows_it_and_continues_live(chat: Chat) -> None:
    script = chat.begin("Reload me", "one ")
    chat.page.reload()
    chat.expect_messages("Reload me", "one")
    expect(chat.stop_button).to_be_visible()
    script.text("two ")
    chat.expect_messages("Reload me", "one two")
    chat.page.reload()
    script.text("three").end()
    chat.expect_messages("Reload me", "one two three")
    chat.expect_idle()


def test_a_reload_before_the_first_word_loses_nothing(chat: Chat) -> None:
    chat.send("Reload at once")
    expect(chat.page.get_by_role("status", name="The assistant is thinking")).to_be_visible()
    chat.page.reload()
    expect(chat.stop_button).to_be_visible()
    chat.script("Reload at once").text("Here.").end()
    chat.expect_idle()
    chat.expect_messages("Reload at once", "Here.")


def test_a_reply_that_ended_while_the_page_was_closed_is_complete(chat: Chat) -> None:
    script = chat.begin("Leave me", "one ")
    chat.page.goto("about:blank")
    script.text("two").end()
    chat.page.go_back()
    chat.expect_messages("Leave me", "one two")
    chat.expect_idle()


def test_resuming_a_turn_keeps_the_earlier_ones(chat: Chat) -> None:
    chat.ask("before", "First answer.")
    script = chat.begin("now", "Second ")
    chat.page.reload()
    script.text("answer.").end()
    chat.expect_idle()
    chat.expect_messages("before", "First answer.", "now", "Second answer.")


def test_a_stop_after_a_reload_reaches_the_server(chat: Chat) -> None:
    script = chat.begin("Stop me later", "one ")
    chat.page.reload()
    expect(chat.replies).to_contain_text("one")
    chat.stop_button.click()
    script.await_cancelled()
    chat.expect_idle()
