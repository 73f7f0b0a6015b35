"""Users that a proxy in front has signed in, such as oauth2-proxy, Authelia or a company's own."""

import hmac

from django.http import HttpRequest

from assistant_transport.callers.base import Caller, CallerRefusedError, opaque
from assistant_transport.conf import settings

SECRET_HEADER = "X-Forwarded-User-Secret"  # noqa: S105 - its name is none; nginx.conf has it too


async def forwarded_user(request: HttpRequest) -> Caller:
    """The user whom FORWARDED_USER_HEADER names, if FORWARDED_USER_SECRET stands beside it; `user` is that name.

    The secret, not an address, tells the proxy from others: behind another proxy every peer is that one. Either header
    counts only if it comes once: a proxy that adds its own to what a client has sent would pass on both.

    Raises:
        CallerRefusedError: the proxy did not say who calls.
    """
    secret = _single(request, SECRET_HEADER)
    user = _single(request, settings.FORWARDED_USER_HEADER).strip()
    is_proxy = hmac.compare_digest(settings.FORWARDED_USER_SECRET.encode(), secret.encode())
    if not (settings.FORWARDED_USER_SECRET and is_proxy and user):
        raise CallerRefusedError("Please sign in: the proxy in front did not say who you are.")
    return Caller(owner=opaque("forwarded", user), user=user)


def _single(request: HttpRequest, name: str) -> str:
    """The header's value if it was sent exactly once, else nothing. (`request.headers` joins several into one.)"""
    sent: list[tuple[bytes, bytes]] = getattr(request, "scope", {}).get("headers", [])
    values = [value for header, value in sent if header.lower() == name.lower().encode()]
    return values[0].decode("latin-1") if len(values) == 1 else ""
