"""Django's settings, from the environment (environment.py has the variables, .env.example explains them)."""

from typing import Any

from corsheaders.defaults import default_headers
from environ import Env

from assistant_backend import environment, project
from assistant_backend.variables import OF_THE_APP
from assistant_transport.telemetry import logs

_env = environment.read()

HOST: str = _env["HOST"]
PORT: int = _env["PORT"]
DEBUG: bool = _env["DEBUG"]
SECRET_KEY: str = _env["SECRET_KEY"]
ALLOWED_HOSTS: list[str] = _env["ALLOWED_HOSTS"]
FORWARDED_ALLOW_IPS: list[str] = _env["FORWARDED_ALLOW_IPS"]
HSTS_SECONDS: int = _env["HSTS_SECONDS"]

ASSISTANT_TRANSPORT = {variable.name: _env[variable.name] for variable in OF_THE_APP} | {"METRICS_HOST": HOST}
FILE_UPLOAD_MAX_MEMORY_SIZE = _env["MAX_BODY_BYTES"]  # no body is spooled to a disk that may be read-only
DATA_UPLOAD_MAX_MEMORY_SIZE = None  # http.body_limit bounds the body while it arrives

ASGI_APPLICATION = "assistant_backend.asgi.application"
ROOT_URLCONF = "assistant_backend.urls"
APPEND_SLASH = False
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"  # the default differs between Django 5.2 and 6.0
TIME_ZONE = "UTC"
USE_TZ = True
USE_I18N = False
# A connection lasts as long as its request or reply: kept longer, it would stay behind in a thread that has ended.
DATABASES: dict[str, dict[str, Any]] = (
    {"default": Env.db_url_config(_env["DATABASE_URL"]) | {"CONN_MAX_AGE": 0}} if _env["DATABASE_URL"] else {}
)
if _env["THREADS"] and DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    # Who reads threads does not wait for the one who writes, and a transaction knows from its beginning that it writes.
    _pragmas = {"init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL", "transaction_mode": "IMMEDIATE"}
    DATABASES["default"]["OPTIONS"] = _pragmas | DATABASES["default"].get("OPTIONS", {})

# `assistant_transport` comes before staticfiles: its runserver is the one that streams, and the site's own before both.
INSTALLED_APPS = [
    *project.APPS,
    "assistant_backend",
    "assistant_transport",
    "corsheaders",
    "django.contrib.staticfiles",
]

# Each one is async: a sync middleware costs every stream a hop to a thread and back.
MIDDLEWARE = [
    "assistant_backend.middleware.response_headers",
    "corsheaders.middleware.CorsMiddleware",
    "assistant_backend.middleware.allowed_hosts",
    "assistant_backend.middleware.static_files",
]

_users = ("auth", "contenttypes")  # a kept thread may belong to a user
if _env["THREADS"]:
    INSTALLED_APPS += ["assistant_transport.threads"]
if project.ADMIN or _env["THREADS"]:
    INSTALLED_APPS += [f"django.contrib.{app}" for app in _users]
if project.ADMIN:
    INSTALLED_APPS += [f"django.contrib.{app}" for app in ("admin", "sessions", "messages")]
    MIDDLEWARE += [
        "django.contrib.sessions.middleware.SessionMiddleware",
        "django.contrib.auth.middleware.AuthenticationMiddleware",
        "django.contrib.messages.middleware.MessageMiddleware",
    ]

SILENCED_SYSTEM_CHECKS = [
    "security.W001",  # no SecurityMiddleware: middleware.response_headers does it without a thread hop
    "security.W002",  # no XFrameOptionsMiddleware: the same
    "security.W012",  # SESSION_COOKIE_SECURE: response_headers makes cookies Secure where the request came by https
    "security.W003",  # no CsrfViewMiddleware: the app checks the token itself where CALLER goes by cookies
]

CORS_ALLOWED_ORIGINS: list[str] = _env["CORS_ORIGINS"]
CORS_ALLOW_CREDENTIALS: bool = _env["CORS_ALLOW_CREDENTIALS"]
CSRF_TRUSTED_ORIGINS = CORS_ALLOWED_ORIGINS
# `*` does not cover Authorization, so the usual headers are named as well.
CORS_ALLOW_HEADERS = [*default_headers, "x-client-id", "*"]
CORS_EXPOSE_HEADERS = ["X-Run-Id", "X-Request-ID", "Retry-After", "Aui-Replay-Content-Length"]

_context = [
    "django.template.context_processors.request",
    "django.contrib.auth.context_processors.auth",
    "django.contrib.messages.context_processors.messages",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {"context_processors": _context if project.ADMIN else []},
    }
]

# Django takes the path off where a request has it, so a proxy may pass it on or not. Cookies are that path's alone.
FORCE_SCRIPT_NAME: str | None = _env["ROOT_PATH"] or None
CSRF_COOKIE_PATH = SESSION_COOKIE_PATH = f"{_env['ROOT_PATH']}/"

STATIC_URL = f"{_env['ROOT_PATH']}/static/"
STATIC_ROOT = environment.ROOT / "staticfiles"
# The chat page, where it was built. Its files have hashes of their own, by which they import each other.
_page = environment.ROOT / "frontend" / "dist"
STATICFILES_DIRS = [_page] if _page.is_dir() else []
_collected = (STATIC_ROOT / "staticfiles.json").is_file()
CHAT_PAGE_MANIFEST = (STATIC_ROOT if _collected else _page) / "manifest.json"
CHAT_PAGE: bool = _env["CHAT_PAGE"] and CHAT_PAGE_MANIFEST.is_file()
PAGE_TITLE: str = _env["PAGE_TITLE"]
PAGE_HEADING: str = _env["PAGE_HEADING"]
PAGE_WELCOME: str = _env["PAGE_WELCOME"]
PAGE_PROMPTS: str = _env["PAGE_PROMPTS"]
PAGE_LOGO: str = _env["PAGE_LOGO"]
PAGE_COLORS: tuple[tuple[str, str], ...] = _env["PAGE_COLORS"]
# What has a hash in its name is cached for good: the page's files, by Vite's, and the others, by collectstatic's.
WHITENOISE_IMMUTABLE_FILE_TEST = r"/assets/[^/]+-[\w-]{8}\.\w+$|\.[0-9a-f]{12}\.\w+$"
WHITENOISE_USE_FINDERS = WHITENOISE_AUTOREFRESH = not _collected
STORAGES = {
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if _collected or environment.COLLECTING
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    }
}

globals().update({variable.name: _env[variable.name] for variable in project.VARIABLES})

LOGGING = logs.configuration(_env["LOG_LEVEL"], json=not DEBUG)
