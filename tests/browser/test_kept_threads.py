"""Threads that the server keeps, on the page: one person in two browsers."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, expect

from tests.browser.chat import Chat
from tests.browser.conftest import NewContext, StartClient
from tests.browser.watch import Watch
from tests.threads.manage import manage
from tests.wire import Client

OpenBrowser = Callable[..., Chat]
KEPT_HERE = """
localStorage.setItem("threads", JSON.stringify([{id: "older", title: "From before", updated: 1}]));
localStorage.setItem("thread:older", JSON.stringify({
  leaves: [{messages: [
    {id: "1", role: "user", parts: [{type: "text", text: "From before"}]},
    {id: "2", role: "assistant", parts: [{type: "text", text: "Long ago."}]}]}],
  active: 0, running: false, changed: 1}));
"""


@pytest.fixture
def server(scripted_server: StartClient, tmp_path: Path) -> Client:
    url = f"sqlite:///{tmp_path / 'threads.sqlite3'}"
    manage(url, "migrate")
    return scripted_server(THREADS="true", DATABASE_URL=url)


@pytest.fixture
def open_browser(new_context: NewContext, watch: Callable[[BrowserContext], Watch], server: Client) -> OpenBrowser:
    """Opens the page in a browser of the same person's, who is known by the id that both have."""

    def open_(before: str = "") -> Chat:
        context = new_context()
        watch(context)
        mine = f"if (!localStorage.length) {{ localStorage.setItem('client-id', '{'c' * 32}'); {before} }}"
        once = f"try {{ {mine} }} catch {{}}"  # an empty page has no storage
        context.add_init_script(once)
        return Chat(context.new_page(), server).open()

    return open_


def test_a_second_browser_has_the_threads_and_watches_a_reply(open_browser: OpenBrowser) -> None:
    first = open_browser()
    first.ask("red", "Red it is.")
    second = open_browser()
    second.open_thread("red")
    second.expect_messages("red", "Red it is.")
    script = first.begin("and blue?", "Blue ")
    expect(second.replies.last).to_contain_text("Blue")
    expect(second.stop_button).to_be_visible()
    script.text("too.").end()
    for browser in (first, second):
        browser.expect_messages("red", "Red it is.", "and blue?", "Blue too.")
        browser.expect_idle()
    second.ask("green", "Also.")
    first.expect_messages("red", "Red it is.", "and blue?", "Blue too.", "green", "Also.")


def test_a_reload_in_the_middle_of_a_reply_goes_on(open_browser: OpenBrowser) -> None:
    chat = open_browser()
    chat.ask("one", "1")
    script = chat.begin("two", "2 ")
    chat.page.reload()
    expect(chat.replies.last).to_contain_text("2")
    script.text("and more").end()
    chat.expect_messages("one", "1", "two", "2 and more")
    chat.expect_idle()
    chat.page.reload()
    chat.expect_messages("one", "1", "two", "2 and more")


def test_branches_are_the_servers(open_browser: OpenBrowser) -> None:
    chat = open_browser()
    chat.ask("cat", "Miaow.")
    chat.script("dog").text("Woof.").end()
    chat.mine.last.hover()
    chat.mine.last.get_by_role("button", name="Edit").click()
    chat.page.get_by_role("textbox", name="Edit message").fill("dog")
    chat.page.get_by_role("button", name="Send again").click()
    chat.expect_messages("dog", "Woof.")
    chat.expect_idle()
    chat.page.reload()
    chat.expect_messages("dog", "Woof.")
    chat.mine.last.hover()
    chat.page.get_by_role("button", name="Previous version").click()
    chat.expect_messages("cat", "Miaow.")
    chat.ask("again", "Miaow, again.")
    other = open_browser()
    other.threads.get_by_role("listitem").get_by_role("button").first.click()  # its title may be that of either branch
    other.expect_messages("cat", "Miaow.", "again", "Miaow, again.")


def test_the_list_is_renamed_searched_archived_and_deleted_for_every_browser(open_browser: OpenBrowser) -> None:
    chat = open_browser()
    for question, answer in (("red", "Like a tomato."), ("blue", "Like the sky."), ("green", "Like grass.")):
        chat.ask(question, answer)
        chat.new_thread()
    chat.choose_option("red", "Rename")
    chat.threads.get_by_role("textbox", name="Title").fill("Ripe")
    chat.threads.get_by_role("textbox", name="Title").press("Enter")
    chat.choose_option("blue", "Archive")
    chat.choose_option("green", "Delete")
    expect(chat.threads.get_by_role("listitem")).to_have_text(["Ripe"])
    chat.page.get_by_role("button", name="Undo").click()
    expect(chat.threads.get_by_role("listitem")).to_have_count(2)
    chat.choose_option("green", "Delete")
    chat.page.reload()  # which ends the time to bring it back
    expect(chat.threads.get_by_role("listitem")).to_have_text(["Ripe"])
    other = open_browser()
    expect(other.threads.get_by_role("listitem")).to_have_text(["Ripe"])
    other.threads.get_by_role("searchbox").fill("tomato")
    expect(other.threads.get_by_role("listitem")).to_have_text(["Ripe"])
    other.threads.get_by_role("searchbox").fill("")
    other.threads.get_by_role("button", name="Archived chats").click()
    expect(other.threads.get_by_role("listitem")).to_have_text(["blue"])
    other.choose_option("blue", "Move back")
    other.threads.get_by_role("button", name="Back to the chats").click()
    expect(other.threads.get_by_role("listitem")).to_have_count(2)


def test_what_the_browser_has_kept_is_taken_over_if_the_person_says_so(open_browser: OpenBrowser) -> None:
    chat = open_browser(before=KEPT_HERE)
    chat.threads.get_by_role("button", name="Keep them at the server").click()
    chat.open_thread("From before")
    chat.expect_messages("From before", "Long ago.")
    assert chat.page.evaluate("localStorage.getItem('thread:older')") is None
    other = open_browser()
    other.open_thread("From before")
    other.ask("and now?", "Now.")
    chat.expect_messages("From before", "Long ago.", "and now?", "Now.")
