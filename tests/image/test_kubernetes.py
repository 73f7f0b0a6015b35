"""The example overlay, its Deployment rolled under load by a stand-in for kubelet, kube-proxy and the controller."""

import secrets
from collections.abc import Iterator
from typing import Any

import pytest

from tests.deploy.manifests import one, render
from tests.image.conftest import docker
from tests.image.endpoints import Endpoints
from tests.image.kubelet import Pod
from tests.image.load import Load
from tests.wire import Client, Reply

KEY = secrets.token_hex(24)
SECRET = {"SECRET_KEY": secrets.token_hex(32), "API_KEYS": f"load:{KEY}"}
LATE_CONNECTIONS = 3


class Caller(Client):
    """Calls by the route's host name, with the Secret's key."""

    def __init__(self, port: int, host_name: str) -> None:
        super().__init__("127.0.0.1", port)
        self._headers = {"Host": host_name, "Authorization": f"Bearer {KEY}"}

    def request(self, method: str, path: str, body: Any = None, **headers: str) -> Reply:
        return super().request(method, path, body, **self._headers | headers)


class Cluster:
    """One node, and the controller that rolls the Deployment."""

    def __init__(self, image: str) -> None:
        self.objects = render()
        self.deployment = one(self.objects, "Deployment")
        self.endpoints = Endpoints()
        self.network = f"assistant-transport-test-kubernetes-{self.endpoints.port}"
        self.image = image
        docker("network", "create", self.network)
        self._valkey = Pod(one(self.objects, "StatefulSet", "valkey"), self.objects, self.network, {})
        self._valkey.start()
        self.pods: list[Pod] = []
        for _ in range(self.deployment["spec"]["replicas"]):
            self._add()

    def _add(self) -> None:
        pod = Pod(self.deployment, self.objects, self.network, SECRET, self.image)
        self.pods.append(pod)
        pod.start(lambda ready: self.endpoints.set(pod.port, ready=ready))

    def roll(self) -> Iterator[Pod]:
        """Replaces each pod, maxSurge 1 and maxUnavailable 0; gives it when it has ended, before it is removed."""
        for old in list(self.pods):
            self._add()
            assert len(self.endpoints) == len(self.pods), "every pod but the one that leaves is ready"
            old.terminate(self.endpoints.remove_after(old.port, LATE_CONNECTIONS))
            yield old
            self.pods.remove(old)
            old.remove()

    def down(self) -> None:
        self.endpoints.close()
        for pod in (*self.pods, self._valkey):
            pod.remove()
        docker("network", "rm", self.network)


@pytest.fixture
def cluster(image: str) -> Iterator[Cluster]:
    running = Cluster(image)
    yield running
    running.down()


@pytest.mark.timeout(400)
def test_a_rolling_update_under_load_loses_no_reply(cluster: Cluster) -> None:
    (host_name,) = one(cluster.objects, "HTTPRoute")["spec"]["hostnames"]
    load = Load(Caller(cluster.endpoints.port, host_name), workers=8)
    load.start()
    try:
        for ended in cluster.roll():
            assert ended.exit_code() == 0, docker("logs", ended.id)
            assert not ended.would_be_restarted
    finally:
        load.stop.set()
        load.join()
    assert set(load.outcomes) == {"whole"}, load.outcomes
    assert sum(load.outcomes.values()) > 20
