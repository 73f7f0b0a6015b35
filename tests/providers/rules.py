"""A stub that answers by rules, byte for byte: for what servers send that no format describes."""

import json
import threading
import time
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from tests.providers.conditions import holds

Json = dict[str, Any]
_PAUSE_SECONDS = 0.002  # between two pieces, so that a reader mostly gets them one by one


class RuleStub:
    """Serves every path of a free port. The first rule whose conditions all hold of a request answers it.

    It speaks HTTP/1.0: the end of the connection is the end of a stream, unless the headers of the answer say
    `transfer-encoding: chunked`; then each piece is a chunk, and HTTP/1.1 is named.
    """

    def __init__(self) -> None:
        self.requests: list[Json] = []
        self.unanswered: list[Json] = []  # requests that no rule was for
        self._rules: list[Json] = []
        self._lock = threading.Lock()
        self._server = _Server(self)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()

    def play(self, rules: list[Json]) -> None:
        """Answers by these rules from now on, and counts requests from 0."""
        self.requests, self.unanswered, self._rules = [], [], rules

    def answer(self, request: Json) -> Json:
        """The answer to a request, which is kept."""
        with self._lock:
            number = len(self.requests)
            self.requests.append(request)
        for rule in self._rules:
            if all(holds(condition, request, number) for condition in rule["when"]):
                found: Json = rule["answer"]
                return found
        self.unanswered.append(request)
        return {"status": 500, "body": "the case has no rule for this request"}

    def stop(self) -> None:
        self._server.shutdown()
        self._thread.join(10)
        self._server.server_close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, stub: RuleStub) -> None:
        self.stub = stub
        super().__init__(("127.0.0.1", 0), _Handler)


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    disable_nagle_algorithm = True

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["content-length"])))
        headers = {name.lower(): value for name, value in self.headers.items()}
        answer = self.server.stub.answer({"headers": headers, "body": body})
        with suppress(ConnectionError):  # the reader had enough
            if "stream" in answer:
                self._stream(answer)
            else:
                self._whole(answer)

    def _whole(self, answer: Json) -> None:
        body = answer["body"]
        data = (body if isinstance(body, str) else json.dumps(body)).encode()
        kind = "text/plain" if isinstance(body, str) else "application/json"
        self._head(answer, {"content-type": kind, "content-length": str(len(data))})
        self.wfile.write(data)

    def _stream(self, answer: Json) -> None:
        self._head(answer, {"content-type": "text/event-stream"})
        chunked = "transfer-encoding" in answer.get("headers", {})
        for piece in answer["stream"]:
            data = piece.encode()
            self.wfile.write(f"{len(data):x}\r\n".encode() + data + b"\r\n" if chunked else data)
            time.sleep(_PAUSE_SECONDS)
        if chunked:
            self.wfile.write(b"0\r\n\r\n")

    def _head(self, answer: Json, headers: dict[str, str]) -> None:
        headers = headers | {"connection": "close"} | answer.get("headers", {})
        version = "HTTP/1.1" if "transfer-encoding" in headers else "HTTP/1.0"
        lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        self.wfile.write(f"{version} {answer.get('status', 200)} Said\r\n{lines}\r\n".encode("latin-1"))

    def log_message(self, *_: object) -> None:
        """A test's output is no place for an access log."""
