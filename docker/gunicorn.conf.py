"""gunicorn's configuration. The settings are checked here once, before any worker starts."""

import os
import sys
from math import ceil
from pathlib import Path
from typing import Any

from assistant_backend import environment
from assistant_transport.serving.server import LAST_BYTES_SECONDS
from assistant_transport.serving.worker import Worker
from assistant_transport.telemetry import logs


def cpus(cgroup: Path = Path("/sys/fs/cgroup")) -> int:
    """The number of CPUs for this container: its cgroup's quota (version 2 or 1) rounded up, else the machine's."""
    available = len(os.sched_getaffinity(0))
    for files in (["cpu.max"], ["cpu/cpu.cfs_quota_us", "cpu/cpu.cfs_period_us"]):
        try:
            quota, period = " ".join((cgroup / file).read_text() for file in files).split()
        except OSError:
            continue
        return available if quota in ("max", "-1") else max(1, min(available, ceil(int(quota) / int(period))))
    return available


_env = environment.read()
_host = f"[{_env['HOST']}]" if ":" in _env["HOST"] else _env["HOST"]

wsgi_app = "assistant_backend.asgi:application"
bind = f"{_host}:{_env['PORT']}"
workers = _env["WEB_CONCURRENCY"] or (cpus() if _env["REDIS_URL"] else 1)
worker_class = Worker
worker_tmp_dir = "/dev/shm"  # noqa: S108 - the workers' heartbeats in memory: on a disk, writing them may block
control_socket_disable = True  # its socket would be in the home directory, which the image does not have
timeout = 30
# The timeout ladder: drain and last bytes (50 + 5 s) < this < compose's 70 s and Kubernetes' 90 s.
graceful_timeout = ceil(_env["DRAIN_NOTICE_SECONDS"] + _env["DRAIN_SECONDS"]) + 2 * LAST_BYTES_SECONDS
keepalive = 75  # longer than nginx keeps an idle connection, which therefore never reuses one that is being closed
forwarded_allow_ips = ",".join(_env["FORWARDED_ALLOW_IPS"])
logconfig_dict = logs.configuration(_env["LOG_LEVEL"], json=not _env["DEBUG"])


def on_starting(server: Any) -> None:
    """Serves the metrics before the first worker starts. The server object keeps it: a reload reads this file again."""
    server.metrics = None
    if _env["METRICS_PORT"]:
        from assistant_transport.telemetry import exposition

        try:
            server.metrics = exposition.Workers(_env["HOST"], _env["METRICS_PORT"])
        except exposition.CannotListenError as error:
            sys.exit(str(error))


def pre_fork(server: Any, worker: Any) -> None:
    if server.metrics:
        worker.slot = server.metrics.slot([other.slot for other in server.WORKERS.values()])


def post_fork(server: Any, worker: Any) -> None:
    if server.metrics:
        server.metrics.begin(worker.slot)


def child_exit(server: Any, worker: Any) -> None:
    if server.metrics:
        server.metrics.died(worker.slot)


def on_exit(server: Any) -> None:
    if server.metrics:
        server.metrics.close()
