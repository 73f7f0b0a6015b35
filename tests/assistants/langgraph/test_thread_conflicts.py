"""Two replies on one kept thread, in one process or in two: never both at once."""

import json
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from tests.server import Server, Valkey
from tests.wire import Client, Reply, message

LEASE = 1.0
BUSY = "An earlier reply on this thread is still being written. Please wait for its end, or stop it."


class Servers:
    """Servers of acme.journal, as many as there are processes, over one Valkey if there is one."""

    def __init__(self, folder: Path, processes: int, valkey: Valkey | None, **variables: str) -> None:
        self.folder = folder
        (folder / "journal").touch()
        variables = {
            "ASSISTANT": "langgraph:acme.journal:kept",
            "ASSISTANT_MESSAGE_FORMAT": "langchain",
            "JOURNAL": str(folder),
            "RUN_LEASE_SECONDS": str(LEASE),
            "DRAIN_SECONDS": "0",
            **({"REDIS_URL": valkey.url} if valkey else {}),
            **variables,
        }
        self.all = [Server(**variables) for _ in range(processes)]

    def stop(self) -> None:
        for server in self.all:
            server.process.terminate()
        for server in self.all:
            server.stop()


class Person:
    """Somebody with an own owner, who sends messages whose texts are nobody else's."""

    def __init__(self, servers: Servers) -> None:
        self.servers = servers
        self.headers = {"X-Client-Id": str(uuid4())}
        self.prefix = f"{uuid4()} "
        self._pool = ThreadPoolExecutor(20)
        self._last = -1

    def say(self, text: str, *, thread: str = "t", server: int | None = None) -> "Future[Reply]":
        """Sends a message to one server after the other, or to the given one; its response comes when it begins."""
        self._last = (self._last + 1) % len(self.servers.all) if server is None else server
        chosen = self.servers.all[self._last]
        said = message(self.prefix + text)
        return self._pool.submit(Client(chosen.host, chosen.port).send, said, threadId=thread, headers=self.headers)

    def begin(self, text: str, **where: Any) -> Reply:
        """The response to a message that the graph has begun to answer."""
        reply = self.say(text, **where).result(60)
        assert reply.status == 200, reply.body()
        self.until(f"{text} begins")
        return reply

    def let(self, *texts: str) -> None:
        """Lets the graph answer these messages."""
        for text in texts:
            (self.servers.folder / (self.prefix + text)).touch()

    def messages(self, reply: Reply) -> list[str]:
        state, errors = reply.follow()
        assert not errors
        return [each["content"].replace(self.prefix, "") for each in state["messages"]]

    @property
    def journal(self) -> list[str]:
        lines = (self.servers.folder / "journal").read_text().splitlines()
        return [line.removeprefix(self.prefix) for line in lines if line.startswith(self.prefix)]

    def until(self, line: str) -> None:
        deadline = time.monotonic() + 60
        while line not in self.journal:
            assert time.monotonic() < deadline, f"no {line!r} in {self.journal}"
            time.sleep(0.01)


Meet = Callable[..., Person]


@pytest.fixture(scope="module")
def meet(tmp_path_factory: pytest.TempPathFactory, valkey: Valkey) -> Iterator[Meet]:
    """Somebody at servers of so many processes, with these settings; the servers are shared by the module's tests."""
    started: dict[Any, Servers] = {}

    def somebody(processes: int, **variables: str) -> Person:
        key = (processes, *variables.items())
        if key not in started:
            folder = tmp_path_factory.mktemp("journal")
            started[key] = Servers(folder, processes, valkey if processes > 1 else None, **variables)
        return Person(started[key])

    yield somebody
    for servers in started.values():
        for server in servers.all:
            server.process.terminate()
    for servers in started.values():
        servers.stop()


@pytest.fixture(params=[1, 2], ids=["one process", "two processes"])
def processes(request: pytest.FixtureRequest) -> int:
    return int(request.param)


@pytest.fixture
def person(meet: Meet, processes: int) -> Person:
    return meet(processes)


@pytest.fixture
def patient(meet: Meet, processes: int) -> Person:
    return meet(processes, THREAD_CONFLICT="wait")


def test_a_new_message_stops_the_reply_that_is_being_written(person: Person) -> None:
    earlier = person.begin("one")
    person.let("two")
    assert person.messages(person.say("two").result(60))[-1] == "wrote two"
    assert person.journal == ["one begins", "one ends", "two begins", "two ends"]
    assert person.messages(earlier) == ["one"]


def test_a_new_message_waits_for_the_reply_that_is_being_written(patient: Person) -> None:
    earlier = patient.begin("one")
    patient.let("two")
    later = patient.say("two")
    patient.let("one")
    assert patient.messages(earlier) == ["one", "wrote one"]
    assert patient.messages(later.result(60))[-1] == "wrote two"
    assert patient.journal == ["one begins", "one ends", "two begins", "two ends"]


