"""The tests of the run log again, on Valkey 9 instead of the server that `make test` found installed."""

import os
import subprocess
import sys

from tests.image.conftest import docker
from tests.server import ROOT, Valkey, free_port


def test_the_run_logs_tests_pass_on_valkey_9() -> None:
    port = free_port()
    container = docker("run", "--detach", "--publish", f"127.0.0.1:{port}:6379", "valkey/valkey:9").strip()
    try:
        valkey = Valkey(port)
        while not valkey.answers():
            pass
        assert "valkey_version:9" in docker("exec", container, "valkey-cli", "info", "server")
        tests = ("tests/http/test_runs.py", "tests/runs/test_resuming.py", "-k", "valkey")
        command = [sys.executable, "-m", "pytest", "-q", *tests]
        environment = {**os.environ, "VALKEY_PORT": str(port)}
        done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)
        assert done.returncode == 0, done.stdout[-3000:]
        assert " passed" in done.stdout
    finally:
        docker("rm", "--force", "--volumes", container)
