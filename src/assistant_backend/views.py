"""The site's own views: the page, and what is said where there is nothing."""

import logging

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import CsrfViewMiddleware, get_token
from django.shortcuts import render

from assistant_backend import looks
from assistant_transport import SERVICE, __version__
from assistant_transport.callers import BY_HEADER
from assistant_transport.conf import settings as app_settings
from assistant_transport.http.endpoint import public
from assistant_transport.http.errors import ApiError, Code

logger = logging.getLogger(__name__)


@public("GET", "HEAD")
async def index(request: HttpRequest) -> HttpResponse:
    """The chat page where it was built, else one that says what this is."""
    context = {
        "page": looks.texts(),
        "files": looks.files() if settings.CHAT_PAGE else {},
        "has_colors": bool(settings.PAGE_COLORS),
        "service": SERVICE,
        "version": __version__,
        "host": request.get_host(),
        "root": settings.FORCE_SCRIPT_NAME or "",
    }
    response = render(request, "chat.html" if settings.CHAT_PAGE else "index.html", context)
    if app_settings.CALLER not in BY_HEADER:
        _set_csrf_cookie(request, response)
    return response


@public("GET", "HEAD")
async def colors(request: HttpRequest) -> HttpResponse:
    """The page's colors, where PAGE_COLORS has some."""
    return HttpResponse(looks.style_sheet(), "text/css; charset=utf-8", headers={"Cache-Control": "no-cache"})


@public("GET", "HEAD")
async def logo(request: HttpRequest) -> HttpResponse:
    """The image of PAGE_LOGO."""
    if not settings.PAGE_LOGO:
        raise ApiError(Code.NOT_FOUND, "This page has no logo: PAGE_LOGO names none.")
    return HttpResponse(*looks.logo(settings.PAGE_LOGO), headers={"Cache-Control": "no-cache"})


def _set_csrf_cookie(request: HttpRequest, response: HttpResponse) -> None:
    """Gives the page the token that it sends. Not by a middleware, at the price of a thread hop for each request."""
    csrf = CsrfViewMiddleware(lambda _: response)
    csrf.process_request(request)
    get_token(request)
    csrf.process_response(request, response)


@public("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT")
async def not_found(request: HttpRequest) -> HttpResponse:
    raise ApiError(Code.NOT_FOUND, f"There is nothing at {request.path}.")


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Django's own 400s, as a Host header that is no host."""
    return ApiError(Code.MALFORMED_REQUEST, "The request is malformed.").response()


def server_error(request: HttpRequest) -> HttpResponse:
    """Only a middleware's mistake ends here; a view's is http.endpoint's."""
    logger.exception("The request failed")
    return ApiError(Code.INTERNAL_ERROR, "The server failed to answer.").response()
