"""A database of the user's own: used while a reply streams, let go of afterwards, asked by the readiness probe."""

import asyncio
import contextlib
import os
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from textwrap import indent
from typing import Any

import pytest

from acme.models import Note
from assistant_transport.callers import opaque
from assistant_transport.http import database
from tests.docs.pages import blocks
from tests.server import ROOT, Server, environment
from tests.wire import Client, Reply, apply

ME = {"X-Client-Id": "a-client-id-that-nobody-guesses"}


CREATE_TABLE = "CREATE TABLE acme_note (id integer PRIMARY KEY AUTOINCREMENT, text text NOT NULL, owner text NOT NULL)"


class Notes:
    """A server whose assistant keeps notes in a SQLite file."""

    def __init__(self, file: Path) -> None:
        self.file = file
        with sqlite3.connect(file) as connection:
            connection.execute(CREATE_TABLE)
        connection.close()
        self.server = Server(ASSISTANT="acme.notes.Notes", DATABASE_URL=f"sqlite:///{file}", DRAIN_SECONDS="0")
        self.client = Client(self.server.host, self.server.port)

    def confirm(self) -> None:
        self.client.send({"type": "confirm"}).follow()

    def wait_until_closed(self) -> None:
        """Asks for something else until no process of the server has the file open."""
        master = self.server.process.pid
        children = Path(f"/proc/{master}/task/{master}/children").read_text().split()
        while any(self._is_open(int(pid)) for pid in children):
            self.client.get("/health/live")

    def _is_open(self, pid: int) -> bool:
        for number in os.listdir(f"/proc/{pid}/fd"):
            with contextlib.suppress(FileNotFoundError):  # closed since it was listed
                if os.readlink(f"/proc/{pid}/fd/{number}").startswith(str(self.file)):
                    return True
        return False


@pytest.fixture
def notes(tmp_path: Path) -> Iterator[Notes]:
    running = Notes(tmp_path / "db.sqlite3")
    yield running
    running.server.stop()


def read(reply: Reply, until: str, state: Any = None) -> Any:
    for _, value in reply.frames():
        state = apply(state, value)
        if until in str(state):
            return state
    raise AssertionError(f"the reply ended without {until}: {state}")


def test_a_reply_uses_the_orm_while_it_streams(notes: Notes) -> None:
    reply = notes.client.say("3")
    state = read(reply, "note 0")
    notes.confirm()
    state = read(reply, "note 1", state)
    notes.confirm()
    state = read(reply, "note 2", state)
    notes.confirm()
    state, errors = reply.follow(state)
    assert not errors
    assert state["messages"][1]["parts"][0]["text"] == "note 0, note 1, note 2, 3 in all"
    notes.wait_until_closed()


def test_the_documented_assistant_sees_its_callers_rows_only(tmp_path: Path) -> None:
    (shown,) = [block for block in blocks(ROOT / "docs/data.md") if "async def reply" in block.text]
    head = "from acme.models import Note\nfrom assistant_transport.assistants import Turn\n\n\nclass Documented:\n"
    (tmp_path / "documented.py").write_text(head + indent(shown.text, "    "))
    clients = ["a-client-id-that-nobody-guesses", "another-id-that-nobody-guesses"]
    file = tmp_path / "db.sqlite3"
    with sqlite3.connect(file) as connection:
        connection.execute(CREATE_TABLE)
        rows = [(f"of {client}", opaque("", client)) for client in clients]
        connection.executemany("INSERT INTO acme_note (text, owner) VALUES (?, ?)", rows)
    connection.close()
    path = f"{tmp_path}:{environment()['PYTHONPATH']}"
    server = Server(ASSISTANT="documented.Documented", DATABASE_URL=f"sqlite:///{file}", PYTHONPATH=path)
    for client in clients:
        state, errors = Client(server.host, server.port).say("?", headers={"X-Client-Id": client}).follow()
        assert not errors
        assert [part["text"] for part in state["messages"][1]["parts"]] == [f"of {client}"]
    server.stop()


def test_a_reply_whose_reader_has_gone_still_has_its_connection_and_then_closes_it(notes: Notes) -> None:
    reply = notes.client.say("1", headers=ME, threadId="t")
    run_id = reply.headers["X-Run-Id"]
    read(reply, "note 0")
    reply.close()
    notes.confirm()
    state, errors = notes.client.post("/resume", {"runId": run_id}, **ME).follow({"messages": []})
    assert not errors
    assert state["messages"][1]["parts"][0]["text"] == "note 0, 1 in all"
    notes.wait_until_closed()


def test_a_reply_that_is_cancelled_closes_its_connection(notes: Notes) -> None:
    reply = notes.client.say("1")
    read(reply, "note 0")
    reply.close()
    notes.wait_until_closed()


def test_readiness_says_when_the_database_is_away(notes: Notes, tmp_path: Path) -> None:
    assert notes.client.get("/health/ready").json() == {"status": "ready"}
    away = tmp_path / "away"
    notes.file.rename(away)
    notes.file.mkdir()  # which is no database
    reply = notes.client.get("/health/ready")
    assert reply.status == 503
    assert reply.json() == {"status": "unavailable", "failing": ["database"]}
    assert notes.client.get("/health/live").status == 200
    assert notes.client.say("0").status == 200  # a reply that needs it fails in its own words
    notes.file.rmdir()
    away.rename(notes.file)
    assert notes.client.get("/health/ready").json() == {"status": "ready"}
    assert "The database does not answer: OperationalError" in notes.server.log()


def test_no_migration_runs_at_the_start(tmp_path: Path) -> None:
    file = tmp_path / "db.sqlite3"
    server = Server(DATABASE_URL=f"sqlite:///{file}")
    try:
        client = Client(server.host, server.port)
        assert client.get("/health/ready").status == 200
        assert client.say("hello").follow()[0]["provider"] == "completed"
    finally:
        server.stop()
    with sqlite3.connect(file) as connection:
        assert not connection.execute("SELECT name FROM sqlite_master").fetchall()
    connection.close()
    command = [sys.executable, "manage.py", "migrate"]
    subprocess.run(command, env=environment(DATABASE_URL=f"sqlite:///{file}"), cwd=ROOT, check=True)


def test_a_database_that_hangs_is_asked_once_and_holds_nobody_back(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []
    let_go = threading.Event()

    class Hanging:
        def ensure_connection(self) -> None:
            asked.append(1)
            let_go.wait()

        def is_usable(self) -> bool:
            return True

        def close(self) -> None:
            pass

    monkeypatch.setattr(database, "connection", Hanging())
    monkeypatch.setattr(database, "_TIMEOUT_SECONDS", 0.01)

    async def main() -> None:
        assert [await database.answers() for _ in range(3)] == [False, False, False]
        assert len(asked) == 1
        let_go.set()
        while not await database.answers():
            pass

    asyncio.run(main())


@pytest.mark.django_db
def test_a_users_own_models_can_be_tested_with_django_db() -> None:
    Note.objects.create(text="kept")
    assert [note.text for note in Note.objects.all()] == ["kept"]
