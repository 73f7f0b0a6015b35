"""What every view has in common: its methods, its callers, and one shape for errors."""

import logging
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass
from functools import wraps
from typing import Any

from django.core.handlers.wsgi import WSGIRequest
from django.db import connections, transaction
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from assistant_transport.callers import Caller
from assistant_transport.http import lifecycle
from assistant_transport.http.authentication import authenticate
from assistant_transport.http.body import Body, read_json
from assistant_transport.http.errors import ApiError, Code
from assistant_transport.http.slices import Original
from assistant_transport.runs import LogUnavailableError, log_failure
from assistant_transport.telemetry import context

logger = logging.getLogger(__name__)

_NO_WSGI = "Replies stream, which WSGI cannot: serve this project by ASGI, with gunicorn's uvicorn worker or uvicorn."

View = Callable[[HttpRequest], Coroutine[Any, Any, HttpResponseBase]]


@dataclass(frozen=True)
class Call:
    """A request whose caller is known and whose body is read."""

    request: HttpRequest
    caller: Caller
    data: Any  # the body's JSON; None where the method has no body
    original: Original | None = None


CallView = Callable[[Call], Awaitable[HttpResponseBase]]


def public(*methods: str) -> Callable[[View], View]:
    """Makes a view that anybody may call by one of `methods`. Every error is answered in the one shape for errors."""

    def decorate(view: View) -> View:
        @wraps(view)
        async def answer(request: HttpRequest, **_: str) -> HttpResponseBase:
            try:
                if isinstance(request, WSGIRequest):
                    raise ApiError(Code.NEEDS_ASGI, _NO_WSGI)
                if request.method not in methods:
                    allowed = ", ".join(methods)
                    sentence = f"{request.path} takes {allowed} only."
                    raise ApiError(Code.METHOD_NOT_ALLOWED, sentence, headers={"Allow": allowed})
                return await view(request)
            except ApiError as error:
                return error.response()
            except LogUnavailableError:
                sentence = "Earlier replies cannot be read right now."
                return ApiError(Code.LOG_UNAVAILABLE, sentence, headers={"Retry-After": "2"}).response()
            except Exception:
                error_id = log_failure(logger, "The request failed")
                sentence = f"The server failed to answer. (Error {error_id})"
                return ApiError(Code.INTERNAL_ERROR, sentence).response()

        return _as_it_is(answer)

    return decorate


def _as_it_is(view: View) -> View:
    """`view`, exempt from what a project may do to all of its views."""
    view.csrf_exempt = True  # type: ignore[attr-defined] # `authenticate` checks the token, if CALLER goes by cookies
    view.login_required = False  # type: ignore[attr-defined] # for LoginRequiredMiddleware: CALLER says who is let in
    for alias in connections.settings:  # Django refuses ATOMIC_REQUESTS for async views
        view = transaction.non_atomic_requests(using=alias)(view)
    return view


def endpoint(*methods: str) -> Callable[[CallView], View]:
    """Makes a view for authenticated callers, called by one of `methods`."""

    def decorate(view: CallView) -> View:
        @public(*methods)
        @wraps(view)
        async def answer(request: HttpRequest) -> HttpResponseBase:
            await lifecycle.start()
            caller = await authenticate(request)
            context.bind(
                owner=context.digest(caller.owner), **({"key": caller.counted_by} if caller.counted_by else {})
            )
            body = await read_json(request) if request.method in ("POST", "PATCH") else Body(None)
            return await view(Call(request, caller, *body))

        return answer

    return decorate
