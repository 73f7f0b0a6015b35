"""The app's settings: `settings.ASSISTANT_TRANSPORT`, one dict, read as one typed object with defaults.

    from assistant_transport.conf import settings
    settings.MAX_RUN_SECONDS

docs/configuration.md says what each is good for.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, fields
from difflib import get_close_matches
from typing import Any, cast

from django.conf import settings as django_settings
from django.core.signals import setting_changed

from assistant_transport import redis_url
from assistant_transport import validators as valid
from assistant_transport.validators import Validator

NAME = "ASSISTANT_TRANSPORT"

_OPENAI, _ANTHROPIC = "http://host:11434/v1", "http://host:8080"  # examples of addresses


def _setting(
    default: Any, valid: Validator | None = None, *, secret: bool = False, may_be_file: bool = False
) -> Any:  # Any, or each setting would need a cast
    """A setting; a `secret` is never shown, and one that `may_be_file` may come as the path of a file that holds it."""
    metadata = {"valid": valid, "secret": secret, "may_be_file": may_be_file}
    if isinstance(default, list):
        return field(default_factory=default.copy, metadata=metadata)
    return field(default=default, metadata=metadata)


# The default maxStreamLineLength of @assistant-ui/react 0.15.22. A state, and a run's largest frame, is one line.
_WITHIN_A_LINE = valid.between(1024, 16 * 1024 * 1024, "the npm client fails a reply that has a longer line")


@dataclass(frozen=True, kw_only=True)
class Settings:
    """Every setting with its type and its default."""

    ASSISTANT: str = _setting("auto", valid.assistant)
    ASSISTANT_PROTOCOL: str = _setting("data-stream", valid.one_of("data-stream", "assistant-transport"))
    ASSISTANT_MESSAGE_FORMAT: str = _setting("parts", valid.one_of("parts", "langchain"))
    MOCK_DELAY_SECONDS: float = _setting(0.03, valid.at_least(0))

    CALLER: str = _setting("assistant_transport.callers.api_keys", valid.dotted_path)
    API_KEYS: tuple[tuple[str, str], ...] = _setting((), valid.api_keys, secret=True)
    ALLOW_ANONYMOUS: bool = _setting(False)
    FORWARDED_USER_HEADER: str = _setting("", valid.header_name)
    FORWARDED_USER_SECRET: str = _setting("", valid.long_secret, secret=True)
    JWT_ISSUER: str = _setting("")
    JWT_AUDIENCE: str = _setting("")
    JWT_JWKS_URL: str = _setting("", valid.jwks_url)
    JWT_SECRET: str = _setting("", valid.long_secret, secret=True)
    JWT_ALGORITHMS: list[str] = _setting([], valid.jwt_algorithms)  # noqa: RUF009 - it makes a field

    OPENAI_API_KEY: str = _setting("", valid.provider_key, secret=True)
    OPENAI_MODEL: str = _setting("gpt-6-luna")
    OPENAI_BASE_URL: str = _setting("", valid.base_url(_OPENAI, "/chat/completions", "/responses", "/completions"))
    OPENAI_API: str = _setting("", valid.one_of("", "responses", "chat"))
    ANTHROPIC_API_KEY: str = _setting("", valid.provider_key, secret=True)
    ANTHROPIC_MODEL: str = _setting("claude-haiku-5-5")
    ANTHROPIC_BASE_URL: str = _setting("", valid.base_url(_ANTHROPIC, "/v1/messages", "/messages"))
    ALLOWED_MODELS: list[str] = _setting([])  # noqa: RUF009 - it makes a field
    SYSTEM_PROMPT: str = _setting("", may_be_file=True)
    SERVER_TOOLS: list[str] = _setting([], valid.server_tools)  # noqa: RUF009
    CLIENT_TOOLS: str = _setting("", valid.client_tools, may_be_file=True)
    MAX_OUTPUT_TOKENS: int = _setting(0, valid.unset_or_at_least(16))
    MAX_TOOL_ROUNDS: int = _setting(8, valid.at_least(0))
    TOOL_TIMEOUT_SECONDS: float = _setting(30.0, valid.at_least(0.01))
    APPROVAL_TTL_SECONDS: float = _setting(86400.0, valid.at_least(1))
    MAX_HISTORY_MESSAGES: int = _setting(500, valid.at_least(1))
    MAX_IMAGE_BYTES: int = _setting(3_000_000, valid.at_least(1))
    ALLOW_IMAGE_URLS: bool = _setting(False)
    PROVIDER_TIMEOUT_SECONDS: float = _setting(60.0, valid.at_least(0.1))
    PROVIDER_FIRST_TOKEN_SECONDS: float = _setting(120.0, valid.at_least(0.1))
    PROVIDER_OMIT: list[str] = _setting([], valid.field_names)  # noqa: RUF009
    PROVIDER_RETRIES: int = _setting(2, valid.at_least(0))
    LOG_PROVIDER_MESSAGES: bool = _setting(False)

    HEARTBEAT_SECONDS: float = _setting(15.0, valid.at_least(0.1))
    FLUSH_INTERVAL_MS: int = _setting(10, valid.at_least(0))
    MAX_BODY_BYTES: int = _setting(4 * 1024 * 1024, _WITHIN_A_LINE)

    REDIS_URL: str = _setting("", redis_url.problem, secret=True)
    RUN_LOG_PREFIX: str = _setting("assistant", valid.key_prefix)
    RUN_LEASE_SECONDS: float = _setting(5.0, valid.at_least(1))
    RUN_TTL_SECONDS: float = _setting(900.0, valid.at_least(0))
    RUN_READ_TTL_SECONDS: float = _setting(120.0, valid.at_least(60))
    RUN_GRACE_SECONDS: float = _setting(30.0, valid.at_least(0))
    ANONYMOUS_GRACE_SECONDS: float = _setting(2.0, valid.at_least(0))
    MAX_RUN_SECONDS: float = _setting(600.0, valid.at_least(1))
    MAX_RUN_BYTES: int = _setting(8 * 1024 * 1024, _WITHIN_A_LINE)
    MAX_CONCURRENT_RUNS: int = _setting(1000, valid.at_least(1))
    MAX_STATES_BYTES: int = _setting(192 * 1024 * 1024, valid.at_least(1024))
    MAX_RUNS_PER_OWNER: int = _setting(20, valid.at_least(1))
    MAX_RUNS_PER_KEY: int = _setting(500, valid.at_least(1))
    KEY_QUOTAS: list[str] = _setting([], valid.key_quotas)  # noqa: RUF009 - it makes a field
    THREAD_CONFLICT: str = _setting("cancel", valid.one_of("cancel", "wait"))
    THREAD_WAIT_SECONDS: float = _setting(30.0, valid.at_least(0))
    DRAIN_NOTICE_SECONDS: float = _setting(0.0, valid.at_least(0))
    DRAIN_SECONDS: float = _setting(50.0, valid.at_least(0))

    THREADS: bool = _setting(False)
    THREAD_TTL_DAYS: int = _setting(0, valid.at_least(0))

    METRICS_PORT: int = _setting(0, valid.port_or_none)
    METRICS_HOST: str = _setting("127.0.0.1")
    SENTRY_DSN: str = _setting("", valid.sentry_dsn, secret=True)
    SENTRY_ENVIRONMENT: str = _setting("production")
    SENTRY_SAMPLE_RATE: float = _setting(1.0, valid.share)
    SENTRY_TRACES_SAMPLE_RATE: float = _setting(0.0, valid.share)

    def __post_init__(self) -> None:
        for name in ("OPENAI_API_KEY", "ANTHROPIC_API_KEY"):
            object.__setattr__(self, name, getattr(self, name).strip())
        if not self.OPENAI_API:  # a compatible server speaks chat; only OpenAI itself speaks responses for certain
            object.__setattr__(self, "OPENAI_API", "chat" if self.OPENAI_BASE_URL else "responses")
        if not self.JWT_ALGORITHMS:
            object.__setattr__(self, "JWT_ALGORITHMS", ["HS256"] if self.JWT_SECRET else ["RS256"])


FIELDS = {setting.name: setting for setting in fields(Settings)}
DEFAULTS: dict[str, Any] = {
    name: setting.default_factory() if callable(setting.default_factory) else setting.default
    for name, setting in FIELDS.items()
}

# What makes a provider of models usable; a compatible server, such as Ollama, may need no key.
PROVIDERS = {"openai": ("OPENAI_API_KEY", "OPENAI_BASE_URL"), "anthropic": ("ANTHROPIC_API_KEY",)}

PAID_KEYS = ("OPENAI_API_KEY", "ANTHROPIC_API_KEY")


def costs_money() -> bool:
    """Whether replies may be paid for: a provider's key is set."""
    return any(getattr(settings, name) for name in PAID_KEYS)


