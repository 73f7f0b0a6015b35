"""API keys, and what one run and one process may take."""

from http.client import IncompleteRead

import pytest

from tests.conftest import StartServer
from tests.wire import Client

ME = {"X-Client-Id": "a-client-id-that-nobody-guesses"}
FIRST, SECOND = "first-key-0123456789", "second-key-0123456789"


@pytest.fixture(scope="module")
def locked(start_server: StartServer) -> Client:
    server = start_server(API_KEYS=f"alice:{FIRST}, bob:{SECOND}")
    return Client(server.host, server.port)


@pytest.mark.parametrize("path", ["/assistant", "/initial-state", "/resume", "/cancel"])
@pytest.mark.parametrize("header", [None, "Bearer wrong", f"Basic {FIRST}", "Bearer", f"Bearer {FIRST}x", "Bearer é"])
def test_without_a_valid_key_it_is_a_401(locked: Client, path: str, header: str | None) -> None:
    refused = locked.post(path, {"commands": []}, **({"Authorization": header} if header else {}))
    assert refused.status == 401
    assert refused.headers["WWW-Authenticate"] == 'Bearer realm="assistant"'
    assert "Authorization: Bearer" in refused.json()["error"]


@pytest.mark.parametrize("key", [FIRST, SECOND])
def test_any_of_the_keys_is_valid(locked: Client, key: str) -> None:
    _, errors = locked.post("/assistant", {"commands": []}, Authorization=f"Bearer {key}").follow()
    assert not errors


def test_the_page_and_the_probes_need_no_key(locked: Client) -> None:
    for path in ("/", "/static/page.css", "/health", "/health/live", "/health/ready", "/health/startup"):
        assert locked.get(path).status == 200
    assert locked.get("/openapi.json").status == 401


def test_a_key_does_not_open_another_keys_runs(locked: Client) -> None:
    for headers in (ME, {}):
        live = locked.say("hi", headers={**headers, "Authorization": f"Bearer {FIRST}"}, threadId="t")
        run_id = live.headers["X-Run-Id"]
        live.body()
        assert locked.post("/resume", {"runId": run_id}, Authorization=f"Bearer {SECOND}", **headers).status == 404
        with locked.post("/resume", {"runId": run_id}, Authorization=f"Bearer {FIRST}", **headers) as resumed:
            assert resumed.status == 200


def test_a_run_that_takes_too_long_ends_with_an_error(start_server: StartServer) -> None:
    server = start_server(ASSISTANT="acme.assistants.LockStep", MAX_RUN_SECONDS="1")
    state, errors = Client(server.host, server.port).say("1").follow()
    assert errors == ["The reply took longer than 1 seconds."]
    assert state["provider"] == "error"


def test_a_run_that_grows_too_large_ends_with_an_error(start_server: StartServer) -> None:
    server = start_server(ASSISTANT="acme.assistants.Endless", MAX_RUN_BYTES="250000")
    state, errors = Client(server.host, server.port).say("go").follow()
    assert errors == ["The reply is larger than 250000 bytes."]
    assert len(state["messages"][1]["parts"][0]["text"]) < 2_000_000


def test_over_the_most_runs_it_is_a_503_until_one_ends(start_server: StartServer) -> None:
    server = start_server(ASSISTANT="acme.assistants.LockStep", MAX_CONCURRENT_RUNS="1")
    client = Client(server.host, server.port)
    live = client.say("1", headers=ME)
    refused = client.say("1", headers=ME)
    assert refused.status == 503
    assert refused.headers["Retry-After"] == "1"
    assert "Too many replies" in refused.json()["error"]
    client.post("/cancel", {"runId": live.headers["X-Run-Id"]}, **ME)
    live.body()
    with client.say("0", headers=ME) as accepted:
        assert accepted.status == 200


def test_an_assistant_that_does_not_stop_is_left_behind(start_server: StartServer) -> None:
    server = start_server(ASSISTANT="acme.assistants.Stubborn")
    client = Client(server.host, server.port)
    live = client.say("x", headers=ME)
    next(live.frames())
    client.post("/cancel", {"runId": live.headers["X-Run-Id"]}, **ME)
    _, errors = live.follow()
    assert not errors


def test_a_reader_that_does_not_read_is_cut_off_and_holds_nobody_back(start_server: StartServer) -> None:
    server = start_server(ASSISTANT="acme.assistants.Endless", MAX_RUN_BYTES="16777216", FLUSH_INTERVAL_MS="0")
    client = Client(server.host, server.port)
    slow = client.say("go", headers=ME)
    run_id = slow.headers["X-Run-Id"]
    fast = client.post("/resume", {"runId": run_id}, **ME)
    read = 0
    while read < 14_000_000:
        read += len(fast.take(100_000))
    with pytest.raises((IncompleteRead, OSError)):  # what it got is not a whole stream
        slow.follow()
    fast.close()
    client.post("/cancel", {"runId": run_id}, **ME)
    with client.post("/resume", {"runId": run_id}, **ME) as resumed:
        assert resumed.status == 200
