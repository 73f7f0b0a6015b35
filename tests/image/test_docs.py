"""docs/deployment.md: its commands are run as they stand, but for those that need a cloud or a cluster."""

import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import kubernetes_validate
import pytest
import yaml

from tests.image.conftest import PROJECT
from tests.server import ROOT, free_port
from tests.wire import Client

DOCS = (ROOT / "docs/deployment.md").read_text()
ELSEWHERE = re.compile(r"(gcloud|fly|kubectl (--namespace assistant )?(create|apply|rollout)) ")


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", DOCS, re.MULTILINE | re.DOTALL)


def script(block: str) -> list[str]:
    """The commands of a console block."""
    return re.findall(r"^\$ ((?:.*\\\n)*.*)$", block, re.MULTILINE)


HERE = [commands for commands in map(script, blocks("console")) if not ELSEWHERE.match(commands[0])]


@pytest.fixture(scope="module")
def environment(image: str, certificate: Path) -> Iterator[dict[str, str]]:
    """A compose project of its own, on ports of its own, in place of the public ones."""
    variables = {
        **os.environ,
        "COMPOSE_PROJECT_NAME": f"{PROJECT}-docs",
        "TLS_DIR": str(certificate.parent),
        "NGINX_PORT": str(free_port()),
        "HTTPS_PORT": f"127.0.0.1:{free_port()}",
        "HTTP_PORT": f"127.0.0.1:{free_port()}",
    }
    yield variables
    command = ["docker", "compose", "down", "--volumes", "--timeout", "5"]
    subprocess.run(command, cwd=ROOT, env=variables, check=True, capture_output=True)


@pytest.mark.timeout(300)
def test_the_commands_work_one_after_the_other(environment: dict[str, str]) -> None:
    assert len(HERE) == 4
    for commands in HERE:
        done = subprocess.run(
            ["bash", "-euc", "\n".join(commands)], cwd=ROOT, env=environment, capture_output=True, text=True
        )
        assert done.returncode == 0, "\n".join([*commands, done.stdout, done.stderr])
        assert Client("127.0.0.1", int(environment["NGINX_PORT"])).get("/health/ready").status == 200


def test_what_needs_a_cloud_is_all_that_is_not_run() -> None:
    for commands in map(script, blocks("console")):
        assert len({bool(ELSEWHERE.match(command)) for command in commands}) == 1, commands


def test_the_ingress_is_valid_and_leads_to_the_service() -> None:
    (ingress,) = (item for item in map(yaml.safe_load, blocks("yaml")) if item.get("kind") == "Ingress")
    kubernetes_validate.validate(ingress, kubernetes_validate.latest_version(), strict=True)


def test_the_secrets_file_is_what_compose_understands(tmp_path: Path) -> None:
    (secrets,) = (block for block in blocks("yaml") if block.startswith("services:"))
    override = tmp_path / "secrets.yaml"
    override.write_text(secrets)
    command = ["docker", "compose", "-f", "compose.yaml", "-f", str(override), "config", "--format", "json"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert '"API_KEYS_FILE": "/run/secrets/api_keys"' in done.stdout
