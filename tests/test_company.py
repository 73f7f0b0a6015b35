"""A company makes the template its own, on a copy of the repository, as docs/own.md and docs/data.md say."""

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

import pytest

from scripts import rename
from tests.docs.pages import blocks
from tests.docs.session import IS_THE_TEMPLATE, copy_project
from tests.providers import Say, Stub, Use, answer
from tests.server import ROOT, Server, environment
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
        if not IS_THE_TEMPLATE:
            pytest.skip("this is a project of its own already")
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
        (self.folder / file).write_text(text.lstrip())

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


OWN = blocks(ROOT / "docs/own.md")
LIMITED = """
from django.conf import settings


class Assistant:
    async def reply(self, turn):
        turn.controller.state["limit"] = settings.MAX_ORDERS
"""
IDENTITY = "git -c user.name=me -c user.email=me@example.com"
COMMIT = f"git add --all && {IDENTITY} commit --quiet --message change"
BEGIN = f"git init --quiet --initial-branch main && {COMMIT} && git tag v0.1.0"
RELEASE = f"""
echo '{rename.NAME} 0.2' >>docs/data.md
echo 'NEW = True' >>src/assistant_backend/settings.py
{COMMIT}
git tag v0.2.0
"""
ADMIN = {
    **DATABASE,
    "SECRET_KEY": "a-key-for-the-admin-that-is-long-enough-to-pass-every-check",
    "DJANGO_SUPERUSER_USERNAME": "carol",
    "DJANGO_SUPERUSER_PASSWORD": "correct horse",
    "DJANGO_SUPERUSER_EMAIL": "carol@example.com",
}
# What names the project.
NAMED = (
    "tests/http/test_manners.py::test_health_says_who_answers",
    "tests/assistant_backend/test_starting.py::test_an_sdist_and_a_wheel_can_be_built",
    "tests/docs/test_links.py",
)


def test_renaming_leaves_no_old_name_and_its_tests_pass(company: Company) -> None:
    renamed = company.run("make", "rename", "NAME=acme-chat").splitlines()
    assert "pyproject.toml: 1" in renamed
    assert not (company.folder / ".venv").exists()
    left = company.run("grep", "--recursive", "--files-with-matches", rename.NAME, ".").split()
    assert {Path(file).parts[0] for file in left} <= {"LICENSE", "CHANGELOG.md", "docs", "scripts"}
    assert not [file for file in left if file.startswith("./docs") and "/upstream/" not in file]
    company.test(*NAMED)


@pytest.mark.parametrize("name", ["", "Acme Chat", "acme/chat", "-x"])
def test_a_name_that_cannot_be_the_projects_is_refused_and_nothing_changes(orders: Company, name: str) -> None:
    before = (orders.folder / "pyproject.toml").read_text()
    done = orders.try_to("make", "rename", f"NAME={name}", NAME="of-the-shell")
    assert done.returncode
    assert "must be lower case, with single hyphens: make rename NAME=acme-chat" in done.stderr
    assert (orders.folder / "pyproject.toml").read_text() == before


def test_a_setting_of_its_own_is_checked_at_the_start_and_read_by_the_code(company: Company) -> None:
    (shown,) = [block.text for block in OWN if block.language == "python"]
    company.write(PROJECT, f"{shown}\n")
    company.write("src/limited.py", LIMITED)
    company.replace(
        ".env.example", "# --- Server ---", "# How many orders are read.\nMAX_ORDERS=20\n\n# --- Server ---"
    )
    done = company.try_to(sys.executable, "manage.py", "check", MAX_ORDERS="0")
    assert "MAX_ORDERS: must be 1 or more" in done.stderr
    server = company.serve(ASSISTANT="limited.Assistant", MAX_ORDERS="7")
    try:
        assert Client(server.host, server.port).say("?").follow()[0]["limit"] == 7
    finally:
        server.stop()
    company.lint()
    company.test("tests/assistant_backend/test_environment.py", "-k", "agree or default")


def test_its_own_readme_and_pages_are_held_to_nothing_and_what_may_go_goes(company: Company) -> None:
    company.write("README.md", "# Acme\n\n```console\n$ false\n```\n[nowhere](nowhere.md)\n" + "\n" * 200)
    (company.folder / "docs/project").mkdir()
    company.write("docs/project/orders.md", "```python\n1 / 0\n```\n[nowhere](nowhere.md)\n")
    (delete,) = re.findall(r"^\$ (rm .*)$", (company.folder / "docs/own.md").read_text(), re.MULTILINE)
    company.run(*delete.split())
    own = "tests/assistants/test_own.py::test_the_readmes_assistant_runs_unchanged"
    company.test("tests/docs/test_links.py", "tests/docs/test_blocks.py", "-k", "not what_a_page_shows_works", own)
    company.test("--collect-only", "tests", "tests/image")
    company.lint()
    company.run("make", "--dry-run", "lock")


