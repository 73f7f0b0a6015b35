"""A PostgreSQL server of Debian's package."""

import os
import shutil
import signal
import subprocess
import tempfile
import time
from glob import glob
from pathlib import Path
from typing import Any

import psycopg

from tests.programs import require
from tests.server import free_port


class Postgres:
    """An empty server on a free port of 127.0.0.1, whose user `test` needs no password."""

    def __init__(self) -> None:
        initdb, server = (require(name, *glob(f"/usr/lib/postgresql/*/bin/{name}")) for name in ("initdb", "postgres"))
        # It refuses to run as root; Debian's package makes a user for it.
        self._as: dict[str, Any] = {"user": "postgres", "cwd": "/"} if os.geteuid() == 0 else {}
        self._folder = Path(tempfile.mkdtemp())
        if self._as:
            shutil.chown(self._folder, "postgres")
        data = str(self._folder / "data")
        command = [initdb, "--pgdata", data, "--username", "test", "--auth", "trust", "--no-sync"]
        subprocess.run(command, check=True, capture_output=True, **self._as)
        port = free_port()
        self._databases = 0
        self.url = f"postgresql://test@127.0.0.1:{port}/postgres"
        self._command = [server, "-D", data, "-p", str(port), "-h", "127.0.0.1", "-k", "", "-F"]
        self._ready = Path(data, "postmaster.pid")
        self._log = (self._folder / "log").open("wb")
        self.start()

    def start(self) -> None:
        """Starts it, again after `kill`."""
        self._process = subprocess.Popen(self._command, stdout=self._log, stderr=self._log, **self._as)
        while not (self._ready.exists() and "ready" in self._ready.read_text()):
            assert self._process.poll() is None, (self._folder / "log").read_text()
            time.sleep(0.05)

    def kill(self) -> None:
        """Ends it and all its connections at once."""
        self._process.send_signal(signal.SIGQUIT)
        self._process.wait()

    def new_database(self, template: str = "template1") -> str:
        """The URL of a new database, which is a copy of another one; by default an empty one."""
        self._databases += 1
        name = f"test{self._databases}"
        with psycopg.connect(self.url, autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
        return self.url.removesuffix("postgres") + name

    def stop(self) -> None:
        self._process.terminate()
        self._process.wait()
        self._log.close()
        shutil.rmtree(self._folder)
