"""The composed system: nginx in front of the image, as `docker compose up` starts it."""

import json
import re
from typing import Any

import pytest

from tests.image.conftest import Stack, inspect
from tests.wire import Client, apply


def text_of(state: Any) -> str:
    return "".join(part["text"] for part in state["messages"][-1]["parts"] if part["type"] == "text")


@pytest.mark.parametrize("sse", [False, True])
def test_a_conversation_with_a_tool_call_streams_through_nginx(stack: Stack, sse: bool) -> None:
    state, errors = stack.client.say("How is the weather in Paris?", sse=sse).follow()
    assert not errors
    assert [entry["role"] for entry in state["messages"]] == ["user", "assistant"]
    assert "°C and " in text_of(state)
    state, errors = stack.client.say("thanks a lot", state=state, sse=sse).follow(state)
    assert not errors
    assert "thanks a lot" in text_of(state)


@pytest.mark.parametrize("sse", [False, True])
def test_each_chunk_passes_nginx_before_the_next_is_written(lockstep: Stack, sse: bool) -> None:
    chunks = 20
    state: Any = None
    with lockstep.client.say(str(chunks), sse=sse) as reply:
        frames = reply.frames()
        for number in range(chunks):
            while not (state and len(state["messages"]) > 1 and text_of(state).endswith(f"{number} ")):
                state = apply(state, next(frames)[1])
            lockstep.client.send({"type": "confirm"}).follow()
        for _, value in frames:
            state = apply(state, value)
    assert state["provider"] == "completed"


def test_heartbeats_pass_nginx(lockstep: Stack) -> None:
    with lockstep.client.say("1", sse=True) as reply:
        lines = reply.lines()
        while next(lines) != ": heartbeat":
            pass
        lockstep.client.send({"type": "confirm"}).follow()
        assert "data: [DONE]" in list(lines)


def test_a_client_that_disconnects_from_nginx_cancels_the_assistant(lockstep: Stack) -> None:
    reply = lockstep.client.say("1")
    next(reply.frames())
    with lockstep.client.send({"type": "await-cancelled"}) as cancelled:
        reply.close()
        assert "completed" in list(cancelled.lines())[-1]


def test_the_chat_page_is_hashed_immutable_compressed_and_small(stack: Stack) -> None:
    page = stack.client.get("/").body().decode()
    files = re.findall(r'(?:href|src)="(/static/[^"]+)"', page)
    names = [re.sub(r"-[\w-]{8}\.|\.[0-9a-f]{12}\.", ".HASH.", file) for file in files]
    assert {"/static/icon.HASH.svg", "/static/assets/main.HASH.css", "/static/assets/main.HASH.js"} <= set(names)
    assert all(".HASH." in name for name in names)
    replies = [stack.client.get(file, Accept_Encoding="gzip, br") for file in files]
    assert {reply.status for reply in replies} == {200}
    assert all("immutable" in reply.headers["Cache-Control"] for reply in replies)
    scripts = [reply for file, reply in zip(files, replies, strict=True) if file.endswith(".js")]
    assert {reply.headers["Content-Encoding"] for reply in scripts} == {"br"}
    assert sum(int(reply.headers["Content-Length"]) for reply in scripts) < 250_000


def test_the_probes_answer_through_nginx(stack: Stack) -> None:
    for path in ("/health", "/health/live", "/health/ready", "/health/startup"):
        assert stack.client.get(path).status == 200


def test_a_body_too_large_for_nginx_gets_the_error_shape(stack: Stack) -> None:
    reply = stack.client.request("POST", "/assistant", b"x" * (4 * 1024 * 1024 + 1))
    assert reply.status == 413
    assert reply.headers["Content-Type"] == "application/json"
    assert "too large" in reply.json()["error"]


def test_a_flood_gets_429_in_the_error_shape_and_the_server_survives(stack: Stack) -> None:
    replies = [stack.client.get("/health/live") for _ in range(200)]
    refused = [reply for reply in replies if reply.status != 200]
    assert refused, "nginx.limits.conf allows bursts of 40"
    assert {reply.status for reply in refused} == {429}
    assert "Too many requests" in refused[0].json()["error"]
    assert refused[0].headers["Retry-After"] == "1"
    assert re.fullmatch("[0-9a-f]{32}", refused[0].headers["X-Request-ID"])


def test_nginx_logs_json_with_request_ids_and_upstream_times(stack: Stack) -> None:
    lines = [line.partition("|")[2] for line in stack.compose("logs", "nginx").splitlines()]
    logged = [json.loads(line) for line in lines if line.strip().startswith("{")]
    proxied = next(line for line in logged if line["path"] == "/assistant" and line["status"] == 200)
    assert len(proxied["request_id"]) == 32
    assert float(proxied["upstream_seconds"]) >= float(proxied["upstream_header"])


def test_nginx_and_the_app_log_a_request_under_one_id(stack: Stack) -> None:
    reply = stack.client.say("hi", headers={"X-Request-ID": "an-id-of-the-clients-own"})
    reply.body()
    request_id = reply.headers["X-Request-ID"]
    assert len(request_id) == 32
    for service in ("nginx", "app"):
        assert f'"{request_id}"' in stack.compose("logs", service)


def test_metrics_are_served_inside_from_a_read_only_root(lockstep: Stack) -> None:
    code = "from urllib.request import urlopen; print(urlopen('http://127.0.0.1:9102').read().decode())"
    assert "\nassistant_workers 1.0\n" in lockstep.run("app", "python", "-c", code)
    assert lockstep.client.get("/metrics").status == 404


def test_the_app_logs_json(stack: Stack) -> None:
    lines = [line.partition("|")[2].strip() for line in stack.compose("logs", "app").splitlines()]
    assert any(json.loads(line)["message"].startswith("Listening at") for line in lines if line.startswith("{"))
    assert all(line.startswith(("{", "WARNING: SECRET_KEY")) for line in lines if line)


@pytest.mark.parametrize("service", ["nginx", "app"])
def test_containers_are_locked_down(stack: Stack, service: str) -> None:
    found: Any = inspect(stack.container(service))
    host = found["HostConfig"]
    assert host["ReadonlyRootfs"] is True
    assert host["CapDrop"] == ["ALL"]
    assert "no-new-privileges:true" in host["SecurityOpt"]
    assert host["Memory"] > 0
    assert host["PidsLimit"] > 0
    assert host["RestartPolicy"]["Name"] == "unless-stopped"
    assert found["Config"]["StopTimeout"] == 70
    assert stack.run(service, "id", "-u").strip() == {"nginx": "101", "app": "10001"}[service]


def test_only_nginx_is_published_and_only_on_loopback(stack: Stack) -> None:
    nginx: Any = inspect(stack.container("nginx"))
    app: Any = inspect(stack.container("app"))
    published = [entry for entries in nginx["NetworkSettings"]["Ports"].values() if entries for entry in entries]
    assert [entry["HostIp"] for entry in published] == ["127.0.0.1"]
    assert not any(app["NetworkSettings"]["Ports"].values())


def test_nginx_finds_a_new_container_by_name(stack: Stack) -> None:
    before = stack.container("app")
    stack.compose("up", "--detach", "--wait", "--force-recreate", "--no-deps", "app")
    assert stack.container("app") != before
    client: Client = stack.client
    for _ in range(200):  # nginx looks the name up again every 2 s; each try waits for its response
        if client.get("/health/ready").status == 200:
            break
    state, errors = client.say("still there?").follow()
    assert not errors
    assert "still there?" in text_of(state)
