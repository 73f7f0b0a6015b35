"""The whole page works without a mouse."""

from playwright.sync_api import Locator, expect

from tests.browser.chat import Chat
from tests.browser.conftest import OpenChat

PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}


def tab_to(chat: Chat, wanted: Locator, key: str = "Tab") -> None:
    """Presses Tab until the element has the focus; every stop on the way must show its focus."""
    for _ in range(30):
        if wanted.evaluate("element => element === document.activeElement"):
            return
        chat.page.keyboard.press(key)
        focused = chat.page.locator(":focus")
        if focused.count():
            expect(focused).to_be_in_viewport()
            assert focused.evaluate("element => getComputedStyle(element).opacity") != "0"
    raise AssertionError(f"the Tab key never reaches {wanted}")


def test_a_conversation_by_keyboard_alone(chat: Chat) -> None:
    chat.script("First line\nsecond line").text("Two lines.").end()
    expect(chat.box).to_be_focused()
    chat.page.keyboard.type("First line")
    chat.page.keyboard.press("Shift+Enter")
    chat.page.keyboard.type("second line")
    chat.page.keyboard.press("Enter")
    expect(chat.replies).to_contain_text("Two lines.")
    chat.expect_idle()
    expect(chat.mine.get_by_role("paragraph")).to_have_text("First line\nsecond line", use_inner_text=True)
    expect(chat.box).to_be_focused()
    expect(chat.box).to_have_value("")


def test_an_empty_message_is_not_sent(chat: Chat) -> None:
    chat.page.keyboard.press("Enter")
    chat.page.keyboard.type("   ")
    chat.page.keyboard.press("Enter")
    expect(chat.send_button).to_be_disabled()
    expect(chat.mine).to_have_count(0)


def test_a_reply_is_stopped_by_keyboard(chat: Chat) -> None:
    script = chat.begin("Stop by key", "one ")
    tab_to(chat, chat.stop_button)
    chat.page.keyboard.press("Enter")
    script.await_cancelled()
    chat.expect_idle()


def test_a_message_is_edited_by_keyboard_and_escape_cancels(chat: Chat) -> None:
    chat.ask("Old words", "Old answer.")
    edit = chat.mine.get_by_role("button", name="Edit")
    tab_to(chat, edit, "Shift+Tab")
    chat.page.keyboard.press("Enter")
    box = chat.page.get_by_role("textbox", name="Edit message")
    expect(box).to_be_focused()
    chat.page.keyboard.press("Escape")
    expect(box).to_have_count(0)
    chat.expect_messages("Old words", "Old answer.")
    tab_to(chat, edit, "Shift+Tab")
    chat.page.keyboard.press("Enter")
    expect(box).to_be_focused()
    chat.script("New words").text("New answer.").end()
    chat.page.keyboard.press("Control+A")
    chat.page.keyboard.type("New words")
    chat.page.keyboard.press("Enter")
    expect(chat.replies).to_contain_text("New answer.")
    tab_to(chat, chat.mine.get_by_role("button", name="Previous version"), "Shift+Tab")
    chat.page.keyboard.press("Enter")
    chat.expect_messages("Old words", "Old answer.")


def test_threads_and_theme_by_keyboard(chat: Chat) -> None:
    chat.ask("by key", "Yes.")
    tab_to(chat, chat.threads.get_by_role("button", name="New chat"), "Shift+Tab")
    chat.page.keyboard.press("Enter")
    expect(chat.log.locator("[data-role]")).to_have_count(0)
    tab_to(chat, chat.thread("by key").get_by_role("button").first, "Shift+Tab")
    chat.page.keyboard.press("Enter")
    chat.expect_messages("by key", "Yes.")
    tab_to(chat, chat.page.get_by_role("button", name="Dark theme"))
    chat.page.keyboard.press("Space")
    expect(chat.page.get_by_role("button", name="Light theme")).to_be_focused()
    tab_to(chat, chat.threads.get_by_role("button", name="Options of “by key”"), "Shift+Tab")
    chat.page.keyboard.press("Enter")
    tab_to(chat, chat.threads.get_by_role("button", name="Delete"))
    chat.page.keyboard.press("Enter")
    expect(chat.threads.get_by_role("listitem")).to_have_count(0)
    tab_to(chat, chat.page.get_by_role("button", name="Undo"), "Shift+Tab")
    chat.page.keyboard.press("Enter")
    chat.expect_messages("by key", "Yes.")


def test_escape_closes_the_drawer_and_the_focus_returns(open_chat: OpenChat) -> None:
    chat = open_chat(**PHONE)
    opener = chat.page.get_by_role("button", name="Threads")
    tab_to(chat, opener, "Shift+Tab")
    chat.page.keyboard.press("Enter")
    drawer = chat.page.get_by_role("dialog", name="Threads")
    expect(drawer).to_be_visible()
    for _ in range(6):  # the focus stays in the drawer
        chat.page.keyboard.press("Tab")
        assert not chat.page.evaluate("document.querySelector('main').contains(document.activeElement)")
    chat.page.keyboard.press("Escape")
    expect(drawer).to_be_hidden()
    expect(opener).to_be_focused()
