"""The API's description, OpenAPI 3.1, from the Pydantic models."""

from typing import Any

from pydantic.json_schema import models_json_schema

import assistant_backend
from api.models import AssistantRequest

_REFERENCE = "#/components/schemas/{model}"

_ERROR_SCHEMA = {
    "type": "object",
    "required": ["error"],
    "properties": {
        "error": {"type": "string", "description": "One sentence for a person."},
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

_REFUSALS = {
    "400": "The request is not valid; it says which field, and what was expected.",
    "405": "The route takes another method; Allow says which.",
    "413": "The body is larger than MAX_BODY_BYTES.",
    "415": "The body is not application/json.",
}


def document(request_model: type[AssistantRequest]) -> dict[str, Any]:
    """The OpenAPI document of this server, whose assistant takes what `request_model` says."""
    _, definitions = models_json_schema([(request_model, "validation")], ref_template=_REFERENCE)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": assistant_backend.SERVICE,
            "version": assistant_backend.__version__,
            "description": "assistant-ui's assistant-transport protocol, spoken by Django.",
            "license": {"name": "MIT", "identifier": "MIT"},
        },
        "paths": {
            "/assistant": {"post": _assistant(request_model.__name__)},
            "/health": {"get": _json("Which service and version answers.", "service", "version")},
            "/health/live": {"get": _json("200 while the event loop turns.")},
            "/health/ready": {"get": _json("200 while new runs are welcome.")},
            "/health/startup": {"get": _json("200 once the process is up.", refusals={"503": "Not yet."})},
            "/openapi.json": {
                "get": {"summary": "This document.", "responses": {"200": _content("The document.", {})}}
            },
        },
        "components": {"schemas": definitions["$defs"] | {"Error": _ERROR_SCHEMA}},
    }


def _assistant(model: str) -> dict[str, Any]:
    stream = {"type": "string", "description": "Frames of state operations; see the assistant-transport protocol."}
    return {
        "operationId": "assistant",
        "summary": "Answers a request's commands with a stream of state operations.",
        "requestBody": {
            "required": True,
            "content": {"application/json": {"schema": {"$ref": _REFERENCE.format(model=model)}}},
        },
        "responses": {
            "200": {
                "description": "The stream: SSE on Accept: text/event-stream, else what ASSISTANT_PROTOCOL says.",
                "headers": {"X-Run-Id": {"schema": {"type": "string"}, "description": "Names the run."}},
                "content": {"text/plain": {"schema": stream}, "text/event-stream": {"schema": stream}},
            },
            **_errors(_REFUSALS),
        },
    }


def _json(summary: str, *fields: str, refusals: dict[str, str] | None = None) -> dict[str, Any]:
    names = ("status", *fields)
    schema = {
        "type": "object",
        "required": list(names),
        "properties": {name: {"type": "string"} for name in names},
    }
    answers = {status: _content(text, schema) for status, text in (refusals or {}).items()}
    return {"summary": summary, "responses": {"200": _content(summary, schema), **answers}}


def _errors(refusals: dict[str, str]) -> dict[str, Any]:
    schema = {"$ref": _REFERENCE.format(model="Error")}
    return {status: _content(description, schema) for status, description in refusals.items()}


def _content(description: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"description": description, "content": {"application/json": {"schema": schema}}}
