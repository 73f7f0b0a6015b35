"""The image as Cloud Run and Fly.io run it: on their PORT, behind their https, stopped with their grace period."""

import subprocess
import tomllib
from typing import Any

import pytest
import yaml

from tests.image.conftest import docker, inspect
from tests.image.test_image import Container
from tests.server import ROOT
from tests.wire import message

KEY = "a-key-of-the-tests"
SECRETS = {"SECRET_KEY": "s" * 50, "API_KEYS": f"caller:{KEY}"}
LOCKSTEP = {"ASSISTANT": "acme.assistants.LockStep", "PYTHONPATH": "/app/src:/fixtures"}


def cloud_run() -> dict[str, str]:
    """The environment of the Cloud Run service."""
    spec = yaml.safe_load((ROOT / "deploy/cloud-run.yaml").read_text())["spec"]["template"]["spec"]
    return {entry["name"]: entry.get("value") or SECRETS[entry["name"]] for entry in spec["containers"][0]["env"]}


def fly() -> dict[str, str]:
    """The environment of the Fly.io machine."""
    values: dict[str, str] = tomllib.loads((ROOT / "deploy/fly.toml").read_text())["env"]
    return values | SECRETS


class Instance(Container):
    """The image in a platform's environment."""

    def __init__(self, image: str, variables: dict[str, str]) -> None:
        fixtures = ("--volume", f"{ROOT / 'tests/fixtures'}:/fixtures:ro")
        super().__init__(image, *fixtures, *(f"--env={name}={value}" for name, value in variables.items()))
        # The headers that the platform's proxy sets, and an API key.
        host = f"assistant{variables['ALLOWED_HOSTS']}"
        self.headers = {"Host": host, "X-Forwarded-Proto": "https", "Authorization": f"Bearer {KEY}"}
        self.wait_until_healthy()

    def begin_to_stop(self, grace: int) -> subprocess.Popen[bytes]:
        return subprocess.Popen(["docker", "stop", "--time", str(grace), self.id], stdout=subprocess.DEVNULL)

    def exit_code(self) -> int:
        state: Any = inspect(self.id)["State"]
        return int(state["ExitCode"])


@pytest.mark.parametrize(("variables", "grace"), [(cloud_run(), 10), (fly(), 70)], ids=["cloud run", "fly"])
def test_it_serves_by_https_and_finishes_its_replies_on_sigterm(
    image: str, variables: dict[str, str], grace: int
) -> None:
    instance = Instance(image, variables)
    try:
        page = instance.client.get("/", **instance.headers)
        assert page.headers["Strict-Transport-Security"] == "max-age=31536000"
        style = page.body().decode().split('rel="stylesheet" href="')[1].split('"')[0]
        assert instance.client.get(style, **instance.headers).status == 200
        assert instance.client.get("/").status == 400, "another Host"
        assert instance.client.send(message("hello"), headers=instance.headers | {"Authorization": ""}).status == 401
        reply = instance.client.send(message("hello"), headers=instance.headers)
        reply.take(1)
        stopping = instance.begin_to_stop(grace)
        assert "completed" in reply.body().decode()
        stopping.wait()
        assert instance.exit_code() == 0
    finally:
        instance.remove()


def test_within_cloud_runs_ten_seconds_unfinished_replies_end_with_an_error(image: str) -> None:
    instance = Instance(image, cloud_run() | LOCKSTEP)
    try:
        reply = instance.client.send(message("1"), headers=instance.headers)
        reply.take(1)
        stopping = instance.begin_to_stop(10)
        assert "The server had to stop before the reply was done." in reply.body().decode()
        stopping.wait()
        assert instance.exit_code() == 0, docker("logs", instance.id)
    finally:
        instance.remove()