def quotas_by_name(value: Iterable[str]) -> dict[str, int]:
    """How many runs each name may have, as KEY_QUOTAS has it."""
    pairs = (item.partition(":") for item in value)
    return {name: int(runs) for name, _, runs in pairs}


def problems(values: Mapping[str, Any]) -> list[str]:
    """What is wrong with `values`, one sentence each that begins with the setting's name and says how to mend it."""
    found = [_unknown(name) for name in values if name not in FIELDS]
    for name, setting in FIELDS.items():
        if name not in values:
            continue
        if expected := _type_problem(DEFAULTS[name], values[name]):
            found.append(f"{name}: must be {expected}")
        elif setting.metadata["valid"] and (problem := setting.metadata["valid"](values[name])):
            found.append(f"{name}: {problem}")
    return found or contradictions(DEFAULTS | dict(values))


def contradictions(values: Mapping[str, Any]) -> list[str]:
    """What is wrong only together, in `values` that are valid each by itself."""
    found = []
    if values["ASSISTANT"].startswith("langgraph:") and values["ASSISTANT_MESSAGE_FORMAT"] != "langchain":
        found.append("ASSISTANT_MESSAGE_FORMAT: a LangGraph graph writes LangChain's messages: set it to langchain")
    for provider, names in PROVIDERS.items():
        if values["ASSISTANT"] == provider and not any(values[name] for name in names):
            found.append(f"ASSISTANT: {provider} needs {' or '.join(names)}")
    return found + _of_callers(values)


