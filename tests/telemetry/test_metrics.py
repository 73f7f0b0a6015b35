"""What Prometheus is told: over all workers, through a worker's death and a drain; and never on the app's port."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.server import GUNICORN, ROOT, Server, Valkey, environment, free_port
from tests.telemetry.scrape import Scraper
from tests.wire import Client, Reply

ME = {"X-Client-Id": "a-client-id-that-nobody-guesses"}
DONE = "assistant_runs_total{assistant=LockStep,outcome=done}"
CANCELLED = "assistant_runs_total{assistant=LockStep,outcome=cancelled}"


class Measured:
    """A server of two workers, and its metrics."""

    def __init__(self, folder: Path, **variables: str) -> None:
        port = free_port()
        settings = {"ASSISTANT": "acme.assistants.LockStep", "WEB_CONCURRENCY": "2", "TMPDIR": str(folder)}
        self.server = Server(METRICS_PORT=str(port), **settings, **variables)
        self.client = Client(self.server.host, self.server.port)
        self.metrics = Scraper(port)
        self.folder = folder
        self.metrics.until(workers=2)

    def begin(self) -> Reply:
        live = self.client.say("1", headers=ME, threadId="t")
        while "0 " not in live.next_line():
            pass
        return live

    def cancel(self, live: Reply) -> None:
        assert self.client.post("/cancel", {"runId": live.headers["X-Run-Id"]}, **ME).status == 202
        live.body()

    def workers(self) -> set[int]:
        master = self.server.process.pid
        return set(map(int, Path(f"/proc/{master}/task/{master}/children").read_text().split()))

    def files(self) -> list[str]:
        return sorted(path.name for path in self.folder.glob("metrics-*/*"))


@pytest.fixture
def measured(valkey: Valkey, tmp_path: Path) -> Iterator[Measured]:
    running = Measured(tmp_path, REDIS_URL=valkey.url)
    yield running
    running.server.stop()


def test_runs_are_counted_over_all_workers_while_they_are_served(measured: Measured) -> None:
    before = measured.metrics.samples()
    assert (before[DONE], before["assistant_run_capacity"]) == (0, 2000)
    live = [measured.begin() for _ in range(4)]
    assert measured.metrics.until(active_runs=4)["assistant_log_degraded"] == 0
    for _ in range(20):
        measured.client.say("0").follow()
    sizes = [len(measured.client.post("/resume", {"runId": reply.headers["X-Run-Id"]}, **ME).take(1)) for reply in live]
    for reply in live:
        measured.cancel(reply)
    after = measured.metrics.until(active_runs=0)
    assert (after[DONE], after[CANCELLED]) == (20, 4)
    assert after["assistant_resumes_total"] == len(sizes) == 4
    assert after["assistant_run_seconds_count"] == 24
    assert after["assistant_run_seconds_bucket{le=+Inf}"] == 24
    assert after["assistant_first_byte_seconds_count"] == 28
    assert after["assistant_run_frames_total"] >= 24
    assert after["assistant_run_bytes_total"] > after["assistant_run_frames_total"]
    assert after["assistant_requests_total{route=/assistant,status=200}"] == 24
    assert after["assistant_requests_total{route=/cancel,status=202}"] == 4


def test_workers_that_die_take_their_gauges_with_them_and_leave_their_counts(measured: Measured) -> None:
    for _ in range(4):
        measured.client.say("0").follow()
    files = measured.files()
    lost = [measured.begin() for _ in range(3)]
    measured.metrics.until(active_runs=3)
    for worker in sorted(measured.workers()):
        os.kill(worker, signal.SIGKILL)
        while worker in measured.workers() or len(measured.workers()) < 2:
            pass
    after = measured.metrics.until(workers=2, active_runs=0)
    assert after[DONE] == 4
    assert after["assistant_run_capacity"] == 2000
    for _ in range(3):
        measured.client.say("0").follow()
    assert measured.metrics.samples()[DONE] == 7
    assert measured.files() == files
    for reply in lost:
        reply.close()


def test_a_reload_keeps_the_counts_too(measured: Measured) -> None:
    before = measured.workers()
    measured.client.say("0").follow()
    measured.server.process.send_signal(signal.SIGHUP)
    while measured.workers() & before or len(measured.workers()) < 2:
        pass
    measured.metrics.until(workers=2, draining=0)
    for _ in range(3):
        measured.client.say("0").follow()
    assert measured.metrics.samples()[DONE] == 4


def test_a_drain_is_seen_while_it_lasts_and_nothing_is_left_behind(measured: Measured) -> None:
    live = measured.begin()
    measured.server.process.send_signal(signal.SIGTERM)
    measured.metrics.until(draining=1, active_runs=1, workers=1)  # the other worker had nothing to wait for
    measured.cancel(live)
    assert measured.server.process.wait(30) == 0
    assert not list(measured.folder.glob("metrics-*"))


def test_a_log_that_is_away_is_seen_with_what_waits_for_it(tmp_path: Path) -> None:
    valkey = Valkey()
    measured = Measured(tmp_path, REDIS_URL=valkey.url, RUN_LEASE_SECONDS="1")
    try:
        valkey.signal(signal.SIGSTOP)
        live = measured.begin()
        measured.metrics.until(log_degraded=2)
        while not measured.metrics.samples()["assistant_log_lag_seconds"] > 1:
            pass
        valkey.signal(signal.SIGCONT)
        measured.metrics.until(log_degraded=0, log_lag_seconds=0)
        measured.cancel(live)
    finally:
        valkey.signal(signal.SIGCONT)
        measured.server.stop()
        valkey.kill()


def test_the_apps_port_has_no_metrics(measured: Measured) -> None:
    assert measured.client.get("/metrics").status == 404


@pytest.mark.parametrize("script", ["run_server.py", "manage.py"])
def test_without_gunicorn_the_one_process_serves_them(script: str) -> None:
    port = free_port()
    server = Server((sys.executable, script), METRICS_PORT=str(port))
    try:
        Client(server.host, server.port).say("hi").follow()
        samples = Scraper(port).until(workers=1, active_runs=0)
        assert samples["assistant_runs_total{assistant=mock,outcome=done}"] == 1
        assert samples["assistant_tokens_total{assistant=mock,kind=input}"] == 1
        assert samples["assistant_tokens_total{assistant=mock,kind=output}"] > 1
    finally:
        server.stop()


def test_runs_and_tokens_are_counted_by_the_names_of_keys() -> None:
    port = free_port()
    keys = {"API_KEYS": "alice:alice-key-0123456789,bob:bob-key-0123456789"}
    server = Server((sys.executable, "run_server.py"), METRICS_PORT=str(port), **keys)
    try:
        Client(server.host, server.port).say("hi", headers={"Authorization": "Bearer alice-key-0123456789"}).follow()
        samples = Scraper(port).until(workers=1, active_runs=0)
    finally:
        server.stop()
    runs = "assistant_runs_total{assistant=mock,key=%s,outcome=done}"
    assert (samples[runs % "alice"], samples[runs % "bob"]) == (1, 0)
    assert samples["assistant_tokens_total{assistant=mock,key=alice,kind=input}"] == 1


def test_names_that_no_setting_knows_are_counted_together() -> None:
    port = free_port()
    server = Server((sys.executable, "run_server.py"), METRICS_PORT=str(port), CALLER="acme.callers.by_name")
    try:
        client = Client(server.host, server.port)
        for name in ("ann", "ben"):
            client.say("hi", headers={"X-Name": name}).follow()
        samples = Scraper(port).until(workers=1, active_runs=0)
    finally:
        server.stop()
    assert samples["assistant_runs_total{assistant=mock,key=other,outcome=done}"] == 2


def test_a_stopped_run_counts_what_was_said_so_far_and_is_of_unknown_usage_where_nothing_was() -> None:
    port = free_port()
    server = Server((sys.executable, "run_server.py"), ASSISTANT="acme.assistants.Waiting", METRICS_PORT=str(port))
    try:
        client, metrics = Client(server.host, server.port), Scraper(port)
        for number, text in enumerate(("count", "do not"), start=1):
            live = client.say(text, headers=ME)
            while "I wait" not in live.next_line():
                pass
            assert client.post("/cancel", {"runId": live.headers["X-Run-Id"]}, **ME).status == 202
            live.body()
            metrics.until(**{"runs_total{assistant=Waiting,outcome=cancelled}": number})
        samples = metrics.samples()
        assert samples["assistant_tokens_total{assistant=Waiting,kind=input}"] == 7
        assert samples["assistant_tokens_total{assistant=Waiting,kind=output}"] == 3
        assert samples["assistant_unknown_usage_runs_total{assistant=Waiting}"] == 1
    finally:
        server.stop()
    counted, unknown = (line for line in server.log().splitlines() if "run cancelled" in line)
    assert " 10 tokens in " in counted
    assert " tokens unknown, in " in unknown
    assert '"output_tokens":3' in counted
    assert "_tokens" not in unknown


@pytest.mark.parametrize("command", [GUNICORN, (sys.executable, "run_server.py")])
def test_a_port_that_is_taken_stops_the_start_and_is_named(command: tuple[str, ...]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        variables = environment(PORT=str(free_port()), METRICS_PORT=str(port))
        done = subprocess.run(command, env=variables, cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert done.returncode != 0
    assert f"METRICS_PORT: cannot listen on 127.0.0.1:{port} (Address already in use)" in done.stdout + done.stderr
    assert "Traceback" not in done.stderr
