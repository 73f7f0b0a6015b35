"""The header `Authorization: Bearer …`."""

from django.http import HttpRequest

from assistant_transport.callers.base import CallerRefusedError


def bearer_token(request: HttpRequest) -> str:
    """What the header holds, or nothing."""
    scheme, _, token = request.META.get("HTTP_AUTHORIZATION", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


def refuse_bearer(message: str) -> CallerRefusedError:
    return CallerRefusedError(message, headers={"WWW-Authenticate": 'Bearer realm="assistant"'})
