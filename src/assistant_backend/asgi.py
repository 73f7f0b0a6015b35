"""The ASGI application that gunicorn, uvicorn and runserver serve."""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "assistant_backend.settings")

import django
from django.apps import apps
from django.core.cache import close_caches
from django.core.exceptions import ImproperlyConfigured
from django.core.handlers.asgi import ASGIHandler
from django.core.handlers.base import reset_urlconf
from django.core.signals import request_finished, request_started
from django.db import close_old_connections, reset_queries

from assistant_backend import environment
from assistant_transport.asgi import wrap
from assistant_transport.http import database

django.setup(set_prefix=False)

if apps.is_installed("django.contrib.sessions") and environment.secret_key_is_random():
    raise ImproperlyConfigured("SECRET_KEY: sessions need a fixed one, for a random one is each container's own")
if apps.is_installed("django.contrib.admin") and not database.is_configured():
    raise ImproperlyConfigured("DATABASE_URL: the admin needs a database")

django_application = ASGIHandler()

if not database.is_configured():
    # A synchronous receiver costs every request a hop to a thread; these have nothing to do here.
    request_started.disconnect(reset_queries)
    request_started.disconnect(close_old_connections)
    request_finished.disconnect(close_old_connections)
    request_finished.disconnect(close_caches)
    request_finished.disconnect(reset_urlconf)

application = wrap(django_application, everything=True)
