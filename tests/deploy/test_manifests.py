"""The Kubernetes manifests, checked as far as possible without a cluster."""

import json
from pathlib import Path
from typing import Any

import jsonschema
import kubernetes_validate
import pytest
import yaml

from assistant_backend.environment import parse
from assistant_transport import __version__
from tests.deploy.manifests import EVERY, EXAMPLE, one, pods, render
from tests.server import ROOT

HTTP_ROUTE = json.loads(Path(__file__).with_name("httproute.schema.json").read_text())
# The oldest version with preStop.sleep without a feature gate, and the newest one that can be checked.
VERSIONS = ("1.30", kubernetes_validate.latest_version())


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
        for container in pod["containers"]:
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
    settings = parse(one(objects, "ConfigMap")["data"])
    assert settings["ALLOWED_HOSTS"] == one(objects, "HTTPRoute")["spec"]["hostnames"]
    replicas = one(objects, "Deployment")["spec"]["replicas"]
    assert replicas == 1 or settings["REDIS_URL"], "several replicas find each other's runs in Valkey only"


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
