"""Every way to start the server serves ASGI and streams; the package can be built."""

import subprocess
import sys
import tarfile
from pathlib import Path
from zipfile import ZipFile

import pytest

from tests.server import GUNICORN, NAME, ROOT, Server, environment
from tests.wire import Client

DISTRIBUTION = NAME.replace("-", "_")
SCRIPT = (str(Path(sys.executable).with_name(NAME)),)


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
    with tarfile.open(tmp_path / f"{DISTRIBUTION}-0.1.0.tar.gz") as sdist:
        names = {name.partition("/")[2] for name in sdist.getnames()}
    assert {
        "README.md",
        "LICENSE",
        "src/assistant_transport/http/views.py",
        "src/assistant_backend/templates/index.html",
    } <= names
    assert not any(name.startswith((".venv", "tests/client/node_modules")) for name in names)
    with ZipFile(tmp_path / f"{DISTRIBUTION}-0.1.0-py3-none-any.whl") as wheel:
        names = wheel.namelist()
    # No name of a user's own is taken, and no command is there that would need the site.
    roots = {name.partition("/")[0] for name in names}
    assert roots == {"assistant_transport", f"{DISTRIBUTION}-0.1.0.dist-info"}
    assert not any("entry_points" in name for name in names)
