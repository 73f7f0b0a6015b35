"""The project's settings for tests: no .env, and an in-memory database for a user's own models."""

import os

os.environ["IGNORE_DOT_ENV"] = "1"
os.environ.setdefault("SECRET_KEY", "a-key-for-tests-that-is-long-enough-to-pass-every-check")

from assistant_backend.settings import *  # noqa: F403
from assistant_backend.settings import INSTALLED_APPS

INSTALLED_APPS = [*INSTALLED_APPS, "acme"]
DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}}
