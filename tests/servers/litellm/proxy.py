"""LiteLLM's proxy in a process of its own, in front of llama.cpp's server."""

import json
import subprocess
import tempfile
import time
from http.client import HTTPConnection
from pathlib import Path

from tests.server import ROOT, environment, free_port

KEY = "sk-of-the-proxy"
_PROGRAM = ROOT / "build/tests/servers/litellm/bin/litellm"


class LiteLLMProxy:
    """Offers the model `table`, which the server at `url` has, from when the constructor returns."""

    def __init__(self, url: str, folder: Path) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._log = tempfile.TemporaryFile()
        config = folder / "litellm.json"  # which YAML is too
        parameters = {"model": "openai/table", "api_base": f"{url}/v1", "api_key": "none"}
        models = [{"model_name": "table", "litellm_params": parameters}]
        # Its own retries would only make a failure slower.
        router = {"num_retries": 0, "disable_cooldowns": True}
        general = {"master_key": KEY}
        config.write_text(json.dumps({"model_list": models, "router_settings": router, "general_settings": general}))
        command = [str(_PROGRAM), "--config", str(config), "--host", "127.0.0.1", "--port", str(self.port)]
        self._process = subprocess.Popen(
            command,
            cwd=folder,
            env=environment() | {"LITELLM_LOCAL_MODEL_COST_MAP": "True"},  # or it would load a list of prices
            stdin=subprocess.DEVNULL,
            stdout=self._log,
            stderr=subprocess.STDOUT,
        )
        deadline = time.monotonic() + 90
        while not self._is_up():
            if self._process.poll() is not None or time.monotonic() > deadline:
                self.stop()
                raise AssertionError("LiteLLM's proxy did not start")
            time.sleep(0.2)

    def _is_up(self) -> bool:
        connection = HTTPConnection("127.0.0.1", self.port, timeout=5)
        try:
            connection.request("GET", "/health/liveliness")
            return connection.getresponse().status == 200
        except OSError:
            return False
        finally:
            connection.close()

    def log(self) -> str:
        self._log.seek(0)
        return self._log.read().decode(errors="replace")

    def stop(self) -> None:
        self._process.kill()
        self._process.wait()
        self._log.close()
