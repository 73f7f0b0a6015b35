"""From a phone to a wide desktop: nothing overflows the screen."""

import pytest
from playwright.sync_api import expect

from tests.browser.chat import Chat
from tests.browser.conftest import OpenChat
from tests.browser.test_keyboard import PHONE

LONG = "x" * 300
WIDE = f"""{LONG}

```python
{LONG} = 1
```

| {" | ".join("column" for _ in range(20))} |
|{"---|" * 20}
| {" | ".join("value" for _ in range(20))} |

`{LONG}` [{LONG}](https://example.com/{LONG})
"""


def expect_no_sideways_scrolling(chat: Chat) -> None:
    """Nothing scrolls sideways but what is made to."""
    wider = chat.page.evaluate(
        """() => [...document.querySelectorAll("html, body, main, [role=region], [role=log], [data-role], form")]
            .filter(({ scrollWidth, clientWidth }) => scrollWidth > clientWidth + 1)
            .map((element) => `${element.tagName} ${element.scrollWidth} > ${element.clientWidth}`)"""
    )
    assert wider == []


def wide_conversation(chat: Chat) -> None:
    script = chat.script(LONG).reasoning(LONG).call("tool_" + LONG[:60], {"query": LONG}, result={"text": LONG})
    script.text(WIDE).usage(123456, 7890).end()
    chat.send(LONG)
    expect(chat.replies).to_contain_text("tokens in")
    for summary in chat.replies.locator("summary").all():
        summary.click()


@pytest.mark.parametrize("width", [320, 390, 767, 768, 1024, 1280, 1920])
def test_nothing_overflows_the_screen(open_chat: OpenChat, width: int) -> None:
    chat = open_chat(viewport={"width": width, "height": 800})
    expect_no_sideways_scrolling(chat)
    wide_conversation(chat)
    expect_no_sideways_scrolling(chat)
    for control in (chat.box, chat.send_button, chat.page.get_by_role("button", name="Dark theme")):
        expect(control).to_be_in_viewport(ratio=1)


def test_a_phone_shows_the_threads_in_a_drawer(open_chat: OpenChat) -> None:
    chat = open_chat(**PHONE)
    expect(chat.threads).to_be_hidden()
    chat.ask("on the phone", "Yes.")
    chat.picture("phone")
    drawer = chat.page.get_by_role("dialog", name="Threads")
    opener = chat.page.get_by_role("button", name="Threads")
    opener.tap()
    expect(drawer).to_be_visible()
    chat.picture("drawer")
    drawer.get_by_role("button", name="New chat").tap()
    expect(drawer).to_be_hidden()
    expect(chat.log.locator("[data-role]")).to_have_count(0)
    opener.tap()
    drawer.get_by_role("button", name="on the phone", exact=True).tap()
    chat.expect_messages("on the phone", "Yes.")
    opener.tap()
    drawer.get_by_role("button", name="Close").tap()
    expect(drawer).to_be_hidden()
    opener.tap()
    chat.page.touchscreen.tap(370, 400)  # beside the drawer
    expect(drawer).to_be_hidden()
    opener.tap()
    expect(drawer).to_be_visible()
    chat.page.go_back()
    expect(drawer).to_be_hidden()
    chat.expect_messages("on the phone", "Yes.")


def test_buttons_that_appear_on_hover_are_visible_on_a_touch_screen(open_chat: OpenChat) -> None:
    chat = open_chat(**PHONE)
    chat.ask("touch me", "Done.")
    expect(chat.mine.get_by_role("button", name="Edit")).to_have_css("opacity", "1")


def test_the_end_of_a_long_reply_stays_visible_while_it_streams(chat: Chat) -> None:
    script = chat.begin("Long story", "Once ")
    for chapter in range(8):
        script.text("\n\n".join(["", *(f"Chapter {chapter}, line {line}." for line in range(8))]))
        expect(chat.replies.get_by_text(f"Chapter {chapter}, line 7.")).to_be_in_viewport()
    chat.page.get_by_role("region", name="Conversation").hover()
    chat.page.mouse.wheel(0, -1500)
    down = chat.page.get_by_role("button", name="Scroll to the end")
    expect(down).to_be_visible()
    script.text("\n\nThe end.").end()
    expect(chat.replies.get_by_text("The end.")).not_to_be_in_viewport()  # a user who has scrolled up stays there
    down.click()
    expect(chat.replies.get_by_text("The end.")).to_be_in_viewport()
