"""Django's settings, from the environment (environment.py has the variables, .env.example explains them)."""

from corsheaders.defaults import default_headers
from environ import Env

import assistant_backend
from assistant_backend import environment
from assistant_transport.telemetry import logs

_env = environment.read()

SERVICE = assistant_backend.SERVICE
VERSION = assistant_backend.__version__

HOST: str = _env["HOST"]
PORT: int = _env["PORT"]
DEBUG: bool = _env["DEBUG"]
SECRET_KEY: str = _env["SECRET_KEY"]
ALLOWED_HOSTS: list[str] = _env["ALLOWED_HOSTS"]
FORWARDED_ALLOW_IPS: list[str] = _env["FORWARDED_ALLOW_IPS"]
HSTS_SECONDS: int = _env["HSTS_SECONDS"]

ASSISTANT: str = _env["ASSISTANT"]
ASSISTANT_PROTOCOL: str = _env["ASSISTANT_PROTOCOL"]
ASSISTANT_MESSAGE_FORMAT: str = _env["ASSISTANT_MESSAGE_FORMAT"]
OPENAI_API_KEY: str = _env["OPENAI_API_KEY"]
OPENAI_MODEL: str = _env["OPENAI_MODEL"]
OPENAI_BASE_URL: str = _env["OPENAI_BASE_URL"]
OPENAI_API: str = _env["OPENAI_API"] or ("chat" if OPENAI_BASE_URL else "responses")
ANTHROPIC_API_KEY: str = _env["ANTHROPIC_API_KEY"]
ANTHROPIC_MODEL: str = _env["ANTHROPIC_MODEL"]
ANTHROPIC_BASE_URL: str = _env["ANTHROPIC_BASE_URL"]
ALLOWED_MODELS: list[str] = _env["ALLOWED_MODELS"]
SYSTEM_PROMPT: str = _env["SYSTEM_PROMPT"]
MAX_OUTPUT_TOKENS: int = _env["MAX_OUTPUT_TOKENS"]
MAX_TOOL_ROUNDS: int = _env["MAX_TOOL_ROUNDS"]
TOOL_TIMEOUT_SECONDS: float = _env["TOOL_TIMEOUT_SECONDS"]
MAX_HISTORY_MESSAGES: int = _env["MAX_HISTORY_MESSAGES"]
MAX_IMAGE_BYTES: int = _env["MAX_IMAGE_BYTES"]
ALLOW_IMAGE_URLS: bool = _env["ALLOW_IMAGE_URLS"]
PROVIDER_TIMEOUT_SECONDS: float = _env["PROVIDER_TIMEOUT_SECONDS"]
PROVIDER_FIRST_TOKEN_SECONDS: float = _env["PROVIDER_FIRST_TOKEN_SECONDS"]
PROVIDER_RETRIES: int = _env["PROVIDER_RETRIES"]
MOCK_DELAY_SECONDS: float = _env["MOCK_DELAY_SECONDS"]
HEARTBEAT_SECONDS: float = _env["HEARTBEAT_SECONDS"]
FLUSH_INTERVAL_SECONDS: float = _env["FLUSH_INTERVAL_MS"] / 1000
API_KEYS: tuple[tuple[str, str], ...] = _env["API_KEYS"]
REDIS_URL: str = _env["REDIS_URL"]
RUN_LEASE_SECONDS: float = _env["RUN_LEASE_SECONDS"]
RUN_TTL_SECONDS: float = _env["RUN_TTL_SECONDS"]
RUN_GRACE_SECONDS: float = _env["RUN_GRACE_SECONDS"]
MAX_RUN_SECONDS: float = _env["MAX_RUN_SECONDS"]
MAX_CONCURRENT_RUNS: int = _env["MAX_CONCURRENT_RUNS"]
MAX_STATES_BYTES: int = _env["MAX_STATES_BYTES"]
MAX_RUNS_PER_OWNER: int = _env["MAX_RUNS_PER_OWNER"]
MAX_RUNS_PER_KEY: int = _env["MAX_RUNS_PER_KEY"]
MAX_RUN_BYTES: int = _env["MAX_RUN_BYTES"]
DRAIN_SECONDS: float = _env["DRAIN_SECONDS"]
MAX_BODY_BYTES: int = _env["MAX_BODY_BYTES"]
FILE_UPLOAD_MAX_MEMORY_SIZE = MAX_BODY_BYTES  # no file is spooled to a disk that may be read-only
DATA_UPLOAD_MAX_MEMORY_SIZE = None  # asgi.BodyLimit bounds the body while it arrives
METRICS_PORT: int = _env["METRICS_PORT"]
SENTRY_DSN: str = _env["SENTRY_DSN"]
SENTRY_ENVIRONMENT: str = _env["SENTRY_ENVIRONMENT"]
SENTRY_SAMPLE_RATE: float = _env["SENTRY_SAMPLE_RATE"]
SENTRY_TRACES_SAMPLE_RATE: float = _env["SENTRY_TRACES_SAMPLE_RATE"]

ROOT_URLCONF = "assistant_backend.urls"
APPEND_SLASH = False
TIME_ZONE = "UTC"
USE_TZ = True
USE_I18N = False
# A connection lasts as long as its request or reply: kept longer, it would stay behind in a thread that has ended.
DATABASES: dict[str, dict[str, object]] = (
    {"default": Env.db_url_config(_env["DATABASE_URL"]) | {"CONN_MAX_AGE": 0}} if _env["DATABASE_URL"] else {}
)

# `assistant_transport` comes before staticfiles: its runserver is the one that streams.
INSTALLED_APPS = ["assistant_transport", "assistant_transport.http", "corsheaders", "django.contrib.staticfiles"]

# Each one is async: a sync middleware costs every stream a hop to a thread and back.
MIDDLEWARE = [
    "assistant_transport.http.middleware.security_headers",
    "assistant_transport.http.middleware.close_while_draining",
    "corsheaders.middleware.CorsMiddleware",
    "assistant_transport.http.middleware.allowed_hosts",
    "assistant_transport.http.middleware.static_files",
]

SILENCED_SYSTEM_CHECKS = [
    "security.W001",  # no SecurityMiddleware: http.middleware.security_headers does it without a thread hop
    "security.W002",  # no XFrameOptionsMiddleware: the same
    "security.W003",  # no CsrfViewMiddleware: nothing here goes by cookies
]

CORS_ALLOWED_ORIGINS: list[str] = _env["CORS_ORIGINS"]
CORS_ALLOW_CREDENTIALS = True
# `*` does not cover Authorization, so the usual headers are named as well.
CORS_ALLOW_HEADERS = [*default_headers, "x-client-id", "*"]
CORS_EXPOSE_HEADERS = ["X-Run-Id", "X-Request-ID", "Retry-After", "Aui-Replay-Content-Length"]

TEMPLATES = [{"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True}]

STATIC_URL = "/static/"
STATIC_ROOT = environment.ROOT / "staticfiles"
# The chat page, two files where it was built, which get their hashes with all the others.
_page = environment.ROOT / "frontend" / "dist"
STATICFILES_DIRS = [_page] if _page.is_dir() else []
_collected = (STATIC_ROOT / "staticfiles.json").is_file()
CHAT_PAGE: bool = _env["CHAT_PAGE"] and ((STATIC_ROOT if _collected else _page) / "chat.js").is_file()
WHITENOISE_USE_FINDERS = WHITENOISE_AUTOREFRESH = not _collected
STORAGES = {
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if _collected or environment.COLLECTING
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    }
}

LOGGING = logs.configuration(_env["LOG_LEVEL"], json=not DEBUG)
