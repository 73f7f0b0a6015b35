"""A project's users own their runs, by the session that they have there already."""

from typing import Any

from tests.hosts.project import PREFIX, User
from tests.wire import Client, message

HI = {"commands": [message("What have I ordered?")]}


def text_of(state: Any) -> str:
    return "".join(part["text"] for part in state["messages"][-1]["parts"])


def test_the_assistant_sees_the_rows_of_its_user_only(alice: User, bob: User) -> None:
    for user, order in ((alice, "A red hat. "), (bob, "A blue coat. ")):
        state, errors = user.say("What have I ordered?").follow()
        assert not errors
        assert text_of(state) == order


def test_a_run_of_one_is_a_404_for_another(alice: User, bob: User) -> None:
    live = alice.say("Hi", threadId="thread")
    run_id = live.headers["X-Run-Id"]
    live.body()
    for path in ("/resume", "/cancel"):
        assert bob.post(path, {"runId": run_id}).status == 404
    assert bob.post("/initial-state", {"threadId": "thread"}).status == 204
    assert alice.post("/initial-state", {"threadId": "thread"}).json()["runId"] == run_id
    state, errors = alice.post("/resume", {"runId": run_id}).follow({})
    assert not errors
    assert text_of(state) == "A red hat. "


def test_nobody_signed_in_is_a_401_whatever_they_say_of_themselves(shop: Client) -> None:
    forged = {"X-Forwarded-User": "alice", "X-Forwarded-User-Secret": "a" * 32, "X-Client-Id": "a" * 32}
    for headers in ({}, forged):
        refused = shop.post(f"{PREFIX}/assistant", HI, **headers)
        assert (refused.status, refused.json()) == (401, {"error": "Please sign in.", "code": "unauthenticated"})


def test_a_cookie_without_a_csrf_token_is_a_403_in_the_error_shape(alice: User) -> None:
    for path in ("/assistant", "/initial-state", "/resume", "/cancel"):
        refused = alice.request("POST", PREFIX + path, HI)
        assert refused.status == 403
        assert refused.json()["error"].startswith("CSRF token missing.")
    elsewhere = {"X-CSRFToken": alice.cookies["csrftoken"], "Origin": "https://evil.example"}
    assert alice.request("POST", f"{PREFIX}/assistant", HI, **elsewhere).status == 403


def test_the_description_knows_the_prefix(alice: User) -> None:
    assert alice.request("GET", f"{PREFIX}/openapi.json").json()["servers"] == [{"url": PREFIX}]
