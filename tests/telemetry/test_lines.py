"""One line a request and one a run, every line of a request under its id, and nothing in clear that opens a run."""

import json
from hashlib import sha256
from typing import Any

import pytest

from tests.docs.pages import blocks
from tests.server import ROOT, Server
from tests.wire import Client

ME = {"X-Client-Id": "a-client-id-that-nobody-guesses"}
PROMPT = "a prompt that nobody else may read"


class Logged:
    """A server, whose lines are read once it has ended."""

    def __init__(self, **variables: str) -> None:
        self.server = Server(**variables)
        self.client = Client(self.server.host, self.server.port)

    def text(self) -> str:
        assert self.server.stop() == 0
        return self.server.log()

    def lines(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.text().splitlines()]


def short(*parts: str) -> str:
    return sha256("\0".join(parts).encode()).hexdigest()[:12]


def only(lines: list[dict[str, Any]], **fields: Any) -> dict[str, Any]:
    (line,) = [line for line in lines if fields.items() <= line.items()]
    return line


def test_a_run_has_its_lines_and_nothing_is_in_clear() -> None:
    logged = Logged(ASSISTANT="acme.assistants.Talkative", API_KEYS="someone:a-key-of-16-letters")
    headers = ME | {"Authorization": "Bearer a-key-of-16-letters", "X-Request-ID": "the-proxys-own-id"}
    reply = logged.client.say(PROMPT, headers=headers, threadId="a-thread")
    body = reply.body()
    assert reply.headers["X-Request-ID"] == "the-proxys-own-id"
    run_id = reply.headers["X-Run-Id"]
    resumed = logged.client.post("/resume", {"runId": run_id}, **headers | {"X-Request-ID": "another-id"})
    assert resumed.body() == body
    lines = logged.lines()
    mine = [line for line in lines if line.get("request_id") == "the-proxys-own-id"]
    said = [line["message"] for line in mine if line["logger"] == "acme"]
    assert said == ["from the reply", "from a task", "from a thread"]
    owner = sha256(f"someone\0{ME['X-Client-Id']}".encode()).hexdigest()[:32]
    known = {"owner": short(owner), "key": "someone", "run": short(run_id), "thread": short(owner, "a-thread")}
    assert all(known.items() <= line.items() for line in mine)
    run = only(mine, logger="assistant_transport.http.run_reports")
    assert (run["assistant"], run["outcome"], run["level"]) == ("talkative", "done", "INFO")
    assert (run["bytes"], run["frames"]) == (len(body), body.count(b"\n"))
    assert (run["input_tokens"], run["output_tokens"]) == (7, 3)
    assert 0 < run["first_byte_ms"] <= run["duration_ms"]
    request = only(mine, logger="assistant_transport.http.access_log")
    assert (request["method"], request["route"], request["status"]) == ("POST", "/assistant", 200)
    assert (request["bytes"], request["whole"]) == (len(body), True)
    assert 0 < request["first_byte_ms"] <= request["duration_ms"]
    assert only(lines, logger="assistant_transport.http.access_log", route="/resume")["run"] == short(run_id)
    blocks_shown = blocks(ROOT / "docs/operations.md")
    documented = next(block.text.splitlines() for block in blocks_shown if block.language == "json")
    for line, example in zip((run, request), map(json.loads, documented), strict=True):
        assert [name for name in line if name != "key"] == list(example)
    for secret in (run_id, "a-thread", ME["X-Client-Id"], PROMPT, "a-key-of-16-letters"):
        assert secret not in logged.server.log()


@pytest.mark.parametrize("given", ["", "short", "x" * 129, "with a space in it", "with\tcontrol", "quotes-\"'-here"])
def test_a_request_id_of_another_shape_is_replaced(client: Client, given: str) -> None:
    made = client.get("/health/live", X_Request_ID=given).headers["X-Request-ID"]
    assert len(made) == 32
    assert int(made, 16)


@pytest.mark.parametrize("path", ["/", "/health", "/nothing", "/assistant", "/static/page.css"])
def test_every_answer_has_an_id_of_its_own(client: Client, path: str) -> None:
    first, second = (client.get(path).headers["X-Request-ID"] for _ in range(2))
    assert first != second


def test_what_a_path_or_an_exception_quotes_is_not_written_nor_are_probes() -> None:
    logged = Logged(ASSISTANT="acme.assistants.Quoting")
    assert logged.client.say(PROMPT).follow({})[1]
    assert logged.client.get(f"/{PROMPT.replace(' ', '-')}?q=hidden-query").status == 404
    assert logged.client.get("/health/live").status == 200
    lines = logged.lines()
    failed = only(lines, logger="assistant_transport.runs.run")
    assert "builtins.ValueError\n" in failed["traceback"]
    assert failed["traceback"].endswith("builtins.ExceptionGroup\nbuiltins.RuntimeError\n")
    assert failed["run"] == only(lines, logger="assistant_transport.http.run_reports", outcome="error")["run"]
    assert only(lines, logger="assistant_transport.http.access_log", status=404)["route"] == "other"
    assert not [line for line in lines if "/health" in line.get("route", "")]
    ours = "".join(json.dumps(line) for line in lines if line["logger"] != "acme")
    assert PROMPT not in ours
    assert PROMPT.replace(" ", "-") not in ours
    assert "hidden-query" not in ours


def test_who_cancels_a_run_or_leaves_it_does_not_write_its_lines() -> None:
    logged = Logged(ASSISTANT="acme.assistants.Stubborn")
    live = logged.client.say("x", headers=ME | {"X-Request-ID": "id-of-the-run"}, threadId="t")
    next(live.frames())
    cancelled = {"runId": live.headers["X-Run-Id"]}
    assert logged.client.post("/cancel", cancelled, **ME, X_Request_ID="id-of-the-cancel").status == 202
    live.body()
    left = logged.client.say("x", headers={"X-Request-ID": "id-of-one-who-left"})
    next(left.frames())
    left.close()
    lines = logged.lines()
    report = only(lines, request_id="id-of-the-run", logger="assistant_transport.http.run_reports")
    assert report["outcome"] == "cancelled"
    assert "goes on" in only(lines, request_id="id-of-the-run", logger="assistant_transport.runs.run")["message"]
    assert only(lines, request_id="id-of-one-who-left", logger="assistant_transport.http.access_log")["whole"] is False
    assert {line["logger"] for line in lines if line.get("request_id") == "id-of-the-cancel"} == {
        "assistant_transport.http.access_log"
    }


def test_in_development_lines_are_for_people() -> None:
    logged = Logged(DEBUG="true", ASSISTANT="acme.assistants.Talkative")
    logged.client.say("hi", headers={"X-Request-ID": "the-proxys-own-id"}).follow()
    text = logged.text()
    assert "INFO assistant_transport.http.access_log: POST /assistant 200: " in text
    assert " ms [the-proxys-own-id]\n" in text
    assert "INFO assistant_transport.http.run_reports: run done: " in text
