"""The Django project: settings, URLs and the ASGI application. Configuration only."""

from assistant_transport import __version__ as __version__

SERVICE = "assistant-transport-backend-django"
