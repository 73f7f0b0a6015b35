"""A PostgreSQL server of Debian's package."""

import os
import shutil
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
        options = ["-D", data, "-p", str(port), "-h", "127.0.0.1", "-k", "", "-F"]
        self._log = (self._folder / "log").open("wb")
        self._process = subprocess.Popen([server, *options], stdout=self._log, stderr=self._log, **self._as)
        ready = data + "/postmaster.pid"
        while not (os.path.exists(ready) and "ready" in Path(ready).read_text()):
            assert self._process.poll() is None, (self._folder / "log").read_text()
            time.sleep(0.05)

    def empty_database(self) -> str:
        """The URL of a new database without tables."""
        self._databases += 1
        name = f"test{self._databases}"
        with psycopg.connect(self.url, autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}")
        return self.url.removesuffix("postgres") + name

    def stop(self) -> None:
        self._process.terminate()
        self._process.wait()
        self._log.close()
        shutil.rmtree(self._folder)
