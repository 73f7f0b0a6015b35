"""JSON Web Tokens of an identity provider; needs PyJWT, the extra `jwt`."""

from functools import cache
from typing import TYPE_CHECKING, Any

from asgiref.sync import sync_to_async
from django.http import HttpRequest

from assistant_transport.callers.base import Caller, CallerRefusedError, opaque
from assistant_transport.callers.bearer import bearer_token, refuse_bearer
from assistant_transport.conf import on_change, settings

if TYPE_CHECKING:
    from jwt import PyJWK, PyJWKClient

_CLOCKS_DIFFER_SECONDS = 10
_FETCH_SECONDS = 5


async def jwt(request: HttpRequest) -> Caller:
    """The subject of the token in `Authorization: Bearer …`; `user` is its claims, a dict.

    A token has to be signed with JWT_SECRET or a key from JWT_JWKS_URL, by one of JWT_ALGORITHMS; to come from
    JWT_ISSUER, for JWT_AUDIENCE; and to expire.

    Raises:
        CallerRefusedError: 401 without such a token, 503 while the provider's keys cannot be fetched.
    """
    from jwt.exceptions import PyJWKClientConnectionError, PyJWTError

    token = bearer_token(request)
    try:
        if settings.JWT_SECRET:
            claims = _claims(token, settings.JWT_SECRET)
        else:  # in a thread, for the keys may have to be fetched
            claims = await sync_to_async(_claims_by_jwks, thread_sensitive=False)(token)
    except PyJWKClientConnectionError:
        headers = {"Retry-After": "5"}
        raise CallerRefusedError("Tokens cannot be checked right now.", status=503, headers=headers) from None
    except PyJWTError:
        raise refuse_bearer("Send a valid token, with the header Authorization: Bearer <token>.") from None
    return Caller(owner=opaque("jwt", claims["iss"], claims["sub"]), user=claims, by_header=True)


def _claims_by_jwks(token: str) -> dict[str, Any]:
    return _claims(token, _jwks().get_signing_key_from_jwt(token))


def _claims(token: str, key: "str | PyJWK") -> dict[str, Any]:
    import jwt

    claims: dict[str, Any] = jwt.decode(
        token,
        key,
        algorithms=settings.JWT_ALGORITHMS,  # never those that the token asks for
        issuer=settings.JWT_ISSUER,
        audience=settings.JWT_AUDIENCE,
        leeway=_CLOCKS_DIFFER_SECONDS,
        options={"require": ["aud", "exp", "iss", "sub"]},
    )
    return claims


@cache
def _jwks() -> "PyJWKClient":
    """The provider's keys, kept for five minutes. A token with an unknown key has them fetched again, but no more
    often than every 30 seconds (PyJWT 2.15), whatever is sent.
    """
    from jwt import PyJWKClient

    return PyJWKClient(settings.JWT_JWKS_URL, timeout=_FETCH_SECONDS)


on_change(_jwks.cache_clear)
