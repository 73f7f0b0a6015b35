"""The composed stack with an assistant that the tests control, and a Chromium that opens its page."""

import os
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, expect, sync_playwright

from tests.browser.chat import Chat
from tests.browser.watch import Watch
from tests.conftest import StartServer
from tests.image.conftest import Stack, image
from tests.programs import require
from tests.server import ROOT
from tests.wire import Client

__all__ = ["image"]

PROJECT = "assistant-transport-browser"
OVERRIDE = """
services:
  nginx:
    volumes: ["{limits}:/etc/nginx/limits.conf:ro"]
  app:
    environment:
      ASSISTANT: acme.pages.Scripted
      PYTHONPATH: /app/src:/fixtures
      WEB_CONCURRENCY: "1"
      HEARTBEAT_SECONDS: "0.5"
      RUN_LEASE_SECONDS: "2"
    volumes: ["{fixtures}:/fixtures:ro"]
"""
ARGUMENTS = [
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-sync",
    "--no-first-run",
    *(["--no-sandbox"] if os.geteuid() == 0 else []),
]
TIMEOUT = 20_000  # milliseconds to wait for anything: generous, since a busy machine is slow but not broken

NewContext = Callable[..., BrowserContext]
OpenChat = Callable[..., Chat]
StartClient = Callable[..., Client]


def chromium() -> str:
    """The Chromium of this machine, or the one that CHROMIUM names."""
    return os.environ.get("CHROMIUM") or require("chromium", "google-chrome")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Time limits exclude fixtures: the first test's build the image."""
    for item in items:
        if Path(__file__).parent in item.path.parents and not item.get_closest_marker("timeout"):
            item.add_marker(pytest.mark.timeout(120, func_only=True))


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    program = chromium()
    expect.set_options(timeout=TIMEOUT)
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=program, args=ARGUMENTS)
        yield running
        running.close()


@pytest.fixture(scope="session")
def stack(browser: Browser, image: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    folder = tmp_path_factory.mktemp("browser")
    limits = folder / "limits.conf"
    limits.write_text("# none\n")
    running = Stack(PROJECT, folder, OVERRIDE.format(limits=limits, fixtures=ROOT / "tests/fixtures"))
    yield running
    running.down()


@pytest.fixture
def watch() -> Iterator[Callable[[BrowserContext], Watch]]:
    """Watches a context: errors and warnings that the test did not expect fail it."""
    watches: list[Watch] = []

    def begin(context: BrowserContext) -> Watch:
        watches.append(Watch(context))
        return watches[-1]

    yield begin
    assert [text for watch in watches for text in watch.unexpected()] == []


@pytest.fixture
def new_context(browser: Browser) -> Iterator[NewContext]:
    """Makes separate browser profiles, as other people or devices have."""
    contexts: list[BrowserContext] = []

    def make(**options: Any) -> BrowserContext:
        contexts.append(browser.new_context(**{"viewport": {"width": 1280, "height": 800}, **options}))
        contexts[-1].set_default_timeout(TIMEOUT)
        return contexts[-1]

    yield make
    for context in contexts:
        context.close()


@pytest.fixture
def context(new_context: NewContext) -> BrowserContext:
    return new_context()


@pytest.fixture
def watched(context: BrowserContext, watch: Callable[[BrowserContext], Watch]) -> Watch:
    return watch(context)


@pytest.fixture
def chat(context: BrowserContext, watched: Watch, stack: Stack) -> Chat:
    """The page on the composed stack, open in a new profile."""
    return Chat(context.new_page(), stack.client).open()


@pytest.fixture
def open_chat(new_context: NewContext, watch: Callable[[BrowserContext], Watch], stack: Stack) -> OpenChat:
    """Opens the page in a new profile with its own options (a phone, a dark system), or the page of another server."""

    def open_(client: Client = stack.client, *, failing: bool = False, **options: Any) -> Chat:
        context = new_context(**options)
        if failing:
            watch(context).expect_failed_requests()
        else:
            watch(context)
        return Chat(context.new_page(), client).open()

    return open_


@pytest.fixture(scope="session")
def page_built() -> None:
    """Builds the page for servers that run here rather than in the image."""
    require("npm")
    subprocess.run(["make", "frontend"], cwd=ROOT, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.STDOUT)


@pytest.fixture
def scripted_server(page_built: None, start_server: StartServer) -> StartClient:
    """Starts servers with settings of their own, for tests that need neither nginx nor Valkey."""

    def start(**variables: str) -> Client:
        server = start_server(ASSISTANT="acme.pages.Scripted", **variables)
        return Client(server.host, server.port)

    return start
