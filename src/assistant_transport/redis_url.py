"""What makes REDIS_URL valid. Nothing of it is ever quoted: what looks like a host may be half a password."""

import re
from urllib.parse import parse_qsl, urlsplit

_EXAMPLE = "such as redis://user:password@host:6379/0"
_QUOTE = "In a user or password write # as %23, / as %2F, @ as %40, ? as %3F and % as %25"
_ANYWHERE = {"db", "username", "password"}
_WITH_TLS = {
    "ssl_ca_certs", "ssl_ca_path", "ssl_certfile", "ssl_keyfile", "ssl_password", "ssl_cert_reqs", "ssl_check_hostname",
}  # fmt: skip


def problem(value: str) -> str | None:
    """A sentence that says how to mend `value`, or None."""
    if not value:
        return None
    if not re.match(r"(rediss?|unix)://.", value):
        return "must be redis://…, rediss://… or unix://…"
    if "#" in value or re.search(r"\s", value):
        return f"has a # or white space, which must be written otherwise. {_QUOTE}"
    try:
        parts = urlsplit(value)
        host, _ = parts.hostname, parts.port
    except ValueError:
        return f"has no valid host and port. {_QUOTE}"
    if parts.scheme == "unix":
        if not parts.path:
            return "must end in the path of a socket, such as unix:///run/valkey.sock"
    elif not host:
        return f"names no host: it must be {_EXAMPLE}. {_QUOTE}"
    elif not re.fullmatch(r"/?\d*", parts.path):
        return f"must end in the number of a database or in the port, {_EXAMPLE}"
    return _options_problem(parts.scheme, dict(parse_qsl(parts.query, keep_blank_values=True)))


def _options_problem(scheme: str, options: dict[str, str]) -> str | None:
    """All others either break the client or are this project's to choose, such as its timeouts and its protocol."""
    allowed = _ANYWHERE | (_WITH_TLS if scheme == "rediss" else set())
    if not options.keys() <= allowed:
        return (
            f"has an option behind ? that is none of {', '.join(sorted(allowed))}"
            + ("" if scheme == "rediss" else f"; with rediss:// also {', '.join(sorted(_WITH_TLS))}")
            + f". {_QUOTE}"
        )
    if not re.fullmatch(r"\d+", options.get("db", "0")):
        return "db must be the number of a database"
    if options.get("ssl_cert_reqs", "required") not in ("required", "optional", "none"):
        return "ssl_cert_reqs must be required, optional or none"
    return None
