"""What people do with a reply: have it written anew, listen to it, follow its sources, save its files."""

import re
from base64 import b64encode
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, expect

from tests.browser import axe
from tests.browser.chat import Chat
from tests.browser.conftest import OpenChat, StartClient
from tests.browser.watch import Watch
from tests.image.conftest import Stack

# In place of the browser's voices, which a machine without sound has none of.
VOICES = """
window.spoken = [];
speechSynthesis.speak = (utterance) => spoken.push(utterance.text);
speechSynthesis.cancel = () => spoken.push("(silence)");
"""
PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg=="


def answer_anew(chat: Chat, question: str, answer: str) -> None:
    chat.script(question).text(answer).end()
    chat.replies.last.get_by_role("button", name="Answer anew").click()
    expect(chat.replies.last).to_contain_text(answer)
    chat.expect_idle()


def test_a_reply_is_written_anew_and_the_earlier_one_stays(chat: Chat) -> None:
    chat.ask("first", "Answer one.")
    answer_anew(chat, "first", "Another one.")
    chat.expect_messages("first", "Another one.")
    versions = chat.replies.get_by_role("group", name="Versions of this message")
    expect(versions).to_contain_text("2 / 2")
    expect(chat.mine.get_by_role("group")).to_have_count(0)
    chat.ask("second", "Answer two.")
    answer_anew(chat, "second", "Answer three.")
    chat.expect_messages("first", "Another one.", "second", "Answer three.")
    chat.replies.last.get_by_role("button", name="Previous version").click()
    chat.expect_messages("first", "Another one.", "second", "Answer two.")
    chat.page.reload()
    versions.first.get_by_role("button", name="Previous version").click()
    chat.expect_messages("first", "Answer one.")


def test_a_reply_is_read_aloud_without_its_markup(context: BrowserContext, watched: Watch, stack: Stack) -> None:
    context.add_init_script(VOICES)
    chat = Chat(context.new_page(), stack.client).open()
    text = (
        "# Title\n\nSome **bold** words and [a link](https://example.com/).\n\n```python\nprint(1)\n```\n\n- The end."
    )
    chat.script("Speak!").text(text).end()
    chat.send("Speak!")
    chat.replies.get_by_role("button", name="Read aloud").click()
    stop = chat.replies.get_by_role("button", name="Stop reading")
    expect(stop).to_be_visible()
    spoken = chat.page.evaluate("spoken")
    assert [re.sub(r"\s+", " ", each).strip() for each in spoken] == ["Title Some bold words and a link. The end."]
    stop.click()
    expect(chat.replies.get_by_role("button", name="Read aloud")).to_be_visible()
    assert chat.page.evaluate("spoken.at(-1)") == "(silence)"


@pytest.mark.parametrize("layout", ["parts", "langchain"])
def test_sources_and_files_are_shown(open_chat: OpenChat, scripted_server: StartClient, layout: str) -> None:
    chat = open_chat(scripted_server(ASSISTANT_MESSAGE_FORMAT=layout))
    script = chat.script("Where from?").text("From these.").source("https://example.com/page", "A page")
    script.source("javascript:alert(1)", "No page").file(PIXEL, "image/png", "dot.png")
    script.file(b64encode(b"a,b\n1,2\n").decode(), "text/csv", "table.csv").end()
    chat.send("Where from?")
    sources = chat.replies.get_by_role("list", name="Sources")
    expect(sources.get_by_role("listitem")).to_have_count(2)
    expect(sources.get_by_role("link")).to_have_count(1)
    expect(sources.get_by_role("link")).to_have_attribute("href", "https://example.com/page")
    expect(chat.replies.get_by_role("img", name="dot.png")).to_be_visible()
    with chat.page.expect_download() as download:
        chat.replies.get_by_role("link", name="table.csv").click()
    assert download.value.suggested_filename == "table.csv"
    assert Path(download.value.path()).read_text() == "a,b\n1,2\n"
    chat.expect_idle()
    assert [str(found) for found in axe.findings(chat.page) if found.impact in axe.SERIOUS] == []
    chat.picture(f"sources-{layout}")


def test_a_tool_says_how_long_it_took(chat: Chat) -> None:
    script = chat.script("Work!").call("slow", {"seconds": 1})
    chat.send("Work!")
    call = chat.replies.get_by_role("group").filter(has_text="slow")
    expect(call).to_contain_text("running")
    script.result("slow", {"ok": True})
    expect(call).to_contain_text("done")
    expect(call).to_contain_text(re.compile(r"after [\d.]+ sec"))
    script.end()
    call.get_by_text("done").click()
    expect(call.get_by_text("Result")).to_be_visible()
