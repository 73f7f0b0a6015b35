from django.urls import URLPattern, URLResolver, include, path, re_path
from django.views.generic import RedirectView

from assistant_backend import project, views


def admin_routes() -> list[URLPattern | URLResolver]:
    """The admin, with and without a slash. It can only be imported where its apps are installed."""
    from django.contrib import admin

    return [path("admin", RedirectView.as_view(pattern_name="admin:index")), path("admin/", admin.site.urls)]


urlpatterns = [
    *(path(prefix, include(urls)) for prefix, urls in project.ROUTES.items()),
    *(admin_routes() if project.ADMIN else []),
    path("", views.index),
    path("colors.css", views.colors, name="colors"),
    path("logo", views.logo, name="logo"),
    path("", include("assistant_transport.urls")),
    re_path("", views.not_found),
]

handler400 = "assistant_backend.views.bad_request"
handler500 = "assistant_backend.views.server_error"
