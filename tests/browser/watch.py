"""Records the page's errors, warnings and requests: a test fails on errors and warnings that it did not expect."""

import re

from playwright.sync_api import BrowserContext, ConsoleMessage, Request, WebError

# How Chromium reports a failed request.
FAILED_REQUEST = re.compile(r"^Failed to load resource")


class Watch:
    """The console's errors and warnings, uncaught exceptions, and the requests of a browser context."""

    def __init__(self, context: BrowserContext) -> None:
        self.complaints: list[str] = []
        self.requested: list[str] = []
        self._expected: list[re.Pattern[str]] = []
        context.on("console", self._heard)
        context.on("weberror", self._failed)
        context.on("request", self._asked)

    def expect(self, *patterns: str | re.Pattern[str]) -> None:
        """Expects errors and warnings that match one of the patterns."""
        self._expected += [re.compile(pattern) for pattern in patterns]

    def expect_failed_requests(self) -> None:
        self.expect(FAILED_REQUEST)

    def unexpected(self) -> list[str]:
        return [text for text in self.complaints if not any(known.search(text) for known in self._expected)]

    def _heard(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning", "assert"):
            self.complaints.append(message.text)

    def _failed(self, error: WebError) -> None:
        self.complaints.append(f"uncaught: {error.error.message}")

    def _asked(self, request: Request) -> None:
        self.requested.append(request.url)
