from django.urls import include, path, re_path

from assistant_backend import project, views

urlpatterns = [
    *(path(prefix, include(urls)) for prefix, urls in project.ROUTES.items()),
    path("", views.index),
    path("colors.css", views.colors, name="colors"),
    path("", include("assistant_transport.urls")),
    re_path("", views.not_found),
]

handler400 = "assistant_backend.views.bad_request"
handler500 = "assistant_backend.views.server_error"
