"""Two pages under paths of one host, behind nginx as docs/proxies.md configures it."""

from pathlib import Path

from playwright.sync_api import BrowserContext, expect

from tests.browser.chat import Chat
from tests.browser.conftest import StartClient
from tests.browser.watch import Watch
from tests.proxies.proxy import Proxy


def test_two_pages_of_one_host_keep_their_conversations_apart(
    scripted_server: StartClient, context: BrowserContext, watched: Watch, tmp_path: Path
) -> None:
    clients = {path: scripted_server(ROOT_PATH=path) for path in ("/any/prefix", "/other")}
    ports = [client.port for client in clients.values()]
    proxy = Proxy("nginx", tmp_path, ports, title="Under a path", probe="/any/prefix/health")
    try:
        chats = {}
        for path, client in clients.items():
            chat = chats[path] = Chat(context.new_page(), client)
            chat.url = f"http://127.0.0.1:{proxy.port}{path}/"
            chat.open()
            expect(chat.log.locator("[data-role]")).to_have_count(0)
            chat.ask(f"Is this {path}?", f"It is {path}.")
        script = chats["/other"].begin("Go on", "and on ")
        chats["/other"].stop_button.click()
        script.await_cancelled()
        chats["/any/prefix"].page.reload()
        chats["/any/prefix"].expect_messages("Is this /any/prefix?", "It is /any/prefix.")
    finally:
        proxy.stop()
