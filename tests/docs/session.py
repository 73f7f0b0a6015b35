"""The reader of one page: a copy of the project to work in, and a server."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from assistant_backend import project
from scripts import rename
from tests.docs import console
from tests.docs.pages import Block
from tests.server import GUNICORN, NAME, ROOT, Server, environment, free_port

IS_THE_TEMPLATE = rename.NAME == NAME and not project.APPS
_BIN = Path(sys.executable).parent
_SERVE = re.compile(r"((?:[A-Z_]+=\S+ )*)(make run|python manage\.py|python run_server\.py)")
# Without a pause each word is a frame of its own, however busy the machine: what a page shows can be compared.
STEADY = {"MOCK_DELAY_SECONDS": "0", "FLUSH_INTERVAL_MS": "0"}


def copy_project(folder: Path, *ignored: str) -> Path:
    """Copies the project, so that no command of a page changes the real one. `.venv` is links to the tests' own."""
    made = ("node_modules", "dist", "staticfiles", "__pycache__", ".*_cache", ".hypothesis", ".git", ".venv", ".env")
    project = shutil.copytree(ROOT, folder / "project", ignore=shutil.ignore_patterns(*made, *ignored))
    venv = project / ".venv"
    venv.mkdir()
    for part in Path(sys.prefix).iterdir():
        if not part.name.startswith("."):
            (venv / part.name).symlink_to(part)
    (venv / ".running").touch()  # for make, it is up to date
    return project


class Session:
    """Runs a page's blocks in order, with a server of its own and without a container engine."""

    def __init__(self, folder: Path) -> None:
        # Without the chat page's sources, so that `make run` serves the plain page instead of building the other first.
        self.project = copy_project(folder, "frontend")
        self._server: Server | None = None
        # As in a reader's shell: the project's programs on the PATH, and none of the tests' import paths.
        self.environment = environment(PATH=f"{_BIN}:{os.environ['PATH']}", PYTHONPATH="", **STEADY)

    def run(self, block: Block) -> None:
        """Does what the block tells the reader to do. Raises AssertionError if the result is not what the page says."""
        if block.language == "json":
            console.parse_json(block.text)
        elif block.file is not None:
            self._write(block.file, block.text)
        elif serve := _SERVE.fullmatch(re.sub(r"^\$ |\s+#.*$", "", block.text)):
            self.serve(serve[2], **dict(pair.split("=", 1) for pair in serve[1].split()))
        elif block.language == "bash":
            console.run_script(console.at(block.text, self.host()), self.project, self.environment)
        else:
            assert block.language == "console", f"{block}: {block.language} has to begin with the path of its file"
            self._converse(block)

    def _converse(self, block: Block) -> None:
        text = console.at(block.text, self.host())
        outputs = console.run(text, self.project, self.environment)
        for (command, shown), output in zip(console.commands(text), outputs, strict=True):
            wrong = console.differs(output, shown)
            assert wrong is None, f"{block}: {command}\n{wrong}"

    def _write(self, file: str, text: str) -> None:
        path = self.project / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"{text}\n")
        if file.startswith("compose."):
            check = [str(_BIN / "check-jsonschema"), "--builtin-schema", "vendor.compose-spec", str(path)]
            done = subprocess.run(check, capture_output=True, text=True)
            assert done.returncode == 0, done.stdout

    def serve(self, command: str, **variables: str) -> None:
        """Starts the server that the following blocks use."""
        self.stop()
        shell = ("bash", "-c", f"cd '{self.project}' && exec {command}")
        self._server = Server(shell, **{**self.environment, **variables})

    def host(self) -> str:
        """The address of the page's server."""
        if self._server is None:
            self._server = Server(GUNICORN, **STEADY)
        return f"localhost:{self._server.port}"

    def stop(self) -> None:
        if self._server is not None:
            self._server.stop()
            self._server = None


class ComposeSession(Session):
    """A session with the composed system, which the page itself starts."""

    def __init__(self, folder: Path, project: str, certificate: Path) -> None:
        self.project = copy_project(folder)
        self._port = free_port()
        (self.project / ".env").write_text("".join(f"{name}={value}\n" for name, value in STEADY.items()))
        self.environment = {
            **os.environ,
            "COMPOSE_PROJECT_NAME": project,
            "NGINX_PORT": str(self._port),
            "HTTPS_PORT": f"127.0.0.1:{free_port()}",
            "HTTP_PORT": f"127.0.0.1:{free_port()}",
            "TLS_DIR": str(certificate.parent),
        }

    def host(self) -> str:
        return f"localhost:{self._port}"

    def stop(self) -> None:
        down = ["docker", "compose", "down", "--volumes", "--timeout", "5"]
        subprocess.run(down, cwd=self.project, env=self.environment, check=True, capture_output=True)
