"""API keys, and a client that says which one it is. The default."""

import hmac
import re

from django.http import HttpRequest

from assistant_transport.callers.base import Caller, CallerRefusedError, opaque
from assistant_transport.callers.bearer import bearer_token, refuse_bearer
from assistant_transport.conf import settings

# 128 bits or more of randomness take 22 characters of base64; a guessable id would open somebody else's runs.
_CLIENT_ID = re.compile(r"[\x21-\x7e]{22,200}")


async def api_keys(request: HttpRequest) -> Caller:
    """The holder of one of API_KEYS, or anybody where there are none; and the client that X-Client-Id names.

    Raises:
        CallerRefusedError: 401 without a valid key, 400 for an X-Client-Id that could be guessed.
    """
    client = request.META.get("HTTP_X_CLIENT_ID")  # of `headers` a mapping would be made: 15 µs
    if client is not None and not _CLIENT_ID.fullmatch(client):
        raise CallerRefusedError(
            "X-Client-Id must be 22 to 200 printable characters, at random: a UUID will do.",
            status=400,
            code="invalid_client_id",
        )
    key = _key_name(request) if settings.API_KEYS else ""
    return Caller(
        owner=opaque(key, client or ""),
        counted_by=key,
        is_named=client is not None,
        is_anonymous=not key,
        by_header=True,
    )


def _key_name(request: HttpRequest) -> str:
    given = bearer_token(request).encode()
    name: str | None = None
    for known_name, known in settings.API_KEYS:
        # Every key is compared, each in constant time, so that no time tells which one was nearly right.
        if hmac.compare_digest(known.encode(), given):
            name = known_name
    if name is None:
        raise refuse_bearer("Send a valid API key, with the header Authorization: Bearer <key>.")
    return name
