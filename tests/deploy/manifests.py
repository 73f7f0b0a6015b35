"""The Kubernetes manifests as `kubectl apply --kustomize` would send them."""

import subprocess
from functools import cache
from typing import Any

import yaml

from tests.programs import require
from tests.server import ROOT

EXAMPLE = "overlays/example"
THREADS = "overlays/threads"
EVERY = ("base", EXAMPLE, THREADS)


@cache
def _render(kubectl: str, kustomization: str) -> str:
    folder = ROOT / "deploy/kubernetes" / kustomization
    done = subprocess.run([kubectl, "kustomize", str(folder)], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert not done.stderr, "kustomize warns of what it will no longer understand"
    return done.stdout


def render(kustomization: str = EXAMPLE) -> list[Any]:
    """The objects of a kustomization. Without kubectl the test is skipped, or fails if REQUIRE_ALL is set."""
    return list(yaml.safe_load_all(_render(require("kubectl"), kustomization)))


def one(objects: list[Any], kind: str, name: str = "assistant") -> Any:
    """The one object of that kind whose name begins with `name`: generated names end in a hash."""
    (found,) = (item for item in objects if item["kind"] == kind and item["metadata"]["name"].partition("-")[0] == name)
    return found


def pods(objects: list[Any]) -> list[Any]:
    """The pod templates."""
    return [item["spec"]["template"] for item in objects if item["kind"] in ("Deployment", "StatefulSet", "Job")]
