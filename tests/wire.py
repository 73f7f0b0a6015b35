"""A client on a real socket, and decoders as strict as assistant-ui's own."""

import json
from collections.abc import Iterator
from http.client import HTTPConnection, HTTPResponse
from typing import Any

# The chunk types of npm assistant-stream 0.3.44 (serialization/data-stream/chunk-types.ts).
DATA_STREAM_CODES = {"0", "2", "3", "8", "9", "a", "b", "c", "d", "e", "f", "g", "h", "k"} | {
    f"aui-{name}" for name in ("state", "text-delta", "reasoning-delta")
}


class Reply:
    """A response whose body is read as it arrives."""

    def __init__(self, connection: HTTPConnection) -> None:
        self._connection = connection
        self._response: HTTPResponse = connection.getresponse()
        self.status = self._response.status
        self.headers = self._response.headers
        self._body: bytes | None = None
        self._buffer = b""
        if "X-Run-Id" not in self.headers:  # not a stream, so it can be read at once
            self._body = self._response.read()
            self.close()

    def __enter__(self) -> "Reply":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __del__(self) -> None:
        self.close()  # failed tests leave it open

    def close(self) -> None:
        self._response.close()
        self._connection.close()

    def body(self) -> bytes:
        if self._body is None:
            with self:
                self._body = self._buffer + self._response.read()
        return self._body

    def json(self) -> Any:
        return json.loads(self.body())

    def take(self, count: int) -> bytes:
        """Reads exactly the next `count` bytes."""
        while len(self._buffer) < count and self._fill():
            pass
        taken, self._buffer = self._buffer[:count], self._buffer[count:]
        assert len(taken) == count
        return taken

    def read_up_to(self, count: int) -> None:
        """Reads up to `count` bytes, fewer only at the end."""
        while len(self._buffer) < count and self._fill():
            pass

    def next_line(self) -> str:
        return next(self.lines())

    def lines(self) -> Iterator[str]:
        """Yields each line as soon as it has arrived. An unfinished last line is an error, as it is for the client.

        Raises:
            http.client.IncompleteRead: the connection was cut.
        """
        while True:
            line, end, rest = self._buffer.partition(b"\n")
            if end:
                self._buffer = rest
                yield line.decode()
            elif not self._fill():
                assert not line, f"the stream was cut off within {line!r}"
                return

    def _fill(self) -> bool:
        """Waits for more; returns False at the end. (`readline` takes a broken connection for the end.)"""
        more = self._response.read1(65536)
        self._buffer += more
        return bool(more)

    def frames(self) -> Iterator[tuple[str, Any]]:
        """Yields the stream's frames as (kind, value) without heartbeats; kinds are `state`, `error` and others."""
        if self.headers["Content-Type"] == "text/event-stream":
            return self._events()
        assert self.headers["Content-Type"] == "text/plain; charset=utf-8"
        return self._data_stream()

    def _data_stream(self) -> Iterator[tuple[str, Any]]:
        for line in self.lines():
            if line:
                code, _, value = line.partition(":")
                assert code in DATA_STREAM_CODES, line
                yield {"aui-state": "state", "3": "error"}.get(code, code), strict_json(value)

    def _events(self) -> Iterator[tuple[str, Any]]:
        lines = self.lines()
        for line in lines:
            if line.startswith(":") or not line:
                continue
            assert line.startswith("data: "), line
            assert next(lines) == "", "an event must end with an empty line"
            if line == "data: [DONE]":
                assert not list(lines), "nothing may follow [DONE]"
                return
            event = strict_json(line.removeprefix("data: "))
            if event["type"] == "update-state":
                yield "state", event["operations"]
            elif event["type"] == "error":
                yield "error", event["error"]
            else:
                yield event["type"], event
        raise AssertionError("the stream ended without [DONE]")

    def follow(self, state: Any = None) -> tuple[Any, list[str]]:
        """Reads to the end; returns the client's resulting state and the errors in the stream."""
        errors = []
        with self:
            assert self.status == 200, self.body()
            for kind, value in self.frames():
                if kind == "state":
                    state = apply(state, value)
                elif kind == "error":
                    assert value, "an empty error reads as success"
                    errors.append(value)
        return state, errors


def strict_json(text: str) -> Any:
    """Parses like secure-json-parse: without NaN, Infinity and `__proto__`."""

    def refuse(constant: str) -> None:
        raise AssertionError(f"{constant} is not JSON")

    def checked(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(pairs)
        assert "__proto__" not in found
        assert not (isinstance(found.get("constructor"), dict) and "prototype" in found["constructor"])
        return found

    return json.loads(text, parse_constant=refuse, object_pairs_hook=checked)


def apply(state: Any, operations: Any) -> Any:
    """Applies operations as the client's GorpStreamAccumulator does in strict mode."""
    assert isinstance(operations, list)
    for operation in operations:
        assert operation["type"] in ("set", "append-text")
        assert all(isinstance(segment, str) for segment in operation["path"])
        state = _updated(state, operation["path"], operation)
    return state


def _updated(current: Any, path: list[str], operation: Any) -> Any:
    if not path:
        if operation["type"] == "set":
            return operation["value"]
        assert isinstance(current, str), f"append-text needs a string: {operation}"
        return current + operation["value"]
    current = {} if current is None else current
    head, *rest = path
    assert head not in ("__proto__", "constructor", "prototype")
    if isinstance(current, list):
        index = int(head)
        assert str(index) == head
        assert 0 <= index <= len(current), f"index out of bounds: {operation}"
        child = current[index] if index < len(current) else None
        return [*current[:index], _updated(child, rest, operation), *current[index + 1 :]]
    assert isinstance(current, dict), f"invalid path: {operation}"
    return {**current, head: _updated(current.get(head), rest, operation)}


def message(text: str, **fields: Any) -> dict[str, Any]:
    """An add-message command as the client sends it."""
    content = {"role": "user", "parts": [{"type": "text", "text": text}]}
    return {"type": "add-message", "message": content, "parentId": None, "sourceId": None, **fields}


class Client:
    """Sends requests to one server, by default for the encoding data-stream."""

    def __init__(self, host: str, port: int) -> None:
        self.host = host
        self.port = port

    def connect(self) -> HTTPConnection:
        return HTTPConnection(self.host, self.port, timeout=30)

    def request(self, method: str, path: str, body: Any = None, **headers: str) -> Reply:
        """Sends bytes unchanged, an iterator of bytes in chunks, all else as JSON. `_` in a header's name means `-`."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        if body is not None:
            named = {"Content-Type": "application/json", **named}
        data = body if body is None or isinstance(body, bytes | Iterator) else json.dumps(body).encode()
        connection = self.connect()
        connection.request(method, path, data, named)
        return Reply(connection)

    def get(self, path: str, **headers: str) -> Reply:
        return self.request("GET", path, **headers)

    def send(self, *commands: Any, sse: bool = False, headers: dict[str, str] | None = None, **fields: Any) -> Reply:
        """POSTs commands to /assistant."""
        accept = {"Accept": "text/event-stream"} if sse else {}
        return self.request("POST", "/assistant", {"commands": list(commands), **fields}, **accept, **(headers or {}))

    def post(self, path: str, body: Any = None, **headers: str) -> Reply:
        return self.request("POST", path, body or {}, **headers)

    def say(self, text: str, **fields: Any) -> Reply:
        return self.send(message(text), **fields)
