"""A reply is rendered while it streams: text, code, reasoning, and token counts."""

from playwright.sync_api import expect

from tests.browser.chat import Chat


def test_text_is_rendered_before_the_reply_ends(chat: Chat) -> None:
    script = chat.begin("What is streaming?", "Streaming is **visible")
    expect(chat.stop_button).to_be_visible()
    expect(chat.log).to_have_attribute("aria-busy", "true")
    script.text(" at once** and")
    expect(chat.replies.get_by_role("strong")).to_have_text("visible at once")
    script.text(" goes on.")
    expect(chat.replies).to_contain_text("Streaming is visible at once and goes on.")
    script.end()
    chat.expect_idle()
    chat.expect_messages("What is streaming?", "Streaming is visible at once and goes on.")


def test_a_message_is_shown_immediately_with_a_waiting_indicator(chat: Chat) -> None:
    chat.send("Anyone there?")
    expect(chat.mine).to_contain_text("Anyone there?")
    expect(chat.box).to_have_value("")
    expect(chat.page.get_by_role("status", name="The assistant is thinking")).to_be_visible()
    chat.script("Anyone there?").text("Yes.").end()
    chat.expect_idle()
    expect(chat.page.get_by_role("status", name="The assistant is thinking")).to_have_count(0)


def test_markdown_is_rendered(chat: Chat) -> None:
    text = "## Title\n\n- one\n- two\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n[a link](https://example.com/)\n\n> quoted"
    chat.script("Markdown?").text(text).end()
    chat.send("Markdown?")
    reply = chat.replies
    expect(reply.get_by_role("heading", name="Title")).to_be_visible()
    expect(reply.get_by_role("listitem")).to_have_text(["one", "two"])
    expect(reply.get_by_role("cell")).to_have_text(["1", "2"])
    expect(reply.get_by_role("blockquote")).to_have_text("quoted")
    link = reply.get_by_role("link", name="a link")
    expect(link).to_have_attribute("rel", "noreferrer")
    expect(link).to_have_attribute("target", "_blank")


def test_a_code_block_streams_names_its_language_and_can_be_copied(chat: Chat) -> None:
    chat.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    script = chat.begin("Code?", "Here:\n\n```python\nprint(1)\n")
    code = chat.replies.get_by_role("code")
    expect(code).to_contain_text("print(1)")
    expect(chat.replies).to_contain_text("python")
    script.text("print(2)\n```\n\nDone.")
    expect(code).to_contain_text("print(2)")
    expect(code).not_to_contain_text("Done.")
    script.end()
    chat.expect_idle()
    chat.replies.get_by_role("button", name="Copy code").click()
    assert chat.page.evaluate("navigator.clipboard.readText()").strip() == "print(1)\nprint(2)"


def test_a_whole_reply_can_be_copied(chat: Chat) -> None:
    chat.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    chat.ask("Copy me", "plain words")
    chat.replies.get_by_role("button", name="Copy", exact=True).click()
    assert chat.page.evaluate("navigator.clipboard.readText()") == "plain words"


def test_reasoning_is_folded_and_opens_by_click_and_by_keyboard(chat: Chat) -> None:
    script = chat.script("Think!").reasoning("First I weigh it.")
    chat.send("Think!")
    thought = chat.replies.get_by_text("First I weigh it.")
    expect(chat.replies.get_by_text("Thinking …")).to_be_visible()
    expect(thought).to_be_hidden()
    script.text("Done.").end()
    chat.expect_idle()
    summary = chat.replies.get_by_text("Thoughts", exact=True)
    expect(thought).to_be_hidden()
    summary.click()
    expect(thought).to_be_visible()
    chat.picture("reasoning-open")
    chat.page.keyboard.press("Enter")
    expect(thought).to_be_hidden()
    chat.page.keyboard.press("Space")
    expect(thought).to_be_visible()


def test_token_counts_are_shown_if_known(chat: Chat) -> None:
    chat.ask("Without", "No usage.")
    expect(chat.replies.last).not_to_contain_text("tokens")
    chat.script("With").text("Usage.").usage(1234, 56).end()
    chat.send("With")
    expect(chat.replies.last).to_contain_text("1,234 tokens in, 56 out")
