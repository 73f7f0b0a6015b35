"""Rolls from an image of an earlier layout of the log to this one, and back, while runs go on: `make test-upgrade`."""

import io
import json
import subprocess
import tarfile
from collections.abc import Iterator
from urllib.request import urlopen

import pytest

from tests.image.conftest import build, docker, inspect
from tests.server import NAME, ROOT, free_port
from tests.wire import Client, Reply, message

ME = {"X-Client-Id": "a-client-id-that-nobody-guesses"}
EARLIER = "b9ea0b8"  # its keys have no version
NETWORK = "assistant-transport-test-upgrade"
LONG = "x " * 60


@pytest.fixture(scope="module")
def images(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The earlier image, built from this repository's history, and today's."""
    folder = tmp_path_factory.mktemp("earlier")
    tree = subprocess.run(["git", "archive", EARLIER], cwd=ROOT, capture_output=True)
    assert tree.returncode == 0, f"this test needs the repository's history: {tree.stderr.decode()}"
    with tarfile.open(fileobj=io.BytesIO(tree.stdout)) as files:
        files.extractall(folder, filter="data")
    name = f"{NAME}:{EARLIER}"
    subprocess.run(["docker", "build", "--quiet", "--tag", name, str(folder)], check=True, capture_output=True)
    return {"earlier": name, "today": build()}


class Fleet:
    """Containers of either image, which share a Valkey."""

    def __init__(self, images: dict[str, str]) -> None:
        self._images = images
        self._containers: list[str] = []
        docker("network", "create", NETWORK)
        self._run("--network-alias", "valkey", "valkey/valkey:9")

    def _run(self, *arguments: str) -> str:
        container = docker("run", "--detach", "--network", NETWORK, *arguments).strip()
        self._containers.append(container)
        return container

    def start(self, which: str) -> tuple[str, Client]:
        """A container that is ready, and a client of it."""
        port = free_port()
        variables = {
            "REDIS_URL": "redis://valkey:6379/0",
            "ALLOW_ANONYMOUS": "true",
            "ALLOWED_HOSTS": "127.0.0.1",
            "WEB_CONCURRENCY": "1",
            "MOCK_DELAY_SECONDS": "0.1",
            "RUN_LEASE_SECONDS": "1",
        }
        options = [option for name, value in variables.items() for option in ("--env", f"{name}={value}")]
        container = self._run("--publish", f"127.0.0.1:{port}:8002", *options, self._images[which])
        client = Client("127.0.0.1", port)
        while not _is_ready(client):
            assert inspect(container)["State"]["Running"], docker("logs", container)  # type: ignore[index]
        return container, client

    def down(self) -> None:
        docker("rm", "--force", "--volumes", *self._containers)
        docker("network", "rm", NETWORK)


def _is_ready(client: Client) -> bool:
    try:
        with urlopen(f"http://{client.host}:{client.port}/health/ready", timeout=5) as answer:
            return bool(json.load(answer)["status"] == "ready")
    except OSError:
        return False


@pytest.fixture
def fleet(images: dict[str, str]) -> Iterator[Fleet]:
    started = Fleet(images)
    yield started
    started.down()


def begin(client: Client, thread: str) -> tuple[str, Reply]:
    live = client.send(message(LONG), headers=ME, threadId=thread)
    assert live.status == 200
    live.next_line()
    return live.headers["X-Run-Id"], live


def is_whole(reply: Reply) -> bool:
    return '"completed"' in reply.body().decode()


@pytest.mark.timeout(600)
@pytest.mark.parametrize(("before", "after"), [("earlier", "today"), ("today", "earlier")])
def test_a_rolling_update_loses_no_reply_and_mixes_up_no_runs(fleet: Fleet, before: str, after: str) -> None:
    leaving, one = fleet.start(before)
    staying, two = fleet.start(before)
    old_run, old_live = begin(one, "t")
    follower = two.post("/resume", {"runId": old_run}, **ME)
    assert follower.status == 200
    new, three = fleet.start(after)
    new_run, new_live = begin(three, "u")
    # Each build sees nothing of the other's runs.
    for client, run_id, thread in ((three, old_run, "t"), (one, new_run, "u")):
        assert client.post("/resume", {"runId": run_id}, **ME).status == 404
        assert client.post("/cancel", {"runId": run_id}, **ME).status == 404
        assert client.post("/initial-state", {"threadId": thread}, **ME).status == 204
    docker("stop", "--time", "70", leaving)
    assert inspect(leaving)["State"]["ExitCode"] == 0  # type: ignore[index]
    for reply in (old_live, follower, new_live):
        assert is_whole(reply)
    # Their ends are found by those who wrote them.
    assert is_whole(two.post("/resume", {"runId": old_run}, **ME))
    assert is_whole(three.post("/resume", {"runId": new_run}, **ME))
    for container in (leaving, staying, new):
        assert "Traceback" not in _log(container)


def _log(container: str) -> str:
    done = subprocess.run(["docker", "logs", container], capture_output=True, text=True, check=True)
    return done.stdout + done.stderr
