"""Django's own users."""

from django.core.exceptions import ImproperlyConfigured
from django.http import HttpRequest

from assistant_transport.callers.base import Caller, CallerRefusedError, opaque


def signed_in(request: HttpRequest) -> Caller:
    """Whoever is signed in, as `request.user` says: by a session, or whatever a middleware of the project goes by.

    Raises:
        CallerRefusedError: nobody is.
    """
    # Not request.auser, which a middleware that puts another user in place may leave behind.
    if not hasattr(request, "user"):
        raise ImproperlyConfigured(
            "CALLER: signed_in needs django.contrib.auth.middleware.AuthenticationMiddleware in MIDDLEWARE"
        )
    if not request.user.is_authenticated:
        raise CallerRefusedError("Please sign in.")
    return Caller(owner=opaque("user", str(request.user.pk)), user=request.user)
