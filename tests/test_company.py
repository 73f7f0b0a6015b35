"""A company makes the template its own, on a copy of the repository, as docs/own.md and docs/data.md say."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.docs.session import copy_project
from tests.providers import Say, Stub, Use, answer
from tests.server import Server, environment
from tests.wire import Client

ME = {"X-Client-Id": "a-client-id-that-nobody-guesses"}
DATABASE = {"DATABASE_URL": "sqlite:///db.sqlite3"}
PROJECT = "src/assistant_backend/project.py"
# What a developer writes into the files that startapp makes.
SHELF = {
    "models.py": """
from django.db import models


class Book(models.Model):
    title = models.TextField()
""",
    "views.py": """
from django.http import HttpResponse


async def index(request):
    return HttpResponse("books")
""",
    "urls.py": """
from django.urls import path

from shelf import views

urlpatterns = [path("", views.index)]
""",
}


class Company:
    """A copy of the repository and whoever works in it."""

    def __init__(self, folder: Path) -> None:
        self.folder = copy_project(folder, "node_modules")

    def run(self, *command: str, **variables: str) -> str:
        """Runs a command that has to succeed; `python` is the tests' own. Returns what it printed."""
        program = [sys.executable] if command[0] == "python" else [command[0]]
        done = self.try_to(*program, *command[1:], **variables)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def try_to(self, *command: str, **variables: str) -> subprocess.CompletedProcess[str]:
        variables = environment(PYTHONPATH="", **variables)
        return subprocess.run(command, cwd=self.folder, env=variables, capture_output=True, text=True, timeout=100)

    def test(self, *paths: str) -> str:
        return self.run("python", "-m", "pytest", "-q", "-p", "no:cacheprovider", *paths)

    def lint(self) -> str:
        self.run("python", "-m", "ruff", "format", "--check", ".")
        return self.run("python", "-m", "ruff", "check", ".")

    def serve(self, **variables: str) -> Server:
        command = ("sh", "-c", f"cd '{self.folder}' && exec {sys.executable} docker/serve.py")
        return Server(command, PYTHONPATH=str(self.folder / "src"), **variables)

    def write(self, file: str, text: str) -> None:
        (self.folder / file).write_text(text)

    def replace(self, file: str, old: str, new: str) -> None:
        text = (self.folder / file).read_text()
        assert old in text
        self.write(file, text.replace(old, new))


@pytest.fixture
def company(tmp_path: Path) -> Company:
    return Company(tmp_path)


@pytest.fixture(scope="module")
def orders(tmp_path_factory: pytest.TempPathFactory) -> Company:
    """A company with an app of its own, and its table in a database."""
    company = Company(tmp_path_factory.mktemp("orders"))
    company.run("make", "new", "APP=orders")
    company.run("python", "manage.py", "migrate", **DATABASE)
    return company


def test_a_new_app_passes_lint_and_its_tests(orders: Company) -> None:
    orders.lint()
    assert "2 passed" in orders.test("tests/orders", "tests/test_imports.py")
    assert "No changes detected" in orders.run("python", "manage.py", "makemigrations", "--check", **DATABASE)


def test_a_new_apps_tool_is_called_by_a_model_and_its_result_streams(orders: Company) -> None:
    stub = Stub()
    tools = "orders.tools.add_item,orders.tools.list_items"
    server = orders.serve(OPENAI_BASE_URL=f"{stub.url}/v1", SERVER_TOOLS=tools, ALLOW_ANONYMOUS="true", **DATABASE)
    try:
        stub.answer(
            answer(Use("add_item", ['{"text": "a red hat"}'])),
            answer(Use("list_items", ["{}"])),
            answer(Say(["A hat."])),
        )
        state, errors = Client(server.host, server.port).say("Keep a red hat.", headers=ME).follow()
        assert not errors
        results = [part["result"] for part in state["messages"][-1]["parts"] if part["type"] == "tool-call"]
        assert results == ["Kept: a red hat", ["a red hat"]]
    finally:
        server.stop()
        stub.stop()


@pytest.mark.parametrize(
    ("name", "says"), [("orders", "is taken"), ("django", "is taken"), ("", "make new APP=orders")]
)
def test_a_name_that_cannot_be_an_apps_is_refused_and_nothing_changes(orders: Company, name: str, says: str) -> None:
    project = (orders.folder / PROJECT).read_text()
    done = orders.try_to("make", "new", f"APP={name}")
    assert done.returncode
    assert says in done.stderr
    assert "Traceback" not in done.stderr
    assert (orders.folder / PROJECT).read_text() == project


def test_an_app_of_djangos_own_command_is_taken_in(company: Company) -> None:
    company.run("sh", "-c", f"cd src && {sys.executable} ../manage.py startapp shelf")
    for file, text in SHELF.items():
        company.write(f"src/shelf/{file}", text)
    company.replace(PROJECT, "APPS: list[str] = []", 'APPS: list[str] = ["shelf"]')
    company.replace(PROJECT, "ROUTES: dict[str, str] = {}", 'ROUTES: dict[str, str] = {"shelf/": "shelf.urls"}')
    company.run("python", "manage.py", "makemigrations", "shelf")
    assert "models.BigAutoField" in (company.folder / "src/shelf/migrations/0001_initial.py").read_text()
    server = company.serve()
    try:
        assert Client(server.host, server.port).get("/shelf/").body() == b"books"
    finally:
        server.stop()
