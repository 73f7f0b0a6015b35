"""The Kubernetes manifests, checked as far as possible without a cluster."""

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import jsonschema
import kubernetes_validate
import pytest
import yaml

from assistant_backend.environment import parse
from assistant_transport import __version__
from tests.deploy.manifests import EVERY, EXAMPLE, THREADS, one, pods, render
from tests.programs import require
from tests.server import ROOT

HTTP_ROUTE = json.loads(Path(__file__).with_name("httproute.schema.json").read_text())
# The oldest version with preStop.sleep without a feature gate, and the newest one that can be checked.
VERSIONS = ("1.30", kubernetes_validate.latest_version())

SECRET = {"DATABASE_URL": "sqlite://:memory:"}  # the part of the Secret without which THREADS is refused


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("kustomization", EVERY)
def test_every_object_is_valid(kustomization: str, version: str) -> None:
    for item in render(kustomization):
        if item["kind"] == "HTTPRoute":
            jsonschema.validate(item, HTTP_ROUTE)
        else:
            kubernetes_validate.validate(item, version, strict=True)


def test_a_misspelt_field_of_the_route_is_an_error() -> None:
    route = one(render(), "HTTPRoute")
    route["spec"]["rules"][0]["timeouts"]["requests"] = "1s"
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(route, HTTP_ROUTE)


def matches(selector: dict[str, Any], template: Any) -> bool:
    labels: dict[str, str] = template["metadata"]["labels"]
    return selector["matchLabels"].items() <= labels.items()


@pytest.mark.parametrize("kustomization", EVERY)
def test_every_selector_selects_the_pods_of_one_kind(kustomization: str) -> None:
    objects = render(kustomization)
    selectors = []
    for item in objects:
        spec = item.get("spec", {})
        selectors += [spec[name] for name in ("selector", "podSelector") if name in spec]
        template = spec.get("template", {}).get("spec", {})
        selectors += [entry["labelSelector"] for entry in template.get("topologySpreadConstraints", [])]
        if item["kind"] == "Service":
            selectors[-1] = {"matchLabels": selectors[-1]}
        assert item["kind"] not in ("PodDisruptionBudget", "Service") or "selector" in spec
    assert selectors
    for selector in selectors:
        assert sum(matches(selector, template) for template in pods(objects)) == 1, selector


@pytest.mark.parametrize("kustomization", EVERY)
def test_every_pod_meets_the_restricted_pod_security_standard(kustomization: str) -> None:
    for template in pods(render(kustomization)):
        pod = template["spec"]
        assert pod["automountServiceAccountToken"] is False
        assert pod["enableServiceLinks"] is False
        assert pod["securityContext"]["runAsNonRoot"] is True
        assert pod["securityContext"]["runAsUser"] > 0
        assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
        assert not {"hostNetwork", "hostPID", "hostIPC"} & pod.keys()
        assert all("emptyDir" in volume for volume in pod["volumes"])
        for container in [*pod["containers"], *pod.get("initContainers", [])]:
            assert container["securityContext"] == {
                "allowPrivilegeEscalation": False,
                "readOnlyRootFilesystem": True,
                "capabilities": {"drop": ["ALL"]},
            }
            assert container["resources"]["limits"]["memory"]
            assert container["resources"]["requests"].keys() == {"cpu", "memory"}