def _of_callers(values: Mapping[str, Any]) -> list[str]:
    found = []
    caller = values["CALLER"].removeprefix("assistant_transport.callers.")
    if caller == "api_keys" and not values["API_KEYS"] and not values["ALLOW_ANONYMOUS"]:
        found += [
            f"{key} is set, but anybody could spend it: set API_KEYS or another CALLER, "
            "or ALLOW_ANONYMOUS=true where only you can reach this server"
            for key in PAID_KEYS
            if values[key]
        ][:1]
    if caller == "api_keys" and not valid.key_quotas(values["KEY_QUOTAS"]):
        known = {name for name, _ in values["API_KEYS"]}
        unknown = [name for name in quotas_by_name(values["KEY_QUOTAS"]) if name not in known]
        found += [f"KEY_QUOTAS: no key in API_KEYS is named {unknown[0]!r}"] if unknown else []
    if caller == "forwarded_user":
        missing = [name for name in ("FORWARDED_USER_HEADER", "FORWARDED_USER_SECRET") if not values[name]]
        found += [f"CALLER: forwarded_user needs {' and '.join(missing)}"] if missing else []
    if caller == "jwt":
        missing = [name for name in ("JWT_ISSUER", "JWT_AUDIENCE") if not values[name]]
        if bool(values["JWT_SECRET"]) == bool(values["JWT_JWKS_URL"]):
            missing.append("one of JWT_SECRET and JWT_JWKS_URL")
        found += [f"CALLER: jwt needs {' and '.join(missing)}"] if missing else []
        if any(name.startswith("HS") != bool(values["JWT_SECRET"]) for name in values["JWT_ALGORITHMS"]):
            found.append("JWT_ALGORITHMS: HS… are for JWT_SECRET, and all others for JWT_JWKS_URL")
    return found


def _unknown(name: str) -> str:
    near = get_close_matches(name, FIELDS, n=1)
    return f"{name}: there is no such setting" + (f"; did you mean {near[0]}?" if near else "")


def _type_problem(default: Any, value: Any) -> str | None:
    """What `value` should have been, by the default's type; None if it is that."""
    if isinstance(default, tuple):
        pairs = isinstance(value, list | tuple) and all(
            isinstance(pair, list | tuple) and len(pair) == 2 and all(isinstance(text, str) for text in pair)
            for pair in value
        )
        return None if pairs else "a list of pairs of texts"
    if isinstance(default, list):
        texts = isinstance(value, list | tuple) and all(isinstance(text, str) for text in value)
        return None if texts else "a list of texts"
    kinds: dict[type, tuple[Any, str]] = {
        bool: (bool, "True or False"),
        int: (int, "a whole number"),
        float: (int | float, "a number"),
        str: (str, "a text"),
    }
    kind, name = kinds[type(default)]
    is_bool_by_mistake = isinstance(value, bool) and kind is not bool
    return name if is_bool_by_mistake or not isinstance(value, kind) else None


class _Lazy:
    """`Settings` as they stand now: made when first asked for, and again when a test overrides them."""

    def __getattr__(self, name: str) -> Any:
        if name not in FIELDS:
            raise AttributeError(name)
        given: Mapping[str, Any] = getattr(django_settings, NAME, {})
        # What is unknown or wrong is for the checks to say; whoever serves runs them first.
        vars(self).update(vars(Settings(**{name: value for name, value in given.items() if name in FIELDS})))
        return vars(self)[name]


settings = cast(Settings, _Lazy())


def on_change(forget: Callable[[], object]) -> None:
    """Calls `forget` whenever a test overrides the settings, for what was made of them."""

    def changed(*, setting: str, **_: Any) -> None:
        if setting == NAME:
            forget()

    setting_changed.connect(changed, weak=False)


on_change(vars(settings).clear)
