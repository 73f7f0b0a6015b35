"""The page as a user sees it: its parts are found by their text and their accessible names."""

from pathlib import Path

from playwright.sync_api import FilePayload, Locator, Page, expect

from tests.browser.script import Script
from tests.wire import Client

SCREENSHOTS = Path(__file__).parent / "screenshots"


class Chat:
    """A tab with the chat page of one server."""

    def __init__(self, page: Page, client: Client) -> None:
        self.page = page
        self.client = client
        self.url = f"http://{client.host}:{client.port}/"
        self.box = page.get_by_role("textbox", name="Message", exact=True)
        self.send_button = page.get_by_role("button", name="Send", exact=True)
        self.stop_button = page.get_by_role("button", name="Stop", exact=True)
        self.retry_button = page.get_by_role("button", name="Try again")
        self.log = page.get_by_role("log", name="Messages")
        self.mine = self.log.locator("[data-role=user]")
        self.replies = self.log.locator("[data-role=assistant]")
        self.lost = page.get_by_role("status").filter(has_text="Connection lost. Reconnecting")
        self.offline = page.get_by_role("status").filter(has_text="You are offline")
        self.alert = page.get_by_role("alert")
        self.threads = page.get_by_role("navigation", name="Threads")

    def open(self) -> "Chat":
        self.page.goto(self.url)
        expect(self.box).to_be_visible()
        return self

    def script(self, to: str) -> Script:
        return Script(self.client, to)

    def send(self, text: str) -> None:
        self.box.fill(text)
        self.send_button.click()

    def ask(self, question: str, answer: str) -> None:
        """A whole turn: the question is sent, and answered by `answer`."""
        self.script(question).text(answer).end()
        self.send(question)
        expect(self.replies.last).to_contain_text(answer)
        self.expect_idle()

    def begin(self, question: str, beginning: str) -> Script:
        """Sends the question and waits until the reply has begun; the script that is returned continues it."""
        script = self.script(question).text(beginning)
        self.send(question)
        expect(self.replies.last).to_contain_text(beginning.split()[0])
        return script

    def attach(self, *files: FilePayload) -> None:
        """Chooses image files for the next message."""
        with self.page.expect_file_chooser() as chooser:
            self.page.get_by_role("button", name="Add files").click()
        chooser.value.set_files(list(files))
        for file in files:
            expect(self.page.get_by_role("img", name=file["name"])).to_be_visible()

    def expect_idle(self) -> None:
        expect(self.send_button).to_be_visible()
        expect(self.log).to_have_attribute("aria-busy", "false")

    def expect_messages(self, *texts: str) -> None:
        """The conversation is exactly these texts: user messages and replies, in order."""
        expect(self.log.locator("[data-role]")).to_have_count(len(texts))
        for message, text in zip(self.log.locator("[data-role]").all(), texts, strict=True):
            expect(words(message)).to_have_text([text])

    def thread(self, title: str) -> Locator:
        """The thread's entry in the list."""
        return self.threads.get_by_role("listitem").filter(has_text=title)

    def open_thread(self, title: str) -> None:
        self.thread(title).get_by_role("button").first.click()

    def new_thread(self) -> None:
        self.threads.get_by_role("button", name="New chat").click()

    def choose_option(self, title: str, option: str) -> None:
        """Chooses one of the options of the thread in the list."""
        entry = self.thread(title)
        entry.hover()
        entry.get_by_role("button", name=f"Options of “{title}”").click()
        entry.get_by_role("button", name=option, exact=True).click()

    def picture(self, name: str) -> None:
        """A screenshot for a person to look at."""
        SCREENSHOTS.mkdir(exist_ok=True)
        self.page.screenshot(path=SCREENSHOTS / f"{name}.png", animations="disabled", caret="hide")


def words(message: Locator) -> Locator:
    """A message's paragraphs."""
    return message.get_by_role("paragraph")
