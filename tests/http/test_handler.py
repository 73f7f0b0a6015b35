"""The app's own routes take a shorter way through Django: nothing of the project's may get lost on it."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from typing import Any

import pytest
from django.core.handlers.asgi import ASGIHandler
from django.core.signals import request_finished, request_started
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.test import override_settings
from django.utils.decorators import async_only_middleware, sync_only_middleware

from assistant_transport.application import Served
from tests.counted import ask

seen: Counter[str] = Counter()


@sync_only_middleware
def threaded(get_response: Callable[[HttpRequest], HttpResponseBase]) -> Any:
    def middleware(request: HttpRequest) -> HttpResponseBase:
        seen["sync"] += 1
        return get_response(request)

    return middleware


@async_only_middleware
def native(get_response: Callable[[HttpRequest], Awaitable[HttpResponseBase]]) -> Any:
    async def middleware(request: HttpRequest) -> HttpResponseBase:
        seen["async"] += 1
        return await get_response(request)

    return middleware


class WithHooks:
    """The middleware that Django's documentation shows, with a hook for views."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        seen["class"] += 1
        return self.get_response(request)

    def process_view(self, *arguments: Any) -> None:
        seen["view"] += 1


@async_only_middleware
def counting(get_response: Callable[[HttpRequest], Awaitable[HttpResponseBase]]) -> Any:
    async def frames(content: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
        async for part in content:
            seen["frame"] += 1
            yield part

    async def middleware(request: HttpRequest) -> HttpResponseBase:
        response: Any = await get_response(request)
        response.streaming_content = frames(response.streaming_content)
        response.headers["X-Counted"] = "ä"
        response.set_cookie("counted", "yes")
        return response

    return middleware


@async_only_middleware
def elsewhere(get_response: Callable[[HttpRequest], Awaitable[HttpResponseBase]]) -> Any:
    async def middleware(request: HttpRequest) -> HttpResponseBase:
        seen["moved"] += 1
        request.path_info = "/health"
        return await get_response(request)

    return middleware


@pytest.fixture
def application() -> Iterator[Served]:
    seen.clear()
    names = [f"{__name__}.{name}" for name in ("threaded", "native", "WithHooks")]
    with override_settings(MIDDLEWARE=names, ASSISTANT_TRANSPORT={"ASSISTANT": "tests.counted.Assistant"}):
        yield Served(ASGIHandler(), everything=False)


def test_every_middleware_runs_once_a_request(application: Served) -> None:
    for _ in range(3):
        asyncio.run(ask(application, 2))
    assert seen == {"sync": 3, "async": 3, "class": 3, "view": 3}


def test_middleware_may_wrap_a_stream() -> None:
    seen.clear()
    with override_settings(
        MIDDLEWARE=[f"{__name__}.counting"], ASSISTANT_TRANSPORT={"ASSISTANT": "tests.counted.Assistant"}
    ):
        asyncio.run(ask(Served(ASGIHandler(), everything=False), 2))
    assert seen["frame"] > 0


def test_middleware_may_send_a_request_elsewhere() -> None:
    seen.clear()
    with (
        override_settings(MIDDLEWARE=[f"{__name__}.elsewhere"]),
        pytest.raises(AssertionError, match=r"/health takes|takes GET"),
    ):
        asyncio.run(ask(Served(ASGIHandler(), everything=False), 2))  # which expects a reply
    assert seen["moved"] == 1


def test_a_request_begins_and_ends_for_those_who_listen(application: Served) -> None:
    def note(signal: Any, **_: Any) -> None:
        seen["started" if signal is request_started else "finished"] += 1

    for signal in (request_started, request_finished):
        signal.connect(note)
    try:
        asyncio.run(ask(application, 2))
    finally:
        for signal in (request_started, request_finished):
            signal.disconnect(note)
    assert (seen["started"], seen["finished"]) == (1, 1)


def test_what_a_library_has_put_around_djangos_handler_stays(
    application: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    original = ASGIHandler.__call__

    async def watched(self: ASGIHandler, *arguments: Any) -> None:
        seen["watched"] += 1
        await original(self, *arguments)

    monkeypatch.setattr(ASGIHandler, "__call__", watched)
    asyncio.run(ask(application, 2))
    assert seen["watched"] == 1
