"""The log on servers of which one is the primary for the time being: Sentinels', and a cluster's."""

import asyncio
import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from assistant_transport.approvals.kept import PendingCall, Place, Status
from assistant_transport.approvals.valkey import ValkeyPendingCalls
from tests.conftest import StartServer
from tests.runs.test_health import watch
from tests.runs.test_valkey import ME, begin, clients, confirm, until
from tests.server import Valkey, free_port
from tests.topologies import Cluster, Sentinels, ask
from tests.topologies import until as until_holds
from tests.wire import Client, Reply

BEGUN = {"messages": [{}, {"parts": [{"type": "text", "text": "0 "}]}]}
WORDS = 4
PASSWORD = "pass-word-of-a-node"
SENTINEL_PASSWORD = "pass-word-of-sentinels"


@pytest.fixture(scope="module")
def sentinels(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sentinels]:
    servers = Sentinels(tmp_path_factory.mktemp("sentinels"))
    yield servers
    servers.kill()


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    servers = Cluster(tmp_path_factory.mktemp("cluster"))
    yield servers
    servers.kill()


@pytest.fixture(scope="module")
def pairs(start_server: StartServer) -> Callable[[str], list[Client]]:
    """Two processes of one service, for each URL."""
    started: dict[str, list[Client]] = {}

    def pair(url: str) -> list[Client]:
        if url not in started:
            variables = {"ASSISTANT": "acme.assistants.LockStep", "REDIS_URL": url}
            started[url] = clients([start_server(**variables) for _ in range(2)])
        for client in started[url]:
            until(client, "ready")
        return started[url]

    return pair


def text(reply: Reply, state: Any) -> str:
    """What a client shows at the end, of a reply without errors."""
    final, errors = reply.follow(state)
    assert errors == []
    assert final["provider"] == "completed"
    return str(final["messages"][-1]["parts"][0]["text"])


def stays_whole(pair: list[Client], disturb: Callable[[], object], confirms: int = WORDS - 1) -> None:
    """A run that is followed elsewhere goes on while the servers are disturbed, and is replayed afterwards.

    `confirms`: how many of its words are confirmed after that.
    """
    one, two = pair
    live = begin(one, WORDS, thread="whole")
    run_id = live.headers["X-Run-Id"]
    while (follower := two.post("/resume", {"runId": run_id}, **ME)).status == 404:
        pass  # another process hears of a run a batch later
    confirm(one)
    disturb()
    for _ in range(confirms):
        confirm(one)
    said = "".join(f"{number} " for number in range(WORDS))
    assert text(live, BEGUN) == said
    assert text(follower, None) == said
    until(two, "ready")
    assert text(two.post("/resume", {"runId": run_id}, **ME), None) == said


Pairs = Callable[[str], list[Client]]


def test_a_killed_primary_is_followed_to_the_one_that_sentinels_elect(sentinels: Sentinels, pairs: Pairs) -> None:
    pair = pairs(sentinels.url)
    old = sentinels.primary
    stays_whole(pair, old.kill)
    assert sentinels.primary is not old


def test_a_sentinel_that_is_away_or_hangs_is_passed_over(sentinels: Sentinels, start_server: StartServer) -> None:
    first, second, _ = sentinels.processes
    first.send_signal(signal.SIGSTOP)
    second.send_signal(signal.SIGSTOP)
    try:
        server = start_server(ASSISTANT="acme.assistants.LockStep", REDIS_URL=sentinels.url)
        until(Client(server.host, server.port), "ready")
    finally:
        first.send_signal(signal.SIGCONT)
        second.send_signal(signal.SIGCONT)


