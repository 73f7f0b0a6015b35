"""compose.yaml with deploy/compose.postgres.yaml on top: PostgreSQL, migrated before the app starts."""

import json
from collections.abc import Iterator

import pytest

from tests.image.conftest import PROJECT, Stack, inspect
from tests.server import NAME, ROOT


@pytest.fixture(scope="module")
def stack(image_with_extras: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    overlay = (ROOT / "deploy/compose.postgres.yaml").read_text()
    override = overlay.replace(f"image: {NAME}", f"image: {image_with_extras}")
    variables = {"POSTGRES_PASSWORD": "only-for-this-test", "THREADS": "true"}
    running = Stack(f"{PROJECT}-postgres", tmp_path_factory.mktemp("stack"), override, **variables)
    yield running
    running.down()


def test_the_database_was_migrated_once_before_the_app_started(stack: Stack) -> None:
    migrate = json.loads(stack.compose("ps", "--all", "--format", "json", "migrate"))
    assert (migrate["State"], migrate["ExitCode"]) == ("exited", 0)
    assert stack.run("app", "python", "manage.py", "migrate", "--check") == ""
    assert stack.client.get("/health/ready").json()["status"] == "ready"
    assert stack.client.say("hello").follow()[0]["provider"] == "completed"


def test_only_the_app_reaches_the_database_which_publishes_no_port(stack: Stack) -> None:
    found = inspect(stack.container("postgres"))
    assert not any(found["NetworkSettings"]["Ports"].values())  # type: ignore[index]
    (network,) = found["NetworkSettings"]["Networks"]  # type: ignore[index]
    assert network not in inspect(stack.container("nginx"))["NetworkSettings"]["Networks"]  # type: ignore[index]


def test_what_is_kept_outlives_its_containers(stack: Stack) -> None:
    psql = ("psql", "--username", "assistant", "--tuples-only", "--no-align", "--command")
    stack.run("postgres", *psql, "CREATE TABLE kept AS SELECT 42 AS number")
    stack.compose("down", "--timeout", "5")
    stack.compose("up", "--detach", "--wait", "--wait-timeout", "120")
    assert stack.run("postgres", *psql, "SELECT number FROM kept").strip() == "42"
