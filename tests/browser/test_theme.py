"""The light and the dark theme: the system's, or the user's choice."""

from playwright.sync_api import Page, expect

from tests.browser.chat import Chat
from tests.browser.conftest import OpenChat

DARK, LIGHT = "rgb(20, 22, 26)", "rgb(255, 255, 255)"


def expect_background(page: Page, colour: str) -> None:
    expect(page.locator("body")).to_have_css("background-color", colour)


def test_the_page_follows_the_system(open_chat: OpenChat) -> None:
    chat = open_chat(color_scheme="dark")
    expect_background(chat.page, DARK)
    expect(chat.page.get_by_role("button", name="Light theme")).to_be_visible()
    chat.page.emulate_media(color_scheme="light")
    expect_background(chat.page, LIGHT)
    expect(chat.page.get_by_role("button", name="Dark theme")).to_be_visible()


def test_the_button_overrides_the_system_also_after_a_reload(chat: Chat) -> None:
    expect_background(chat.page, LIGHT)
    chat.page.get_by_role("button", name="Dark theme").click()
    expect_background(chat.page, DARK)
    chat.page.reload()
    expect_background(chat.page, DARK)
    chat.ask("In the dark", "All is well.")
    chat.picture("dark")
    chat.page.get_by_role("button", name="Light theme").click()
    expect_background(chat.page, LIGHT)
