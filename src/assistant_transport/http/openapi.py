"""The API's description, OpenAPI 3.1, from the Pydantic models."""

from typing import Any

from pydantic.json_schema import models_json_schema

from assistant_transport import SERVICE, __version__
from assistant_transport.conf import settings
from assistant_transport.http import thread_openapi
from assistant_transport.http.errors import Code
from assistant_transport.http.models import AssistantRequest, RunRequest, ThreadRequest
from assistant_transport.http.openapi_parts import CALLER, REFERENCE, REFUSALS, body, content, errors
from assistant_transport.runs import Status

_ERROR_SCHEMA = {
    "type": "object",
    "required": ["error", "code"],
    "properties": {
        "error": {"type": "string", "description": "One sentence for a person."},
        "code": {
            "type": "string",
            "description": "A stable name for programs; a setting CALLER of your own may have others.",
            "examples": [code.value for code in Code],
        },
        "details": {
            "type": "array",
            "description": "For an invalid request: where it is wrong, and how.",
            "items": {
                "type": "object",
                "required": ["field", "problem"],
                "properties": {"field": {"type": "string"}, "problem": {"type": "string"}},
            },
        },
    },
}

_STREAM = {"type": "string", "description": "Frames of state operations; see the assistant-transport protocol."}
_STREAMED = {"text/plain": {"schema": _STREAM}, "text/event-stream": {"schema": _STREAM}}
_USED_UP = {"429": "The client or its API key has too many replies in the making."}
_STATUSES = [status.value for status in Status if status is not Status.BROKEN]
_RUN_ID = {"schema": {"type": "string"}, "description": "Names the run: a secret, by which it is resumed."}


def document(request_model: type[AssistantRequest], prefix: str) -> dict[str, Any]:
    """The OpenAPI document of a server whose routes begin with `prefix`, and whose assistant takes `request_model`."""
    models = [request_model, RunRequest, ThreadRequest, *(thread_openapi.MODELS if settings.THREADS else ())]
    _, definitions = models_json_schema([(model, "validation") for model in models], ref_template=REFERENCE)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": SERVICE,
            "version": __version__,
            "description": "assistant-ui's assistant-transport protocol, spoken by Django.",
            "license": {"name": "MIT", "identifier": "MIT"},
        },
        "servers": [{"url": prefix}],
        "paths": {
            "/assistant": {"post": _assistant(request_model.__name__)},
            "/initial-state": {"post": _initial_state()},
            "/thread-state": {"post": _thread_state()},
            "/resume": {"post": _resume()},
            "/cancel": {"post": _cancel()},
            "/models": {"get": _models()},
            **(thread_openapi.paths() if settings.THREADS else {}),
            "/health": {"get": _json("Which service and version answers.", "service", "version")},
            "/health/live": {"get": _json("200 while the event loop turns.")},
            "/health/ready": {"get": _json("200 while new runs are welcome.", refusals={"503": "Not now."})},
            "/health/startup": {"get": _json("200 once the process is up.", refusals={"503": "Not yet."})},
            "/openapi.json": {"get": {"summary": "This document.", "responses": {"200": content("The document.", {})}}},
        },
        "components": {"schemas": definitions["$defs"] | {"Error": _ERROR_SCHEMA}},
    }


def _assistant(model: str) -> dict[str, Any]:
    return {
        "operationId": "assistant",
        "summary": "Answers a request's commands with a stream of state operations.",
        "parameters": CALLER,
        "requestBody": body(model),
        "responses": {
            "200": {
                "description": "The stream: SSE on Accept: text/event-stream, else what ASSISTANT_PROTOCOL says.",
                "headers": {"X-Run-Id": _RUN_ID},
                "content": _STREAMED,
            },
            **errors(REFUSALS | _USED_UP | {"409": "An earlier reply on a kept thread goes on."}),
        },
    }


def _initial_state() -> dict[str, Any]:
    answer = {
        "type": "object",
        "required": ["runId", "status", "state"],
        "properties": {"runId": {"type": "string"}, "status": {"enum": _STATUSES}, "state": {}},
    }
    return _run_route(
        "A run by its id, else the latest of the caller's thread, else its only running one; and the state before it.",
        {"200": content("A run to resume.", answer), "204": {"description": "None is kept."}},
    )


def _resume() -> dict[str, Any]:
    length = {"schema": {"type": "integer"}, "description": "How many bytes of the body are history."}
    headers = {"X-Run-Id": _RUN_ID, "Aui-Replay-Content-Length": length}
    return _run_route(
        "A run's stream from its beginning, live from where it stands.",
        {"200": {"description": "The stream.", "headers": headers, "content": _STREAMED}},
        {"404": "There is no such run of the caller's.", "409": "The run's encoding is another one."},
    )


def _cancel() -> dict[str, Any]:
    answer = {"type": "object", "required": ["runId"], "properties": {"runId": {"type": "string"}}}
    return _run_route(
        "Tells a run to stop, in whichever process it is carried.",
        {"202": content("It was told.", answer)},
        {"404": "There is no such run of the caller's."},
    )


def _thread_state() -> dict[str, Any]:
    answer = {"type": "object", "required": ["state"], "properties": {"state": {}}}
    return _run_route(
        "The state of a thread that the assistant keeps; nothing runs.",
        {"200": content("The thread's state.", answer)},
        {"404": "There is no such thread of the caller's."},
        model="ThreadRequest",
    )


def _models() -> dict[str, Any]:
    names = {"type": "array", "items": {"type": "string"}}
    answer = {"type": "object", "required": ["models"], "properties": {"models": names}}
    summary = "The models that config.modelName may choose among, the default first."
    refusals = {status: REFUSALS[status] for status in ("400", "401", "403", "405", "503")}
    return {
        "summary": summary,
        "parameters": CALLER,
        "responses": {"200": content(summary, answer), **errors(refusals)},
    }


def _run_route(
    summary: str, answers: dict[str, Any], refusals: dict[str, str] | None = None, *, model: str = "RunRequest"
) -> dict[str, Any]:
    return {
        "summary": summary,
        "parameters": CALLER,
        "requestBody": body(model),
        "responses": {**answers, **errors(REFUSALS | (refusals or {}))},
    }


def _json(summary: str, *fields: str, refusals: dict[str, str] | None = None) -> dict[str, Any]:
    names = ("status", *fields)
    schema = {
        "type": "object",
        "required": list(names),
        "properties": {name: {"type": "string"} for name in names},
    }
    answers = {status: content(text, schema) for status, text in (refusals or {}).items()}
    return {"summary": summary, "responses": {"200": content(summary, schema), **answers}}
