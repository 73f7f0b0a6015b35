"""Async-native middleware: none of it hops to a thread on a stream's way."""

from collections.abc import Awaitable, Callable

from asgiref.sync import sync_to_async
from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.decorators import async_only_middleware
from whitenoise.middleware import WhiteNoiseMiddleware

from assistant_backend import project
from assistant_transport.http.errors import ApiError, Code

Handler = Callable[[HttpRequest], Awaitable[HttpResponseBase]]

_FORMS = "'self'" if project.ADMIN or project.ROUTES else "'none'"  # the chat page has no form

# What SecurityMiddleware and XFrameOptionsMiddleware would set, each of them at the price of a thread hop. These say
# how a browser shows a page, so other answers go without them: they were a quarter of a short reply's bytes.
PAGE_HEADERS = {
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; img-src 'self' data: blob:; "
        f"connect-src 'self'; base-uri 'none'; form-action {_FORMS}; frame-ancestors 'none'"
    ),
}


@async_only_middleware
def response_headers(get_response: Handler) -> Handler:
    """Adds the security headers, and the length where it is known, as CommonMiddleware would by a thread hop.

    `nosniff` is on every answer: it keeps a browser from showing one as a page that was none.
    """

    async def middleware(request: HttpRequest) -> HttpResponseBase:
        response = await get_response(request)
        if isinstance(response, HttpResponse) and response.status_code != 204:
            response.headers.setdefault("Content-Length", str(len(response.content)))
        response.headers["X-Content-Type-Options"] = "nosniff"
        if response.headers.get("Content-Type", "text/html").startswith(
            ("text/html", "image/svg", "application/xhtml")
        ):
            for name, value in PAGE_HEADERS.items():
                response.headers.setdefault(name, value)
        if request.is_secure():
            for cookie in response.cookies.values():
                cookie["secure"] = True
        if request.is_secure() and settings.HSTS_SECONDS:
            response.headers["Strict-Transport-Security"] = f"max-age={settings.HSTS_SECONDS}"
        return response

    return middleware


@async_only_middleware
def allowed_hosts(get_response: Handler) -> Handler:
    """Refuses a Host that is not in ALLOWED_HOSTS, except on the probes."""

    async def middleware(request: HttpRequest) -> HttpResponseBase:
        if not request.path_info.startswith("/health"):
            try:
                request.get_host()
            except DisallowedHost:
                return ApiError(Code.HOST_NOT_ALLOWED, "This host is not one of ALLOWED_HOSTS.").response()
        return await get_response(request)

    return middleware


@async_only_middleware
def static_files(get_response: Handler) -> Handler:
    """Serves static files by WhiteNoise, which is synchronous, and touches nothing else."""

    def no_file(request: HttpRequest) -> HttpResponse:
        return ApiError(Code.NOT_FOUND, f"There is nothing at {request.path}.").response()

    whitenoise = WhiteNoiseMiddleware(no_file, settings)
    prefix = settings.STATIC_URL.removeprefix(settings.FORCE_SCRIPT_NAME or "")

    def serve(request: HttpRequest) -> HttpResponse:
        response = whitenoise(request)
        # Read here, in the thread: an ASGI response must not iterate over a file.
        return HttpResponse(b"".join(response), status=response.status_code, headers=dict(response.items()))

    async def middleware(request: HttpRequest) -> HttpResponseBase:
        if request.path_info.startswith(prefix):
            return await sync_to_async(serve)(request)
        return await get_response(request)

    return middleware