@pytest.mark.parametrize(("processes", "conflict"), [(1, "wait"), (2, "cancel")])
def test_who_waits_for_too_long_is_refused(meet: Meet, processes: int, conflict: str) -> None:
    person = meet(processes, THREAD_CONFLICT=conflict, THREAD_WAIT_SECONDS="0.3")
    person.begin("stubborn")
    refused = person.say("two").result(60)
    assert (refused.status, refused.json()) == (409, {"error": BUSY, "code": "thread_busy"})
    assert person.journal == ["stubborn begins"]
    person.let("stubborn", "three")
    person.until("stubborn ends")
    while (reply := person.say("three").result(60)).status == 409:
        pass  # its process has yet to tell the other one
    assert person.messages(reply)[-1] == "wrote three"


def test_a_stopped_assistant_that_goes_on_is_waited_for(person: Person) -> None:
    earlier = person.begin("stubborn")
    person.let("two")
    later = person.say("two")
    assert person.messages(earlier) == ["stubborn"]  # its run has ended, its assistant has not
    assert person.journal == ["stubborn begins"]
    person.let("stubborn")
    assert person.messages(later.result(60))[-1] == "wrote two"
    assert person.journal == ["stubborn begins", "stubborn ends", "two begins", "two ends"]


@pytest.mark.parametrize("conflict", ["cancel", "wait"])
def test_of_many_at_the_same_time_one_writes_at_a_time(meet: Meet, processes: int, conflict: str) -> None:
    person = meet(processes, THREAD_CONFLICT=conflict)
    texts = [f"m{number}" for number in range(8)]
    person.let(*texts)
    replies = [person.messages(reply.result(60)) for reply in [person.say(text) for text in texts]]
    journal = person.journal
    begun = [line.removesuffix(" begins") for line in journal[::2]]
    assert begun == [line.removesuffix(" ends") for line in journal[1::2]]
    written = [messages[-1] for messages in replies if messages and messages[-1].startswith("wrote")]
    assert len(written) == 8 if conflict == "wait" else written


def test_who_has_waited_longer_does_not_stop_who_came_later(meet: Meet) -> None:
    person = meet(2)
    earlier = person.begin("stubborn", server=1)
    person.say("two", server=0)
    assert person.messages(earlier) == ["stubborn"]  # the second message has stopped it, and waits
    third = person.say("three", server=1)
    person.let("stubborn", "two", "three")
    assert person.messages(third.result(60))[-1] == "wrote three"


def test_without_patience_a_free_thread_is_taken_and_a_busy_one_refused(meet: Meet) -> None:
    person = meet(2, THREAD_CONFLICT="wait", THREAD_WAIT_SECONDS="0")
    one = person.begin("one")
    assert [person.say("two").result(60).status for _ in range(2)] == [409, 409]
    person.let("one")
    assert person.messages(one)[-1] == "wrote one"


def test_other_threads_do_not_wait(person: Person) -> None:
    first, second = person.begin("one", thread="a"), person.begin("two", thread="b")
    person.let("one", "two")
    assert (person.messages(first)[-1], person.messages(second)[-1]) == ("wrote one", "wrote two")


def test_who_leaves_while_waiting_is_not_in_the_way(patient: Person) -> None:
    patient.begin("one")
    server = patient.servers.all[-1]
    leaver = Client(server.host, server.port).connect()
    body = json.dumps({"commands": [message(f"{patient.prefix}gone")], "threadId": "t"})
    leaver.request("POST", "/assistant", body, {"Content-Type": "application/json", **patient.headers})
    leaver.close()
    patient.let("one", "gone", "three")
    assert patient.messages(patient.say("three").result(60))[-1] == "wrote three"


def test_the_thread_of_a_process_that_died_is_free_after_its_lease(tmp_path: Path, valkey: Valkey) -> None:
    servers = Servers(tmp_path, 2, valkey)
    try:
        person = Person(servers)
        person.begin("one", server=0)
        servers.all[0].kill()
        person.let("two")
        assert person.messages(person.say("two", server=1).result(60))[-1] == "wrote two"
    finally:
        servers.stop()


def test_without_its_valkey_a_kept_thread_is_refused_and_nothing_else(tmp_path: Path) -> None:
    valkey = Valkey()
    servers = Servers(tmp_path, 1, valkey)
    try:
        person = Person(servers)
        valkey.kill()
        refused = person.say("one").result(60)
        assert (refused.status, refused.json()["code"]) == (503, "log_unavailable")
        client = Client(servers.all[0].host, servers.all[0].port)
        person.let("two")
        assert person.messages(client.send(message(f"{person.prefix}two")))[-1] == "wrote two"
    finally:
        servers.stop()
