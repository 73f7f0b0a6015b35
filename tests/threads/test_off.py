"""Without THREADS nothing of the app is imported, and no query is made."""

import subprocess
import sys
from pathlib import Path

from tests.server import ROOT, Server, environment, without_admin
from tests.wire import Client

ME = {"X-Client-Id": "a-client-id-that-nobody-guesses"}
REPLY = """
import asyncio, sys
from assistant_backend import asgi
from django.test import AsyncClient
async def reply():
    message = {"parts": [{"type": "text", "text": "Hello"}]}
    body = {"commands": [{"type": "add-message", "message": message}], "state": None, "threadId": "a"}
    headers = {"X-Client-Id": "a-client-id-that-nobody-guesses"}
    response = await AsyncClient().post("/assistant", body, content_type="application/json", headers=headers)
    assert response.status_code == 200, response.content
    return b"".join([part async for part in response.streaming_content])
assert b"Hello" in asyncio.run(reply())
print([name for name in sys.modules if name.startswith(("assistant_transport.threads", "django.contrib.auth.models"))])
"""


@without_admin
def test_nothing_of_the_app_is_imported() -> None:
    variables = environment(DJANGO_SETTINGS_MODULE="assistant_backend.settings", ALLOWED_HOSTS="testserver")
    done = subprocess.run([sys.executable, "-c", REPLY], env=variables, cwd=ROOT, capture_output=True, text=True)
    assert done.stdout.strip() == "[]", done.stderr


def test_a_database_without_kept_threads_is_not_asked(tmp_path: Path) -> None:
    file = tmp_path / "database.sqlite3"
    server = Server(DATABASE_URL=f"sqlite:///{file}")
    state, errors = Client(server.host, server.port).say("Hello", threadId="a", headers=ME).follow()
    assert server.stop() == 0
    assert not errors
    assert len(state["messages"]) == 2
    assert not file.exists()  # SQLite makes its file at the first query
