"""An error answer is read for what it is, in the shapes and words that servers have."""

import json
import re
from datetime import UTC, datetime
from typing import Any

import pytest

from assistant_transport.assistants.llm.failures import SENTENCES, Failure, failure, of_response, of_stream_error
from tests.server import ROOT

# One a line: the server, where its answer was seen (a repository's issue, or "lab" for the server itself, in the
# version that patterns.py names), and what it is.
SEEN = [json.loads(line) for line in (ROOT / "tests/assistants/llm/failures/seen.jsonl").read_text().splitlines()]
NOW = datetime(2026, 11, 28, 4, 0, tzinfo=UTC)
ADDRESS = "https://user:hunter2@models.example/v1/chat/completions?key=hunter2"


def classify(status: int, body: Any, headers: dict[str, str] | None = None) -> Failure:
    content = body if isinstance(body, str) else json.dumps(body)
    return of_response(status, headers or {}, content.encode(), address=ADDRESS, now=NOW)


@pytest.mark.parametrize("seen", SEEN, ids="{0[server]} {0[status]} {0[reason]}".format)
def test_what_servers_answer_is_read_for_what_it_is(seen: dict[str, Any]) -> None:
    found = classify(seen["status"], seen["body"])
    assert found.reason == seen["reason"]
    assert found.sentence == failure(seen["reason"], retry_after=found.retry_after).sentence
    assert found.status == seen["status"]


@pytest.mark.parametrize(
    ("event", "reason"),
    [
        ({"error": {"message": "It broke", "type": "server_error", "code": "server_error"}}, "server_error"),
        ({"error": {"message": "litellm.APIError: it broke", "type": None, "code": "500"}}, "server_error"),
        ({"error": {"message": "the request exceeds the available context size", "code": 400}}, "too_long"),
        ({"error": "model is overloaded"}, "overloaded"),
        ({"error": {"message": "Provider returned error", "code": 429}}, "rate_limited"),
        ({"id": "x", "choices": [{"finish_reason": "error"}], "error": {"code": 502, "message": "x"}}, "server_error"),
        ({"type": "error", "error": {"type": "overloaded_error", "message": "Overloaded"}}, "overloaded"),
        ({"type": "error", "error": {"type": "rate_limit_error", "message": "…"}}, "rate_limited"),
        ({"type": "error", "code": "server_is_overloaded", "message": "…", "param": None}, "overloaded"),
        ({"type": "response.failed", "response": {"status": "failed", "error": None}}, "server_error"),
        (
            {
                "type": "response.failed",
                "response": {
                    "status": "failed",
                    "instructions": "invalid model",
                    "error": {"code": "rate_limit_exceeded", "message": "Please try again in 1.2s."},
                },
            },
            "rate_limited",
        ),
        ({"object": "error", "message": "…", "type": "BadRequestError", "code": 400}, "rejected"),
        ({}, "malformed"),
    ],
)
def test_an_error_within_a_stream_is_one_too(event: Any, reason: str) -> None:
    assert of_stream_error(event).reason == reason


def test_the_address_is_kept_only_where_it_is_wrong_and_without_its_secrets() -> None:
    found = classify(404, "404 page not found")
    assert found.address == "https://models.example/v1/chat/completions"
    assert "models.example" not in found.sentence
    assert classify(401, {}).address is None


def test_the_providers_code_and_words_are_kept_and_what_it_quotes_is_not() -> None:
    quoting = {"detail": [{"type": "extra_forbidden", "msg": "Not permitted", "input": "my very own words"}]}
    found = classify(422, quoting)
    assert (found.code, found.message) == ("extra_forbidden", "Not permitted")
    assert classify(
        404, {"error": {"message": "x", "type": "invalid_request_error", "code": "model_not_found"}}
    ).code == ("model_not_found")
    assert classify(400, {"code": "Client specified an invalid argument"}).code is None
    assert classify(500, "oops").message == "oops"


@pytest.mark.parametrize(
    "body", ["", "[]", "null", "1", '"x"', "{", '{"error":', "[" * 100_000, "\x00\ud7ff", "{}" * 99_999]
)
@pytest.mark.parametrize("status", [200, 204, 301, 400, 404, 418, 500, 599])
def test_no_answer_is_too_strange(body: str, status: int) -> None:
    assert of_response(status, {}, body.encode(), address="not a url").reason in SENTENCES
    assert of_response(status, {}, body.encode("utf-16"), address="").reason in SENTENCES


def test_a_body_is_looked_through_in_no_time_whatever_is_in_it() -> None:
    """The patterns do not run away on what a hostile server repeats."""
    for text in ("model " * 20_000, "tools " * 20_000, "exceed " * 20_000, "max_tokens " * 20_000, "images " * 20_000):
        began = datetime.now(UTC)
        classify(400, {"error": {"message": text}})
        assert (datetime.now(UTC) - began).total_seconds() < 1


@pytest.mark.parametrize("reason", SENTENCES)
def test_every_reason_has_a_sentence_that_is_one(reason: str) -> None:
    assert re.fullmatch(r"[A-Z][^{}<>]+\.", failure(reason).sentence)
