"""Makes the pictures of docs/images and docs/upstream from the composed stack: python -m tests.browser.record

It needs a container engine and Chromium. The mock writes the replies, so the pictures are the same every time.
"""

import subprocess
import tempfile
import time
from collections.abc import Callable
from io import BytesIO
from itertools import pairwise
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.browser.chat import Chat
from tests.browser.conftest import ARGUMENTS, TIMEOUT, chromium
from tests.image.conftest import Stack
from tests.server import ROOT

IMAGES = ROOT / "docs/images"
UPSTREAM = ROOT / "docs/upstream/assistant-transport-django.png"
DESKTOP, PHONE, UPSTREAMS = (
    {"width": 1280, "height": 800},
    {"width": 390, "height": 844},
    {"width": 1600, "height": 900},
)
MOVING = {"width": 760, "height": 560}
OVERRIDE = """
services:
  app:
    environment: {{MOCK_DELAY_SECONDS: "{delay}"}}
"""
EARLIER = ["Show me some code", "Hello, who are you?"]
QUESTION = "What is the weather in Paris?"
FRAME_SECONDS = 0.12
LAST_FRAME_MILLISECONDS = 2500
COLOURS = 256


def main() -> None:
    subprocess.run(["docker", "compose", "build", "--quiet"], cwd=ROOT, check=True)
    IMAGES.mkdir(exist_ok=True)
    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as folder:
        program = chromium()
        assert program is not None, "chromium is not installed"
        browser = playwright.chromium.launch(executable_path=program, args=ARGUMENTS)
        expect.set_options(timeout=TIMEOUT)
        stack = Stack("assistant-transport-record", Path(folder), OVERRIDE.format(delay=0.1))
        try:
            still(browser, stack, DESKTOP, IMAGES / "chat-light.png")
            still(browser, stack, DESKTOP, IMAGES / "chat-dark.png", color_scheme="dark")
            still(browser, stack, PHONE, IMAGES / "chat-phone.png", is_mobile=True, has_touch=True)
            still(browser, stack, UPSTREAMS, UPSTREAM)
            code(browser, stack, IMAGES / "chat-code.png")
            arabic(browser, stack, IMAGES / "chat-arabic.png")
            animation(browser, stack, IMAGES / "chat.gif")
        finally:
            stack.down()
            browser.close()


def still(browser: Browser, stack: Stack, size: dict[str, int], file: Path, **options: object) -> None:
    """A conversation about the weather, with others beside it."""
    with browser.new_context(viewport=size, **options) as context:  # type: ignore[arg-type]
        chat = Chat(context.new_page(), stack.client).open()
        for earlier in EARLIER:
            say(chat, earlier)
            chat.page.goto("about:blank")
            chat.open()
        say(chat, QUESTION)
        say(chat, "Thank you!")
        chat.page.screenshot(path=file, animations="disabled", caret="hide")


def code(browser: Browser, stack: Stack, file: Path) -> None:
    """A reply with code."""
    with browser.new_context(viewport=DESKTOP, color_scheme="dark") as context:  # type: ignore[arg-type]
        chat = Chat(context.new_page(), stack.client).open()
        say(chat, EARLIER[0])
        expect(chat.replies.locator(".hljs-keyword").first).to_be_visible()
        chat.page.screenshot(path=file, animations="disabled", caret="hide")


def arabic(browser: Browser, stack: Stack, file: Path) -> None:
    """The page from right to left, and a reply that is not."""
    with browser.new_context(viewport=DESKTOP, locale="ar") as context:  # type: ignore[arg-type]
        chat = Chat(context.new_page(), stack.client)
        chat.page.goto(chat.url)
        chat.page.get_by_role("button", name="من أنت").click()
        expect(chat.page.get_by_text("I am a mock")).to_be_visible()
        expect(chat.page.get_by_role("log")).to_have_attribute("aria-busy", "false")
        chat.page.screenshot(path=file, animations="disabled", caret="hide")


def say(chat: Chat, text: str) -> None:
    chat.send(text)
    expect(chat.replies.last).to_contain_text("tokens in")
    chat.expect_idle()


def animation(browser: Browser, stack: Stack, file: Path) -> None:
    """A question is typed, its reply streams, the page is left and reloaded, and the reply continues."""
    with browser.new_context(viewport=MOVING) as context:  # type: ignore[arg-type]
        film = Film(context.new_page())
        chat = Chat(film.page, stack.client).open()
        film.shoot()
        for character in "Show me some code":
            chat.page.keyboard.type(character)
            film.shoot()
        chat.page.keyboard.press("Enter")
        expect(chat.replies).to_be_visible()
        film.shoot_until(lambda: "words" in chat.replies.inner_text())
        chat.page.goto("about:blank")  # visible in the film, unlike a reload
        film.shoot()
        chat.page.go_back()
        expect(chat.replies).to_contain_text("words")
        film.shoot_until(lambda: chat.send_button.is_visible())
        film.shoot()
        film.save(file)


class Film:
    """Screenshots of a page, each shown for as long as it took until the next."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self._frames: list[tuple[float, Image.Image]] = []

    def shoot(self) -> None:
        picture = self.page.screenshot(caret="hide")
        self._frames.append((time.monotonic(), Image.open(BytesIO(picture)).convert("RGB")))

    def shoot_until(self, done: Callable[[], bool]) -> None:
        while not done():
            began = time.monotonic()
            self.shoot()
            self.page.wait_for_timeout(max(0.0, FRAME_SECONDS - (time.monotonic() - began)) * 1000)

    def save(self, file: Path) -> None:
        """Writes it as a GIF, with one palette for all frames: the last one has every color."""
        times, pictures = zip(*self._frames, strict=True)
        palette = pictures[-1].quantize(COLOURS, Image.Quantize.MAXCOVERAGE)
        frames = [picture.quantize(palette=palette, dither=Image.Dither.NONE) for picture in pictures]
        lasting = [round((later - earlier) * 1000) for earlier, later in pairwise(times)] + [LAST_FRAME_MILLISECONDS]
        frames[0].save(file, save_all=True, append_images=frames[1:], duration=lasting, loop=0, optimize=True)


if __name__ == "__main__":
    main()
