"""Health probes. They answer whatever the Host, for kubelet sends the pod's address."""

from django.http import HttpRequest, HttpResponse, JsonResponse

from api.views import endpoint


class Process:
    """What the probes know of this process; asgi.py's lifespan sets it."""

    started = False


@endpoint("GET", "HEAD")
async def live(request: HttpRequest) -> HttpResponse:
    """200 while the event loop turns."""
    return JsonResponse({"status": "live"})


@endpoint("GET", "HEAD")
async def ready(request: HttpRequest) -> HttpResponse:
    """200 while new runs are welcome."""
    return JsonResponse({"status": "ready"})


@endpoint("GET", "HEAD")
async def startup(request: HttpRequest) -> HttpResponse:
    """200 once settings, assistant and worker are up."""
    return JsonResponse({"status": "started"}) if Process.started else JsonResponse({"status": "starting"}, status=503)
