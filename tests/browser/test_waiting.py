"""What the page shows while something is awaited: its own first paint, a reply, the network."""

import pytest
from playwright.sync_api import Locator, Route, expect

from tests.browser.chat import Chat
from tests.browser.conftest import NewContext
from tests.conftest import StartServer
from tests.wire import Client


@pytest.fixture(scope="module")
def client(page_built: None, start_server: StartServer) -> Client:
    server = start_server(ASSISTANT="acme.pages.Scripted")
    return Client(server.host, server.port)


@pytest.fixture
def chat(client: Client, new_context: NewContext) -> Chat:
    return Chat(new_context().new_page(), client)


def test_a_message_waits_for_the_network_and_goes_out_by_itself(chat: Chat) -> None:
    chat.open().page.context.set_offline(True)
    expect(chat.offline).to_be_visible()
    chat.send("Into the blue")
    expect(chat.mine).to_contain_text("Into the blue")
    expect(chat.stop_button).to_be_visible()
    expect(chat.alert).to_have_count(0)
    chat.picture("offline")
    chat.script("Into the blue").text("Arrived.").end()
    chat.page.context.set_offline(False)
    chat.expect_messages("Into the blue", "Arrived.")
    expect(chat.offline).to_have_count(0)
    chat.page.context.set_offline(True)
    chat.send("Never mind")
    chat.stop_button.click()
    expect(chat.alert).to_contain_text("Stopped before the server had answered.")
    chat.page.context.set_offline(False)
    chat.script("Never mind").text("I do mind.").end()
    chat.retry_button.click()
    chat.expect_messages("Into the blue", "Arrived.", "Never mind", "I do mind.")


def test_nothing_jumps_when_text_arrives_and_when_it_ends(chat: Chat) -> None:
    chat.open()
    for number in range(3):  # the page is full, and scrolls
        chat.begin(f"Question {number}", "\n\n".join(f"Paragraph {line}." for line in range(12))).end()
        chat.expect_idle()
    script = chat.script("Still?")
    chat.send("Still?")
    thinking = place(chat.page.get_by_role("status", name="The assistant is thinking"))
    script.text("Words")
    text = chat.replies.last.get_by_role("paragraph")
    expect(text).to_have_text("Words")
    writing = place(text)
    assert writing == thinking
    script.usage(1, 2).end()
    chat.expect_idle()
    expect(chat.replies.last).to_contain_text("tokens")
    assert place(text) == writing


def place(element: Locator) -> list[float]:
    """Where the element stands in the conversation, and how long that is: it follows its end."""
    found = None
    while found is None:  # it was replaced by the server's own, between being found and being measured
        found = element.evaluate("""(element) => {
          const region = element.closest("[role=region]");
          return region && [element.getBoundingClientRect().y + region.scrollTop, region.scrollHeight];
        }""")
    return found


def test_a_skeleton_stands_where_the_page_will_be(client: Client, new_context: NewContext) -> None:
    """In the theme that the user has chosen, though the script is still on its way."""
    page = new_context(color_scheme="light").new_page()
    chat = Chat(page, client).open()
    page.get_by_role("button", name="Dark theme").click()
    scripts: list[Route] = []
    page.route("**/main-*.js", lambda route: scripts.append(route))
    with page.expect_request("**/main-*.js"):
        page.goto(chat.url, wait_until="commit")
    skeleton = page.locator(".skeleton")
    expect(skeleton).to_be_visible()
    expect(page.locator("body")).to_have_css("background-color", "rgb(20, 22, 26)")
    chat.picture("skeleton")
    composer = skeleton.locator("i").last.bounding_box()
    list_ = skeleton.locator("div").first.bounding_box()
    scripts[0].continue_()
    expect(chat.box).to_be_visible()
    expect(skeleton).to_have_count(0)
    assert chat.page.locator("form").bounding_box() == composer
    assert chat.threads.locator("xpath=..").bounding_box() == list_
