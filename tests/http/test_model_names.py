"""`GET /models` lists what a request's `config.modelName` may choose among."""

from tests.conftest import StartServer
from tests.wire import Client

KEY = "k" * 16


def test_the_models_are_listed_the_default_first_and_once(start_server: StartServer) -> None:
    server = start_server(
        ASSISTANT="openai",
        OPENAI_API_KEY="sk-none",
        ALLOW_ANONYMOUS="true",
        OPENAI_MODEL="one",
        ALLOWED_MODELS="two,one",
    )
    reply = Client(server.host, server.port).get("/models")
    assert reply.json() == {"models": ["one", "two"]}
    assert reply.headers["Cache-Control"] == "no-store"


def test_a_caller_is_needed_as_for_a_reply(start_server: StartServer) -> None:
    server = start_server(API_KEYS=f"acme:{KEY}", ALLOWED_MODELS="one,two")
    client = Client(server.host, server.port)
    refusal = client.get("/models")
    assert (refusal.status, refusal.json()["code"]) == (401, "unauthenticated")
    assert client.get("/models", Authorization=f"Bearer {KEY}").json() == {"models": ["one", "two"]}


def test_without_a_choice_the_list_is_empty(client: Client) -> None:
    assert client.get("/models").json() == {"models": []}
