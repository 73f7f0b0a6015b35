"""What every view has in common: its methods, who may call it, and the one error shape."""

import asyncio
import logging
import secrets
from collections.abc import Callable, Coroutine
from functools import wraps
from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase

from assistant_transport.http.body import read_json
from assistant_transport.http.caller import identify
from assistant_transport.http.errors import ApiError
from assistant_transport.runs import LogUnavailableError
from assistant_transport.telemetry import context

logger = logging.getLogger(__name__)

_LARGE = 100_000
_one_large = asyncio.Lock()

View = Callable[[HttpRequest], Coroutine[Any, Any, HttpResponseBase]]


def endpoint(*methods: str, public: bool = False) -> Callable[[View], View]:
    """A view that answers `methods` only, to callers with an API key where they are required, unless it is `public`.

    The view finds who calls in `request.caller`. Whatever is wrong is answered in the one error shape.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        async def answer(request: HttpRequest) -> HttpResponseBase:
            try:
                if request.method not in methods:
                    allowed = ", ".join(methods)
                    raise ApiError(405, f"{request.path} takes {allowed} only.", headers={"Allow": allowed})
                if not public:
                    caller = request.caller = identify(request)  # type: ignore[attr-defined]
                    context.bind(owner=caller.owner[:12], **({"key": caller.key} if caller.key else {}))
                if request.method == "POST" and len(request.body) >= _LARGE:
                    # To read it takes a while that nothing else gets: replies under way have a turn between two.
                    async with _one_large:
                        await asyncio.sleep(0)
                        read_json(request)
                return await view(request)
            except ApiError as error:
                return error.response()
            except LogUnavailableError:
                headers = {"Retry-After": "2"}
                return ApiError(503, "Earlier replies cannot be read right now.", headers=headers).response()
            except Exception:
                error_id = secrets.token_hex(4)
                logger.exception("The request failed, error %s", error_id, extra={"error_id": error_id})
                return ApiError(500, f"The server failed to answer. (Error {error_id})").response()

        return answer

    return decorate
