"""Five walks through the page in Firefox: stream, stop, resume, switch threads, Arabic."""

import os
import subprocess

import pytest

from tests.browser.conftest import StartClient
from tests.programs import require
from tests.server import ROOT

WALKS = ROOT / "tests/browser/firefox"


@pytest.mark.timeout(240)
def test_the_page_works_in_firefox(scripted_server: StartClient) -> None:
    program = os.environ.get("FIREFOX") or require("firefox-esr", "firefox")
    subprocess.run(["make", WALKS.relative_to(ROOT) / "node_modules"], cwd=ROOT, check=True, capture_output=True)
    client = scripted_server()
    environment = os.environ | {"URL": f"http://{client.host}:{client.port}/", "FIREFOX": program}
    walks = subprocess.run(["npm", "test"], cwd=WALKS, env=environment, capture_output=True, text=True)
    assert walks.returncode == 0, walks.stdout + walks.stderr
