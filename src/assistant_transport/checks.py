"""System checks: what is wrong with the app's settings, by name and with the fix.

`manage.py check` runs them, and so does `asgi.wrap`, for Django runs none under an ASGI server.
"""

from collections.abc import Iterator
from importlib.util import find_spec
from typing import Any

from django.apps import apps
from django.conf import settings as django_settings
from django.core import checks
from django.utils.module_loading import import_string

from assistant_transport import SERVICE, conf
from assistant_transport.callers import load
from assistant_transport.conf import settings

_APP = "assistant_transport"
_STATIC_FILES = "django.contrib.staticfiles"


@checks.register(_APP)
def check(**_: Any) -> list[checks.CheckMessage]:
    """Everything that can be known before the first request."""
    given = getattr(django_settings, conf.NAME, {})
    if not isinstance(given, dict):
        return [checks.Error(f"{conf.NAME} must be a dict of settings", id=f"{_APP}.E001")]
    found: list[checks.CheckMessage] = [
        checks.Error(f"{conf.NAME}: {problem}", id=f"{_APP}.E001") for problem in conf.problems(given)
    ]
    return found or [*_installation(), *_caller()]


def _installation() -> Iterator[checks.CheckMessage]:
    if not apps.is_installed(_APP):
        yield checks.Error(f"{_APP} is not in INSTALLED_APPS", hint="Add it as the first one.", id=f"{_APP}.E002")
        return
    names = [config.name for config in apps.get_app_configs()]
    if _STATIC_FILES in names and names.index(_STATIC_FILES) < names.index(_APP):
        yield checks.Warning(
            f"{_APP} stands after {_STATIC_FILES} in INSTALLED_APPS, whose runserver holds replies back",
            hint=f"Put {_APP} before {_STATIC_FILES}.",
            id=f"{_APP}.W001",
        )
    if settings.THREADS and not apps.is_installed(f"{_APP}.threads"):
        yield checks.Error(
            f"{conf.NAME}: THREADS needs the app that keeps them",
            hint=f"Add {_APP}.threads to INSTALLED_APPS, with django.contrib.auth and contenttypes, and migrate.",
            id=f"{_APP}.E004",
        )


def _caller() -> Iterator[checks.CheckMessage]:
    try:
        load(settings.CALLER)
    except ImportError as error:
        yield checks.Error(f"{conf.NAME}: CALLER: {error}", hint="Name a function of the request.", id=f"{_APP}.E003")
    if settings.CALLER == "assistant_transport.callers.jwt" and find_spec("jwt") is None:
        yield checks.Error(
            f"{conf.NAME}: CALLER: jwt needs PyJWT",
            hint=f"pip install '{SERVICE}[jwt]'",
            id=f"{_APP}.E003",
        )
    if settings.CALLER == "assistant_transport.callers.signed_in" and not _knows_users():
        yield checks.Warning(
            f"{conf.NAME}: CALLER: signed_in asks request.user, and no middleware seems to set it",
            hint="Add django.contrib.auth.middleware.AuthenticationMiddleware to MIDDLEWARE.",
            id=f"{_APP}.W002",
        )


def _knows_users() -> bool:
    if not apps.is_installed("django.contrib.auth"):
        return False
    from django.contrib.auth.middleware import AuthenticationMiddleware

    known = (import_string(path) for path in django_settings.MIDDLEWARE)
    return any(isinstance(found, type) and issubclass(found, AuthenticationMiddleware) for found in known)
