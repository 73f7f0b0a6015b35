"""What leaves for Sentry, seen by a stub of it on a real socket."""

import gzip
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from tests.server import Server
from tests.wire import Client


class Stub(ThreadingHTTPServer):
    """Takes envelopes and keeps them."""

    def __init__(self) -> None:
        self.received: list[bytes] = []
        stub = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                stub.received.append(gzip.decompress(body) if self.headers["Content-Encoding"] == "gzip" else body)
                self.send_response(200)
                self.end_headers()

            def log_message(self, *args: object) -> None:
                pass

        super().__init__(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.serve_forever, daemon=True).start()


def test_an_error_arrives_when_the_process_ends_and_no_prompt_or_secret_with_it() -> None:
    stub = Stub()
    dsn = f"http://public@127.0.0.1:{stub.server_port}/1"
    server = Server(
        ASSISTANT="acme.assistants.Failing", SENTRY_DSN=dsn, OPENAI_API_KEY="sk-secret", ALLOW_ANONYMOUS="1"
    )
    state = {"messages": [], "note": "prompt in the state"}
    _, errors = Client(server.host, server.port).say("raise", state=state, system="prompt in the system").follow(state)
    assert errors
    server.stop()
    stub.shutdown()
    stub.server_close()
    sent = b"".join(stub.received).decode()
    assert "RuntimeError" in sent
    assert errors[0].removesuffix(")").split()[-1] in sent
    for secret in ("secret detail", "prompt in", "sk-secret", "a-key-for-tests"):
        assert secret not in sent
