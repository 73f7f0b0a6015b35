"""Two replicas, nginx and Valkey under load, while some of them stop, crash, freeze and come back."""

import sys
import time
from collections.abc import Iterator

import pytest

from tests.image.conftest import PROJECT, Stack, docker, inspect
from tests.image.load import Load
from tests.wire import Client, message

OVERRIDE = """
services:
  nginx:
    volumes: ["{limits}:/etc/nginx/limits.conf:ro"]
  app:
    environment:
      MOCK_DELAY_SECONDS: "0.03"
      WEB_CONCURRENCY: "2"
      RUN_LEASE_SECONDS: "2"
"""
ME = {"X-Client-Id": "a-client-id-that-nobody-guesses"}


@pytest.fixture
def replicas(image: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    folder = tmp_path_factory.mktemp("replicas")
    limits = folder / "limits.conf"
    limits.write_text("# none\n")
    running = Stack(f"{PROJECT}-replicas", folder, OVERRIDE.format(limits=limits))
    scale(running, 2)
    yield running
    running.down()


def scale(stack: Stack, count: int) -> None:
    stack.compose("up", "--detach", "--wait", "--no-recreate", "--scale", f"app={count}")


def apps(stack: Stack) -> list[str]:
    return stack.compose("ps", "--quiet", "app").split()


def statuses(stack: Stack) -> set[str]:
    """The status of every run in Valkey."""
    script = (
        "local r={} for _,k in ipairs(redis.call('KEYS','assistant:2:run:*')) do "
        "if redis.call('TYPE',k).ok=='hash' then r[#r+1]=redis.call('HGET',k,'status') end end return r"
    )
    return set(stack.run("valkey", "valkey-cli", "EVAL", script, "0").split())


def test_a_rolling_restart_fails_no_request_and_cuts_no_reply(replicas: Stack) -> None:
    load = Load(replicas.client, workers=8)
    load.start()
    try:
        for old in apps(replicas):
            scale(replicas, len(apps(replicas)) + 1)
            docker("stop", "--time", "70", old)
            assert inspect(old)["State"]["ExitCode"] == 0  # type: ignore[index]
            docker("rm", old)
    finally:
        load.stop.set()
        load.join()
    assert sum(load.outcomes.values()) > 20
    # A connection that still waits in the listener's queue when the listener closes is reset. nginx rightly does not
    # repeat a POST then: that client gets a 503, and tries again.
    refused = load.outcomes.pop("whole, refused first", 0)
    assert set(load.outcomes) == {"whole"}, load.outcomes
    assert refused <= 1


@pytest.mark.timeout(300)
def test_under_chaos_every_run_ends_complete_or_with_a_clear_error(replicas: Stack) -> None:
    load = Load(replicas.client, workers=10, runs=20, leaving=True)
    load.start()
    first, second = apps(replicas)
    valkey = replicas.container("valkey")
    network = f"{PROJECT}-replicas_log"

    def calm(seconds: float) -> None:
        time.sleep(seconds)  # for as long as the fault is to last, while runs go on beside it

    calm(2)
    docker("kill", "--signal", "KILL", first)
    calm(1)
    docker("start", first)
    calm(3)
    docker("stop", "--time", "70", second)
    docker("start", second)
    calm(3)
    docker("pause", valkey)
    calm(3)
    docker("unpause", valkey)
    calm(3)
    docker("network", "disconnect", network, valkey)
    calm(3)
    docker("network", "connect", "--alias", "valkey", network, valkey)
    calm(3)
    docker("restart", "--time", "2", valkey)
    load.join()
    sys.stdout.write(f"{dict(load.outcomes)}, slowest recovery {max(load.recoveries, default=0):.1f} s\n")
    assert sum(load.outcomes.values()) == 200
    allowed = ("whole", "an error frame", "404")
    assert all(outcome.startswith(allowed) for outcome in load.outcomes), load.outcomes
    assert sum(n for outcome, n in load.outcomes.items() if outcome.startswith("whole")) >= 100
    assert "running" not in statuses(replicas)
    scale(replicas, 2)
    assert replicas.client.say("still there?", headers=ME).follow()[0]["provider"] == "completed"


def test_a_run_is_resumed_and_cancelled_through_any_replica(replicas: Stack) -> None:
    client: Client = replicas.client
    for _ in range(5):
        live = client.send(message("x " * 60), headers=ME, threadId="t")
        run_id = live.headers["X-Run-Id"]
        next(live.frames())
        live.close()
        with client.post("/resume", {"runId": run_id}, **ME) as resumed:
            assert resumed.status == 200
            next(resumed.frames())
            assert client.post("/cancel", {"runId": run_id}, **ME).status == 202
            assert not [value for kind, value in resumed.frames() if kind == "error"]