def test_an_update_keeps_every_replica_available() -> None:
    strategy = one(render(), "Deployment")["spec"]["strategy"]
    assert strategy == {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": 1, "maxUnavailable": 0}}


@pytest.mark.parametrize("kustomization", EVERY)
def test_secrets_are_referenced_and_never_created(kustomization: str) -> None:
    objects = render(kustomization)
    assert "Secret" not in {item["kind"] for item in objects}
    (container,) = one(objects, "Deployment")["spec"]["template"]["spec"]["containers"]
    assert {"secretRef": {"name": "assistant"}} in container["envFrom"]


@pytest.mark.parametrize("kustomization", EVERY)
def test_the_configuration_is_valid_and_allows_the_routes_hosts(kustomization: str) -> None:
    objects = render(kustomization)
    settings = parse(SECRET | one(objects, "ConfigMap")["data"])
    assert settings["ALLOWED_HOSTS"] == one(objects, "HTTPRoute")["spec"]["hostnames"]
    replicas = one(objects, "Deployment")["spec"].get("replicas", 1)
    assert replicas == 1 or settings["REDIS_URL"], "several replicas find each other's runs in Valkey only"


def test_an_autoscaler_keeps_its_number_of_replicas(tmp_path: Path) -> None:
    """Each `kubectl apply` of a number would take it back, so none may be left once the overlay has none."""
    assert one(render(), "Deployment")["spec"]["replicas"] == 3
    copy = overlay(tmp_path)
    text = copy.read_text()
    copy.write_text(text.replace("replicas:\n  - {name: assistant, count: 3}\n", ""))
    assert copy.read_text() != text
    assert "replicas" not in one(rendered(tmp_path), "Deployment")["spec"]


def test_an_image_can_be_pinned_by_its_digest(tmp_path: Path) -> None:
    digest = f"sha256:{'0' * 64}"
    copy = overlay(tmp_path)
    copy.write_text(copy.read_text().replace(f"newTag: {__version__}", f"digest: {digest}"))
    (container,) = one(rendered(tmp_path), "Deployment")["spec"]["template"]["spec"]["containers"]
    assert container["image"].endswith(f"/assistant-transport-backend-django@{digest}")


def overlay(folder: Path) -> Path:
    """A copy of the manifests in `folder`; returns the example's kustomization."""
    shutil.copytree(ROOT / "deploy/kubernetes", folder / "kubernetes")
    return folder / "kubernetes" / EXAMPLE / "kustomization.yaml"


def rendered(folder: Path) -> list[Any]:
    command = [require("kubectl"), "kustomize", str(folder / "kubernetes" / EXAMPLE)]
    return list(yaml.safe_load_all(subprocess.run(command, check=True, capture_output=True, text=True).stdout))


def test_the_network_policy_lets_prometheus_reach_the_metrics() -> None:
    objects = render()
    (container,) = one(objects, "Deployment")["spec"]["template"]["spec"]["containers"]
    ports = {port["name"]: port["containerPort"] for port in container["ports"]}
    assert ports["metrics"] == parse(one(objects, "ConfigMap")["data"])["METRICS_PORT"]
    policies = [item["spec"].get("ingress", []) for item in objects if item["kind"] == "NetworkPolicy"]
    (rule,) = [rule for rules in policies for rule in rules if {"port": "metrics"} in rule["ports"]]
    (source,) = rule["from"]
    assert source == {"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "monitoring"}}}


def test_the_example_runs_the_valkey_that_compose_runs() -> None:
    compose = yaml.safe_load((ROOT / "compose.yaml").read_text())["services"]["valkey"]
    (container,) = one(render(EXAMPLE), "StatefulSet", "valkey")["spec"]["template"]["spec"]["containers"]
    assert (container["image"], container["command"]) == (compose["image"], compose["command"])


def test_the_examples_name_the_image_of_this_version() -> None:
    (container,) = one(render(EXAMPLE), "Deployment")["spec"]["template"]["spec"]["containers"]
    cloud_run = yaml.safe_load((ROOT / "deploy/cloud-run.yaml").read_text())
    (other,) = cloud_run["spec"]["template"]["spec"]["containers"]
    name = yaml.safe_load((ROOT / "compose.yaml").read_text())["services"]["app"]["image"]
    assert {item["image"].rpartition("/")[2] for item in (container, other)} == {f"{name}:{__version__}"}


def test_new_pods_with_threads_wait_for_the_job_that_migrates() -> None:
    objects = render(THREADS)
    pod = one(objects, "Deployment")["spec"]["template"]["spec"]
    (app,), (waiting,) = pod["containers"], pod["initContainers"]
    (migrating,) = one(objects, "Job", "migrate")["spec"]["template"]["spec"]["containers"]
    assert app["image"] == waiting["image"] == migrating["image"]
    assert app["envFrom"] == waiting["envFrom"] == migrating["envFrom"]
    assert (waiting["command"][:3], waiting["command"][3:]) == (migrating["command"][:3], ["--check"])
