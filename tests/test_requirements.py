"""The locks: every version pinned by hash, the same in all of them, and one lock for each extra."""

import re
import tomllib

import pytest

from tests.server import ROOT

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
EXTRAS = PROJECT["optional-dependencies"]
LOCKS = {lock.name: lock.read_text() for lock in ROOT.glob("requirements*.txt")}
AGENTS = (ROOT / "tests/assistants/langgraph/requirements.txt").read_text()  # is added to the packages for tests
# These extras need nothing that requirements.txt does not have.
INCLUDED = {name for name, needs in EXTRAS.items() if not needs}


def packages(lock: str) -> list[str]:
    """A lock's lines of packages: `django==5.2.9 ; python_full_version < '3.12' \\`."""
    return re.findall(r"^[a-z0-9].*$", LOCKS[lock], re.MULTILINE)


def versions(lock: str) -> dict[str, set[str]]:
    """Each package of a lock with its versions: some have one for old Pythons and one for new ones."""
    found: dict[str, set[str]] = {}
    for line in packages(lock):
        name, _, version = line.split(" ")[0].partition("==")
        found.setdefault(name, set()).add(version)
    return found


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_is_pinned_hashed_and_names_no_index(lock: str) -> None:
    text = LOCKS[lock]
    assert "://" not in text
    assert "index-url" not in text
    assert len(packages(lock)) > 15
    assert all("==" in package and package.endswith("\\") for package in packages(lock))
    assert text.count("--hash=sha256:") >= len(packages(lock))
    assert re.search(r"^django==5\.2\.\d+ ; python_full_version < '3\.12'", text, re.MULTILINE)
    assert re.search(r"^django==6\.1\.\d+ ; python_full_version >= '3\.12'", text, re.MULTILINE)


def test_every_extra_has_a_lock_and_every_lock_an_extra() -> None:
    extras = set(EXTRAS) - INCLUDED - {"dev"}
    assert set(LOCKS) == {"requirements.txt", "requirements-dev.txt", *(f"requirements-{name}.txt" for name in extras)}
    makefile = (ROOT / "Makefile").read_text()
    assert set(re.findall(r"^EXTRAS := (.*)$", makefile, re.MULTILINE)[0].split()) == extras


@pytest.mark.parametrize("lock", LOCKS)
def test_every_lock_has_what_running_needs_and_the_versions_of_the_tests(lock: str) -> None:
    assert set(packages("requirements.txt")) <= set(packages(lock)) or lock == "requirements-dev.txt"
    tested = versions("requirements-dev.txt")
    assert {name: tested.get(name) for name in versions(lock)} == versions(lock)


def test_running_needs_none_of_the_packages_for_tests() -> None:
    tests = {re.split(r"[\[<>=~ ]", need)[0] for need in EXTRAS["dev"]}
    assert len(tests) > 15
    assert not tests & set(versions("requirements.txt"))


def test_graphs_are_tested_with_the_versions_that_the_image_has() -> None:
    pinned = set(re.findall(r"^([a-z0-9-]+)==(\S+)", AGENTS, re.MULTILINE))
    shared = {(name, version) for name, version in pinned if name in versions("requirements-dev.txt")}
    assert len(shared) > 15
    assert all(version in versions("requirements-dev.txt")[name] for name, version in shared)
    assert "://" not in AGENTS
