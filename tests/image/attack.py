"""A normal stream that must keep going, and the requests of attackers beside it."""

import json
import socket
from contextlib import suppress
from email.message import Message
from http.client import HTTPResponse
from io import BytesIO
from typing import Any, NamedTuple

from tests.image.conftest import Stack, inspect
from tests.wire import Client, apply

_MOST_WORDS = 1_000_000


class Victim:
    """A reply through nginx whose every word is written when the test asks for it.

    The test asks the app directly, so that nginx's limits for the attackers' address do not stop it.
    """

    def __init__(self, stack: Stack) -> None:
        container: Any = inspect(stack.container("app"))
        networks = container["NetworkSettings"]["Networks"]
        address = next(network["IPAddress"] for name, network in networks.items() if name.endswith("_default"))
        self._app = Client(address, 8002)
        self._reply = stack.client.say(str(_MOST_WORDS))
        while self._reply.status == 429:  # this address may still be limited because of an earlier attack
            self._reply = stack.client.say(str(_MOST_WORDS))
        self._frames = self._reply.frames()
        self._state: Any = None
        self.words = 0
        self._read_word()

    def next_word(self) -> None:
        """Has the next word written, and reads it."""
        self._ask("confirm")
        self._read_word()

    def end(self) -> None:
        """Ends the reply, and asserts that it is complete."""
        self._ask("finish")
        for kind, value in self._frames:
            assert kind == "state"
            self._state = apply(self._state, value)
        assert self._state["provider"] == "completed"
        assert self._text() == "".join(f"{number} " for number in range(self.words))

    def _ask(self, command: str) -> None:
        self._app.request("POST", "/assistant", {"commands": [{"type": command}]}, Host="localhost").follow()

    def _read_word(self) -> None:
        while not self._text().endswith(f"{self.words} "):
            kind, value = next(self._frames)
            assert kind == "state"
            self._state = apply(self._state, value)
        self.words += 1

    def _text(self) -> str:
        if not self._state or len(self._state["messages"]) < 2:
            return ""
        return "".join(part["text"] for part in self._state["messages"][-1]["parts"])


class Answer(NamedTuple):
    status: int
    headers: Message
    body: Any


class _Received:
    def __init__(self, data: bytes) -> None:
        self._data = data

    def makefile(self, mode: str) -> BytesIO:
        return BytesIO(self._data)


class Attacker:
    """A connection that sends any bytes and never waits for an answer."""

    def __init__(self, stack: Stack, data: bytes) -> None:
        self._socket = socket.create_connection(("127.0.0.1", stack.port), timeout=30)
        self._socket.setblocking(False)
        self._answer = b""  # received so far
        self.closed = False
        self.send(data)

    def send(self, data: bytes) -> None:
        """Sends as much as the socket takes without blocking, unless the other side has closed the connection."""
        try:
            self._socket.send(data)
        except BlockingIOError:
            pass
        except OSError:
            self.closed = True

    def send_all(self, data: bytes) -> None:
        """Sends all of it, unless the other side closes the connection meanwhile."""
        self._socket.settimeout(30)
        with suppress(OSError):
            self._socket.sendall(data)

    def look(self) -> bool:
        """Whether the other side is known to have closed the connection. Does not block."""
        try:
            while not self.closed:
                received = self._socket.recv(65536)
                self._answer += received
                self.closed = not received
        except BlockingIOError:
            pass
        except OSError:
            self.closed = True
        return self.closed

    @property
    def is_answered(self) -> bool:
        self.look()
        return bool(self._answer)

    def answer(self) -> Answer:
        """Waits until the connection is closed; returns the response."""
        self._socket.settimeout(30)
        with suppress(OSError):  # closed while this side was still sending
            while received := self._socket.recv(65536):
                self._answer += received
        response = HTTPResponse(_Received(self._answer))  # type: ignore[arg-type] # makefile() is all it uses of a socket
        response.begin()
        return Answer(response.status, response.headers, json.loads(response.read()))

    def __del__(self) -> None:
        self._socket.close()