def test_sentinels_have_passwords_and_tls_of_their_own(
    tmp_path: Path, certificate: Path, caplog: pytest.LogCaptureFixture
) -> None:
    tls = free_port()
    files = f"tls-cert-file {certificate}\ntls-key-file {certificate.with_name('privkey.pem')}\ntls-auth-clients no"
    secured = Sentinels(
        tmp_path,
        sentinel_options=f"requirepass {SENTINEL_PASSWORD}\n{files}",
        monitor_options=f"sentinel auth-pass main {PASSWORD}\nsentinel sentinel-pass {SENTINEL_PASSWORD}",
        tls_port=tls,
        password=PASSWORD,
        sentinel_password=SENTINEL_PASSWORD,
    )  # fmt: skip
    plain = secured.ports[0]
    user = f":{PASSWORD}@"
    options = f"sentinel_password={SENTINEL_PASSWORD}"
    ca = f"sentinel_ssl=true&ssl_ca_certs={certificate}"
    try:
        for url, problem in {
            f"redis+sentinel://{user}127.0.0.1:{plain}/main?{options}": None,
            f"redis+sentinel://{user}127.0.0.1:{tls}/main?{options}&{ca}": None,
            f"redis+sentinel://{user}127.0.0.1:{tls}/main?{options}&sentinel_ssl=true": "tls",
            f"redis+sentinel://{user}127.0.0.1:{plain}/main": "wrong_password",
            f"redis+sentinel://127.0.0.1:{plain}/main?{options}": "wrong_password",
            f"redis+sentinel://{user}127.0.0.1:{plain}/other?{options}": "unknown_name",
            f"redis+sentinel://{user}127.0.0.1:{free_port()}/main?{options}": "unreachable",
        }.items():
            caplog.clear()
            watch(url, (lambda: None, problem))
            assert len(caplog.records) == (problem is not None), (url, caplog.text)
            assert PASSWORD not in caplog.text
            assert SENTINEL_PASSWORD not in caplog.text
    finally:
        secured.kill()


def test_what_is_no_sentinel_or_no_cluster_is_said() -> None:
    single = Valkey()
    address = f"127.0.0.1:{single.port}"
    try:
        watch(f"redis+sentinel://{address}/main", (lambda: None, "no_sentinel"))
        watch(f"redis+cluster://{address}", (lambda: None, "no_cluster"))
    finally:
        single.kill()


def test_calls_that_wait_for_a_person_are_kept_by_sentinels_and_a_cluster(
    sentinels: Sentinels, cluster: Cluster
) -> None:
    async def decide(url: str) -> None:
        calls = ValkeyPendingCalls(url, "assistant", 60)
        place = Place("owner", "thread")
        await calls.open(place, [PendingCall("a", "a", "tool", {})])
        assert await calls.decide(place, {"a": Status.APPROVED}) is None
        assert (await calls.kept(place))[0].status is Status.APPROVED
        await calls.disconnect()

    for servers in (sentinels, cluster):
        asyncio.run(decide(servers.url))


def test_all_keys_are_in_one_slot_of_a_cluster(cluster: Cluster, pairs: Pairs) -> None:
    stays_whole(pairs(cluster.url), lambda: None)
    keys = ask(cluster.primary, "KEYS", "*")
    assert len(keys) >= 5
    assert all(key.startswith("{assistant}:2:") for key in keys)


def test_a_killed_primary_of_a_cluster_is_followed_to_its_replica(cluster: Cluster, pairs: Pairs) -> None:
    old = cluster.primary
    stays_whole(pairs(cluster.url), old.kill)
    assert cluster.primary is not old
    cluster.settle()


def test_a_planned_failover_of_a_cluster_loses_nothing(cluster: Cluster, pairs: Pairs) -> None:
    stays_whole(pairs(cluster.url), cluster.fail_over)
    cluster.settle()


def test_a_slot_that_is_half_moved_holds_runs_up_and_loses_nothing(cluster: Cluster, pairs: Pairs) -> None:
    pair = pairs(cluster.url)
    ended = []
    for number in range(10):
        live = begin(pair[0], 1, thread=f"kept-{number}")
        confirm(pair[0])
        live.body()
        ended.append(live.headers["X-Run-Id"])

    def hold() -> None:
        until(pair[0], "degraded")  # for as long as it is half moved
        confirm(pair[0])

    stays_whole(pair, lambda: cluster.migrate(hold), WORDS - 2)
    for run_id in ended:
        assert text(pair[1].post("/resume", {"runId": run_id}, **ME), None) == "0 "
    cluster.settle()


def test_the_url_of_a_single_node_says_what_a_cluster_needs(cluster: Cluster, caplog: pytest.LogCaptureFixture) -> None:
    watch(f"redis://127.0.0.1:{cluster.nodes[0].port}/0", (lambda: None, "cluster"))
    assert "redis+cluster://" in caplog.text
    until_holds(lambda: cluster.primary)
