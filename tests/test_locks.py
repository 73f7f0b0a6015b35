"""`make lock` adds what is missing and moves nothing else; `make upgrade` moves everything and shows what.

The Makefile's own commands and the real uv lock a small project, whose packages are wheels in a folder.
"""

import re
import shutil
import subprocess
import sys
from pathlib import Path
from zipfile import ZipFile

import pytest

from tests.server import ROOT

PYPROJECT = """
[project]
name = "small"
version = "1"
requires-python = ">=3.11"
dependencies = [{}]

[project.optional-dependencies]
dev = []
"""


class Project:
    """A project whose lock has alpha 1.0, before alpha 2.0 was released."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.wheels = folder / "wheels"
        self.wheels.mkdir()
        shutil.copy(ROOT / "Makefile", folder)
        (folder / ".venv/bin").mkdir(parents=True)
        (folder / ".venv/bin/uv").symlink_to(Path(sys.executable).with_name("uv"))
        makefile = (ROOT / "Makefile").read_text()
        for other in set(re.findall(r"([\w/]+)/requirements\b", makefile)):  # which have locks of their own
            (folder / other).mkdir(parents=True)
            for name in ("requirements.in", "requirements.txt"):
                (folder / other / name).touch()
        self.needs("alpha")
        self.release("alpha", "1.0")
        self.release("beta", "1.0")
        for lock in ("requirements.txt", "requirements-dev.txt"):
            (folder / lock).touch()
        self.make("lock")
        self.git("init", "--quiet")
        self.git("add", ".")
        self.release("alpha", "2.0")

    def needs(self, *packages: str) -> None:
        (self.folder / "pyproject.toml").write_text(PYPROJECT.format(str([*packages])[1:-1]))

    def release(self, name: str, version: str) -> None:
        with ZipFile(self.wheels / f"{name}-{version}-py3-none-any.whl", "w") as wheel:
            info = f"{name}-{version}.dist-info"
            wheel.writestr(f"{info}/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n")
            wheel.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
            wheel.writestr(f"{info}/RECORD", "")

    def git(self, *arguments: str) -> None:
        subprocess.run(["git", *arguments], cwd=self.folder, check=True)

    def make(self, verb: str) -> list[str]:
        """Runs a verb; returns the lines that it printed."""
        for stamp in (".running", ".testing"):
            (self.folder / ".venv" / stamp).touch()  # for make, the environment is up to date
        command = ["make", "--silent", verb, "EXTRAS=", "UV_NO_INDEX=1", f"UV_FIND_LINKS={self.wheels}"]
        done = subprocess.run(command, cwd=self.folder, capture_output=True, text=True, timeout=60)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout.splitlines()

    def locked(self) -> list[str]:
        lines = (self.folder / "requirements.txt").read_text().splitlines()
        return [line.split()[0] for line in lines if "==" in line]


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return Project(tmp_path)


def test_lock_adds_what_is_missing_and_moves_nothing_else(project: Project) -> None:
    project.needs("alpha", "beta")
    assert project.make("lock") == []
    assert project.locked() == ["alpha==1.0", "beta==1.0"]


def test_upgrade_moves_everything_and_shows_what(project: Project) -> None:
    assert project.make("upgrade") == ["-alpha==1.0", "+alpha==2.0"]
    assert project.locked() == ["alpha==2.0"]
    project.git("add", ".")
    assert project.make("upgrade") == []
