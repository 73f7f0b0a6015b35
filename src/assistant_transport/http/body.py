"""Parses the JSON of a request as strictly as the npm client parses a response."""

from typing import Any

from django.http import HttpRequest
from pydantic_core import from_json

from assistant_transport.conf import settings
from assistant_transport.http import body_limit
from assistant_transport.http.errors import ApiError, Code
from assistant_transport.runs import strict_json

# An object or list of three bytes takes about 250 bytes of memory: 4 MiB of them took 100 MB and half a second.
_MAX_VALUES = 120_000


def read_json(request: HttpRequest) -> Any:
    """The request's body, parsed.

    Raises:
        ApiError: 413 if it is larger than MAX_BODY_BYTES or has too many values in it, 408 if it took too long,
            415 if it is not application/json, 400 if it is not JSON that a strict client would take: NaN, Infinity,
            a `__proto__` key, half a surrogate pair, 200 levels deep.
    """
    if request.content_type != "application/json":
        raise ApiError(
            Code.UNSUPPORTED_MEDIA_TYPE, "Send the request as JSON, with the header Content-Type: application/json."
        )
    match body_limit.refused(request):
        case 413:
            raise ApiError(Code.BODY_TOO_LARGE, _too_large())
        case 408:
            raise ApiError(Code.BODY_TIMEOUT, "The body took too long to arrive.")
    body = _content(request)
    if len(body) > settings.MAX_BODY_BYTES:  # where BodyLimit does not see it: asgi.wrap was left out
        raise ApiError(Code.BODY_TOO_LARGE, _too_large())
    if body.count(b"{") + body.count(b"[") > _MAX_VALUES:
        raise ApiError(Code.BODY_TOO_LARGE, f"The body has more than {_MAX_VALUES} objects and lists.")
    try:
        value = from_json(body, allow_inf_nan=False)
    except ValueError as error:
        raise ApiError(Code.INVALID_JSON, f"The body is not valid JSON: {error}.") from None
    if strict_json.is_suspicious(body) and (refused := strict_json.refusal(value)):
        raise ApiError(Code.INVALID_JSON, f"The body has {refused}.")
    return value


def _too_large() -> str:
    return f"The body is larger than {settings.MAX_BODY_BYTES} bytes."


def _content(request: HttpRequest) -> bytes:
    """The whole body. `request.body` alone would refuse what is over the project's DATA_UPLOAD_MAX_MEMORY_SIZE."""
    if not hasattr(request, "_body"):
        request._body = request.read()  # private, so that `request.body` still works for a middleware
    return request.body
