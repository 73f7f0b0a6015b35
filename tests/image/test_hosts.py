"""The image's Python and Django (the newest that is allowed) serve a project that startproject has made there."""

import os
from collections.abc import Iterator
from http.client import HTTPException
from pathlib import Path

import pytest

from tests.hosts.project import DATA, PREFIX, User, install_wheel, write_project
from tests.image.conftest import docker
from tests.server import free_port
from tests.wire import Client


class Container:
    """A project in a folder of this machine, run by the image."""

    def __init__(self, image: str, folder: Path, wheel: Path) -> None:
        self.folder = folder
        user = f"{os.getuid()}:{os.getgid()}"
        volumes = ["--volume", f"{folder}:/project", "--volume", f"{wheel}:/wheel:ro"]
        # Without the image's own PYTHONPATH, which has the checkout.
        variables = ["--env", "PYTHONPATH=/project:/wheel", "--env", "HOME=/tmp"]
        self.options = ["--user", user, *volumes, *variables, "--workdir", "/project"]
        self.image = image

    def python(self, *arguments: str) -> str:
        return docker("run", "--rm", *self.options, self.image, "python", *arguments)

    def serve(self, port: int, *command: str) -> str:
        return docker(
            "run", "--detach", "--publish", f"127.0.0.1:{port}:8000", *self.options, self.image, *command
        ).strip()


@pytest.fixture(scope="module")
def project(image: str, tmp_path_factory: pytest.TempPathFactory) -> Container:
    folder = tmp_path_factory.mktemp("project")
    container = Container(image, folder, install_wheel(tmp_path_factory.mktemp("wheel")))
    container.python("-m", "django", "startproject", "shop", "/project")
    write_project(folder)
    container.python("manage.py", "makemigrations", "orders")
    container.python("manage.py", "migrate")
    container.python("manage.py", "shell", "--no-imports", "--command", DATA)
    return container


@pytest.fixture(scope="module", params=["gunicorn", "runserver"])
def client(project: Container, request: pytest.FixtureRequest) -> Iterator[Client]:
    commands = {
        "gunicorn": (
            *("gunicorn", "--bind", "0.0.0.0:8000", "--graceful-timeout", "60"),
            *("--worker-class", "assistant_transport.serving.worker.Worker", "shop.asgi:application"),
        ),
        "runserver": ("python", "manage.py", "runserver", "--noreload", "0.0.0.0:8000"),
    }
    port = free_port()
    container = project.serve(port, *commands[request.param])
    client = Client("127.0.0.1", port)
    while not _answers(client):
        assert docker("inspect", "--format", "{{.State.Running}}", container).strip() == "true"
    yield client
    docker("rm", "--force", container)


def _answers(client: Client) -> bool:
    connection = client.connect()
    try:
        connection.request("GET", f"{PREFIX}/health/live")
        return connection.getresponse().status == 200
    except (OSError, HTTPException):
        return False  # Docker accepts connections before the server does
    finally:
        connection.close()


def test_it_has_the_newest_django(project: Container) -> None:
    assert project.python("-m", "django", "--version").startswith("6.1")


def test_a_users_orders_stream(client: Client) -> None:
    for name, order in (("alice", "A red hat. "), ("bob", "A blue coat. ")):
        state, errors = User(client, name).say("What have I ordered?").follow()
        assert not errors
        assert state["messages"][-1]["parts"][0]["text"] == order


def test_a_cookie_without_a_token_is_a_403(client: Client) -> None:
    alice = User(client, "alice")
    assert alice.request("POST", f"{PREFIX}/assistant", {"commands": []}).status == 403


def test_an_upload_to_a_view_of_its_own_is_whole(client: Client) -> None:
    answer = User(client, "alice").upload(b"x" * 6 * 1024 * 1024)
    assert (answer.status, answer.body()) == (200, str(6 * 1024 * 1024).encode())
