"""Text reads in its own direction, and a reply that is written elsewhere is noticed."""

from playwright.sync_api import Locator, expect

from tests.browser.chat import Chat

MIXED = """السلام عليكم

Peace be upon you.

- تفاح
- برتقال

```python
print("سلام")
```
"""


def direction(text: Locator) -> str:
    return str(text.evaluate("(element) => getComputedStyle(element).direction"))


def test_each_text_reads_in_its_own_direction(chat: Chat) -> None:
    chat.box.fill("مرحبا ABC")
    assert direction(chat.box) == "rtl"
    chat.script("مرحبا ABC").text(MIXED).end()
    chat.send_button.click()
    expect(chat.replies.get_by_role("code")).to_be_visible()
    chat.expect_idle()
    assert direction(chat.mine.get_by_role("paragraph")) == "rtl"
    assert [direction(each) for each in chat.replies.get_by_role("paragraph").all()] == ["rtl", "ltr"]
    assert direction(chat.replies.get_by_role("list")) == "rtl"
    assert direction(chat.replies.get_by_role("code")) == "ltr"
    assert direction(chat.thread("مرحبا ABC").get_by_text("مرحبا ABC")) == "rtl"
    chat.picture("mixed-directions")


def test_a_reply_in_another_thread_is_seen_in_the_list_and_in_the_tabs_title(chat: Chat) -> None:
    script = chat.begin("long one", "Once ")
    expect(chat.page).to_have_title("long one")
    chat.new_thread()
    expect(chat.page).to_have_title("Writing … | Assistant")
    expect(chat.thread("long one").get_by_role("img", name="writing")).to_be_visible()
    script.text("upon a time.").end()
    expect(chat.page).to_have_title("Assistant")
    expect(chat.thread("long one").get_by_role("img", name="writing")).to_have_count(0)
