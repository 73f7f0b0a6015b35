"""A rolling update of the example overlay under load, with stand-ins for kubelet, kube-proxy and the controller."""

import secrets
import threading
from collections import Counter
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
# Slow enough for replies to take longer than preStop, so that some are running when SIGTERM arrives.
SECRET = {"SECRET_KEY": secrets.token_hex(32), "API_KEYS": f"load:{KEY}", "MOCK_DELAY_SECONDS": "0.2"}
LATE_CONNECTIONS = 20


class Caller(Client):
    """A client that uses the route's host name and the Secret's key."""

    def __init__(self, port: int, host_name: str) -> None:
        super().__init__("127.0.0.1", port)
        self._headers = {"Host": host_name, "Authorization": f"Bearer {KEY}"}

    def request(self, method: str, path: str, body: Any = None, **headers: str) -> Reply:
        return super().request(method, path, body, **self._headers | headers)


class Cluster:
    """One node, and the controller that updates the Deployment."""

    def __init__(self, image: str) -> None:
        self.objects = render()
        self.deployment = one(self.objects, "Deployment")
        self.endpoints = Endpoints()
        self.network = f"assistant-transport-test-kubernetes-{self.endpoints.port}"
        self.image = image
        self.pods: list[Pod] = []
        self._others: list[Pod] = []
        docker("network", "create", self.network)

    def up(self) -> None:
        self._others.append(Pod(one(self.objects, "StatefulSet", "valkey"), self.objects, self.network, {}))
        self._others[0].start()
        for _ in range(self.deployment["spec"]["replicas"]):
            self._add()

    def _add(self) -> None:
        pod = Pod(self.deployment, self.objects, self.network, SECRET, self.image)
        self.pods.append(pod)
        pod.start(lambda ready: self.endpoints.set(pod.port, ready=ready))

    def roll(self) -> int:
        """Replaces each pod (maxSurge 1, maxUnavailable 0); returns how many connections were open at a SIGTERM."""
        carried = 0
        for old in list(self.pods):
            self._add()
            assert len(self.endpoints) == len(self.pods), "all are ready before one leaves"
            removed = self.endpoints.remove_after(old.port, LATE_CONNECTIONS)
            old.pre_stop()
            assert removed.is_set(), "preStop was over before the pod had ceased to be an endpoint"
            carried += self.endpoints.open[old.port]
            assert old.stop() == 0
            assert not old.would_be_restarted
            self.pods.remove(old)
            old.remove()
        return carried

    def down(self) -> None:
        self.endpoints.close()
        for pod in self.pods + self._others:
            pod.remove()
        docker("network", "rm", self.network)


@pytest.fixture
def cluster(image: str) -> Iterator[Cluster]:
    running = Cluster(image)
    try:
        running.up()
        yield running
    finally:
        running.down()


@pytest.mark.timeout(400)
def test_a_rolling_update_under_load_loses_no_reply(cluster: Cluster) -> None:
    (host_name,) = one(cluster.objects, "HTTPRoute")["spec"]["hostnames"]
    caller = Caller(cluster.endpoints.port, host_name)
    load = Load(caller, workers=12)
    visits: Counter[int] = Counter()

    def visit() -> None:
        while not load.stop.wait(0.02):  # continuously, without taking the whole machine
            visits[caller.get("/health").status] += 1

    visitor = threading.Thread(target=visit)
    load.start()
    visitor.start()
    try:
        carried = cluster.roll()
    finally:
        load.stop.set()
        load.join()
        visitor.join()
    assert carried > 0
    assert set(load.outcomes) == {"whole"}, load.outcomes
    assert set(visits) == {200}
