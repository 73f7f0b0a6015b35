"""Serves the metrics on a port of their own: of this process, or of all of gunicorn's workers from its master."""

import os
import shutil
import tempfile
import threading
from collections.abc import Collection, Iterable

from prometheus_client import REGISTRY, CollectorRegistry, Metric, start_http_server
from prometheus_client.multiprocess import MultiProcessCollector, mark_process_dead
from prometheus_client.registry import Collector

# Held while metrics are read, and while the process forks: a child must not inherit a lock that nobody will release.
_reading = threading.Lock()
os.register_at_fork(before=_reading.acquire, after_in_parent=_reading.release, after_in_child=_reading.release)


def serve(host: str, port: int) -> None:
    """Serves the metrics of this process, from a thread.

    Raises:
        OSError: nothing can listen there.
    """
    start_http_server(port, host, REGISTRY)


class Workers:
    """The metrics of all workers, which they keep in files and their master serves from a thread.

    To be made in the master before it imports telemetry.metrics.

    Raises:
        OSError: nothing can listen there.
    """

    def __init__(self, host: str, port: int) -> None:
        registry = CollectorRegistry()
        self._server, _ = start_http_server(port, host, registry)
        # A new folder each time: what an earlier server has counted is over.
        self._folder = os.environ["PROMETHEUS_MULTIPROC_DIR"] = tempfile.mkdtemp(prefix="metrics-")
        registry.register(_Sums(self._folder))

    def slot(self, taken: Collection[int]) -> int:
        """A free slot for a worker that is about to be forked."""
        return next(slot for slot in range(1, len(taken) + 2) if slot not in taken)

    def begin(self, slot: int) -> None:
        """Makes this process, which was just forked, the worker in `slot`."""
        from telemetry import metrics

        metrics.worker_slot = slot
        self._server.socket.close()

    def died(self, slot: int) -> None:
        """Drops a worker's gauges. What it counted stays, and whoever takes its slot goes on from there."""
        mark_process_dead(slot, self._folder)  # type: ignore[no-untyped-call]

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        shutil.rmtree(self._folder)


class _Sums(Collector):
    def __init__(self, folder: str) -> None:
        self._files = MultiProcessCollector(None, folder)  # type: ignore[no-untyped-call]

    def collect(self) -> Iterable[Metric]:
        with _reading:
            return list(self._files.collect())  # type: ignore[no-untyped-call]
