"""Parses the JSON of a request as strictly as the npm client parses a response."""

import asyncio
from typing import Any, NamedTuple

from django.http import HttpRequest

from assistant_transport.conf import settings
from assistant_transport.http import body_limit, slices
from assistant_transport.http.errors import ApiError, Code

# An object or list of three bytes takes about 250 bytes of memory: 4 MiB of them took 100 MB and half a second.
_MAX_VALUES = 120_000

_READ_HERE = "_assistant_transport_read"
_one_large = asyncio.Lock()


class Body(NamedTuple):
    """A request's body, parsed; `original` is its state as it came, where that is large."""

    data: Any
    original: slices.Original | None = None


async def read_json(request: HttpRequest) -> Body:
    """The request's body, parsed. Large ones are parsed one at a time, in slices, so that they hold up no reply.

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
    text = _content(request)
    if len(text) > settings.MAX_BODY_BYTES:  # where BodyLimit does not see it: asgi.wrap was left out
        raise ApiError(Code.BODY_TOO_LARGE, _too_large())
    try:
        if len(text) <= slices.SLICE_BYTES:
            return Body(slices.parse(text))
        async with _one_large:
            if text.count(b"{") + text.count(b"[") > _MAX_VALUES:
                raise ApiError(Code.BODY_TOO_LARGE, f"The body has more than {_MAX_VALUES} objects and lists.")
            body = Body(*await slices.parse_large(text))
            _release(request)
            return body
    except slices.RefusedError as refused:
        raise ApiError(Code.INVALID_JSON, f"The body has {refused}.") from None
    except ValueError as error:
        raise ApiError(Code.INVALID_JSON, f"The body is not valid JSON: {error}.") from None


def _release(request: HttpRequest) -> None:
    """Frees the body's text, unless a middleware has read it: a run would hold it, a third of its memory, by its turn.

    After this `request.body` raises RawPostDataException, as it does wherever a view has read the stream.
    """
    if hasattr(request, _READ_HERE):
        del request._body
        request._stream.close()


def _too_large() -> str:
    return f"The body is larger than {settings.MAX_BODY_BYTES} bytes."


def _content(request: HttpRequest) -> bytes:
    """The whole body. `request.body` alone would refuse what is over the project's DATA_UPLOAD_MAX_MEMORY_SIZE."""
    if not hasattr(request, "_body"):
        request._body = request.read()  # private, so that `request.body` still works for a middleware
        setattr(request, _READ_HERE, True)
    return request.body
