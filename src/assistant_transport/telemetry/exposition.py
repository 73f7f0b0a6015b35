"""Serves the metrics on a port of their own: of this process, or of all of gunicorn's workers from its master."""

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

# Held while files are read or removed, and while the process forks: no child inherits a lock that nobody releases.
_reading = threading.Lock()
os.register_at_fork(before=_reading.acquire, after_in_parent=_reading.release, after_in_child=_reading.release)


def is_shared() -> bool:
    """Whether gunicorn's master serves this process's metrics."""
    return "PROMETHEUS_MULTIPROC_DIR" in os.environ


class CannotListenError(Exception):
    """METRICS_PORT cannot be had; the text says why."""


def serve(host: str, port: int, registry: CollectorRegistry = REGISTRY) -> WSGIServer:
    """Serves what is in `registry`, by default this process's metrics, from a thread. Raises CannotListenError."""
    try:
        return start_http_server(port, host, registry)[0]
    except OSError as error:
        raise CannotListenError(f"METRICS_PORT: cannot listen on {host}:{port} ({error.strerror})") from None


class Workers:
    """The metrics of all workers, which they keep in files and their master serves from a thread.

    To be made in the master before it imports telemetry.metrics. Raises CannotListenError.
    """

    def __init__(self, host: str, port: int) -> None:
        registry = CollectorRegistry()
        self._server = serve(host, port, registry)
        # A new folder each time: what an earlier server has counted is over.
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
        """Drops a worker's gauges. What it counted stays, and whoever takes its slot goes on from there."""
        with _reading:
            mark_process_dead(slot, self._folder)  # type: ignore[no-untyped-call]

    def close(self) -> None:
        """Ends, and leaves nothing behind."""
        self._server.shutdown()
        self._server.server_close()
        with _reading:
            shutil.rmtree(self._folder)


class _Sums(Collector):
    """What the files in `folder` say together."""

    def __init__(self, folder: str) -> None:
        self._folder = Path(folder)

    def collect(self) -> Iterable[Metric]:
        with _reading:
            # One that a worker is just making is empty, on which the library fails (client_python issue 1199).
            files = [str(file) for file in self._folder.glob("*.db") if file.stat().st_size]
            return list(MultiProcessCollector.merge(files))  # type: ignore[no-untyped-call]
