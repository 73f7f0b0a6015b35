"""What a reply costs in calls of functions and in memory, the same on every machine: `make bench` measures times."""

import json
import subprocess
import sys
from typing import Any

import pytest

from tests.server import ROOT, environment

# A little above what `python -m tests.counted` prints with Python 3.11 to 3.13. Lower them with every gain.
# Of earlier messages each slice has some, of 45 bytes here, for the turns of asyncio's event loop after it.
AT_MOST = {"short run": 2030, "token": 121, "earlier message": 0.35, "KiB of an open stream": 30}


@pytest.fixture(scope="module")
def counted() -> Any:
    command = [sys.executable, "-m", "tests.counted"]
    return json.loads(subprocess.check_output(command, cwd=ROOT, env=environment(), timeout=60))


@pytest.mark.parametrize("what", AT_MOST)
def test_it_costs_no_more_than_it_did(counted: Any, what: str) -> None:
    assert counted[what] <= AT_MOST[what]
