import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.postgres import Postgres
from tests.threads.manage import manage


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    server = Postgres()
    yield server
    server.stop()


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database of each kind, without tables."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'threads.sqlite3'}"
    postgres: Postgres = request.getfixturevalue("postgres")
    return postgres.new_database()


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("threads") / "migrated.sqlite3"
    manage(f"sqlite:///{file}", "migrate")
    return file


@pytest.fixture
def database_file(migrated_file: Path, tmp_path: Path) -> str:
    """The URL of a SQLite database that has its tables, and nothing in them."""
    shutil.copy(migrated_file, tmp_path)
    return f"sqlite:///{tmp_path / migrated_file.name}"


@pytest.fixture(scope="session")
def migrated_name(postgres: Postgres) -> str:
    url = postgres.new_database()
    manage(url, "migrate")
    return url.rpartition("/")[2]


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The URL of a database of each kind that has its tables, and nothing in them."""
    if request.param == "sqlite":
        file = tmp_path_factory.mktemp("threads") / "threads.sqlite3"
        shutil.copy(request.getfixturevalue("migrated_file"), file)
        return f"sqlite:///{file}"
    postgres: Postgres = request.getfixturevalue("postgres")
    return postgres.new_database(request.getfixturevalue("migrated_name"))
