"""A request's JSON, read as strictly as the client reads ours."""

from typing import Any

from django.http import HttpRequest
from pydantic_core import from_json

from assistant_transport.conf import settings
from assistant_transport.http import body_limit
from assistant_transport.http.errors import ApiError
from assistant_transport.runs import strict_json

# Each costs some 250 bytes of memory for as little as three in the body: 4 MiB of them took 100 MB and half a second.
_MAX_VALUES = 120_000
_REFUSED = {413: "The body is larger than {} bytes.", 408: "The body took too long to arrive."}


def read_json(request: HttpRequest) -> Any:
    """The request's body, parsed.

    Raises:
        ApiError: 413 if it is larger than MAX_BODY_BYTES or has too many values in it, 408 if it took too long,
            415 if it is not application/json, 400 if it is not JSON that a strict client would take: NaN, Infinity,
            a `__proto__` key, half a surrogate pair, 200 levels deep.
    """
    if request.content_type != "application/json":
        raise ApiError(415, "Send the request as JSON, with the header Content-Type: application/json.")
    if status := body_limit.refused(request):
        raise ApiError(status, _REFUSED[status].format(settings.MAX_BODY_BYTES), headers={"Connection": "close"})
    body = _content(request)
    if len(body) > settings.MAX_BODY_BYTES:  # of a project that was not wrapped, or whose middleware chooses the routes
        raise ApiError(413, _REFUSED[413].format(settings.MAX_BODY_BYTES))
    if body.count(b"{") + body.count(b"[") > _MAX_VALUES:
        raise ApiError(413, f"The body has more than {_MAX_VALUES} objects and lists.")
    try:
        value = from_json(body, allow_inf_nan=False)
    except ValueError as error:
        raise ApiError(400, f"The body is not valid JSON: {error}.") from None
    if strict_json.is_suspicious(body) and (refused := strict_json.refusal(value)):
        raise ApiError(400, f"The body has {refused}.")
    return value


def _content(request: HttpRequest) -> bytes:
    """The whole body, whatever the project's DATA_UPLOAD_MAX_MEMORY_SIZE, by which `request.body` would refuse it."""
    if not hasattr(request, "_body"):
        request._body = request.read()  # where `request.body` finds it, for a middleware that looks later
    return request.body
