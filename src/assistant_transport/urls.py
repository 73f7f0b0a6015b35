"""The app's routes, which a project includes under any prefix.

path("assistant/", include("assistant_transport.urls"))
"""

from django.urls import path

from assistant_transport.http import probes, run_views, thread_views, views

app_name = "assistant_transport"

ROUTES = {
    "assistant": views.assistant_endpoint,
    "initial-state": run_views.initial_state,
    "thread-state": views.thread_state,
    "resume": run_views.resume,
    "cancel": run_views.cancel,
    "models": views.models,
    "threads": thread_views.threads,
    "threads/{threadId}": thread_views.thread,
    "threads/{threadId}/title": thread_views.thread_title,
    "threads/{threadId}/export": thread_views.thread_export,
    "health": views.health_check,
    "health/live": probes.live,
    "health/ready": probes.ready,
    "health/startup": probes.startup,
    "openapi.json": views.openapi_document,
}

urlpatterns = [path(route.replace("{threadId}", "<str:thread_id>"), view, name=route) for route, view in ROUTES.items()]
