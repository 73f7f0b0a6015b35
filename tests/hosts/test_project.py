"""What a project has stays as it was, and the app's routes keep what they promise in it."""

import json
from pathlib import Path

import pytest

from tests.hosts.conftest import gunicorn
from tests.hosts.project import PREFIX, HostServer, Project, User, base_python
from tests.wire import Client

MIB = 1024 * 1024


def test_an_upload_to_a_view_of_its_own_is_whole(alice: User) -> None:
    answer = alice.upload(b"x" * 6 * MIB)
    assert (answer.status, answer.body()) == (200, str(6 * MIB).encode())


def test_the_apps_own_limit_is_for_the_apps_own_routes(alice: User) -> None:
    just_fits = {"commands": [], "state": {"note": "x" * (4 * MIB - 100)}}
    assert 3.9 * MIB < len(json.dumps(just_fits)) <= 4 * MIB
    reply = alice.post("/assistant", just_fits)
    assert reply.status == 200
    reply.body()
    refused = alice.post("/assistant", {"commands": [], "state": {"note": "x" * 5 * MIB}})
    assert (refused.status, refused.json()) == (
        413,
        {"error": "The body is larger than 4194304 bytes.", "code": "body_too_large"},
    )


def test_its_404s_and_headers_are_its_own(shop: Client) -> None:
    for path in ("/nothing", f"{PREFIX}/nothing", "/"):
        answer = shop.get(path)
        assert answer.status == 404
        assert b"DEBUG = True" in answer.body()  # Django's own page
        assert "X-Request-ID" not in answer.headers
    assert shop.get(f"{PREFIX}/health").headers["X-Frame-Options"] == "DENY"  # by the project's middleware
    assert shop.get(f"{PREFIX}/health").headers["X-Request-ID"]


def test_runserver_streams_and_serves_the_admins_files(project: Project, tmp_path: Path) -> None:
    command = [*project.command("python"), "--noreload", "{port}"]
    server = HostServer(project, command, DJANGO_SETTINGS_MODULE="shop.lockstep")
    try:
        client = Client(server.host, server.port)
        with User(client, "alice").say(str(tmp_path / "go")) as reply:
            kinds = reply.frames()
            while "first" not in str(next(kinds)):
                pass
            (tmp_path / "go").touch()
            assert "last" in str(list(kinds))
        assert b"Django" in client.get("/admin/login/").body()
        assert client.get("/static/admin/css/base.css").status == 200
        assert f'"POST {PREFIX}/assistant HTTP/1.1" 200' in server.log()
    finally:
        server.stop()


def test_a_rolling_restart_cuts_no_reply(project: Project, tmp_path: Path) -> None:
    server = gunicorn(project, DJANGO_SETTINGS_MODULE="shop.lockstep")
    client = Client(server.host, server.port)
    alice = User(client, "alice")
    before = server.workers()
    with alice.say(str(tmp_path / "go")) as reply:
        frames = reply.frames()
        while "first" not in str(next(frames)):
            pass
        server.reload()
        while not server.workers() - before or client.get(f"{PREFIX}/health/ready").status != 200:
            pass  # until there is a new worker to answer
        (tmp_path / "go").touch()
        assert "completed" in str(list(frames))
    assert server.stop() == 0


@pytest.fixture(scope="module")
def strict(project: Project) -> Client:
    server = gunicorn(project, DJANGO_SETTINGS_MODULE="shop.strict")
    yield Client(server.host, server.port)
    server.stop()


def test_middleware_that_is_sync_or_demands_a_login_lets_a_stream_through(strict: Client, tmp_path: Path) -> None:
    with User(strict, "alice").say(str(tmp_path / "go")) as reply:
        assert reply.headers["X-Stamp"] == "sync"
        frames = reply.frames()
        while "first" not in str(next(frames)):
            pass
        (tmp_path / "go").touch()
        assert "completed" in str(list(frames))
    assert strict.get(f"{PREFIX}/health/live").status == 200
    assert strict.post(f"{PREFIX}/assistant", {}).json() == {"error": "Please sign in.", "code": "unauthenticated"}


def test_without_a_lifespan_the_first_request_makes_it_ready(project: Project) -> None:
    command = [base_python(), "-m", "uvicorn", "--lifespan", "off", "--port", "{port}", "shop.asgi:application"]
    server = HostServer(project, command)
    client = Client(server.host, server.port)
    try:
        assert User(client, "alice").say("Hi").follow()[1] == []
        assert client.get(f"{PREFIX}/health/startup").status == 200
    finally:
        server.stop()


def test_under_wsgi_it_says_what_to_do(project: Project) -> None:
    command = [base_python(), "-m", "gunicorn", "--bind", "127.0.0.1:{port}", "shop.wsgi"]
    server = HostServer(project, command, probe_status=501)
    refused = Client(server.host, server.port).post(f"{PREFIX}/assistant", {})
    server.stop()
    assert refused.status == 501
    assert "WSGI cannot: serve this project by ASGI" in refused.json()["error"]


def test_a_wrong_setting_is_found_by_check_and_refused_by_wrap(project: Project) -> None:
    wrong = "from shop.settings import *\nASSISTANT_TRANSPORT = {'ASISTANT': 'mock', 'MAX_RUN_BYTES': 'many'}\n"
    (project.folder / "shop/wrong.py").write_text(wrong)
    for command in (("manage.py", "check"), ("-c", "import shop.asgi")):
        done = project.run(*command, DJANGO_SETTINGS_MODULE="shop.wrong")
        assert done.returncode != 0
        assert "ASSISTANT_TRANSPORT: ASISTANT: there is no such setting; did you mean ASSISTANT?" in done.stderr
        assert "ASSISTANT_TRANSPORT: MAX_RUN_BYTES: must be a whole number" in done.stderr
    assert "no issues" in project.python("manage.py", "check")


def test_tests_of_the_project_ask_the_assistant_and_override_its_settings(project: Project) -> None:
    done = project.run("manage.py", "test")
    assert "Ran 2 tests" in done.stderr
    assert done.returncode == 0, done.stderr


def test_the_apps_of_the_project_keep_their_names(project: Project) -> None:
    code = "import api.views, runs, telemetry, assistant_transport; print(api.__path__, assistant_transport.__path__)"
    paths = project.python("-c", code)
    assert str(project.folder / "api") in paths
    assert "installed" in paths


def test_nothing_is_imported_that_the_project_does_not_use(project: Project) -> None:
    unused = {"sentry_sdk", "prometheus_client", "redis", "environ", "corsheaders", "whitenoise"}
    code = f"import shop.asgi, sys; print(*{unused} & set(sys.modules))"
    assert project.python("-c", code).strip() == ""
