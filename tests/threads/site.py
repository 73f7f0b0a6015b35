"""The site with kept threads, and what is in its database."""

import sqlite3
import time
from collections.abc import Callable
from secrets import token_hex
from typing import Any

import psycopg

from assistant_transport.callers import opaque
from tests.server import Server
from tests.threads.manage import variables
from tests.wire import Client, Reply

SEEN = """
SELECT m.number, m.parent, m.data, m.text FROM assistant_threads_message m
JOIN assistant_threads_thread t ON m.thread_id = t.id WHERE t.name = '{}' ORDER BY m.number
"""


def query(url: str, sql: str) -> list[tuple[Any, ...]]:
    """The rows of a query, on a connection of its own."""
    if url.startswith("sqlite"):
        database = sqlite3.connect(url.removeprefix("sqlite:///"))
        try:
            found = database.execute(sql)
            rows = found.fetchall() if found.description else []
            database.commit()
            return rows
        finally:
            database.close()
    with psycopg.connect(url) as connection:
        done = connection.execute(sql.encode())
        return done.fetchall() if done.description else []


def eventually(found: Callable[[], Any]) -> Any:
    """What `found` returns once it is something: a write comes behind the reply that it belongs to."""
    deadline = time.monotonic() + 30
    while not (value := found()):
        assert time.monotonic() < deadline
        time.sleep(0.02)
    return value


class Site:
    """A server that keeps threads, and one client of it with one thread. `renew` makes that another client."""

    def __init__(self, url: str, **others: str) -> None:
        self.url = url
        self.others = others
        self.start()
        self.renew()

    def start(self) -> None:
        self.server = Server(**variables(self.url, **self.others))
        self.client = Client(self.server.host, self.server.port)

    def kill(self) -> None:
        """SIGKILL to the server and its workers."""
        self.server.kill()
        self.server.stop()

    def renew(self) -> None:
        self.name = token_hex(8)
        self.me = {"X-Client-Id": token_hex(16)}

    def say(self, text: str, state: Any = None, **fields: Any) -> Reply:
        return self.client.say(text, **{"state": state, "threadId": self.name, "headers": self.me, **fields})

    def send(self, *commands: Any, **fields: Any) -> Reply:
        return self.client.send(*commands, **{"threadId": self.name, "headers": self.me, **fields})

    def said(self, text: str, state: Any = None, **fields: Any) -> Any:
        """The client's state after a whole reply."""
        after, errors = self.say(text, state, **fields).follow(state)
        assert not errors
        return after

    def thread(self, *columns: str) -> tuple[Any, ...]:
        (row,) = query(
            self.url, f"SELECT {', '.join(columns)} FROM assistant_threads_thread WHERE name = '{self.name}'"
        )
        return row

    def messages(self) -> list[tuple[Any, ...]]:
        """Number, parent, data and text of each."""
        return query(self.url, SEEN.format(self.name))

    def records(self, *columns: str) -> list[tuple[Any, ...]]:
        """Those of its client's runs, the first first."""
        owner = opaque("", self.me["X-Client-Id"])
        return query(
            self.url,
            f"SELECT {', '.join(columns)} FROM assistant_threads_runrecord WHERE owner = '{owner}' ORDER BY id",
        )

    def outcomes(self) -> list[str]:
        """Those of its client's runs, the first first."""
        return [outcome for (outcome,) in self.records("outcome")]

    def wait_for_end(self, runs: int) -> None:
        """Waits until that many runs have ended and are stored."""
        eventually(lambda: sum(outcome != "running" for outcome in self.outcomes()) == runs)
