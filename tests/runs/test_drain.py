"""A process that is told to stop: readiness fails, new runs get a 503, and running replies go on to their end."""

import json
import signal
import sys
from collections.abc import Iterator

import pytest

from tests.conftest import StartServer
from tests.server import Server, Valkey
from tests.wire import Client, Reply

ME = {"X-Client-Id": "a-client-id-that-nobody-guesses"}


def begin(client: Client, words: int = 1) -> Reply:
    live = client.say(str(words), headers=ME, threadId="t")
    while "0 " not in live.next_line():
        pass
    return live


def until_draining(client: Client) -> None:
    """Returns when the server has handled its signal, as its readiness shows."""
    while client.get("/health/ready").status == 200:
        pass


@pytest.fixture
def server() -> Iterator[Server]:
    server = Server(ASSISTANT="acme.assistants.LockStep")
    yield server
    server.stop()


def test_draining_it_refuses_new_runs_and_finishes_those_that_run(server: Server) -> None:
    client = Client(server.host, server.port)
    live = begin(client)
    server.process.send_signal(signal.SIGTERM)
    until_draining(client)
    ready = client.get("/health/ready")
    assert (ready.status, ready.json()) == (503, {"status": "unavailable", "failing": ["draining"]})
    assert client.get("/health/live").status == 200
    refused = client.say("1")
    assert refused.status == 503
    assert refused.headers["Retry-After"] == "1"
    assert refused.headers["Connection"] == "close"
    assert "restarting" in refused.json()["error"]
    server.process.send_signal(signal.SIGTERM)  # once more changes nothing
    client.post("/cancel", {"runId": live.headers["X-Run-Id"]}, **ME)
    assert not [value for kind, value in live.frames() if kind == "error"]
    assert server.process.wait(60) == 0


def test_ctrl_c_says_that_it_drains_and_ends_without_a_traceback() -> None:
    server = Server((sys.executable, "run_server.py"), ASSISTANT="acme.assistants.LockStep")
    client = Client(server.host, server.port)
    live = begin(client)
    server.process.send_signal(signal.SIGINT)
    until_draining(client)
    client.post("/cancel", {"runId": live.headers["X-Run-Id"]}, **ME)
    assert not [value for kind, value in live.frames() if kind == "error"]
    assert server.process.wait(20) == 0
    assert server.log().count("Draining: replies under way may end. A second SIGINT (Ctrl-C) ends them at once") == 1
    assert "Traceback" not in server.log()
    server.stop()


def test_a_second_ctrl_c_ends_what_is_under_way() -> None:
    server = Server((sys.executable, "run_server.py"), ASSISTANT="acme.assistants.LockStep")
    live = begin(Client(server.host, server.port))
    server.process.send_signal(signal.SIGINT)
    until_draining(Client(server.host, server.port))
    server.process.send_signal(signal.SIGINT)
    assert server.process.wait(20) == 0
    assert "Traceback" not in server.log()
    live.close()
    server.stop()


def test_ctrl_c_ends_the_development_server_without_a_traceback() -> None:
    server = Server((sys.executable, "manage.py", "runserver", "--noreload"))
    server.process.send_signal(signal.SIGINT)
    assert server.process.wait(20) == 0
    assert "Traceback" not in server.log()
    server.stop()


def test_with_a_notice_readiness_fails_before_runs_are_refused(start_server: StartServer) -> None:
    server = start_server(ASSISTANT="acme.assistants.LockStep", DRAIN_NOTICE_SECONDS="600")
    client = Client(server.host, server.port)
    server.process.send_signal(signal.SIGTERM)
    until_draining(client)
    taken = client.say("1")
    assert (taken.status, taken.headers["Connection"]) == (200, "close")
    server.process.kill()
    server.process.wait()


def test_runs_are_refused_when_the_notice_is_over() -> None:
    noticed = Server(ASSISTANT="acme.assistants.LockStep", DRAIN_NOTICE_SECONDS="0.3")
    client = Client(noticed.host, noticed.port)
    live = begin(client)
    noticed.process.send_signal(signal.SIGTERM)
    while (reply := client.say("1")).status != 503:
        reply.close()
    assert reply.json()["code"] == "draining"
    client.post("/cancel", {"runId": live.headers["X-Run-Id"]}, **ME)
    assert not [value for kind, value in live.frames() if kind == "error"]
    assert noticed.stop() == 0


