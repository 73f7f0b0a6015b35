"""What is not used is not imported."""

import subprocess
import sys

import pytest

from tests.server import ROOT, environment, free_port

SERVED = """
import asyncio, sys
from assistant_backend.asgi import application

async def main():
    messages = [{"type": "lifespan.startup"}, {"type": "lifespan.shutdown"}]
    sent = []

    async def receive():
        return messages.pop(0)

    async def send(message):
        sent.append(message["type"])

    await application({"type": "lifespan"}, receive, send)
    assert sent == ["lifespan.startup.complete", "lifespan.shutdown.complete"], sent

asyncio.run(main())
print(*{"prometheus_client", "redis", "sentry_sdk"} & set(sys.modules))
"""


@pytest.mark.parametrize(
    ("variables", "imported"),
    [
        ({}, ""),
        ({"METRICS_PORT": str(free_port())}, "prometheus_client"),
        ({"SENTRY_DSN": "http://key@127.0.0.1:9/1"}, "sentry_sdk"),
    ],
    ids=["nothing", "metrics", "sentry"],
)
def test_only_what_is_set_is_imported(variables: dict[str, str], imported: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", SERVED], env=environment(**variables), cwd=ROOT, capture_output=True, text=True
    )
    assert done.stdout.strip() == imported, done.stderr
