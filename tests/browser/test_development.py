"""The page as `npm run dev` serves it: React's development build renders and mounts everything twice (StrictMode)."""

import os
import subprocess
from collections.abc import Iterator

import pytest
from playwright.sync_api import BrowserContext, expect

from tests.browser.chat import Chat
from tests.browser.conftest import StartClient
from tests.browser.watch import Watch
from tests.programs import require
from tests.server import ROOT, free_port


@pytest.fixture
def chat(scripted_server: StartClient, context: BrowserContext, watched: Watch) -> Iterator[Chat]:
    backend = scripted_server()
    port = free_port()
    command = [require("node"), "node_modules/vite/bin/vite.js", "--host", "127.0.0.1", "--port", str(port)]
    environment = {**os.environ, "BACKEND": f"http://{backend.host}:{backend.port}"}
    with subprocess.Popen(command, cwd=ROOT / "frontend", env=environment, stdout=subprocess.PIPE, text=True) as vite:
        assert vite.stdout is not None
        assert any("ready in" in line for line in vite.stdout)
        chat = Chat(context.new_page(), backend)
        chat.url = f"http://127.0.0.1:{port}/"
        yield chat.open()
        vite.terminate()


def test_rendering_twice_sends_resumes_and_saves_once(chat: Chat, watched: Watch) -> None:
    chat.ask("first", "One.")
    script = chat.begin("second", "two ")
    chat.page.reload()
    chat.expect_messages("first", "One.", "second", "two")
    chat.new_thread()
    chat.ask("other", "Elsewhere.")
    script.text("three").end()
    chat.open_thread("first")
    chat.expect_messages("first", "One.", "second", "two three")
    expect(chat.threads.get_by_role("listitem")).to_have_count(2)
    routes = [url.rpartition("/")[2] for url in watched.requested if url.endswith(("/assistant", "/resume"))]
    assert routes == ["assistant", "assistant", "resume", "assistant"]
