"""The least that a Valkey user needs, as docs/deployment.md grants it, is enough, and nothing of it is superfluous."""

import asyncio
import re
from collections.abc import Iterator

import pytest

from assistant_transport.approvals.kept import Outcome, PendingCall, Place, Status
from assistant_transport.approvals.valkey import ValkeyPendingCalls
from tests.conftest import StartServer
from tests.runs.test_valkey import ME, begin, clients, until
from tests.server import ROOT, Valkey

PASSWORD = "a-password-of-the-log"


@pytest.fixture
def valkey() -> Iterator[Valkey]:
    server = Valkey()
    yield server
    server.kill()


def granted() -> str:
    """The rules in docs/deployment.md."""
    (rules,) = re.findall(r"^user assistant on >\S+ (.+)$", (ROOT / "docs/deployment.md").read_text(), re.MULTILINE)
    return str(rules)


async def ask_and_close(url: str) -> None:
    """A question to a person, from being asked to the next message."""
    calls = ValkeyPendingCalls(url, "assistant", 60)
    place = Place("owner", "thread")
    for call in ("a", "b"):
        await calls.open(place, [PendingCall(call, call, "tool", {})])
    assert await calls.decide(place, {"a": Status.APPROVED}) is None
    await calls.finish(place, {"a": Outcome("done", False, {})})
    await calls.close(place)
    await calls.open(place, [PendingCall("c", "c", "tool", {})])
    await calls.disconnect()


def test_the_documented_acl_is_enough_and_the_least(start_server: StartServer, valkey: Valkey) -> None:
    rules = granted().split()
    if valkey.command("COMMAND", "DOCS", "client|setinfo") == "*0":
        rules.remove("+client|setinfo")  # Redis 7.0 has no such command, and the client goes on without
    assert valkey.command("ACL", "SETUSER", "assistant", "on", f">{PASSWORD}", *rules) == "+OK"
    url = valkey.url.replace("//", f"//assistant:{PASSWORD}@").replace("/0", "/1")
    variables = {
        "ASSISTANT": "acme.assistants.LockStep",
        "REDIS_URL": url,
        "RUN_LEASE_SECONDS": "1",
        "RUN_GRACE_SECONDS": "1",
    }
    pair = [start_server(**variables) for _ in range(3)]
    one, two, three = clients(pair)
    for client in (one, two, three):
        until(client, "ready")
    # Talk, resume, and find by thread and by owner.
    live = begin(one)
    run_id = live.headers["X-Run-Id"]
    while (found := two.post("/initial-state", {"threadId": "t"}, **ME)).status == 204:
        pass  # another process hears of a thread's latest run a batch later
    assert found.json()["runId"] == run_id
    follower = two.post("/resume", {"runId": run_id}, **ME)
    assert two.post("/initial-state", {}, **ME).json()["runId"] == run_id
    # Cancel from another process.
    assert two.post("/cancel", {"runId": run_id}, **ME).status == 202
    follower.body()
    live.body()
    # A process that dies.
    dying = begin(three)
    reader = two.post("/resume", {"runId": dying.headers["X-Run-Id"]}, **ME)
    pair[2].kill()
    assert "has stopped" in reader.body().decode()
    assert two.post("/initial-state", {}, **ME).status == 204
    dying.close()
    asyncio.run(ask_and_close(url))
    # What was refused, and what was never used.
    assert valkey.command("ACL", "LOG") == "*0", valkey.text("ACL", "LOG")
    used = {line.partition(":")[0].removeprefix("cmdstat_") for line in valkey.text("INFO", "commandstats").split()}
    assert {rule[1:] for rule in rules if rule[0] == "+"} <= used
