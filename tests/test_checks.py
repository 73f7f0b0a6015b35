"""System checks name what is wrong and the fix; `wrap` refuses to start with an error."""

from typing import Any

import pytest
from django.conf import settings
from django.core.asgi import get_asgi_application
from django.core.exceptions import ImproperlyConfigured
from django.test import override_settings

from assistant_transport import checks
from assistant_transport.asgi import wrap
from tests.server import without_admin

USERS = ["django.contrib.auth", "django.contrib.contenttypes"]
SIGNED_IN = "assistant_transport.callers.signed_in"


def found(**given: Any) -> dict[str, str]:
    """What the checks find in such settings: their sentences, by id."""
    with override_settings(ASSISTANT_TRANSPORT=given):
        return {str(message.id): f"{message.msg} {message.hint or ''}" for message in checks.check()}


def test_the_sites_settings_are_without_fault() -> None:
    assert found() == {}


def test_settings_that_are_no_dict_are_an_error() -> None:
    with override_settings(ASSISTANT_TRANSPORT="mock"):
        assert [message.id for message in checks.check()] == ["assistant_transport.E001"]


@pytest.mark.parametrize(
    ("given", "identifier", "says"),
    [
        ({"PORT": 1}, "E001", "PORT: there is no such setting"),
        ({"OPENAI_API_KEY": "sk-1"}, "E001", "anybody could spend it: set API_KEYS or another CALLER"),
        ({"CALLER": "acme.nowhere.tenant"}, "E003", "No module named 'acme.nowhere'"),
        ({"CALLER": "acme.callers.NOTHING"}, "E003", "does not define a \"NOTHING\""),
        ({"CALLER": "acme.callers.__doc__"}, "E003", "is not a function of the request"),
        ({"CALLER": "assistant_transport.callers.forwarded_user"}, "E001", "needs FORWARDED_USER_HEADER and FORWARDED"),
        ({"CALLER": "assistant_transport.callers.jwt"}, "E001", "JWT_ISSUER and JWT_AUDIENCE and one of JWT_SECRET"),
        pytest.param({"CALLER": SIGNED_IN}, "W002", "AuthenticationMiddleware to MIDDLEWARE", marks=without_admin),
        ({"FORWARDED_USER_SECRET": "too-short"}, "E001", "32 characters or more"),
        ({"JWT_JWKS_URL": "http://issuer.example/keys"}, "E001", "must be an https URL"),
        ({"JWT_ALGORITHMS": ["none"]}, "E001", "'none' must be an algorithm such as"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named_with_the_fix(given: dict[str, Any], identifier: str, says: str) -> None:
    problems = found(**given)
    assert list(problems) == [f"assistant_transport.{identifier}"]
    assert says in problems[f"assistant_transport.{identifier}"]


@pytest.mark.parametrize(("algorithms", "secret"), [(["HS256"], ""), (["RS256"], "s" * 32), (["RS256", "HS256"], "")])
def test_a_public_key_is_never_taken_for_a_secret(algorithms: list[str], secret: str) -> None:
    keys = {"JWT_SECRET": secret} if secret else {"JWT_JWKS_URL": "https://issuer.example/keys"}
    caller = {"CALLER": "assistant_transport.callers.jwt", "JWT_ISSUER": "i", "JWT_AUDIENCE": "a"}
    assert "HS… are for JWT_SECRET" in found(**caller, **keys, JWT_ALGORITHMS=algorithms)["assistant_transport.E001"]
    assert found(**caller, **keys) == {}


@without_admin
def test_users_are_known_by_a_middleware_that_inherits_from_djangos() -> None:
    with override_settings(
        INSTALLED_APPS=["assistant_transport", "django.contrib.auth", "django.contrib.contenttypes"]
    ):
        assert "assistant_transport.W002" in found(CALLER=SIGNED_IN)
        with override_settings(MIDDLEWARE=["acme.users.Users", *settings.MIDDLEWARE]):
            assert found(CALLER=SIGNED_IN) == {}


def test_the_app_stands_before_staticfiles_or_its_runserver_is_not_found() -> None:
    with override_settings(INSTALLED_APPS=["django.contrib.staticfiles", "assistant_transport"]):
        assert "Put assistant_transport before django.contrib.staticfiles" in found()["assistant_transport.W001"]
    with override_settings(INSTALLED_APPS=["django.contrib.staticfiles"]):
        assert "not in INSTALLED_APPS" in found()["assistant_transport.E002"]


def test_wrap_refuses_an_error_unless_it_is_silenced() -> None:
    with override_settings(ASSISTANT_TRANSPORT={"PORT": 1}):
        with pytest.raises(ImproperlyConfigured, match="ASSISTANT_TRANSPORT: PORT: there is no such setting"):
            wrap(get_asgi_application())
        with override_settings(SILENCED_SYSTEM_CHECKS=["assistant_transport.E001"]):
            wrap(get_asgi_application())