def test_a_later_version_is_taken_in_as_the_page_says(company: Company, tmp_path: Path) -> None:
    (shown,) = [block.text for block in OWN if block.run_by and block.language == "console"]
    fetch, merge, name, *_ = [line.removeprefix("$ ") for line in shown.splitlines()]
    template, company.folder = company.folder, tmp_path / "acme"
    subprocess.run(["sh", "-ec", BEGIN], cwd=template, check=True)
    subprocess.run(["git", "clone", "--quiet", "--origin", "template", template, company.folder], check=True)
    company.write("README.md", "# Acme\n")
    company.run("sh", "-ec", f"{name} && {sys.executable} -m scripts.new orders && {COMMIT}")
    subprocess.run(["sh", "-ec", RELEASE], cwd=template, check=True)
    company.run("sh", "-ec", f"{fetch} && {merge} && {name}".replace("git", IDENTITY))
    assert "acme-chat 0.2" in (company.folder / "docs/data.md").read_text()
    assert "NEW = True" in (company.folder / "src/assistant_backend/settings.py").read_text()
    assert 'APPS: list[str] = ["orders"]' in (company.folder / PROJECT).read_text()
    assert (company.folder / "README.md").read_text() == "# Acme\n"
    company.run("python", "manage.py", "check")


@pytest.fixture(scope="module")
def with_admin(orders: Company) -> Iterator[Client]:
    """The company's server with the admin, static files collected as in the image, and somebody who may sign in."""
    project = (orders.folder / PROJECT).read_text()
    orders.replace(PROJECT, "ADMIN = False", "ADMIN = True")
    for command in (
        "migrate",
        "createsuperuser --no-input",
        "collectstatic --no-input",
        "check --deploy --fail-level WARNING",
    ):
        orders.run("python", "manage.py", *command.split(), **ADMIN)
    server = orders.serve(ASSISTANT="orders.assistant.Assistant", FORWARDED_ALLOW_IPS="*", **ADMIN)
    yield Client(server.host, server.port)
    server.stop()
    shutil.rmtree(orders.folder / "staticfiles")
    orders.write(PROJECT, project)


def sign_in(client: Client, **headers: str) -> dict[str, str]:
    """Signs in as a browser does; returns the headers that carry the session."""
    page = client.get("/admin/login/", **headers)
    (token,) = re.findall(r'name="csrfmiddlewaretoken" value="(\w+)"', page.body().decode())
    cookie = page.headers["Set-Cookie"].partition(";")[0]
    form = urlencode(
        {"csrfmiddlewaretoken": token, "username": "carol", "password": "correct horse", "next": "/admin/"}
    )
    form_headers = {"Cookie": cookie, "Content-Type": "application/x-www-form-urlencoded", **headers}
    reply = client.request("POST", "/admin/login/", form.encode(), **form_headers)
    assert (reply.status, reply.headers["Location"]) == (302, "/admin/")
    cookies = reply.headers.get_all("Set-Cookie") or []
    assert all(("Secure" in cookie) == (headers.get("X-Forwarded-Proto") == "https") for cookie in cookies)
    return {"Cookie": "; ".join(cookie.partition(";")[0] for cookie in cookies), **headers}


def test_one_can_sign_in_to_the_admin_and_see_the_apps_model(with_admin: Client) -> None:
    assert with_admin.get("/admin").headers["Location"] == "/admin/"
    login = with_admin.get("/admin/login/")
    assert "form-action 'self'" in login.headers["Content-Security-Policy"]
    (style, *_) = re.findall(r'href="(/static/admin/css/base[^"]*)"', login.body().decode())
    assert with_admin.get(style).status == 200
    session = sign_in(with_admin)
    index = with_admin.get("/admin/", **session)
    assert index.status == 200
    assert "/admin/orders/item/add/" in index.body().decode()


def test_cookies_are_secure_by_https(with_admin: Client) -> None:
    referer = f"https://127.0.0.1:{with_admin.port}/admin/login/"
    sign_in(with_admin, **{"X-Forwarded-Proto": "https", "X-Forwarded-For": "192.0.2.1", "Referer": referer})


def test_replies_stream_beside_the_admin(with_admin: Client) -> None:
    state, errors = with_admin.say("a blue scarf", headers=ME).follow()
    assert not errors
    assert "a blue scarf" in state["messages"][-1]["parts"][-1]["text"]


def test_the_admin_without_a_database_is_refused_at_the_start(company: Company) -> None:
    company.replace(PROJECT, "ADMIN = False", "ADMIN = True")
    done = company.try_to(sys.executable, "run_server.py", SECRET_KEY=ADMIN["SECRET_KEY"])
    assert done.returncode
    assert "DATABASE_URL: the admin needs a database" in done.stderr
