"""Finds out by CALLER who sent a request, and checks the CSRF token of those who need one."""

from functools import cache
from inspect import iscoroutinefunction
from typing import Any

from asgiref.sync import sync_to_async
from django.conf import settings as django_settings
from django.http import HttpRequest, HttpResponse
from django.http.request import HttpHeaders
from django.middleware.csrf import CsrfViewMiddleware

from assistant_transport.callers import Caller, CallerRefusedError, Function, load
from assistant_transport.conf import costs_money, on_change, quotas_by_name, settings
from assistant_transport.http import database
from assistant_transport.http.errors import ApiError, Code
from assistant_transport.runs import Quota


async def authenticate(request: HttpRequest) -> Caller:
    """The request's caller.

    Raises:
        ApiError: CALLER refuses (401, or the status that it says), a reply would be paid for by nobody known (401), or
            the CSRF token is missing or wrong (403).
    """
    try:
        caller = await _call(request)
    except CallerRefusedError as refusal:
        headers = dict(refusal.headers or {})
        raise ApiError(refusal.code, str(refusal), status=refusal.status, headers=headers) from None
    if caller.is_anonymous and costs_money() and not settings.ALLOW_ANONYMOUS:
        raise ApiError(Code.UNAUTHENTICATED, "Please sign in: this server answers nobody whom it does not know.")
    if not caller.by_header and (reason := await _csrf_problem(request)):
        header = HttpHeaders.parse_header_name(django_settings.CSRF_HEADER_NAME)
        raise ApiError(Code.CSRF_FAILED, f"{reason} Send Django's CSRF token in the header {header}.")
    return caller


def quotas(caller: Caller) -> list[Quota]:
    """How many runs at once the caller may have.

    Callers that cannot be told apart share an owner, so they are not counted by it: one could lock out the others.
    """
    by_owner = [Quota("owner", caller.owner, settings.MAX_RUNS_PER_OWNER)] if caller.is_named else []
    if not caller.counted_by:
        return by_owner
    max_runs = _key_quotas().get(caller.counted_by, settings.MAX_RUNS_PER_KEY)
    return [*by_owner, Quota("key", caller.counted_by, max_runs)]


@cache
def _key_quotas() -> dict[str, int]:
    return quotas_by_name(settings.KEY_QUOTAS)


on_change(_key_quotas.cache_clear)


async def _call(request: HttpRequest) -> Caller:
    function, is_async = _function()
    if is_async:
        caller: Any = await function(request)  # type: ignore[misc]
    else:  # in a thread, where it may use the ORM
        caller = await sync_to_async(function, thread_sensitive=database.is_configured())(request)
    if not isinstance(caller, Caller):
        raise TypeError(f"{settings.CALLER} returned {type(caller).__name__} instead of a Caller")
    return caller


@cache
def _function() -> tuple[Function, bool]:
    """CALLER, and whether it is async."""
    function = load(settings.CALLER)
    return function, iscoroutinefunction(function)


on_change(_function.cache_clear)


class _CsrfCheck(CsrfViewMiddleware):
    """Django's check; returns the reason of a refusal instead of an HTML page."""

    def _reject(self, request: HttpRequest, reason: str) -> str:
        return reason


async def _csrf_problem(request: HttpRequest) -> str | None:
    if django_settings.CSRF_USE_SESSIONS:
        return await sync_to_async(_check_csrf)(request)
    return _check_csrf(request)


def _check_csrf(request: HttpRequest) -> str | None:
    check = _CsrfCheck(lambda _: HttpResponse())
    check.process_request(request)
    reason: str | None = check.process_view(request, None, (), {})  # type: ignore[arg-type,assignment]
    return reason
