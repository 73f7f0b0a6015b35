"""The compose project, built and started once on a free port, and removed at the end."""

import json
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.server import NAME, ROOT, free_port
from tests.wire import Client

PROJECT = "assistant-transport-test"
# On top of compose.yaml: the tests' assistants, one worker (they wait for each other in its memory), no request limits.
OVERRIDE = """
services:
  nginx:
    volumes: ["{limits}:/etc/nginx/limits.conf:ro"]
  app:
    environment:
      ASSISTANT: {assistant}
      PYTHONPATH: /app/src:/fixtures
      WEB_CONCURRENCY: "1"
      HEARTBEAT_SECONDS: "0.5"
      MOCK_DELAY_SECONDS: "0"
      METRICS_PORT: "9102"
    volumes: ["{fixtures}:/fixtures:ro"]
"""


class Stack:
    """A running compose project."""

    def __init__(self, name: str, folder: Path, override: str = "", **variables: str) -> None:
        self.port = free_port()
        self.client = Client("127.0.0.1", self.port)
        file = folder / f"{name}.yaml"
        file.write_text(override)
        files = ["-f", str(ROOT / "compose.yaml"), *(["-f", str(file)] if override else [])]
        self._command = ["docker", "compose", "-p", name, "--project-directory", str(ROOT), *files]
        self._environment = {**os.environ, "NGINX_PORT": str(self.port), **variables}
        self.compose("up", "--detach", "--wait", "--wait-timeout", "120")

    def compose(self, *arguments: str) -> str:
        done = subprocess.run([*self._command, *arguments], env=self._environment, capture_output=True, text=True)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def container(self, service: str) -> str:
        return self.compose("ps", "--quiet", service).strip()

    def run(self, service: str, *command: str) -> str:
        return self.compose("exec", "-T", service, *command)

    def down(self) -> None:
        self.compose("down", "--volumes", "--timeout", "5")


def docker(*arguments: str) -> str:
    done = subprocess.run(["docker", *arguments], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout


def inspect(container: str) -> dict[str, object]:
    found: dict[str, object] = json.loads(docker("inspect", container))[0]
    return found


def build() -> str:
    """Builds the image as compose does; returns its name."""
    subprocess.run(["docker", "compose", "build", "--quiet"], cwd=ROOT, check=True)
    return NAME


@pytest.fixture(scope="session")
def image() -> str:
    """The image, built as compose does."""
    return build()


@pytest.fixture(scope="session")
def image_with_extras(image: str) -> str:
    """The image as built with every extra that has a lock."""
    extras = sorted(lock.stem.removeprefix("requirements-") for lock in ROOT.glob("requirements-*.txt"))
    extras.remove("dev")
    tag = f"{image}:extras"
    docker("build", "--quiet", "--build-arg", f"EXTRA={' '.join(extras)}", "--tag", tag, str(ROOT))
    return tag


@pytest.fixture(scope="session")
def stack(image: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """compose.yaml as it stands."""
    running = Stack(PROJECT, tmp_path_factory.mktemp("stack"))
    yield running
    running.down()


@pytest.fixture(scope="session")
def lockstep(image: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """compose.yaml with an assistant that waits for the tests."""
    folder = tmp_path_factory.mktemp("lockstep")
    limits = folder / "limits.conf"
    limits.write_text("# none\n")
    override = OVERRIDE.format(limits=limits, fixtures=ROOT / "tests/fixtures", assistant="acme.assistants.LockStep")
    running = Stack(f"{PROJECT}-lockstep", folder, override)
    yield running
    running.down()
