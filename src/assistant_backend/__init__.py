"""The Django project: settings, URLs and the ASGI application. Configuration only."""

__version__ = "0.1.0"

SERVICE = "assistant-transport-backend-django"
