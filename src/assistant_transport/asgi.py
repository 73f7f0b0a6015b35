"""Makes a project's ASGI application one that streams: `application = wrap(get_asgi_application())`."""

from django.core.exceptions import ImproperlyConfigured

from assistant_transport.http.asgi_types import Application
from assistant_transport.serving import drain


def wrap(application: Application, *, everything: bool = False) -> Application:
    """`application`, a Django project's, with what the app's own routes need of an ASGI server.

    The log of runs is opened before the first request, a server that can drain waits for running replies, and bodies
    are bounded while they arrive. Requests to the project's own views pass through untouched; with `everything`
    they are logged, and their bodies bounded, as those of the app are.

    Raises:
        ImproperlyConfigured: a check of the app fails; the text has them all.
    """
    # A project imports this module before it has said where its settings are.
    from assistant_transport import checks
    from assistant_transport.application import Served
    from assistant_transport.http import lifecycle
    from assistant_transport.http.lifespan import Lifespan

    found = [message for message in checks.check() if message.is_serious() and not message.is_silenced()]
    if found:
        raise ImproperlyConfigured("\n".join(str(message) for message in found))
    served = Served(application, everything=everything)
    return Lifespan(served, lifecycle.start, lifecycle.stop, state={drain.STATE_KEY: lifecycle.Drain()})
