"""The routes of the threads that the server keeps, with THREADS; without it they are not there."""

import json
import re
import sys
from collections.abc import Mapping
from typing import Any, TypeVar

from django.http import HttpResponse, JsonResponse
from pydantic import BaseModel, ValidationError

from assistant_transport.assistants import Turn
from assistant_transport.conf import settings
from assistant_transport.http import registry, thread_deletion
from assistant_transport.http.endpoint import Call, endpoint
from assistant_transport.http.errors import ApiError, Code, invalid_request
from assistant_transport.http.thread_catalog import Summary, ThreadCatalog
from assistant_transport.http.thread_models import THREAD_NAME, ChangeThread, CreateThread, ListThreads
from assistant_transport.runs import (
    AssistantTransportEncoder,
    Controller,
    LogUnavailableError,
    Pump,
)
from assistant_transport.transcript import LAYOUTS

Request = TypeVar("Request", bound=BaseModel)

_NOT_STORED = {"Cache-Control": "no-store"}
_FILES = {"json": ("application/json", "json"), "markdown": ("text/markdown; charset=utf-8", "md")}


@endpoint("GET", "HEAD", "POST")
async def threads(call: Call) -> HttpResponse:
    """Lists the caller's threads, or makes one."""
    catalog = _catalog(call)
    if call.request.method != "POST":
        query = _parsed(ListThreads, call.request.GET.dict())
        if not call.caller.is_named:
            return _json({"threads": [], "nextCursor": None})
        return _json(await catalog.list(call.caller, query))
    if not call.caller.is_named:
        sentence = "Threads are kept for callers that can be told apart: send X-Client-Id."
        raise ApiError(Code.THREAD_NOT_FOUND, sentence)
    thread, is_new = await catalog.create(call.caller, _parsed(CreateThread, call.data))
    return _json(thread, status=201 if is_new else 200)


@endpoint("GET", "HEAD", "PATCH", "DELETE")
async def thread(call: Call) -> HttpResponse:
    """Shows, changes or deletes one thread of the caller's."""
    catalog, name = _catalog(call), _name(call)
    match call.request.method:
        case "PATCH":
            return _json(await catalog.change(call.caller, name, _parsed(ChangeThread, call.data)))
        case "DELETE":
            return await _delete(catalog, call, name)
        case _:
            return await _get(catalog, call, name)


@endpoint("POST")
async def thread_title(call: Call) -> HttpResponse:
    """Has the assistant in use give the thread a title."""
    catalog, name = _catalog(call), _name(call)
    await _settled()
    controller = Controller(
        Pump(AssistantTransportEncoder(), lambda _: None, 0, sys.maxsize), await catalog.state(call.caller, name)
    )
    turn = Turn(
        transcript=LAYOUTS[settings.ASSISTANT_MESSAGE_FORMAT](controller.document),
        controller=controller,
        thread_id=name,
        request=call.request,
        user=call.caller.user,
        owner=call.caller.owner,
        caller=call.caller,
    )
    title = (await registry.assistant().title(turn)).replace("\0", "").strip()[:300]
    await catalog.change(call.caller, name, ChangeThread(title=title))
    return _json({"title": title})


@endpoint("GET", "HEAD")
async def thread_export(call: Call) -> HttpResponse:
    """A thread as a file."""
    catalog, name = _catalog(call), _name(call)
    kind = call.request.GET.get("format", "json")
    if kind not in _FILES:
        raise ApiError(Code.INVALID_REQUEST, "The request is not valid: format: it is json or markdown.")
    content_type, ending = _FILES[kind]
    file = f'attachment; filename="thread.{ending}"'  # a name that the client chose would need quoting
    await _settled()
    text = await catalog.export(call.caller, name, kind)
    return HttpResponse(text, content_type=content_type, headers=_NOT_STORED | {"Content-Disposition": file})


async def _get(catalog: ThreadCatalog, call: Call, name: str) -> HttpResponse:
    run = await _run(call, name)
    await _settled()
    version = call.request.GET.get("version")
    if version is not None and run is None:
        found = await catalog.summary(call.caller, name)
        if str(found["version"]) == version and not found["running"]:
            return HttpResponse(status=204, headers=_NOT_STORED)
    summary, rest = await catalog.get(call.caller, name)
    shown: Mapping[str, Any] = summary | {"run": run, "running": summary["running"] or run is not None}
    # The messages are JSON already: parsing and encoding them again would take longer than everything else.
    return HttpResponse(f"{json.dumps(shown)[:-1]}, {rest[1:]}", content_type="application/json", headers=_NOT_STORED)


async def _settled() -> None:
    """A reply that has just ended is shown whole."""
    if store := registry.thread_store():
        await store.settled()


async def _run(call: Call, name: str) -> dict[str, str] | None:
    """The run that writes the thread now, to be followed by `/resume`; None while the log does not answer."""
    try:
        record = await thread_deletion.running(call.caller.owner, name)
    except LogUnavailableError:
        return None
    return None if record is None else {"runId": record.head.id, "status": record.status.value}


async def _delete(catalog: ThreadCatalog, call: Call, name: str) -> HttpResponse:
    await catalog.summary(call.caller, name)
    await thread_deletion.stop(call.caller.owner, name)
    await catalog.delete(call.caller, name)
    await thread_deletion.forget(call.caller.owner, name)
    return HttpResponse(status=204)


def _catalog(call: Call) -> ThreadCatalog:
    catalog = registry.thread_catalog()
    if catalog is None:
        raise ApiError(Code.NOT_FOUND, f"There is nothing at {call.request.path}.")
    return catalog


def _name(call: Call) -> str:
    match = call.request.resolver_match
    name = str(match.kwargs["thread_id"]) if match else ""
    if not call.caller.is_named or re.match(THREAD_NAME, name) is None:
        raise ApiError(Code.THREAD_NOT_FOUND, "There is no such thread of yours.")
    return name


def _parsed(model: type[Request], data: Any) -> Request:
    try:
        return model.model_validate(data)
    except ValidationError as error:
        raise invalid_request(error) from None


def _json(value: Summary, *, status: int = 200) -> JsonResponse:
    return JsonResponse(value, status=status, headers=_NOT_STORED)
