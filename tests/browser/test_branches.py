"""Editing a message keeps both conversations."""

from playwright.sync_api import expect

from tests.browser.chat import Chat


def edit(chat: Chat, number: int, text: str, answer: str) -> None:
    chat.script(text).text(answer).end()
    chat.mine.nth(number).hover()
    chat.mine.nth(number).get_by_role("button", name="Edit").click()
    box = chat.page.get_by_role("textbox", name="Edit message")
    expect(box).to_be_focused()
    box.fill(text)
    chat.picture("edit")
    chat.page.get_by_role("button", name="Send again").click()
    expect(chat.replies.last).to_contain_text(answer)
    chat.expect_idle()


def test_versions_can_be_switched_also_after_a_reload(chat: Chat) -> None:
    chat.ask("first", "Answer one.")
    chat.ask("second", "Answer two.")
    edit(chat, 0, "first, edited", "Another answer.")
    chat.expect_messages("first, edited", "Another answer.")
    versions = chat.mine.first.get_by_role("group", name="Versions of this message")
    expect(versions).to_contain_text("2 / 2")
    for _ in range(2):
        versions.get_by_role("button", name="Previous version").click()
        chat.expect_messages("first", "Answer one.", "second", "Answer two.")
        expect(versions).to_contain_text("1 / 2")
        expect(versions.get_by_role("button", name="Previous version")).to_be_disabled()
        versions.get_by_role("button", name="Next version").click()
        chat.expect_messages("first, edited", "Another answer.")
        chat.page.reload()
        expect(versions).to_contain_text("2 / 2")
    versions.get_by_role("button", name="Previous version").click()
    chat.page.reload()
    chat.expect_messages("first", "Answer one.", "second", "Answer two.")


def test_each_branch_continues_separately(chat: Chat) -> None:
    chat.ask("apples", "Red.")
    edit(chat, 0, "pears", "Green.")
    chat.ask("and then?", "More pears.")
    versions = chat.mine.first.get_by_role("group", name="Versions of this message")
    versions.get_by_role("button", name="Previous version").click()
    chat.ask("what else?", "More apples.")
    chat.expect_messages("apples", "Red.", "what else?", "More apples.")
    versions.get_by_role("button", name="Next version").click()
    chat.expect_messages("pears", "Green.", "and then?", "More pears.")


def test_editing_a_later_message_keeps_the_earlier_turn(chat: Chat) -> None:
    chat.ask("start", "Started.")
    chat.ask("left", "Gone left.")
    edit(chat, 1, "right", "Gone right.")
    chat.expect_messages("start", "Started.", "right", "Gone right.")
    expect(chat.mine.first.get_by_role("group")).to_have_count(0)
    expect(chat.mine.last.get_by_role("group")).to_contain_text("2 / 2")


def test_an_edit_can_be_cancelled(chat: Chat) -> None:
    chat.ask("keep me", "Kept.")
    chat.mine.hover()
    chat.mine.get_by_role("button", name="Edit").click()
    chat.page.get_by_role("textbox", name="Edit message").fill("something else")
    chat.page.get_by_role("button", name="Cancel").click()
    chat.expect_messages("keep me", "Kept.")
