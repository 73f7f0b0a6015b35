"""A company's page: its title, texts, logo and colors come from settings, in both themes, under the strict CSP."""

from playwright.sync_api import BrowserContext, expect

from tests.assistant_backend.test_looks import PAGE
from tests.browser.chat import Chat
from tests.browser.conftest import StartClient
from tests.server import ROOT

LIGHT, DARK = "rgb(124, 58, 237)", "rgb(196, 181, 253)"


def test_the_page_looks_as_the_settings_say(scripted_server: StartClient, context: BrowserContext) -> None:
    logo = ROOT / "src/assistant_backend/static/icon.svg"
    chat = Chat(context.new_page(), scripted_server(**PAGE, PAGE_LOGO=str(logo))).open()
    shown = chat.page.locator("img[src='/logo']")
    expect(shown).to_be_visible()
    assert shown.evaluate("image => image.decode().then(() => image.naturalWidth)") > 0
    expect(chat.page).to_have_title("Acme")
    expect(chat.page.get_by_role("heading", name="How can we help?")).to_be_visible()
    expect(chat.page.get_by_text("Ask about your orders.")).to_be_visible()
    chat.box.fill("Anything")
    expect(chat.send_button).to_have_css("background-color", LIGHT)
    chat.page.get_by_role("button", name="Dark theme").click()
    expect(chat.send_button).to_have_css("background-color", DARK)
    chat.script("Where is my order?").text("On its way.").end()
    chat.page.get_by_role("button", name="Where is my order?").click()
    expect(chat.replies.last).to_contain_text("On its way.")
