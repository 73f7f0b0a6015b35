"""Django's handling of a request, without what the app's own routes can do without: docs/architecture.md says what."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import nullcontext
from functools import partial
from io import BytesIO
from typing import Any

from asgiref.sync import ThreadSensitiveContext, sync_to_async
from django.core.handlers.asgi import ASGIHandler, get_script_prefix
from django.core.signals import request_finished, request_started
from django.http import HttpRequest
from django.http.response import HttpResponseBase, ResponseHeaders
from django.urls import ResolverMatch, set_script_prefix

from assistant_transport.http import database
from assistant_transport.http.asgi_types import Application, Receive, Scope, Send
from assistant_transport.http.responses import FrameResponse

_DJANGOS_OWN = ASGIHandler.__call__

# In the scope of a request to one of the app's routes: its ResolverMatch.
MATCH = "assistant_transport.match"


def shorten(application: Application) -> Application:
    """`application`, or where that is Django's own handler, a shorter way to its middleware and its views."""
    if type(application) is not ASGIHandler:
        return application
    application.resolve_request = partial(_resolve, application.resolve_request)  # type: ignore[method-assign]
    return Handler(application)


def _resolve(resolve: Callable[[HttpRequest], ResolverMatch], request: HttpRequest) -> ResolverMatch:
    """What `resolve` finds for the request, unless its route is known and no middleware sends it elsewhere."""
    match: ResolverMatch | None = getattr(request, "scope", {}).get(MATCH)
    if match is None or hasattr(request, "urlconf") or not request.path_info.endswith(f"/{match.url_name}"):
        return resolve(request)
    request.resolver_match = match
    return match


class Handler:
    """Handles requests as `django` does, through all of its middleware.

    It differs from Django 5.2 and 6.0 in five things:

    1. The body is kept in memory, where http.body_limit bounds it. Django prepares a temporary file.
    2. The view runs in the server's own task, and the client's leaving is noticed from the first byte of a stream on.
       Django has a task for the view, and another one that watches meanwhile.
    3. A response is closed here where nobody listens to `request_finished`. Django hops to a thread for it in any case.
    4. A path that is one of the app's is resolved once, when it first comes. Django resolves it for each request.
    5. A stream's frames go straight to the server, unless a middleware has wrapped them. In Django they pass through
       four iterators.
    """

    def __init__(self, django: ASGIHandler) -> None:
        self._django = django

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if ASGIHandler.__call__ is not _DJANGOS_OWN:  # changed by a library that watches requests, such as Sentry's
            await self._django(scope, receive, send)
            return
        body = await _read(receive)
        if body is None:
            return
        # Without a database one thread serves the whole process, where asgiref would start two for each context.
        async with ThreadSensitiveContext() if database.is_configured() else nullcontext():
            response = await self._respond(scope, body)
            try:
                await self._send(response, receive, send)
            finally:
                if request_finished.has_listeners(type(self._django)):
                    await sync_to_async(response.close)()
                else:
                    response.close()

    async def _respond(self, scope: Scope, body: BytesIO) -> Any:
        set_script_prefix(get_script_prefix(scope))
        await request_started.asend(sender=type(self._django), scope=scope)
        request, refusal = self._django.create_request(scope, body)
        if request is None:
            return refusal
        response = await self._django.run_get_response(request)
        vars(request).pop("headers", None)  # made by who asked for it, and again if somebody does: 0.9 KiB a stream
        return response

    async def _send(self, response: HttpResponseBase, receive: Receive, send: Send) -> None:
        """Sends the response, until its end or the client's leaving."""
        if not response.streaming:
            await self._django.send_response(response, send)
            return
        sending: Any = asyncio.current_task()
        watching = asyncio.create_task(_cancel_when_client_leaves(sending, receive))
        try:
            await self._stream(response, send)
        except asyncio.CancelledError:
            sending.uncancel()  # by the client's leaving, or by the feed since it reads too slowly
        finally:
            watching.cancel()

    async def _stream(self, response: HttpResponseBase, send: Send) -> None:
        send_frames = response.send if isinstance(response, FrameResponse) else None
        if send_frames is None:
            await self._django.send_response(response, send)
            return

        def write(frames: bytes) -> Awaitable[None]:
            return send({"type": "http.response.body", "body": frames, "more_body": True})

        await send({"type": "http.response.start", "status": response.status_code, "headers": _headers(response)})
        response.headers = ResponseHeaders({})  # they are sent: 1 KiB of each open stream
        await send_frames(write)
        await send({"type": "http.response.body"})


def _headers(response: HttpResponseBase) -> list[tuple[bytes, bytes]]:
    cookies = (("Set-Cookie", cookie.OutputString()) for cookie in response.cookies.values())
    return [(name.encode("ascii"), value.encode("latin-1")) for name, value in (*response.items(), *cookies)]


async def _read(receive: Receive) -> BytesIO | None:
    """The whole body; None if the client left within it."""
    parts = []
    while (message := await receive())["type"] == "http.request":
        parts.append(message.get("body", b""))
        if not message.get("more_body"):
            return BytesIO(b"".join(parts))
    return None


async def _cancel_when_client_leaves(sending: asyncio.Task[None], receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
    sending.cancel()
