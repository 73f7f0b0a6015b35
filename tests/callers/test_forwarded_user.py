"""A proxy in front says who calls: believed only beside its secret, each header once."""

from http.client import HTTPConnection

import pytest

from assistant_transport.callers import opaque
from tests.conftest import StartServer
from tests.wire import Client, Reply

SECRET = "a-secret-that-only-the-proxy-has-0"
CSRF = {"Cookie": "csrftoken=" + "t" * 32, "X-CSRFToken": "t" * 32}
SIGNED_IN = [("X-Forwarded-User", "alice"), ("X-Forwarded-User-Secret", SECRET)]


@pytest.fixture(scope="module")
def behind_proxy(start_server: StartServer) -> Client:
    server = start_server(
        CALLER="assistant_transport.callers.forwarded_user",
        FORWARDED_USER_HEADER="X-Forwarded-User",
        FORWARDED_USER_SECRET=SECRET,
        FORWARDED_ALLOW_IPS="*",
        ASSISTANT="acme.callers.SaysWho",
    )
    return Client(server.host, server.port)


def ask(client: Client, headers: list[tuple[str, str]]) -> Reply:
    """Says hi with these headers, of which one name may stand twice."""
    connection: HTTPConnection = client.connect()
    body = b'{"commands": [{"type": "add-message", "message": {"parts": [{"type": "text", "text": "Hi"}]}}]}'
    connection.putrequest("POST", "/assistant")
    for name, value in [*headers, *CSRF.items(), ("Content-Type", "application/json")]:
        connection.putheader(name, value)
    connection.putheader("Content-Length", str(len(body)))
    connection.endheaders(body)
    return Reply(connection)


def test_the_user_whom_the_proxy_names_owns_the_run(behind_proxy: Client) -> None:
    state, errors = ask(behind_proxy, SIGNED_IN).follow()
    owner = opaque("forwarded", "alice")
    assert not errors
    assert state["messages"][-1]["parts"][0]["text"] == f"alice {owner} {owner} /assistant"


@pytest.mark.parametrize(
    "headers",
    [
        [],
        SIGNED_IN[:1],
        SIGNED_IN[1:],
        [SIGNED_IN[0], ("X-Forwarded-User-Secret", SECRET[:-1])],
        [SIGNED_IN[0], ("X-Forwarded-User-Secret", "")],
        [SIGNED_IN[0], ("X-Forwarded-User-Secret", "é" * 32)],
        [("X-Forwarded-User", " "), SIGNED_IN[1]],
        [*SIGNED_IN, ("X-Forwarded-User", "mallory")],
        [("X-Forwarded-User", "mallory"), *SIGNED_IN],
        [*SIGNED_IN, SIGNED_IN[1]],
        [("X_Forwarded_User", "mallory"), SIGNED_IN[1]],
        [SIGNED_IN[0], ("X_Forwarded_User_Secret", SECRET)],
    ],
)
def test_anything_else_is_a_401(behind_proxy: Client, headers: list[tuple[str, str]]) -> None:
    refused = ask(behind_proxy, headers)
    assert refused.status == 401
    assert refused.json() == {
        "error": "Please sign in: the proxy in front did not say who you are.",
        "code": "unauthenticated",
    }


def test_a_session_at_the_proxy_is_a_cookie_so_a_csrf_token_is_needed(behind_proxy: Client) -> None:
    refused = behind_proxy.say("Hi", headers=dict(SIGNED_IN))
    assert refused.status == 403
