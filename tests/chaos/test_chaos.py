"""However the log's servers fail, a run ends whole or says clearly that it does not, and no word comes twice.

`make test` plays 20 runs on each kind of servers, `make test-chaos` 200; it prints what became of them.
"""

import asyncio
import os
import signal
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.chaos.traffic import WORD_SECONDS, WORDS, Run, play
from tests.runs.test_valkey import until
from tests.server import Server, Valkey, stop_all
from tests.topologies import Cluster, Sentinels, ask, knows
from tests.wire import Client

RUNS = int(os.environ.get("CHAOS_RUNS", "20"))
AT_ONCE = 25  # runs of one disturbance at most
MAX_SECONDS = 15.0  # in which a follower of a run that has ended has ended, too
Steps = dict[str, Callable[[], object]]


def pause(server: Valkey, seconds: float) -> None:
    server.signal(signal.SIGSTOP)
    time.sleep(seconds)
    server.signal(signal.SIGCONT)


def fill(server: Valkey) -> None:
    """Has no memory left for two seconds."""
    ask(server, "CONFIG", "SET", "maxmemory-policy", "noeviction")
    ask(server, "CONFIG", "SET", "maxmemory", 1)
    time.sleep(2)
    ask(server, "CONFIG", "SET", "maxmemory", 0)


class Single:
    def __init__(self, folder: Path) -> None:
        self.server = Valkey(None, "--dir", str(folder))
        self.url = self.server.url
        self.kill = self.server.kill

    def steps(self) -> Steps:
        return {
            "paused for 2 s": lambda: pause(self.server, 2),
            "clients paused for 2 s": lambda: ask(self.server, "CLIENT", "PAUSE", 2000, "ALL"),
            "full for 2 s": lambda: fill(self.server),
            "killed, and empty again": lambda: (self.server.kill(), self.server.start()),
        }

    def settle(self) -> None:
        pass


class Elected(Sentinels):
    def __init__(self, folder: Path) -> None:
        super().__init__(folder, replicas=2)
        self.needed = 1  # Sentinels take up to 20 s to hear that the old primary follows

    def steps(self) -> Steps:
        coordinated = {"coordinated failover": lambda: self.fail_over("COORDINATED")}
        return {
            "full for 2 s": lambda: fill(self.primary),
            **(coordinated if knows(self.primary, "CLUSTER|MIGRATESLOTS") else {}),
            "primary killed": lambda: self.primary.kill(),
            "plain failover": lambda: self.fail_over(),
            "primary paused for 4 s": lambda: pause(self.primary, 4),
        }


class Sharded(Cluster):
    def steps(self) -> Steps:
        at_once = {"slot moved at once": self.migrate_at_once}
        return {
            "full for 2 s": lambda: fill(self.primary),
            "slot moved key by key": self.migrate,
            **(at_once if knows(self.primary, "CLUSTER|MIGRATESLOTS") else {}),
            "planned failover": self.fail_over,
            "primary killed": lambda: self.primary.kill(),
            "primary paused for 4 s": lambda: pause(self.primary, 4),
        }


@pytest.fixture(params=[Single, Elected, Sharded], ids=["single", "sentinel", "cluster"])
def servers(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Single | Elected | Sharded]:
    started = request.param(tmp_path)
    yield started
    started.kill()


async def disturb(pair: list[Server], step: Callable[[], object], count: int) -> tuple[list[Run], float]:
    """Runs that begin one after the other, with the disturbance in their midst; and when it began."""
    one, two = pair
    runs = []
    for number in range(count):
        here, there = (one, two) if number % 2 else (two, one)
        runs.append(asyncio.create_task(play(here.port, there.port)))
        await asyncio.sleep(WORDS * WORD_SECONDS / 2 / count)
    since = asyncio.get_running_loop().time()
    await asyncio.to_thread(step)
    return await asyncio.gather(*runs), since


async def replay(pair: list[Server], runs: list[Run]) -> list[str]:
    return [(await run.replayed(pair[number % 2].port)).outcome() for number, run in enumerate(runs)]


@pytest.mark.timeout(600)
def test_a_run_ends_whole_or_says_that_it_does_not(servers: Single | Elected | Sharded) -> None:
    variables = {"ASSISTANT": "acme.assistants.Clocked", "REDIS_URL": servers.url}
    pair = [Server(**variables) for _ in range(2)]
    try:
        steps = servers.steps()
        each = min(AT_ONCE, -(-RUNS // len(steps)))
        played = 0
        while played < RUNS:
            for name, step in steps.items():
                for server in pair:
                    until(Client(server.host, server.port), "ready")
                runs, since = asyncio.run(disturb(pair, step, each))
                played += each
                servers.settle()
                for server in pair:
                    until(Client(server.host, server.port), "ready")
                check(type(servers).__name__, name, runs, since, asyncio.run(replay(pair, runs)))
    finally:
        stop_all(pair)
    log = pair[0].log() + pair[1].log()
    assert "marked interrupted" not in log  # all processes live
    assert "took this one for dead" not in log
    assert "cannot be resumed: running" not in log


def check(kind: str, name: str, runs: list[Run], since: float, replayed: list[str]) -> None:
    assert {run.live.outcome() for run in runs} == {"whole"}  # the log never holds up who reads a run where it is
    late = max(run.followed.times[-1] - run.live.times[-1] for run in runs if run.followed.times)
    assert late < MAX_SECONDS, f"{name}: a follower ended {late:.1f} s after its run"
    followed = Counter(run.followed.outcome() for run in runs)
    silence = max(run.followed.silence(since) for run in runs)
    counts = ", ".join(f"{count} {outcome}" for outcome, count in followed.items())
    kept = ", ".join(f"{count} {outcome}" for outcome, count in Counter(replayed).items())
    sys.stdout.write(f"\n{kind:8} {name:24} followed: {counts}; silent for {silence:.1f} s; replayed: {kept}")
