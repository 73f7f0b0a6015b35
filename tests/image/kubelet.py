"""A stand-in for kubelet: starts a pod as its manifest says, probes it, and terminates it."""

import subprocess
import threading
import time
from collections.abc import Callable
from http.client import HTTPConnection, HTTPException
from typing import Any

from tests.image.conftest import docker, inspect
from tests.server import free_port

_START_SECONDS = 60


def _environment(container: Any, objects: list[Any], secret: dict[str, str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for source in container.get("envFrom", []):
        if "configMapRef" in source:
            configured = [item for item in objects if item["kind"] == "ConfigMap"]
            (data,) = (i["data"] for i in configured if i["metadata"]["name"] == source["configMapRef"]["name"])
            found |= data
        else:
            found |= secret
    return found | {entry["name"]: entry["value"] for entry in container.get("env", [])}


def _confinement(pod: Any, container: Any) -> list[str]:
    """The pod's security context and resource limits as options of `docker run`."""
    security = pod["securityContext"] | container["securityContext"]
    options = ["--user", f"{security['runAsUser']}:{security['runAsGroup']}"]
    options += ["--read-only"] if security["readOnlyRootFilesystem"] else []
    options += [] if security["allowPrivilegeEscalation"] else ["--security-opt", "no-new-privileges"]
    options += [word for name in security["capabilities"]["drop"] for word in ("--cap-drop", name)]
    limits = container["resources"]["limits"]
    options += ["--memory", _bytes(limits["memory"])]
    options += ["--cpus", limits["cpu"]] if "cpu" in limits else []
    volumes = {volume["name"]: volume["emptyDir"] for volume in pod["volumes"]}
    for mount in container["volumeMounts"]:
        size = _bytes(volumes[mount["name"]]["sizeLimit"])
        options += ["--tmpfs", f"{mount['mountPath']}:mode=1777,size={size}"]
    return options


def _bytes(quantity: str) -> str:
    return quantity.replace("Gi", "g").replace("Mi", "m")


class Pod:
    """A container of a rendered workload. `image` stands in for the one that the manifest names, if given."""

    def __init__(
        self, workload: Any, objects: list[Any], network: str, secret: dict[str, str], image: str = ""
    ) -> None:
        self.spec = workload["spec"]["template"]["spec"]
        (self.container,) = self.spec["containers"]
        declared, *_ = self.container["ports"]  # the first one serves the app
        self.port = free_port()
        entrypoint, *arguments = self.container.get("command", [""])
        variables = _environment(self.container, objects, secret).items()
        self.id = docker(
            "run", "--detach", "--no-healthcheck", *_confinement(self.spec, self.container),
            "--network", network, "--network-alias", workload["metadata"]["name"],
            "--publish", f"127.0.0.1:{self.port}:{declared['containerPort']}",
            *(f"--env={name}={value}" for name, value in variables),
            *(["--entrypoint", entrypoint] if entrypoint else []),
            image or self.container["image"], *arguments,
        ).strip()  # fmt: skip
        self._address = f"10.1.2.3:{declared['containerPort']}"  # kubelet sends the pod's address as Host
        self._ending = threading.Event()
        self.would_be_restarted = False

    def passes(self, probe: Any) -> bool:
        """Whether a single try of the probe succeeds."""
        if "exec" in probe:
            return (
                subprocess.run(["docker", "exec", self.id, *probe["exec"]["command"]], capture_output=True).returncode
                == 0
            )
        connection = HTTPConnection("127.0.0.1", self.port, timeout=probe["timeoutSeconds"])
        try:
            connection.request("GET", probe["httpGet"]["path"], headers={"Host": self._address})
            return connection.getresponse().status == 200
        except (OSError, HTTPException):
            return False
        finally:
            connection.close()

    def start(self, ready: Callable[[bool], None] = lambda _: None) -> None:
        """Waits until the pod has started and is ready; from then on calls `ready` whenever that changes."""
        for name in ("startupProbe", "readinessProbe"):
            probe = self.container.get(name)
            deadline = time.monotonic() + _START_SECONDS
            while probe and not self.passes(probe):
                assert inspect(self.id)["State"]["Running"], docker("logs", self.id)  # type: ignore[index]
                assert time.monotonic() < deadline, f"{name} keeps failing"
                time.sleep(0.1)
        ready(True)
        for name, tell in (("readinessProbe", ready), ("livenessProbe", self._live)):
            threading.Thread(target=self._watch, args=(self.container[name], tell), daemon=True).start()

    def _live(self, passed: bool) -> None:
        self.would_be_restarted = self.would_be_restarted or not passed

    def _watch(self, probe: Any, tell: Callable[[bool], None]) -> None:
        failures = 0
        while not self._ending.wait(probe["periodSeconds"]):
            failures = 0 if self.passes(probe) else failures + 1
            if failures in (0, probe.get("failureThreshold", 3)):
                tell(failures == 0)

    def pre_stop(self) -> None:
        """Runs the preStop hook, before any signal."""
        self._ending.set()
        time.sleep(self._pause)

    def stop(self) -> int:
        """Sends SIGTERM and, when the grace period is over, SIGKILL; returns the exit code."""
        docker("stop", "--time", str(self.spec["terminationGracePeriodSeconds"] - self._pause), self.id)
        state: Any = inspect(self.id)["State"]
        return int(state["ExitCode"])

    @property
    def _pause(self) -> int:
        seconds: int = self.container["lifecycle"]["preStop"]["sleep"]["seconds"]
        return seconds

    def remove(self) -> None:
        self._ending.set()
        docker("rm", "--force", "--volumes", self.id)
