"""The image by itself, as a container platform runs it."""

import json
import subprocess
import time
from collections.abc import Iterator
from typing import Any

import pytest

from tests.image.conftest import docker, inspect
from tests.server import free_port
from tests.wire import Client


class Container:
    """The image with only PORT set, a read-only root file system and no capabilities."""

    def __init__(self, image: str, *options: str) -> None:
        self.port = free_port()
        self.id = docker(
            "run", "--detach", "--read-only", "--cap-drop", "ALL", "--security-opt", "no-new-privileges",
            "--env", "PORT=9123", "--publish", f"127.0.0.1:{self.port}:9123", *options, image,
        ).strip()  # fmt: skip
        self.client = Client("127.0.0.1", self.port)

    def wait_until_healthy(self) -> None:
        deadline = time.monotonic() + 60
        while (status := self.health()) != "healthy":
            assert status == "starting", docker("logs", self.id)
            assert time.monotonic() < deadline, docker("logs", self.id)
            time.sleep(0.1)

    def health(self) -> str:
        state: Any = inspect(self.id)["State"]
        assert state["Running"], docker("logs", self.id)
        return str(state["Health"]["Status"])

    def remove(self) -> None:
        docker("rm", "--force", "--volumes", self.id)


@pytest.fixture(scope="module")
def container(image: str) -> Iterator[Container]:
    running = Container(image)
    running.wait_until_healthy()
    yield running
    running.remove()


def test_it_serves_with_port_alone_read_only_and_without_capabilities(container: Container) -> None:
    state, errors = container.client.say("hello").follow()
    assert not errors
    assert state["provider"] == "completed"
    page = container.client.get("/").body().decode()
    style = page.split('rel="stylesheet" href="')[1].split('"')[0]
    assert container.client.get(style).status == 200


def test_a_body_over_the_limit_is_a_413_without_nginx_too(container: Container) -> None:
    reply = container.client.request("POST", "/assistant", b"x" * (4 * 1024 * 1024 + 1))
    assert reply.status == 413
    assert "larger than 4194304 bytes" in reply.json()["error"]


def test_it_runs_as_a_fixed_user_that_is_not_root(container: Container) -> None:
    assert docker("exec", container.id, "id", "-u").strip() == "10001"


def test_its_workers_follow_the_cpu_quota(image: str) -> None:
    # Without REDIS_URL there would be one worker. Nothing needs to listen at this address.
    for cpus in (1, 2):
        running = Container(image, "--cpus", str(cpus), "--env", "REDIS_URL=redis://127.0.0.1:1/0")
        try:
            running.wait_until_healthy()
            assert _stderr(running.id).count("Booting worker") == cpus
        finally:
            running.remove()


def _stderr(container: str) -> str:
    return subprocess.run(["docker", "logs", container], capture_output=True, text=True, check=True).stderr


def test_a_wrong_setting_stops_the_start_and_is_named_without_a_traceback(image: str) -> None:
    done = subprocess.run(["docker", "run", "--rm", "--env", "PORT=x", image], capture_output=True, text=True)
    assert done.returncode != 0
    assert "PORT: 'x' is not a whole number" in done.stderr
    assert "Traceback" not in done.stderr


def test_deployment_check_is_clean_inside(container: Container) -> None:
    key = "SECRET_KEY=a-key-for-tests-that-is-long-enough-to-pass-every-check"
    command = ["python", "manage.py", "check", "--deploy", "--fail-level", "WARNING"]
    assert "no issues" in docker("exec", "--env", key, container.id, *command)


def test_it_has_no_compiler_pip_or_cache(container: Container) -> None:
    script = (
        "import glob, shutil; "
        "print([name for name in ('gcc', 'cc', 'make', 'curl', 'pip', 'pip3') if shutil.which(name)], "
        "glob.glob('/venv/bin/pip*'), glob.glob('/venv/lib/*/site-packages/pip'), glob.glob('/var/cache/pip/*'))"
    )
    assert docker("exec", "--user", "0", container.id, "python", "-c", script).strip() == "[] [] [] []"


def test_its_command_uses_no_shell_and_its_probe_no_curl(image: str) -> None:
    config = json.loads(docker("image", "inspect", image))[0]["Config"]
    assert config["Cmd"] == ["python", "/app/docker/serve.py"]
    assert not config.get("Entrypoint")
    assert config["User"] == "10001:10001"
    assert config["Healthcheck"]["Test"][:2] == ["CMD", "python"]


def test_it_adds_little_to_its_base(image: str) -> None:
    size, base = (json.loads(docker("image", "inspect", name))[0]["Size"] for name in (image, "python:3.14-slim"))
    assert size - base < 90_000_000


def test_it_exits_0_on_sigterm(image: str) -> None:
    running = Container(image)
    try:
        running.wait_until_healthy()
        docker("stop", "--time", "20", running.id)
        state: Any = inspect(running.id)["State"]
        assert state["ExitCode"] == 0
        assert "Traceback" not in _stderr(running.id)
    finally:
        running.remove()
