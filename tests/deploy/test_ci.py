"""GitHub's CI calls the same verbs as `.ci/run`, and has no more rights than it needs."""

import re
from typing import Any

import yaml

from tests.server import ROOT

WORKFLOW = yaml.safe_load((ROOT / ".github/workflows/ci.yml").read_text())
JOBS: dict[str, Any] = WORKFLOW["jobs"]
# Jobs that need GitHub.
ONLY_THERE = {"image", "publish"}


def steps(job: str, key: str) -> list[str]:
    return [step[key] for step in JOBS[job]["steps"] if key in step]


def test_every_job_calls_the_verbs_that_ci_run_calls() -> None:
    here = re.findall(r"^make [\w-]+$", (ROOT / ".ci/run").read_text(), re.MULTILINE)
    there = [command for job in JOBS if job not in ONLY_THERE for command in steps(job, "run")]
    assert set(here) == {command for command in there if not command.startswith("sudo apt-get ")}
    assert not [command for job in ONLY_THERE for command in steps(job, "run")]


def test_tests_run_on_the_oldest_and_the_newest_python() -> None:
    classifiers = (ROOT / "pyproject.toml").read_text()
    versions = re.findall(r"Python :: (3\.\d+)", classifiers)
    assert JOBS["test"]["strategy"]["matrix"]["python"] == [versions[0], versions[-1]]


def test_a_release_waits_for_every_other_job() -> None:
    assert JOBS["publish"]["if"] == "startsWith(github.ref, 'refs/tags/v')"
    assert set(JOBS["publish"]["needs"]) == JOBS.keys() - {"publish"}


def test_every_job_has_minimal_rights_and_a_time_limit() -> None:
    assert WORKFLOW["permissions"] == {}
    for name, job in JOBS.items():
        assert job["timeout-minutes"] <= 60
        assert name == "publish" or job["permissions"] == {"contents": "read"}


def test_every_action_is_pinned_to_one_commit() -> None:
    pins = re.findall(r"uses: (.*)", (ROOT / ".github/workflows/ci.yml").read_text())
    assert all(re.fullmatch(r"[\w-]+/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", pin) for pin in pins)
    assert len(set(pins)) == len({pin.partition("@")[0] for pin in pins})
