"""llama.cpp's server in a process of its own, which tests may look into and kill."""

import json
import os
import subprocess
import sys
import tempfile
import time
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

from tests.server import ROOT, free_port

_SLOTS = 4


class LlamaServer:
    """Serves a model on a free port, from when the constructor returns."""

    def __init__(self, model: Path) -> None:
        self._model = model
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._log = tempfile.TemporaryFile()
        self.start()

    def start(self) -> None:
        """Starts it again after it was killed."""
        command = [sys.executable, "-m", "tests.servers.llamacpp", str(self._model), str(self.port)]
        self._process = subprocess.Popen(
            command, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=self._log, stderr=subprocess.STDOUT
        )
        deadline = time.monotonic() + 60
        while not self._is_up():
            if self._process.poll() is not None or time.monotonic() > deadline:
                self.kill()
                raise AssertionError(f"llama.cpp's server did not start:\n{self.log()}")
            time.sleep(0.05)

    def _is_up(self) -> bool:
        try:
            return self._get("/health") == {"status": "ok"}
        except OSError:
            return False

    def _get(self, path: str) -> Any:
        connection = HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.request("GET", path)
            return json.load(connection.getresponse())
        finally:
            connection.close()

    def answering(self) -> int:
        """How many conversations it is answering now, of the four that it can at once."""
        slots = self._get("/slots")
        assert len(slots) == _SLOTS
        return sum(slot["is_processing"] for slot in slots)

    def log(self) -> str:
        """All that it has printed since the constructor."""
        size = os.fstat(self._log.fileno()).st_size
        return os.pread(self._log.fileno(), size, 0).decode(errors="replace")

    def kill(self) -> None:
        self._process.kill()
        self._process.wait()

    def stop(self) -> None:
        self.kill()
        self._log.close()
