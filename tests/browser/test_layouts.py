"""Both layouts of messages, in either encoding, look the same on the page."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import OpenChat, StartClient
from tests.browser.pictures import picture

SETTINGS = [
    (layout, protocol) for layout in ("parts", "langchain") for protocol in ("data-stream", "assistant-transport")
]
RAIN = {"location": "Paris", "temperature": 9, "unit": "celsius", "condition": "rainy"}
SEEN = """
- log "Messages":
  - text: "You wrote:"
  - paragraph: Everything
  - img "Sent by you"
  - button "Edit"
  - text: "The assistant wrote:"
  - group: Thoughts
  - paragraph: First.
  - region "Weather in Paris"
  - group:
    - code: search
    - text: done
  - group:
    - code: break
    - text: failed
  - paragraph:
    - strong: Last.
  - button "Copy"
  - text: 10 tokens in, 20 out
"""


@pytest.mark.parametrize(("layout", "protocol"), SETTINGS)
def test_a_reply_looks_the_same(open_chat: OpenChat, scripted_server: StartClient, layout: str, protocol: str) -> None:
    chat = open_chat(scripted_server(ASSISTANT_MESSAGE_FORMAT=layout, ASSISTANT_PROTOCOL=protocol))
    script = chat.script("Everything").reasoning("Hm.").text("First.")
    script.call("get_weather", {"location": "Paris"}, result=RAIN)
    script.call("search", {"query": "x"}, result={"hits": []}).call("break", {}, result="No.", is_error=True)
    chat.attach(picture())
    chat.send("Everything")
    expect(chat.replies.get_by_text("failed")).to_be_visible()
    chat.page.reload()
    script.text("**Last.**").usage(10, 20).end()
    chat.expect_idle()
    expect(chat.log).to_match_aria_snapshot(SEEN)
    chat.page.reload()
    expect(chat.log).to_match_aria_snapshot(SEEN)
    chat.ask("More?", "More.")
    chat.mine.last.hover()
    chat.mine.last.get_by_role("button", name="Edit").click()
    chat.script("Less?").text("Less.").end()
    chat.page.get_by_role("textbox", name="Edit message").fill("Less?")
    chat.page.get_by_role("button", name="Send again").click()
    expect(chat.replies.last).to_contain_text("Less.")
    chat.expect_idle()
    chat.mine.last.get_by_role("button", name="Previous version").click()
    expect(chat.replies.last).to_contain_text("More.")
