"""Listens to what the page complains of, and to what it requests: a test fails on what it did not announce."""

import re

from playwright.sync_api import BrowserContext, ConsoleMessage, Request, WebError

# The browser's own words for a request that failed.
FAILED_REQUEST = re.compile(r"^Failed to load resource")


class Watch:
    """What went wrong in a browser context, by the console's own account."""

    def __init__(self, context: BrowserContext) -> None:
        self.complaints: list[str] = []
        self.requested: list[str] = []
        self._expected: list[re.Pattern[str]] = []
        context.on("console", self._heard)
        context.on("weberror", self._failed)
        context.on("request", self._asked)

    def expect(self, *patterns: str | re.Pattern[str]) -> None:
        """Announces complaints that belong to the test."""
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
