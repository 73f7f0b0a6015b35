"""Every way to start the server serves ASGI and streams; the package can be built and is locked."""

import re
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest

from tests.server import GUNICORN, ROOT, Server, environment
from tests.wire import Client

SCRIPT = (str(Path(sys.executable).with_name("assistant-transport-backend-django")),)


@pytest.mark.parametrize(
    "command",
    [
        GUNICORN,
        (sys.executable, "manage.py"),
        (sys.executable, "manage.py", "runserver", "--noreload"),
        (sys.executable, "run_server.py"),
        SCRIPT,
    ],
)
def test_every_way_to_start_streams(command: tuple[str, ...]) -> None:
    server = Server(command, ASSISTANT="acme.assistants.LockStep")
    client = Client(server.host, server.port)
    try:
        with client.say("1") as reply:
            lines = reply.lines()
            while "0 " not in next(lines):
                pass  # the word is here, though the reply cannot end before it is confirmed
            client.send({"type": "confirm"}).follow()
            assert "completed" in "".join(lines)
    finally:
        server.stop()


def test_check_and_deployment_check_are_clean() -> None:
    for arguments in (["check"], ["check", "--deploy", "--fail-level", "WARNING"]):
        done = subprocess.run(
            [sys.executable, "manage.py", *arguments], env=environment(), cwd=ROOT, capture_output=True, text=True
        )
        assert done.returncode == 0, done.stderr
        assert "no issues" in done.stdout


def test_an_sdist_and_a_wheel_can_be_built(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(tmp_path)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    with tarfile.open(tmp_path / "assistant_transport_backend_django-0.1.0.tar.gz") as sdist:
        names = {name.partition("/")[2] for name in sdist.getnames()}
    assert {
        "README.md",
        "LICENSE",
        "src/assistant_transport/http/views.py",
        "src/assistant_transport/http/templates/index.html",
    } <= names
    assert not any(name.startswith((".venv", "tests/client/node_modules")) for name in names)
    assert (tmp_path / "assistant_transport_backend_django-0.1.0-py3-none-any.whl").exists()


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-langgraph.txt", "requirements-dev.txt"])
def test_the_requirements_are_pinned_hashed_and_name_no_index(name: str) -> None:
    text = (ROOT / name).read_text()
    assert "://" not in text
    assert "index-url" not in text
    packages = re.findall(r"^[a-z0-9].*$", text, re.MULTILINE)
    assert len(packages) > 15
    assert all("==" in package and package.endswith("\\") for package in packages)
    assert text.count("--hash=sha256:") >= len(packages)
    assert re.search(r"^django==5\.2\.\d+ ; python_full_version < '3\.12'", text, re.MULTILINE)
    assert re.search(r"^django==6\.1\.\d+ ; python_full_version >= '3\.12'", text, re.MULTILINE)


def test_the_extras_have_the_versions_of_the_base() -> None:
    base, extra = (
        set(re.findall(r"^[a-z0-9].*$", (ROOT / name).read_text(), re.MULTILINE))
        for name in ("requirements.txt", "requirements-langgraph.txt")
    )
    assert base < extra