def test_a_run_without_readers_is_waited_for_as_well(start_server: StartServer, valkey: Valkey) -> None:
    first, second = (start_server(ASSISTANT="acme.assistants.LockStep", REDIS_URL=valkey.url) for _ in range(2))
    client = Client(first.host, first.port)
    live = begin(client)
    run_id = live.headers["X-Run-Id"]
    live.close()
    first.process.send_signal(signal.SIGTERM)
    until_draining(client)
    with Client(second.host, second.port).post("/resume", {"runId": run_id}, **ME) as resumed:
        assert resumed.status == 200
        Client(second.host, second.port).post("/cancel", {"runId": run_id}, **ME)
        assert not [value for kind, value in resumed.frames() if kind == "error"]
    assert first.process.wait(60) == 0


def test_runs_that_last_until_the_deadline_are_interrupted_in_their_log_too(valkey: Valkey) -> None:
    variables = {"ASSISTANT": "acme.assistants.LockStep", "REDIS_URL": valkey.url, "DRAIN_SECONDS": "0.3"}
    first, second = Server(**variables), Server(**variables)
    try:
        live = begin(Client(first.host, first.port))
        run_id = live.headers["X-Run-Id"]
        first.process.send_signal(signal.SIGTERM)
        expected = ["The server had to stop before the reply was done. Please try again."]
        state, errors = live.follow({"messages": [{}, {"parts": [{"type": "text", "text": "0 "}]}]})
        assert errors == expected
        assert state["provider"] == "error"
        assert first.process.wait(60) == 0
        assert "Traceback" not in first.log()
        other = Client(second.host, second.port)
        resumed = other.post("/resume", {"runId": run_id}, **ME)
        body = resumed.body()
        assert int(resumed.headers["Aui-Replay-Content-Length"]) == len(body)
        assert body.decode().endswith(f"3:{json.dumps(expected[0])}\n")
    finally:
        first.stop()
        second.stop()


def test_a_reader_of_another_processs_run_is_waited_for_and_gets_an_error(valkey: Valkey) -> None:
    variables = {"ASSISTANT": "acme.assistants.LockStep", "REDIS_URL": valkey.url}
    producer, subscriber = Server(**variables), Server(**variables, DRAIN_SECONDS="4")
    try:
        client, other = (Client(server.host, server.port) for server in (producer, subscriber))
        live = begin(client)
        resumed = other.post("/resume", {"runId": live.headers["X-Run-Id"]}, **ME)
        subscriber.process.send_signal(signal.SIGTERM)
        until_draining(other)
        assert other.say("1").status == 503
        _, errors = resumed.follow({"messages": [{}, {"parts": [{"type": "text", "text": "0 "}]}]})
        assert errors == ["This server is restarting. Please reload to see the rest of this reply."]
        assert subscriber.process.wait(60) == 0
        client.send({"type": "confirm"}).follow()
        assert "completed" in live.body().decode()
    finally:
        producer.stop()
        subscriber.stop()


def test_a_reader_that_does_not_read_does_not_keep_the_process() -> None:
    variables = {"MAX_RUN_BYTES": "16777216", "FLUSH_INTERVAL_MS": "0", "DRAIN_SECONDS": "0.1"}
    server = Server(ASSISTANT="acme.assistants.Endless", **variables)
    client = Client(server.host, server.port)
    stuck = client.say("go", headers=ME)
    with client.post("/resume", {"runId": stuck.headers["X-Run-Id"]}, **ME) as reading:
        for _ in range(140):
            reading.take(100_000)
    assert server.stop() == 0  # within the 60 s that stop() waits
    stuck.close()


def test_an_assistant_that_does_not_stop_does_not_keep_the_process() -> None:
    server = Server(ASSISTANT="acme.assistants.Stubborn", DRAIN_SECONDS="0.1")
    live = Client(server.host, server.port).say("x")
    next(live.frames())
    assert server.stop() == 0
    live.close()
