"""The project's settings for tests: no .env, and an in-memory database for a user's own models."""

import os

os.environ["IGNORE_DOT_ENV"] = "1"
os.environ.setdefault("SECRET_KEY", "a-key-for-tests-that-is-long-enough-to-pass-every-check")

from assistant_backend.settings import *  # noqa: F403
from assistant_backend.settings import INSTALLED_APPS

_threads = ["assistant_transport.threads", "django.contrib.auth", "django.contrib.contenttypes"]
INSTALLED_APPS = [*INSTALLED_APPS, "acme", *(app for app in _threads if app not in INSTALLED_APPS)]
DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}}
