"""Images are added in the composer, sent to the server, and shown in the conversation."""

import base64
import re

from playwright.sync_api import FilePayload, expect

from tests.browser.chat import Chat
from tests.browser.pictures import photo, picture

# Dispatches the event by which the clipboard or another window hands a file to the focused element.
TRANSFER = """(element, [event, name, data]) => {
  const bytes = Uint8Array.from(atob(data), (character) => character.charCodeAt(0));
  const transfer = new DataTransfer();
  transfer.items.add(new File([bytes], name, { type: "image/png" }));
  const options = { bubbles: true, cancelable: true };
  element.dispatchEvent(event === "paste"
    ? new ClipboardEvent("paste", { ...options, clipboardData: transfer })
    : new DragEvent("drop", { ...options, dataTransfer: transfer }));
}"""


def hand_over(chat: Chat, event: str, file: FilePayload) -> None:
    data = base64.b64encode(file["buffer"]).decode()
    chat.box.evaluate(TRANSFER, [event, file["name"], data])


def test_a_chosen_image_is_previewed_sent_and_shown_in_the_conversation(chat: Chat) -> None:
    chat.script("What is this?").measure_images().end()
    chat.attach(picture())
    chat.box.fill("What is this?")
    chat.picture("image-attached")
    chat.send_button.click()
    sent = chat.mine.get_by_role("img")
    expect(sent).to_be_visible()
    assert sent.evaluate("image => image.decode().then(() => image.naturalWidth)") == 40
    expect(chat.replies).to_contain_text("image/png of ")
    expect(chat.page.get_by_role("img", name="red.png")).to_have_count(0)
    chat.page.reload()
    expect(sent).to_be_visible()


def test_an_attached_image_can_be_removed(chat: Chat) -> None:
    chat.attach(picture("one.png"), picture("two.png", colour="blue"))
    chat.page.get_by_role("button", name="Remove one.png").click()
    expect(chat.page.get_by_role("img", name="one.png")).to_have_count(0)
    expect(chat.page.get_by_role("img", name="two.png")).to_be_visible()


def test_an_image_is_pasted(chat: Chat) -> None:
    hand_over(chat, "paste", picture("pasted.png"))
    expect(chat.page.get_by_role("img", name="pasted.png")).to_be_visible()


def test_an_image_is_dropped_onto_the_composer(chat: Chat) -> None:
    hand_over(chat, "drop", picture("dropped.png"))
    expect(chat.page.get_by_role("img", name="dropped.png")).to_be_visible()


def test_an_image_can_be_sent_without_text(chat: Chat) -> None:
    chat.script("").measure_images().end()
    chat.attach(picture())
    chat.send_button.click()
    expect(chat.mine.get_by_role("img")).to_be_visible()
    expect(chat.replies).to_contain_text("image/png of ")
    expect(chat.thread("Image")).to_be_visible()


def test_a_large_photo_is_scaled_down(chat: Chat) -> None:
    file = photo()
    assert len(file["buffer"]) > 2_000_000
    chat.script("Large").measure_images().end()
    chat.attach(file)
    chat.send("Large")
    expect(chat.replies).to_contain_text("image/webp of ")
    size = re.search(r"of (\d+) characters", chat.replies.inner_text())
    assert size is not None
    assert int(size[1]) < 700_000  # 500 kB in base64
    width, height = chat.mine.get_by_role("img").evaluate("image => [image.naturalWidth, image.naturalHeight]")
    assert (width, height) == (1568, 1176)
