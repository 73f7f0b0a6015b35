from django.urls import path, re_path

from assistant_transport.http import probes, run_views, views

urlpatterns = [
    path("", views.index),
    path("assistant", views.assistant_endpoint),
    path("initial-state", run_views.initial_state),
    path("resume", run_views.resume),
    path("cancel", run_views.cancel),
    path("health", views.health_check),
    path("health/live", probes.live),
    path("health/ready", probes.ready),
    path("health/startup", probes.startup),
    path("openapi.json", views.openapi_document),
    re_path("", views.not_found),
]

handler400 = "assistant_transport.http.views.bad_request"
handler500 = "assistant_transport.http.views.server_error"
