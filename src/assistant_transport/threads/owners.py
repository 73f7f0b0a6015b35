"""Which owner a command is for: by its name in the database, a user of Django's, or a client of an API key."""

from argparse import ArgumentParser
from typing import Any

from django.contrib.auth import get_user_model
from django.core.management.base import CommandError

from assistant_transport.callers import opaque


def add_arguments(parser: ArgumentParser) -> None:
    who = parser.add_mutually_exclusive_group(required=True)
    who.add_argument("--owner", help="as the admin shows it, and as a CALLER of your own gives it")
    who.add_argument("--user", help="the name of a user of Django's (CALLER=signed_in)")
    who.add_argument("--client-id", help="an X-Client-Id (CALLER=api_keys); with --key if API_KEYS is set")
    who.add_argument("--forwarded-user", help="as a proxy names the user (CALLER=forwarded_user)")
    parser.add_argument("--key", default="", help="the name of the API key that the client uses")


def owner_of(options: dict[str, Any]) -> str:
    """The owner that the command line names. Raises CommandError: there is no such user."""
    if options["user"]:
        users = get_user_model()
        try:
            user = users._default_manager.get(**{str(users.USERNAME_FIELD): options["user"]})
        except users.DoesNotExist:
            raise CommandError(f"There is no user {options['user']!r}.") from None
        return opaque("user", str(user.pk))
    if options["client_id"]:
        return opaque(options["key"], options["client_id"])
    if options["forwarded_user"]:
        return opaque("forwarded", options["forwarded_user"])
    return str(options["owner"])
