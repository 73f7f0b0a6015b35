"""Runs that another build has written, and other deployments in the same database."""

from collections.abc import Iterator

import pytest

from tests.conftest import StartServer
from tests.runs.test_valkey import ME, begin, confirm
from tests.server import Valkey
from tests.wire import Client

FIELDS = {"owner": "o", "discoverable": "1", "thread": "t", "encoding": "data-stream", "state": "{}", "seq": "1"}
OTHERS = {
    "no-fields": {"status": "running"},
    "no-encoding": {"status": "running", **{name: FIELDS[name] for name in ("owner", "state", "seq")}},
    "unknown-encoding": {**FIELDS, "status": "running", "encoding": "semaphore"},
    "unknown-status": {**FIELDS, "status": "paused"},
    "no-number": {**FIELDS, "status": "running", "seq": "first"},
}


@pytest.fixture
def valkey() -> Iterator[Valkey]:
    server = Valkey()
    yield server
    server.kill()


def client(start_server: StartServer, valkey: Valkey, **variables: str) -> Client:
    server = start_server(
        ASSISTANT="acme.assistants.LockStep", REDIS_URL=valkey.url, RUN_LEASE_SECONDS="1", **variables
    )
    return Client(server.host, server.port)


def test_a_run_of_another_build_is_not_there_and_disturbs_no_other(start_server: StartServer, valkey: Valkey) -> None:
    one, two = (client(start_server, valkey) for _ in range(2))
    live = begin(one)
    run_id = live.headers["X-Run-Id"]
    follower = two.post("/resume", {"runId": run_id}, **ME)
    for other, fields in OTHERS.items():
        words = [word for field in fields.items() for word in field]
        assert valkey.command("HSET", f"assistant:2:run:{other}", *words) == f":{len(fields)}"
        assert two.post("/resume", {"runId": other}, **ME).status == 404
        assert two.post("/cancel", {"runId": other}, **ME).status == 404
        assert two.post("/initial-state", {"runId": other}, **ME).status == 204
    # What is read already becomes another build's: an entry without its fields.
    lost = begin(one, thread="t2")
    reader = two.post("/resume", {"runId": lost.headers["X-Run-Id"]}, **ME)
    assert valkey.command("XADD", f"assistant:2:run:{lost.headers['X-Run-Id']}:log", "2-0", "x", "y") == "$3"
    _, errors = reader.follow({"messages": [{}, {"parts": [{"type": "text", "text": "0 "}]}]})
    assert errors == ["The rest of this reply was lost. Please send your message again."]
    for _ in range(2):
        confirm(one)
    for reply in (live, follower, lost):
        assert "completed" in reply.body().decode()


def test_counts_that_another_build_told_do_not_count(start_server: StartServer, valkey: Valkey) -> None:
    for name, told in {"a": "nonsense", "b": "99999999999999", "c": "99999999999999 {}"}.items():
        assert valkey.command("HSET", "assistant:2:counts", name, f"'{told}'") == ":1"
    one = client(start_server, valkey, MAX_RUNS_PER_OWNER="1")
    live = begin(one)
    assert one.say("1", headers=ME).status == 429
    confirm(one)
    assert "completed" in live.body().decode()


def test_two_deployments_on_one_database_see_nothing_of_each_other(start_server: StartServer, valkey: Valkey) -> None:
    one, two = client(start_server, valkey), client(start_server, valkey, RUN_LOG_PREFIX="staging")
    live = begin(one)
    own = begin(two)
    for path in ("/resume", "/cancel"):
        assert two.post(path, {"runId": live.headers["X-Run-Id"]}, **ME).status == 404
    assert two.post("/initial-state", {"threadId": "t"}, **ME).json()["runId"] == own.headers["X-Run-Id"]
    for each, reply in ((one, live), (two, own)):
        confirm(each)
        assert "completed" in reply.body().decode()
    assert {key.partition(":2:")[0] for key in valkey.lines("KEYS", "*")} == {"assistant", "staging"}
