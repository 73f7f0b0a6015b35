"""The composer: files that are dropped and pasted, drafts, and the arrow up."""

import base64

import pytest
from playwright.sync_api import expect

from tests.browser.axe import SERIOUS, findings
from tests.browser.chat import Chat
from tests.browser.conftest import NewContext
from tests.conftest import StartServer
from tests.wire import Client

# Hands files to an element, as the clipboard or another window does.
TRANSFER = """(element, [event, files]) => {
  const transfer = new DataTransfer();
  for (const [name, type, data] of files) {
    const bytes = Uint8Array.from(atob(data), (character) => character.charCodeAt(0));
    transfer.items.add(new File([bytes], name, { type }));
  }
  const options = { bubbles: true, cancelable: true };
  const made = event === "paste"
    ? new ClipboardEvent(event, { ...options, clipboardData: transfer })
    : new DragEvent(event, { ...options, dataTransfer: transfer });
  element.dispatchEvent(made);
}"""


@pytest.fixture(scope="module")
def client(page_built: None, start_server: StartServer) -> Client:
    server = start_server(ASSISTANT="acme.pages.Scripted", ALLOWED_MODELS="small,large")
    return Client(server.host, server.port)


@pytest.fixture
def chat(client: Client, new_context: NewContext) -> Chat:
    return Chat(new_context().new_page(), client).open()


def hand_over(chat: Chat, event: str, *files: tuple[str, str, bytes]) -> None:
    encoded = [[name, kind, base64.b64encode(data).decode()] for name, kind, data in files]
    (chat.box if event == "paste" else chat.log).evaluate(TRANSFER, [event, encoded])


def attachment(name: str, text: str) -> str:
    return f'<attachment name="{name}">\n{text}\n</attachment>'


def test_text_files_become_text_of_the_message(chat: Chat) -> None:
    hand_over(chat, "dragenter", ("a", "text/plain", b""))
    expect(chat.page.get_by_text("Drop images and text files here")).to_be_visible()
    chat.picture("dropping")
    hand_over(chat, "drop", ("notes.md", "text/markdown", b"# Notes"))
    expect(chat.page.get_by_text("Drop images and text files here")).to_be_hidden()
    hand_over(chat, "paste", ("main.rs", "", b"fn main() {}"), ("b<c.csv", "text/csv", b"1,2"))
    for name in ("notes.md", "main.rs", "b<c.csv"):
        expect(chat.page.get_by_role("button", name=f"Remove {name}")).to_be_visible()
    chat.page.get_by_role("button", name="Remove b<c.csv").click()
    chat.picture("files-attached")
    # The reply is found by the message's whole text, so the files have arrived in it.
    files = [attachment("notes.md", "# Notes"), attachment("main.rs", "fn main() {}")]
    chat.script("\n".join(["What is this?", *files])).text("Notes and Rust.").end()
    chat.send("What is this?")
    expect(chat.replies).to_contain_text("Notes and Rust.")
    expect(chat.mine).not_to_contain_text("<attachment")
    chat.page.reload()
    file = chat.mine.get_by_text("main.rs")
    expect(chat.mine.get_by_text("fn main() {}")).to_be_hidden()
    file.click()
    expect(chat.mine.get_by_text("fn main() {}")).to_be_visible()
    chat.picture("files-sent")


def test_a_file_that_cannot_be_sent_says_why(chat: Chat) -> None:
    for file, says in (
        (
            ("program", "", b"\x7fELF\x00\xff"),
            "program cannot be sent: choose an image (PNG, JPEG, GIF, WebP) or a text",
        ),
        (("broken.png", "image/png", b"no image"), "broken.png cannot be sent"),
        (("huge.log", "text/plain", b"x" * 200_001), "huge.log is too large: a text file may have 200 kB"),
    ):
        hand_over(chat, "paste", file)
        expect(chat.alert).to_contain_text(says)
    chat.picture("file-refused")
    expect(chat.page.get_by_role("button", name="Remove")).to_have_count(0)
    hand_over(chat, "paste", ("fine.txt", "text/plain", b"fine"))
    expect(chat.alert).to_have_count(0)
    chat.script(attachment("fine.txt", "fine")).text("Only a file.").end()
    chat.send_button.click()
    expect(chat.replies).to_contain_text("Only a file.")
    expect(chat.thread("fine.txt")).to_be_visible()


def test_a_draft_survives_a_reload_and_another_thread(chat: Chat) -> None:
    chat.ask("first", "One.")
    chat.box.fill("half a thou")
    chat.page.reload()
    expect(chat.box).to_have_value("half a thou")
    chat.new_thread()
    expect(chat.box).to_have_value("")
    chat.ask("second", "Two.")
    chat.open_thread("first")
    expect(chat.box).to_have_value("half a thou")
    chat.ask("half a thought", "Whole.")
    chat.page.reload()
    expect(chat.replies.last).to_contain_text("Whole.")
    expect(chat.box).to_have_value("")


def test_the_arrow_up_edits_the_last_message_where_nothing_is_written(chat: Chat) -> None:
    chat.ask("fist", "One.")
    chat.ask("secnd", "Two?")
    chat.box.fill("draft")
    chat.box.press("ArrowUp")
    expect(chat.page.get_by_role("textbox", name="Edit message")).to_have_count(0)
    chat.box.fill("")
    chat.box.press("ArrowUp")
    edited = chat.page.get_by_role("textbox", name="Edit message")
    expect(edited).to_be_focused()
    expect(edited).to_have_value("secnd")
    chat.script("second").text("Two.").end()
    edited.fill("second")
    edited.press("Enter")
    chat.expect_messages("fist", "One.", "second", "Two.")


def test_a_thread_keeps_the_model_that_was_chosen_for_it(chat: Chat) -> None:
    picker = chat.page.get_by_role("combobox", name="Model")
    expect(picker).to_have_value("small")
    picker.select_option("large")
    chat.script("Which one?").name_model().end()
    chat.send("Which one?")
    expect(chat.replies.last).to_contain_text("model: large")
    chat.picture("model-chosen")
    assert [finding for finding in findings(chat.page) if finding.impact in SERIOUS] == []
    chat.new_thread()
    expect(picker).to_have_value("small")
    chat.script("And now?").name_model().end()
    chat.send("And now?")
    expect(chat.replies.last).to_contain_text("model: None")
    chat.open_thread("Which one?")
    expect(picker).to_have_value("large")
    chat.page.reload()
    expect(picker).to_have_value("large")
