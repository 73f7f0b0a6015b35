"""`.venv`, as the Makefile makes it: what running needs first, the packages for tests when a verb asks for them.

A stand-in for `python3` makes environments whose pip only notes what it is asked to install.
"""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.server import ROOT

PYTHON = """#!/bin/sh
mkdir -p .venv/bin
printf '#!/bin/sh\\necho "$@" >>.venv/installed\\ntest ! -e fail\\n' >.venv/bin/pip
chmod +x .venv/bin/pip
"""
RUNNING, TESTING = ".venv/.running", ".venv/.testing"
BASE, DEV, EDITABLE = "requirements.txt", "requirements-dev.txt", "."
AGENTS = "tests/assistants/langgraph/requirements.txt"


class Project:
    """A folder with the Makefile, empty locks and the stand-in."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        shutil.copy(ROOT / "Makefile", folder)
        for lock in (BASE, DEV, AGENTS):
            (folder / lock).parent.mkdir(parents=True, exist_ok=True)
            (folder / lock).touch()
        python = folder / "python"
        python.write_text(PYTHON)
        python.chmod(0o755)

    def make(self, target: str) -> int:
        command = ["make", "--silent", "PYTHON=./python", target]
        return subprocess.run(command, cwd=self.folder, capture_output=True, timeout=30).returncode

    def installed(self) -> list[str]:
        """What pip was asked to install since the environment was made."""
        return [line.split()[-1] for line in (self.folder / ".venv/installed").read_text().splitlines()]


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return Project(tmp_path)


def test_running_installs_no_packages_for_tests(project: Project) -> None:
    assert project.make(RUNNING) == 0
    assert project.installed() == [BASE]


def test_tests_add_theirs_to_what_is_there(project: Project) -> None:
    project.make(RUNNING)
    assert project.make(TESTING) == 0
    assert project.installed() == [BASE, DEV, AGENTS, EDITABLE]


def test_nothing_is_installed_twice(project: Project) -> None:
    for target in (TESTING, TESTING, RUNNING):
        assert project.make(target) == 0
    assert project.installed() == [BASE, DEV, AGENTS, EDITABLE]


@pytest.mark.parametrize("lock", [BASE, DEV, AGENTS])
def test_a_lock_that_has_changed_makes_the_environment_anew(project: Project, lock: str) -> None:
    project.make(TESTING)
    later = (project.folder / TESTING).stat().st_mtime + 1
    os.utime(project.folder / lock, (later, later))
    assert project.make(RUNNING) == 0
    assert project.installed() == [BASE]


def test_an_environment_that_could_not_be_finished_is_removed(project: Project) -> None:
    failing = project.folder / "fail"
    for done in ([], [RUNNING]):
        for target in done:
            assert project.make(target) == 0
        failing.touch()
        assert project.make(TESTING) != 0
        assert not (project.folder / ".venv").exists()
        failing.unlink()


def test_every_verb_that_needs_python_has_its_environment() -> None:
    def recipe(verb: str) -> str:
        command = ["make", "--dry-run", "--always-make", verb]
        return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout

    assert DEV not in recipe("run")
    for verb in (
        "test",
        "test-client",
        "test-image",
        "test-browser",
        "bench",
        "bench-attacks",
        "bench-endurance",
        "bench-stalls",
        "lint",
        "lock",
        "upgrade",
    ):
        assert recipe(verb).index(DEV) < recipe(verb).index("touch .venv/.running .venv/.testing"), verb
