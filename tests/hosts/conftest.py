from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.hosts.project import HostServer, Project, User, install_wheel
from tests.wire import Client


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return install_wheel(tmp_path_factory.mktemp("wheel"))


@pytest.fixture(scope="session")
def project(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Project:
    return Project(tmp_path_factory.mktemp("project"), wheel)


def gunicorn(project: Project, **variables: str) -> HostServer:
    return HostServer(project, [*project.command("gunicorn"), "--bind", "127.0.0.1:{port}"], **variables)


@pytest.fixture(scope="session")
def shop(project: Project) -> Iterator[Client]:
    """The project as docs/django.md shows it, served by its command for others."""
    server = gunicorn(project)
    yield Client(server.host, server.port)
    assert server.stop() == 0


@pytest.fixture(scope="session")
def alice(shop: Client) -> User:
    return User(shop, "alice")


@pytest.fixture(scope="session")
def bob(shop: Client) -> User:
    return User(shop, "bob")
