"""Who calls is not for a client to say: the composed nginx drops the headers by which a proxy would say it."""

from collections.abc import Iterator

import pytest

from tests.image.conftest import PROJECT, Stack
from tests.wire import message

SECRET = "a-secret-that-only-the-proxy-has-0"
OVERRIDE = f"""
services:
  app:
    environment:
      CALLER: assistant_transport.callers.forwarded_user
      FORWARDED_USER_HEADER: X-Forwarded-User
      FORWARDED_USER_SECRET: {SECRET}
"""
HEADERS = {
    "X-Forwarded-User": "alice",
    "X-Forwarded-User-Secret": SECRET,
    "X-CSRFToken": "t" * 32,
    "Cookie": "csrftoken=" + "t" * 32,
}
# The same request from inside, where no nginx is in between.
INSIDE = f"""
import json
from urllib.request import Request, urlopen
body = json.dumps({{"commands": []}}).encode()
headers = {HEADERS!r} | {{"Content-Type": "application/json"}}
print(urlopen(Request("http://localhost:8002/assistant", body, headers)).status)
"""


@pytest.fixture(scope="module")
def stack(image: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    running = Stack(f"{PROJECT}-callers", tmp_path_factory.mktemp("callers"), OVERRIDE)
    yield running
    running.down()


def test_a_client_cannot_send_them_even_with_the_secret(stack: Stack) -> None:
    assert stack.run("app", "python", "-c", INSIDE).strip() == "200"
    underscored = {name.replace("-", "_"): value for name, value in HEADERS.items()}
    for headers in (HEADERS, HEADERS | underscored):
        refused = stack.client.send(message("Hi"), headers=headers)
        assert refused.status == 401
        assert refused.json() == {
            "error": "Please sign in: the proxy in front did not say who you are.",
            "code": "unauthenticated",
        }


def test_the_page_gets_the_csrf_token_that_it_sends(stack: Stack) -> None:
    cookie = stack.client.get("/").headers["Set-Cookie"]
    assert cookie.startswith("csrftoken=")
    assert "SameSite=Lax" in cookie
