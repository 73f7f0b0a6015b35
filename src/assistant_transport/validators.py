"""What makes a setting's value valid. Each returns a sentence that says how to mend it, or None."""

import json
import re
from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import urlsplit

Validator = Callable[[Any], str | None]

_DOTTED_PATH = re.compile(r"[A-Za-z_]\w*(\.[A-Za-z_]\w*)+")
_TOOL_NAME = re.compile(r"[A-Za-z0-9_-]{1,64}")
_GRAPH = re.compile(r"langgraph:[A-Za-z_]\w*(\.[A-Za-z_]\w*)*:[A-Za-z_]\w*")


def at_least(minimum: float) -> Validator:
    return lambda value: None if value >= minimum else f"must be {minimum} or more"


def between(minimum: float, maximum: float, why: str) -> Validator:
    """`why` says what is not possible above `maximum`."""
    lowest = at_least(minimum)
    return lambda value: lowest(value) or (None if value <= maximum else f"must be {maximum} or less: {why}")


def unset_or_at_least(minimum: int) -> Validator:
    return lambda value: None if value == 0 or value >= minimum else f"must be {minimum} or more, or unset"


def one_of(*choices: str) -> Validator:
    return lambda value: None if value in choices else f"must be one of {', '.join(choices)}"


def port(value: int) -> str | None:
    return None if 1 <= value <= 65535 else "must be a port from 1 to 65535"


def port_or_none(value: int) -> str | None:
    return port(value) if value else None


def share(value: float) -> str | None:
    return None if 0 <= value <= 1 else "must be a share from 0 to 1"


def base_url(example: str, *added: str) -> Validator:
    """A URL such as `example`, to which the paths of the endpoints, `added`, are yet to be added."""

    def valid(value: str) -> str | None:
        if not value:
            return None
        if not re.match(r"https?://", value):
            return f"must begin with http:// or https://, as {example} does"
        if "?" in value or "#" in value:
            return f"must have no ? and no #: it is an address to which paths are added, such as {example}"
        if not _is_address(value):
            return f"must be a URL such as {example}"
        path = next((path for path in added if value.rstrip("/").endswith(path)), None)
        return f"must end before {path}, which is added to it: such as {example}" if path else None

    return valid


def _is_address(value: str) -> bool:
    try:
        parts = urlsplit(value)
        return bool(parts.hostname) and parts.port != 0 and not re.search(r"\s", value)
    except ValueError:  # of the port, or of an address in brackets
        return False


def provider_key(value: str) -> str | None:
    """White space around a key is not part of it."""
    if re.fullmatch(r"[ -~]*", value.strip()):
        return None
    return "holds a line break or another character that no HTTP header can carry: copy the key again, and nothing else"


def assistant(value: str) -> str | None:
    if value in ("auto", "mock", "openai", "anthropic") or _DOTTED_PATH.fullmatch(value) or _GRAPH.fullmatch(value):
        return None
    return (
        "must be auto, mock, openai, anthropic, langgraph:module:graph, "
        "or the dotted path of an assistant such as my_package.assistant.Assistant"
    )


def dotted_path(value: str) -> str | None:
    return None if _DOTTED_PATH.fullmatch(value) else "must be a dotted path such as my_package.callers.tenant"


def header_name(value: str) -> str | None:
    return None if re.fullmatch(r"[A-Za-z0-9-]*", value) else "must be the name of a header, such as X-Forwarded-User"


def long_secret(value: str) -> str | None:
    if not value or re.fullmatch(r"[\x21-\x7e]{32,}", value):
        return None
    return "must have 32 characters or more, without spaces; make one with: openssl rand -hex 32"


def jwks_url(value: str) -> str | None:
    if not value or re.match(r"https://[^\s]+|http://(localhost|127\.0\.0\.1|\[::1\])[:/]", value):
        return None
    return "must be an https URL: whoever can change the keys on their way can sign in as anybody"


def jwt_algorithms(value: Iterable[str]) -> str | None:
    known = re.compile(r"(HS|RS|PS)(256|384|512)|ES(256|256K|384|512)|EdDSA")
    wrong = [name for name in value if not known.fullmatch(name)]
    return f"{wrong[0]!r} must be an algorithm such as RS256, ES256 or, with JWT_SECRET, HS256" if wrong else None


def api_keys(value: Iterable[tuple[str, str]]) -> str | None:
    for name, key in value:
        if not re.fullmatch(r"[\w.-]{1,64}", name) or not re.fullmatch(r"[\x21-\x7e]{16,}", key):
            return "must be name:key,name:key with keys of 16 characters or more; make one with: openssl rand -hex 24"
    return None


def key_quotas(value: Iterable[str]) -> str | None:
    names = []
    for item in value:
        if not re.fullmatch(r"[\w.-]{1,64}:[1-9][0-9]{0,8}", item):
            return "must be name:runs,name:runs with the names of API_KEYS and how many runs each may have at once"
        names.append(item.partition(":")[0])
    twice = [name for name in names if names.count(name) > 1]
    return f"{twice[0]!r} has two quotas: keep one" if twice else None


def key_prefix(value: str) -> str | None:
    return None if re.fullmatch(r"[A-Za-z0-9_.-]{1,64}", value) else "must be 1 to 64 letters, digits, _, . and -"


def sentry_dsn(value: str) -> str | None:
    return None if not value or re.fullmatch(r"https?://\w+(:\w+)?@[^/]+/.*\d+", value) else "must be a Sentry DSN"


def server_tools(value: Iterable[str]) -> str | None:
    names = list(value)
    if "none" in names and names != ["none"]:
        return "must be none alone, or tools without it"
    wrong = [name for name in names if not re.fullmatch(r"[A-Za-z_]\w*(\.[A-Za-z_]\w*)*", name)]
    return f"{wrong[0]!r} must be a tool's name or a dotted path such as my_package.tools.roll_dice" if wrong else None


def field_names(value: Iterable[str]) -> str | None:
    wrong = [name for name in value if not re.fullmatch(r"[a-z_]+", name)]
    return f"{wrong[0]!r} must be tools, images, or the name of a request's field such as seed" if wrong else None


def client_tools(value: str) -> str | None:
    """JSON that declares tools of the frontend, as a request lists them."""
    if not value:
        return None
    example = '{"get_weather": {"description": "…", "parameters": {"type": "object", "properties": {…}}}}'
    try:
        tools = json.loads(value)
    except ValueError as error:
        return f"must be JSON such as {example} ({error})"
    if not isinstance(tools, dict):
        return f"must be an object such as {example}"
    for name, tool in tools.items():
        if not _TOOL_NAME.fullmatch(name):
            return f"{name!r} must be 1 to 64 letters, digits, _ and -, for models take no other name"
        if not isinstance(tool, dict) or not isinstance(tool.get("parameters"), dict):
            return f"{name} needs `parameters`, a JSON Schema, as in {example}"
        if not isinstance(tool.get("description", ""), str):
            return f"the description of {name} must be a text"
    return None
