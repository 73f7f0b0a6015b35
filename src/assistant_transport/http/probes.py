"""Health probes."""

from django.http import HttpRequest, HttpResponse, JsonResponse

from assistant_transport.http import database, lifecycle, registry
from assistant_transport.http.endpoint import public


@public("GET", "HEAD")
async def live(request: HttpRequest) -> HttpResponse:
    """200 while the event loop turns."""
    return JsonResponse({"status": "live"})


@public("GET", "HEAD")
async def ready(request: HttpRequest) -> HttpResponse:
    """200 while new runs are welcome, even if they cannot be logged; else 503 and why."""
    if registry.stopping:
        return JsonResponse({"status": "unavailable", "failing": ["draining"]}, status=503)
    if database.is_configured() and not await database.answers():
        return JsonResponse({"status": "unavailable", "failing": ["database"]}, status=503)
    if problem := registry.runs().log.problem:
        return JsonResponse({"status": "degraded", "failing": ["run log"], "reason": problem})
    if (store := registry.thread_store()) and (problem := store.problem):
        return JsonResponse({"status": "degraded", "failing": ["threads"], "reason": problem})
    return JsonResponse({"status": "ready"})


@public("GET", "HEAD")
async def startup(request: HttpRequest) -> HttpResponse:
    """200 once settings, assistant and worker are up. Where the server has no lifespan, this gets them up."""
    await lifecycle.start()
    return JsonResponse({"status": "started"})
