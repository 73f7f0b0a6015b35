"""A server whose callers are known by a cookie: the page sends Django's CSRF token with whatever it sends."""

import pytest
from playwright.sync_api import BrowserContext

from tests.browser.chat import Chat
from tests.browser.conftest import StartClient
from tests.browser.watch import Watch
from tests.wire import Client

TOKEN = {"Cookie": "csrftoken=" + "t" * 32, "X-CSRFToken": "t" * 32}


class ClientWithToken(Client):
    """The test's own client of a server that requires a token."""

    def send(self, *commands: object, **fields: object):  # type: ignore[no-untyped-def]
        return super().send(*commands, headers=TOKEN)


@pytest.fixture
def chat(scripted_server: StartClient, context: BrowserContext, watched: Watch) -> Chat:
    client = scripted_server(CALLER="acme.callers.by_cookie")
    assert client.say("Hi").status == 403
    return Chat(context.new_page(), ClientWithToken(client.host, client.port)).open()


def test_a_message_is_answered_and_a_reply_is_stopped(chat: Chat) -> None:
    script = chat.begin("Go on", "and on ")
    chat.stop_button.click()
    script.await_cancelled()
    chat.expect_idle()
    chat.script("Again").text("Here.").end()
    chat.send("Again")
    chat.expect_messages("Go on", "and on", "Again", "Here.")
