"""The routes of kept threads in the API's description."""

from typing import Any

from assistant_transport.http.openapi_parts import CALLER, REFUSALS, body, content, errors
from assistant_transport.http.thread_models import THREAD_NAME, ChangeThread, CreateThread, ListThreads

MODELS = (CreateThread, ChangeThread)

_TIME = {"type": "string", "format": "date-time"}
_TEXT, _FLAG, _NUMBER = {"type": "string"}, {"type": "boolean"}, {"type": "integer"}
_FIELDS: dict[str, Any] = {
    "threadId": _TEXT,
    "title": _TEXT,
    "archived": _FLAG,
    "createdAt": _TIME,
    "updatedAt": _TIME,
    "lastActivityAt": _TIME,
    "version": _NUMBER,
    "running": _FLAG,
    "imported": _FLAG | {"description": "It was taken over from a client, so its messages are the client's word."},
    "lost": _NUMBER | {"description": "How many messages could not be stored while the database was away."},
}
_SUMMARY = {"type": "object", "required": list(_FIELDS), "properties": _FIELDS}
_SNIPPET = {"type": ["string", "null"], "description": "Only with q: where a message matches; null if the title does."}
_LIST = {
    "type": "object",
    "required": ["threads", "nextCursor"],
    "properties": {
        "threads": {"type": "array", "items": _SUMMARY | {"properties": _FIELDS | {"snippet": _SNIPPET}}},
        "nextCursor": {"type": ["string", "null"]},
    },
}
_RUN = {
    "type": ["object", "null"],
    "description": "The run that writes the thread now.",
    "required": ["runId", "status"],
    "properties": {"runId": _TEXT, "status": _TEXT},
}
_BRANCH = {
    "type": "object",
    "required": ["leaf", "messages"],
    "properties": {"leaf": _TEXT, "messages": {"type": "array", "items": _TEXT}},
}
_THREAD = {
    "type": "object",
    "required": [*_FIELDS, "state", "run", "head", "branches"],
    "properties": _FIELDS
    | {
        "state": {"type": "object"},
        "run": _RUN,
        "head": {"type": ["string", "null"], "description": "The id of the message where the shown branch ends."},
        "branches": {
            "type": "array",
            "description": "Every branch by its last message, the newest first, as ids of messages.",
            "items": _BRANCH,
        },
    },
}
_TITLE = {"type": "object", "required": ["title"], "properties": {"title": _TEXT}}
_NAME = {
    "name": "threadId",
    "in": "path",
    "required": True,
    "schema": {"type": "string", "pattern": THREAD_NAME},
}
_WITHOUT_BODY = {status: REFUSALS[status] for status in ("400", "401", "403", "405", "503")}
_NOT_FOUND = {"404": "There is no such thread of the caller's."}
_FOR_NOBODY = {"404": "The caller cannot be told apart from others, so nothing is kept for it."}


def paths() -> dict[str, Any]:
    """The description of every route of kept threads."""
    return {
        "/threads": {"get": _list(), "post": _create()},
        "/threads/{threadId}": {"parameters": [_NAME], "get": _get(), "patch": _change(), "delete": _delete()},
        "/threads/{threadId}/title": {"parameters": [_NAME], "post": _title()},
        "/threads/{threadId}/export": {"parameters": [_NAME], "get": _export()},
    }


def _list() -> dict[str, Any]:
    query = ListThreads.model_json_schema()["properties"]
    return _route(
        "The caller's threads, newest activity first; with q those whose title or messages have its words.",
        {"200": content("A page.", _LIST)},
        _WITHOUT_BODY,
        parameters=[{"name": name, "in": "query", "required": False, "schema": query[name]} for name in query],
    )


def _create() -> dict[str, Any]:
    return _route(
        "Makes a thread; with state, one that the client has kept so far.",
        {"200": content("It is there already.", _SUMMARY), "201": content("It is new.", _SUMMARY)},
        REFUSALS | _FOR_NOBODY | {"409": "There is one, so the state is not taken."},
        requestBody=body("CreateThread"),
    )


def _get() -> dict[str, Any]:
    version = {"name": "version", "in": "query", "required": False, "schema": _NUMBER}
    return _route(
        "A thread with its state and the run that writes it.",
        {
            "200": content("The thread.", _THREAD),
            "204": {"description": "Nothing has changed since this version, and nothing runs."},
        },
        _WITHOUT_BODY | _NOT_FOUND,
        parameters=[version],
    )


def _change() -> dict[str, Any]:
    return _route(
        "Renames, archives or unarchives a thread, or shows another branch of it.",
        {"200": content("The changed thread.", _SUMMARY)},
        REFUSALS | _NOT_FOUND | {"409": "It has changed since that version, or a reply on it goes on."},
        requestBody=body("ChangeThread"),
    )


def _delete() -> dict[str, Any]:
    return _route(
        "Deletes a thread; a reply that is written on it is stopped.",
        {"204": {"description": "It is deleted."}},
        _WITHOUT_BODY | _NOT_FOUND | {"409": "The reply has not stopped yet."},
    )


def _title() -> dict[str, Any]:
    body_of_nothing = {"required": True, "content": {"application/json": {"schema": {"type": "object"}}}}
    return _route(
        "Has the assistant give the thread a title.",
        {"200": content("The title.", _TITLE)},
        REFUSALS | _NOT_FOUND,
        requestBody=body_of_nothing,
    )


def _export() -> dict[str, Any]:
    schema = {"type": "string", "enum": ["json", "markdown"], "default": "json"}
    files = {"application/json": {"schema": {"type": "object"}}, "text/markdown": {"schema": _TEXT}}
    return _route(
        "A thread as a file: JSON with every branch, or the shown branch as Markdown.",
        {"200": {"description": "The file.", "content": files}},
        _WITHOUT_BODY | _NOT_FOUND,
        parameters=[{"name": "format", "in": "query", "required": False, "schema": schema}],
    )


def _route(
    summary: str, answers: dict[str, Any], refusals: dict[str, str], *, parameters: Any = (), **fields: Any
) -> dict[str, Any]:
    return {
        "summary": summary,
        "parameters": [*CALLER, *parameters],
        **fields,
        "responses": answers | errors(refusals),
    }
