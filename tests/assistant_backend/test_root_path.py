"""Everything under a path (ROOT_PATH), whether the proxy in front takes the path off or not."""

import re

import pytest

from tests.conftest import StartServer
from tests.wire import Client


@pytest.fixture(scope="module")
def under(start_server: StartServer) -> Client:
    server = start_server(ROOT_PATH="/any/prefix", CHAT_PAGE="false", CALLER="acme.callers.by_cookie")
    return Client(server.host, server.port)


@pytest.mark.parametrize("passed_on", ["/any/prefix", ""])
def test_each_route_answers_with_the_path_and_without(under: Client, passed_on: str) -> None:
    page = under.get(f"{passed_on}/")
    assert "/any/prefix/assistant</code>" in page.body().decode()
    assert "Path=/any/prefix/;" in page.headers["Set-Cookie"]
    style = re.search(r'href="/any/prefix(/static/page[^"]*)"', page.body().decode())
    assert style
    assert under.get(passed_on + style[1]).status == 200
    assert under.get(f"{passed_on}/health/ready").status == 200
    assert under.get(f"{passed_on}/openapi.json").json()["servers"] == [{"url": "/any/prefix"}]
    token = {"Cookie": "csrftoken=" + "t" * 32, "X-CSRFToken": "t" * 32, "Content-Type": "application/json"}
    assert under.request("POST", f"{passed_on}/assistant", {"commands": []}, **token).follow()[1] == []
    assert under.get(f"{passed_on}/nowhere").status == 404


def test_another_path_has_nothing(under: Client) -> None:
    for path in ("/other/assistant", "/any/prefixed/assistant", "/any/assistant"):
        assert under.post(path).status == 404
