"""The app's error responses pass nginx unchanged, and no secret reaches a log."""

from collections.abc import Iterator

import pytest

from tests.image.conftest import OVERRIDE, PROJECT, Stack
from tests.server import ROOT
from tests.wire import Reply, message

KEY = "a-key-that-is-never-logged"
ME = {"X-Client-Id": "a-client-id-that-is-never-logged", "Authorization": f"Bearer {KEY}"}
ORIGIN = "http://localhost:3000"


@pytest.fixture(scope="module")
def stack(image: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    assistant, limits = "acme.assistants.LockStep", ROOT / "nginx.limits.conf"
    override = OVERRIDE.format(limits=limits, fixtures=ROOT / "tests/fixtures", assistant=assistant)
    override = override.replace(
        "    environment:\n",
        f'    environment:\n      API_KEYS: "me:{KEY}"\n      MAX_RUNS_PER_OWNER: "1"\n      MAX_BODY_BYTES: "2000"\n',
    )
    running = Stack(f"{PROJECT}-door", tmp_path_factory.mktemp("door"), override)
    yield running
    running.down()


def assert_the_apps_own(reply: Reply, status: int, sentence: str, code: str) -> None:
    assert reply.status == status
    assert reply.json() == {"error": sentence, "code": code}
    assert reply.headers.get_all("Access-Control-Allow-Origin") == [ORIGIN]
    assert "Access-Control-Allow-Credentials" not in reply.headers
    assert reply.headers.get_all("X-Content-Type-Options") == ["nosniff"]


def test_the_apps_own_429_reaches_the_client(stack: Stack) -> None:
    with stack.client.say("1", headers=ME) as live:
        next(live.frames())
        refused = stack.client.say("1", headers={**ME, "Origin": ORIGIN})
        sentence = "You have too many replies in the making. Please wait for one to end."
        assert_the_apps_own(refused, 429, sentence, "too_many_runs")
        assert refused.headers["Retry-After"] == "1"
        stack.client.post("/cancel", {"runId": live.headers["X-Run-Id"]}, **ME)
        live.body()


@pytest.mark.parametrize("chunked", [False, True])
def test_the_apps_own_413_reaches_the_client(stack: Stack, chunked: bool) -> None:
    body = b"x" * 3000
    headers = {**ME, "Origin": ORIGIN}
    refused = stack.client.request("POST", "/assistant", iter([body]) if chunked else body, **headers)
    assert_the_apps_own(refused, 413, "The body is larger than 2000 bytes.", "body_too_large")


def test_no_run_id_key_client_thread_or_prompt_is_in_any_log(stack: Stack) -> None:
    thread, prompt = "a-thread-that-is-never-logged", "a prompt that is never logged"
    live = stack.client.send(message("1"), headers=ME, threadId=thread)
    run_id = live.headers["X-Run-Id"]
    next(live.frames())
    live.close()
    found = stack.client.post(f"/initial-state?threadId={thread}", {}, **ME)
    assert found.json()["runId"] == run_id
    assert stack.client.get(f"/resume?runId={run_id}", **ME).status == 405
    assert stack.client.post("/cancel", {"runId": run_id}, **ME).status == 202
    stack.client.post("/resume", {"runId": run_id}, **ME).body()
    stack.client.say("no number", headers=ME, system=prompt).body()  # this assistant fails on it
    assert stack.client.post("/resume", {"runId": run_id, "threadId": 1}, **ME).status == 400
    assert stack.client.post("/resume", {"runId": run_id}).status == 401
    logs = stack.compose("logs")
    assert "The assistant failed" in logs
    assert '"path":"/initial-state"' in logs
    secrets = (run_id, KEY, ME["X-Client-Id"], thread, prompt)
    assert not [secret for secret in secrets if secret in logs]
