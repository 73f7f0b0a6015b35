"""Serves metrics on their own port: this process's, or from gunicorn's master those of all workers."""

import os
import shutil
import tempfile
import threading
from collections.abc import Collection, Iterable
from pathlib import Path
from wsgiref.simple_server import WSGIServer

from prometheus_client import REGISTRY, CollectorRegistry, Metric, start_http_server
from prometheus_client.multiprocess import MultiProcessCollector, mark_process_dead
from prometheus_client.registry import Collector

# Held while files are read or removed. Also held during a fork, so that no child inherits a locked lock.
_reading = threading.Lock()
os.register_at_fork(before=_reading.acquire, after_in_parent=_reading.release, after_in_child=_reading.release)


def is_shared() -> bool:
    """Whether gunicorn's master serves this process's metrics."""
    return "PROMETHEUS_MULTIPROC_DIR" in os.environ


class CannotListenError(Exception):
    """METRICS_PORT cannot be opened; the text says why."""


def serve(host: str, port: int, registry: CollectorRegistry = REGISTRY) -> WSGIServer:
    """Serves `registry`, by default this process's metrics, from a thread. Raises CannotListenError."""
    try:
        return start_http_server(port, host, registry)[0]
    except OSError as error:
        raise CannotListenError(f"METRICS_PORT: cannot listen on {host}:{port} ({error.strerror})") from None


class Workers:
    """Serves the metrics of all workers from a thread of gunicorn's master. The workers share them through files.

    Must be created in the master before telemetry.metrics is imported. Raises CannotListenError.
    """

    def __init__(self, host: str, port: int) -> None:
        registry = CollectorRegistry()
        self._server = serve(host, port, registry)
        # A new folder each time, so that counts of an earlier server are not added.
        self._folder = os.environ["PROMETHEUS_MULTIPROC_DIR"] = tempfile.mkdtemp(prefix="metrics-")
        registry.register(_Sums(self._folder))

    def slot(self, taken: Collection[int]) -> int:
        """A free slot for a worker that is about to be forked."""
        return next(slot for slot in range(1, len(taken) + 2) if slot not in taken)

    def begin(self, slot: int) -> None:
        """Makes this process, which was just forked, the worker in `slot`."""
        from assistant_transport.telemetry import metrics

        metrics.worker_slot = slot
        self._server.socket.close()

    def died(self, slot: int) -> None:
        """Removes a dead worker's gauges. Its counters stay, and the worker that takes its slot continues them."""
        with _reading:
            mark_process_dead(slot, self._folder)  # type: ignore[no-untyped-call]

    def close(self) -> None:
        """Stops serving and removes the files."""
        self._server.shutdown()
        self._server.server_close()
        with _reading:
            shutil.rmtree(self._folder)


class _Sums(Collector):
    """The sums over the workers' files in `folder`."""

    def __init__(self, folder: str) -> None:
        self._folder = Path(folder)

    def collect(self) -> Iterable[Metric]:
        with _reading:
            # A file that a worker is just creating is empty, and the library fails on it (client_python issue 1199).
            files = [str(file) for file in self._folder.glob("*.db") if file.stat().st_size]
            return list(MultiProcessCollector.merge(files))  # type: ignore[no-untyped-call]
