"""The server crashes or is unreachable: the page says so in plain words and loses no text."""

import time
from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from tests.browser.chat import Chat
from tests.browser.watch import Watch
from tests.image.conftest import Stack, docker


class Container:
    """A service's container, which a test may kill and start again."""

    def __init__(self, stack: Stack, service: str) -> None:
        self._stack = stack
        self._id = stack.container(service)

    def kill(self) -> None:
        docker("kill", self._id)

    def start(self) -> None:
        self._stack.compose("up", "--detach", "--wait", "--no-recreate")
        # nginx looks the app's address up again after two seconds, and reports that nowhere: hence the polling.
        end = time.monotonic() + 30
        while self._stack.client.get("/health/ready").status != 200:
            assert time.monotonic() < end, "nginx does not find the app"
            time.sleep(0.1)


@pytest.fixture
def app(stack: Stack, watched: Watch) -> Iterator[Container]:
    watched.expect_failed_requests()
    app = Container(stack, "app")
    yield app
    app.start()


@pytest.fixture
def proxy(stack: Stack, watched: Watch) -> Iterator[Container]:
    watched.expect_failed_requests()
    proxy = Container(stack, "nginx")
    yield proxy
    proxy.start()


def test_the_server_crashes_during_a_reply(chat: Chat, app: Container) -> None:
    chat.begin("Die now", "Half a ")
    app.kill()
    expect(chat.lost).to_be_visible()
    app.start()
    expect(chat.alert).to_contain_text("The server that wrote this reply has stopped.")
    expect(chat.lost).to_have_count(0)
    chat.expect_messages("Die now", "Half a")
    chat.picture("interrupted")
    chat.script("Die now").text("A whole answer.").end()
    chat.retry_button.click()
    chat.expect_idle()
    chat.expect_messages("Die now", "A whole answer.")
    expect(chat.alert).to_have_count(0)


def test_a_message_is_sent_while_the_server_is_down(chat: Chat, app: Container) -> None:
    chat.ask("Are you there?", "Yes.")
    app.kill()
    chat.send("And now?")
    expect(chat.alert).to_contain_text("not available right now")
    chat.expect_messages("Are you there?", "Yes.", "And now?")
    chat.retry_button.click()
    expect(chat.alert).to_contain_text("not available right now")
    app.start()
    chat.script("And now?").text("Here again.").end()
    chat.retry_button.click()
    chat.expect_idle()
    chat.expect_messages("Are you there?", "Yes.", "And now?", "Here again.")


def test_a_message_that_never_arrived_survives_a_reload(chat: Chat, app: Container) -> None:
    app.kill()
    chat.send("Keep this")
    expect(chat.alert).to_contain_text("not available right now")
    app.start()
    chat.page.reload()
    chat.expect_messages("Keep this")
    expect(chat.alert).to_contain_text("did not reach the server")
    chat.script("Keep this").text("Kept.").end()
    chat.retry_button.click()
    chat.expect_idle()
    chat.expect_messages("Keep this", "Kept.")


def test_a_proxy_crash_loses_nothing(chat: Chat, proxy: Container) -> None:
    script = chat.begin("Proxy", "one ")
    proxy.kill()
    expect(chat.lost).to_be_visible()
    proxy.start()
    chat.expect_messages("Proxy", "one")
    expect(chat.lost).to_have_count(0)
    script.text("two").end()
    chat.expect_idle()
    chat.expect_messages("Proxy", "one two")
