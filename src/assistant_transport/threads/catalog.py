"""Implements http's ThreadCatalog by the ORM, each call in a thread of the request's own."""

from collections.abc import Callable
from typing import Any, ParamSpec, TypeVar

from asgiref.sync import sync_to_async
from django.db import InterfaceError, OperationalError

from assistant_transport.callers import Caller
from assistant_transport.http.errors import ApiError, Code
from assistant_transport.http.thread_catalog import Summary
from assistant_transport.http.thread_models import ChangeThread, CreateThread, ListThreads
from assistant_transport.threads import changes, listing, reading

Given = ParamSpec("Given")
Result = TypeVar("Result")


async def list(caller: Caller, query: ListThreads) -> dict[str, Any]:  # noqa: A001 - the protocol's name
    return await _ask(listing.page, caller.owner, query)


async def create(caller: Caller, wanted: CreateThread) -> tuple[Summary, bool]:
    return await _ask(changes.create, caller, wanted)


async def get(caller: Caller, name: str) -> tuple[Summary, str]:
    return await _ask(reading.shown, caller.owner, name)


async def state(caller: Caller, name: str) -> dict[str, Any]:
    return await _ask(reading.state, caller.owner, name)


async def summary(caller: Caller, name: str) -> Summary:
    return await _ask(reading.summary, caller.owner, name)


async def change(caller: Caller, name: str, change: ChangeThread) -> Summary:
    return await _ask(changes.change, caller.owner, name, change)


async def delete(caller: Caller, name: str) -> None:
    await _ask(changes.delete, caller.owner, name)


async def export(caller: Caller, name: str, kind: str) -> str:
    return await _ask(reading.as_json if kind == "json" else reading.as_markdown, caller.owner, name)


async def _ask(function: Callable[Given, Result], *args: Given.args, **kwargs: Given.kwargs) -> Result:
    try:
        return await sync_to_async(function, thread_sensitive=True)(*args, **kwargs)
    except (OperationalError, InterfaceError):
        sentence = "Threads cannot be read right now. Please try again in a moment."
        raise ApiError(Code.THREADS_UNAVAILABLE, sentence, headers={"Retry-After": "2"}) from None
