"""What leaves for Sentry, seen by a stub of it on a real socket."""

import gzip
import json
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import brotli
import pytest

from tests.server import NAME, ROOT, Server, environment
from tests.wire import Client

PROMPT = "a-prompt-that-nobody-else-may-read"
SECRETS = {"OPENAI_API_KEY": "sk-of-a-provider", "API_KEYS": "someone:a-key-of-16-letters"}
CALLER = {"Authorization": "Bearer a-key-of-16-letters", "X-Client-Id": "a-client-id-that-nobody-guesses"}


# sentry-sdk 2 compresses by Brotli where that is installed, as it is for the page's files.
DECOMPRESS: dict[str, Callable[[bytes], bytes]] = {"br": brotli.decompress, "gzip": gzip.decompress}


class Stub(ThreadingHTTPServer):
    """Takes envelopes and keeps them."""

    def __init__(self) -> None:
        self.received: list[bytes] = []
        stub = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                stub.received.append(DECOMPRESS.get(self.headers["Content-Encoding"], bytes)(body))
                self.send_response(200)
                self.end_headers()

            def log_message(self, *args: object) -> None:
                pass

        super().__init__(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def items(self, kind: str) -> list[Any]:
        """The contents of all items of a kind: `event`, `transaction`."""
        found = []
        for envelope in self.received:
            _, *lines = envelope.splitlines()
            pairs = zip(lines[::2], lines[1::2], strict=True)
            found += [json.loads(payload) for header, payload in pairs if json.loads(header)["type"] == kind]
        return found


@pytest.fixture
def stub() -> Iterator[Stub]:
    running = Stub()
    yield running
    running.shutdown()
    running.server_close()


def fail(stub: Stub, assistant: str, text: str, **variables: str) -> str:
    """Lets an assistant fail on a request that is full of secrets, and ends the server; returns what the client saw."""
    dsn = f"http://public@127.0.0.1:{stub.server_port}/1"
    server = Server(ASSISTANT=f"acme.assistants.{assistant}", SENTRY_DSN=dsn, **SECRETS, **variables)
    client = Client(server.host, server.port)
    state = {"messages": [], "note": PROMPT}
    _, errors = client.say(text, state=state, system=PROMPT, threadId=PROMPT, headers=CALLER).follow(state)
    assert client.post(f"/resume?threadId={PROMPT}", b'{"threadId": "%s"' % PROMPT.encode(), **CALLER).status == 400
    assert client.get(f"/{PROMPT}").status == 404
    assert server.stop() == 0
    return errors[0]


def assert_nothing_secret(stub: Stub, *more: str) -> None:
    sent = b"".join(stub.received).decode()
    for secret in (PROMPT, "a-key-of-16-letters", CALLER["X-Client-Id"], "sk-of-a-provider", "a-key-for-tests", *more):
        assert secret not in sent


def test_an_error_arrives_when_the_process_ends_and_no_prompt_or_secret_with_it(stub: Stub) -> None:
    error = fail(stub, "Failing", "raise")
    (event,) = stub.items("event")
    assert event["exception"]["values"][0]["type"] == "RuntimeError"
    assert event["extra"]["error_id"] == error.removesuffix(")").split()[-1]
    assert event["extra"]["error_id"] in event["logentry"]["formatted"]
    assert event["release"].startswith(f"{NAME}@")
    assert event["environment"] == "production"
    assert event["transaction"] == "POST /assistant"
    assert {"request_id", "run", "owner", "thread"} <= event["tags"].keys()
    assert event["exception"]["values"][0]["stacktrace"]["frames"][-1]["function"] == "reply"
    assert not stub.items("transaction")
    assert_nothing_secret(stub, "secret detail")


def test_an_assistant_that_quotes_the_prompt_sends_none_of_it_even_when_traced(stub: Stub) -> None:
    fail(stub, "Quoting", PROMPT, SENTRY_TRACES_SAMPLE_RATE="1", SENTRY_ENVIRONMENT="a-test")
    by_logger = {event["logger"]: event for event in stub.items("event")}
    assert set(by_logger) == {"acme", "assistant_transport.runs.run"}
    types = {value["type"] for value in by_logger["assistant_transport.runs.run"]["exception"]["values"]}
    assert types == {"ExceptionGroup", "RuntimeError", "ValueError"}
    assert "logentry" not in by_logger["acme"]  # somebody else's message may hold anything
    assert {event["environment"] for event in by_logger.values()} == {"a-test"}
    traced = {transaction["transaction"] for transaction in stub.items("transaction")}
    assert {"POST /assistant", "POST /resume", "GET other"} <= traced
    assert_nothing_secret(stub)


def test_no_integration_enables_itself() -> None:
    """Those of the AI SDKs (openai, anthropic, langchain, langgraph, pydantic_ai, mcp …) attach prompts."""
    code = (
        "import sentry_sdk; from assistant_transport.telemetry import sentry; "
        "sentry.start('http://public@127.0.0.1:1/1', release='', environment='', sample_rate=1, traces_sample_rate=1); "
        "print(*sorted(sentry_sdk.get_client().integrations))"
    )
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, env=environment(), cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["dedupe", "logging"]
