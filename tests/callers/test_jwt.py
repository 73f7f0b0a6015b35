"""Tokens of an identity provider: signed by its key or a secret, by whom, for whom, for how long."""

import json
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm

from tests.conftest import StartServer
from tests.wire import Client, Reply

SECRET = "a-secret-that-the-issuer-shares-0" * 2
ISSUER, AUDIENCE = "https://issuer.example", "chat"
MINE = rsa.generate_private_key(public_exponent=65537, key_size=2048)
ANOTHER = rsa.generate_private_key(public_exponent=65537, key_size=2048)


def claims(**changed: Any) -> dict[str, Any]:
    given = {"iss": ISSUER, "aud": AUDIENCE, "sub": "alice", "exp": time.time() + 600, **changed}
    return {name: value for name, value in given.items() if value is not None}


def ask(client: Client, token: str) -> Reply:
    return client.say("Hi", headers={"Authorization": f"Bearer {token}"})


class Keys(ThreadingHTTPServer):
    """The issuer's keys by HTTP; says how often they were asked for."""

    def __init__(self) -> None:
        self.asked = 0
        keys = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                keys.asked += 1
                key = json.loads(RSAAlgorithm.to_jwk(MINE.public_key())) | {"kid": "mine", "use": "sig"}
                self.send_response(200)
                self.end_headers()
                self.wfile.write(json.dumps({"keys": [key]}).encode())

            def log_message(self, *args: object) -> None:
                pass

        super().__init__(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.serve_forever, daemon=True).start()


@pytest.fixture(scope="module")
def keys() -> Iterator[Keys]:
    server = Keys()
    yield server
    server.shutdown()
    server.server_close()


SETTINGS = {
    "CALLER": "assistant_transport.callers.jwt",
    "JWT_ISSUER": ISSUER,
    "JWT_AUDIENCE": AUDIENCE,
    "ASSISTANT": "acme.callers.SaysWho",
}


@pytest.fixture(scope="module")
def by_secret(start_server: StartServer) -> Client:
    server = start_server(**SETTINGS, JWT_SECRET=SECRET)
    return Client(server.host, server.port)


@pytest.fixture(scope="module")
def by_keys(start_server: StartServer, keys: Keys) -> Client:
    server = start_server(**SETTINGS, JWT_JWKS_URL=f"http://127.0.0.1:{keys.server_port}/keys")
    return Client(server.host, server.port)


def test_the_subject_owns_the_run_and_the_assistant_sees_the_claims(by_secret: Client) -> None:
    state, errors = ask(by_secret, jwt.encode(claims(plan="gold"), SECRET)).follow()
    assert not errors
    assert "'plan': 'gold'" in state["messages"][-1]["parts"][0]["text"]


def test_a_run_of_one_subject_is_a_404_for_another(by_secret: Client) -> None:
    live = ask(by_secret, jwt.encode(claims(), SECRET))
    run_id = live.headers["X-Run-Id"]
    live.body()
    bob = f"Bearer {jwt.encode(claims(sub='bob'), SECRET)}"
    assert by_secret.post("/resume", {"runId": run_id}, Authorization=bob).status == 404


def test_a_users_running_reply_is_found_by_its_thread_only(start_server: StartServer) -> None:
    server = start_server(**SETTINGS | {"ASSISTANT": "acme.assistants.LockStep", "JWT_SECRET": SECRET})
    client = Client(server.host, server.port)
    me = {"Authorization": f"Bearer {jwt.encode(claims(), SECRET)}"}
    live = client.say("1", headers=me, threadId="on the phone")
    while "0 " not in live.next_line():
        pass
    for path, status in (("/initial-state", 204), ("/resume", 404), ("/cancel", 404)):
        assert client.post(path, {}, **me).status == status
    assert client.post("/initial-state", {"threadId": "on the phone"}, **me).json()["status"] == "running"
    assert client.post("/cancel", {"threadId": "on the phone"}, **me).status == 202
    live.body()


@pytest.mark.parametrize(
    "token",
    [
        "",
        "nonsense",
        jwt.encode(claims(), "another-secret-of-32-characters-00"),
        jwt.encode(claims(), SECRET, algorithm="HS512"),
        jwt.encode(claims(), None, algorithm="none"),
        jwt.encode(claims(), MINE, algorithm="RS256"),
        jwt.encode(claims(iss="https://evil.example"), SECRET),
        jwt.encode(claims(aud="another"), SECRET),
        jwt.encode(claims(exp=time.time() - 60), SECRET),
        jwt.encode(claims(nbf=time.time() + 600), SECRET),
        *(jwt.encode(claims(**{name: None}), SECRET) for name in ("iss", "aud", "sub", "exp")),
    ],
)
def test_any_other_token_is_a_401(by_secret: Client, token: str) -> None:
    refused = ask(by_secret, token)
    assert refused.status == 401
    assert refused.headers["WWW-Authenticate"] == 'Bearer realm="assistant"'
    assert refused.json() == {
        "error": "Send a valid token, with the header Authorization: Bearer <token>.",
        "code": "unauthenticated",
    }


def test_the_issuers_keys_are_fetched_once(by_keys: Client, keys: Keys) -> None:
    token = jwt.encode(claims(), MINE, algorithm="RS256", headers={"kid": "mine"})
    for _ in range(2):
        assert ask(by_keys, token).follow()[1] == []
    assert keys.asked == 1


def test_a_token_of_an_unknown_key_is_a_401_and_does_not_have_them_fetched_each_time(
    by_keys: Client, keys: Keys
) -> None:
    for token in (
        jwt.encode(claims(), ANOTHER, algorithm="RS256", headers={"kid": "mine"}),
        jwt.encode(claims(), ANOTHER, algorithm="RS256", headers={"kid": "unknown"}),
        jwt.encode(claims(), ANOTHER, algorithm="RS256"),
        jwt.encode(claims(), MINE, algorithm="PS256", headers={"kid": "mine"}),
        jwt.encode(claims(), SECRET, headers={"kid": "mine"}),  # HS256, which no public key may verify
    ):
        assert ask(by_keys, token).status == 401
    assert keys.asked <= 1


def test_keys_that_cannot_be_fetched_are_a_503(start_server: StartServer) -> None:
    server = start_server(**SETTINGS, JWT_JWKS_URL="http://127.0.0.1:9/keys")
    token = jwt.encode(claims(), MINE, algorithm="RS256", headers={"kid": "mine"})
    refused = ask(Client(server.host, server.port), token)
    assert (refused.status, refused.headers["Retry-After"]) == (503, "5")
