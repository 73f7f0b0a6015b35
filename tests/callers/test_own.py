"""CALLER names a function of one's own: what it gives owns runs and reaches the assistant."""

from pathlib import Path
from typing import Any

import pytest
from django.core import signing

from assistant_transport.callers import opaque
from tests.conftest import StartServer
from tests.docs.pages import blocks
from tests.server import ROOT, environment
from tests.wire import Client


def text_of(state: Any) -> str:
    return "".join(part["text"] for part in state["messages"][-1]["parts"])


def of(tenant: str) -> dict[str, str]:
    return {"X-Tenant": tenant, "X-By-Header": "yes"}


@pytest.fixture(scope="module")
def tenants(start_server: StartServer) -> Client:
    server = start_server(CALLER="acme.callers.tenant", ASSISTANT="acme.callers.SaysWho")
    return Client(server.host, server.port)


def test_the_assistant_is_told_who_calls(tenants: Client) -> None:
    state, errors = tenants.say("Hi", headers=of("a")).follow()
    owner = opaque("tenant", "a")
    assert not errors
    assert text_of(state) == f"{{'tenant': 'a'}} {owner} {owner} /assistant"


@pytest.mark.parametrize(
    ("variables", "headers", "name"),
    [
        ({"API_KEYS": "alice:a-key-of-hers-123"}, {"Authorization": "Bearer a-key-of-hers-123"}, "alice"),
        ({"CALLER": "acme.callers.by_name"}, {"X-Name": "ann"}, "ann"),
        ({}, {}, "None"),
    ],
)
def test_the_assistant_is_told_the_name_of_its_callers_key(
    start_server: StartServer, variables: dict[str, str], headers: dict[str, str], name: str
) -> None:
    server = start_server(ASSISTANT="acme.callers.SaysName", **variables)
    state, _ = Client(server.host, server.port).say("Hi", headers=headers).follow()
    assert text_of(state) == name


def test_a_run_of_one_is_a_404_for_another(tenants: Client) -> None:
    live = tenants.say("Hi", headers=of("a"), threadId="t")
    run_id = live.headers["X-Run-Id"]
    live.body()
    for path in ("/resume", "/cancel"):
        assert tenants.post(path, {"runId": run_id}, **of("b")).status == 404
    assert tenants.post("/initial-state", {"threadId": "t"}, **of("b")).status == 204
    assert tenants.post("/initial-state", {"threadId": "t"}, **of("a")).json()["runId"] == run_id


def test_whom_it_refuses_gets_its_words(tenants: Client) -> None:
    refused = tenants.say("Hi")
    assert (refused.status, refused.json()) == (401, {"error": "Send X-Tenant.", "code": "unauthenticated"})


def test_without_a_word_to_the_contrary_a_csrf_token_is_needed(tenants: Client) -> None:
    for path in ("/assistant", "/initial-state", "/resume", "/cancel"):
        refused = tenants.post(path, {"commands": []}, X_Tenant="a")
        assert refused.status == 403
        assert refused.json()["error"] == "CSRF cookie not set. Send Django's CSRF token in the header X-Csrftoken."
    assert tenants.get("/openapi.json", X_Tenant="a").status == 200
    token = {"X-Tenant": "a", "Cookie": "csrftoken=" + "t" * 32, "X-CSRFToken": "t" * 32}
    assert tenants.say("Hi", headers=token).follow()[1] == []
    for wrong in ({"X-CSRFToken": "u" * 32}, {"Origin": "https://evil.example"}):
        assert tenants.say("Hi", headers=token | wrong).status == 403


def test_an_anonymous_caller_is_let_in_unless_that_costs_money(start_server: StartServer) -> None:
    server = start_server(CALLER="acme.callers.anybody")
    assert Client(server.host, server.port).say("Hi").follow()[1] == []
    server = start_server(CALLER="acme.callers.anybody", ASSISTANT="mock", OPENAI_API_KEY="sk-1")
    refused = Client(server.host, server.port).say("Hi")
    assert refused.status == 401
    assert "answers nobody whom it does not know" in refused.json()["error"]


def test_one_that_returns_no_caller_is_a_mistake_of_the_server(start_server: StartServer) -> None:
    server = start_server(CALLER="acme.callers.nothing")
    assert Client(server.host, server.port).say("Hi").status == 500
    assert "acme.callers.nothing" not in server.log()  # an exception's text may quote what a client sent
    assert "assistant_transport.http.endpoint" in server.log()


def test_the_documented_one_works(start_server: StartServer, tmp_path: Path) -> None:
    (shown,) = [block for block in blocks(ROOT / "docs/security.md") if block.language == "python"]
    (tmp_path / "my_package").mkdir()
    (tmp_path / str(shown.file)).write_text(shown.text)
    path = f"{tmp_path}:{environment()['PYTHONPATH']}"
    server = start_server(CALLER="my_package.callers.widget", ASSISTANT="acme.callers.SaysWho", PYTHONPATH=path)
    client = Client(server.host, server.port)
    key = environment()["SECRET_KEY"]
    for forged in ("", "alice", signing.dumps("alice", key="another", salt="widget")):
        assert client.say("Hi", headers={"X-Widget-Token": forged}).status == 401
    token = signing.dumps("alice", key=key, salt="widget")
    state, _ = client.say("Hi", headers={"X-Widget-Token": token}).follow()
    assert text_of(state).startswith(f"alice {opaque('widget', 'alice')} ")
