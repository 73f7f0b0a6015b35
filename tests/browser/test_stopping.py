"""Stop ends the reply at the server too, and the conversation can continue."""

from playwright.sync_api import expect

from tests.browser.chat import Chat


def test_stop_cancels_the_reply_at_the_server(chat: Chat) -> None:
    script = chat.begin("Count for ever", "One, ")
    chat.stop_button.click()
    script.await_cancelled()
    chat.expect_idle()
    expect(chat.alert).to_have_count(0)
    chat.expect_messages("Count for ever", "One,")


def test_a_message_after_a_stop_is_answered_and_the_stopped_reply_stays(chat: Chat) -> None:
    chat.begin("Count again", "One, ")
    chat.stop_button.click()
    chat.expect_idle()
    chat.ask("Enough?", "Enough.")
    chat.expect_messages("Count again", "One,", "Enough?", "Enough.")
    chat.page.reload()
    chat.expect_messages("Count again", "One,", "Enough?", "Enough.")
    expect(chat.stop_button).to_have_count(0)


def test_a_reply_that_has_not_begun_can_be_stopped(chat: Chat) -> None:
    chat.send("Silence")
    expect(chat.page.get_by_role("status", name="The assistant is thinking")).to_be_visible()
    chat.stop_button.click()
    chat.script("Silence").await_cancelled()
    chat.expect_idle()
    expect(chat.mine).to_contain_text("Silence")
