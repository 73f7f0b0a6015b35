"""What a person does with the threads in the list: they rename, search, save and delete them."""

import json
from pathlib import Path

from playwright.sync_api import expect

from tests.browser.chat import Chat


def test_a_thread_keeps_the_name_that_it_was_given(chat: Chat) -> None:
    chat.ask("What is cheese?", "Milk, later.")
    chat.choose_option("What is cheese?", "Rename")
    box = chat.threads.get_by_role("textbox", name="Title")
    expect(box).to_be_focused()
    box.fill("About cheese")
    box.press("Escape")
    chat.choose_option("What is cheese?", "Rename")
    box.fill("About cheese")
    box.press("Enter")
    expect(chat.page.get_by_role("heading", level=1)).to_have_text("About cheese")
    chat.ask("And butter?", "Milk, sooner.")
    chat.page.reload()
    expect(chat.thread("About cheese")).to_be_visible()
    expect(chat.page).to_have_title("About cheese")


def test_search_finds_titles_and_texts(chat: Chat) -> None:
    chat.ask("red", "Like a Tomato in June.")
    chat.new_thread()
    chat.ask("blue", "Like the sky.")
    search = chat.threads.get_by_role("searchbox", name="Search chats")
    search.fill("june tomato")
    expect(chat.threads.get_by_role("listitem")).to_have_text(["red"])
    search.fill("BLUE")
    expect(chat.threads.get_by_role("listitem")).to_have_text(["blue"])
    search.fill("purple")
    expect(chat.threads.get_by_role("status")).to_have_text("No chat has these words.")
    search.fill("")
    expect(chat.threads.get_by_role("listitem")).to_have_count(2)


def test_a_thread_is_saved_as_markdown_and_as_json(chat: Chat, tmp_path: Path) -> None:
    chat.ask("cheese/wine", "Brie, of course.")
    with chat.page.expect_download() as download:
        chat.choose_option("cheese/wine", "Save as Markdown")
    assert download.value.suggested_filename == "cheese wine.md"
    download.value.save_as(tmp_path / "thread")
    expected = "# cheese/wine\n\n## You\n\ncheese/wine\n\n## Assistant\n\nBrie, of course.\n"
    assert (tmp_path / "thread").read_text() == expected
    with chat.page.expect_download() as download:
        chat.choose_option("cheese/wine", "Save as JSON")
    assert download.value.suggested_filename == "cheese wine.json"
    download.value.save_as(tmp_path / "thread")
    saved = json.loads((tmp_path / "thread").read_text())
    assert saved["title"] == "cheese/wine"
    assert [message["parts"][0]["text"] for message in saved["messages"]] == ["cheese/wine", "Brie, of course."]


def test_a_deleted_thread_can_be_brought_back(chat: Chat) -> None:
    chat.ask("keep", "Kept.")
    chat.choose_option("keep", "Delete")
    expect(chat.log.locator("[data-role]")).to_have_count(0)
    chat.page.get_by_role("button", name="Undo").click()
    chat.expect_messages("keep", "Kept.")
    chat.page.reload()
    chat.expect_messages("keep", "Kept.")


def test_a_dismissed_thread_is_gone(chat: Chat) -> None:
    chat.ask("not for long", "No.")
    chat.choose_option("not for long", "Delete")
    chat.page.get_by_role("button", name="Dismiss").click()
    expect(chat.page.get_by_role("button", name="Undo")).to_have_count(0)
    expect(chat.threads.get_by_role("listitem")).to_have_count(0)
