"""A Django app that streams assistants to assistant-ui by its assistant-transport protocol."""

__version__ = "0.1.0"
SERVICE = "assistant-transport-backend-django"
