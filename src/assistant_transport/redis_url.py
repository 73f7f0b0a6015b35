"""What makes REDIS_URL valid. Nothing of it is ever quoted: what looks like a host may be half a password."""

import re
from typing import NamedTuple
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

_EXAMPLE = "such as redis://user:password@host:6379/0"
_SENTINEL_EXAMPLE = "such as redis+sentinel://user:password@host:26379,host:26379/name"
_CLUSTER_EXAMPLE = "such as redis+cluster://user:password@host:6379,host:6379"
_QUOTE = "In a user or password write # as %23, / as %2F, @ as %40, ? as %3F and % as %25"
_ANYWHERE = {"db", "username", "password"}
_WITH_TLS = {
    "ssl_ca_certs", "ssl_ca_path", "ssl_certfile", "ssl_keyfile", "ssl_password", "ssl_cert_reqs", "ssl_check_hostname",
}  # fmt: skip
_FOR_SENTINELS = {"sentinel_username", "sentinel_password", "sentinel_ssl"}
_SEVERAL = re.compile(r"(rediss?)\+(sentinel|cluster)://(?:(.*)@)?([^/?@]*)(?:/([^?]*))?(?:\?(.*))?")
_PORTS = {"sentinel": 26379, "cluster": 6379}


class Topology(NamedTuple):
    """Servers of which one is the primary for the time being."""

    kind: str  # sentinel or cluster
    asked: tuple[str, ...]  # the plain URLs of those that know the primary: the Sentinels, or the cluster's nodes
    primary: str  # the primary's plain URL, but for its host and port
    name: str  # by which the Sentinels know the primary; a cluster has none


def topology(value: str) -> Topology | None:
    """What a URL of several servers names; None for the URL of a single one."""
    match = _SEVERAL.fullmatch(value)
    if match is None:
        return None
    scheme, kind, user, hosts, name, query = match.groups()
    options = dict(parse_qsl(query or "", keep_blank_values=True))
    primary = {key: text for key, text in options.items() if key not in _FOR_SENTINELS}
    user = f"{user}@" if user else ""
    asked_scheme, asked_user, asked = scheme, user, primary
    if kind == "sentinel":
        asked_scheme = {"true": "rediss", "false": "redis"}.get(options.get("sentinel_ssl", ""), scheme)
        names = [quote(options.get(f"sentinel_{key}", ""), safe="") for key in ("username", "password")]
        asked_user = f"{':'.join(names)}@" if any(names) else ""
        tls = {key: text for key, text in primary.items() if key in _WITH_TLS}
        asked = tls if asked_scheme == "rediss" else {}
        if scheme == "redis" and asked_scheme == "rediss":
            primary = {key: text for key, text in primary.items() if key not in tls}
    servers = [host if not host or re.search(r":\d+$", host) else f"{host}:{_PORTS[kind]}" for host in hosts.split(",")]
    return Topology(
        kind,
        tuple(f"{asked_scheme}://{asked_user}{server}?{urlencode(asked)}" for server in servers),
        f"{scheme}://{user}primary?{urlencode(primary)}",
        name or "",
    )


def problem(value: str) -> str | None:
    """A sentence that says how to mend `value`, or None."""
    if not value:
        return None
    if not re.match(r"(rediss?(\+sentinel|\+cluster)?|unix)://.", value):
        return (
            "must be redis://…, rediss://… or unix://…, or for several servers redis+sentinel://… or redis+cluster://…"
        )
    if "#" in value or re.search(r"\s", value):
        return f"has a # or white space, which must be written otherwise. {_QUOTE}"
    if "+" not in value.partition("://")[0]:
        return _server_problem(value)
    servers = topology(value)
    return _topology_problem(servers, value) if servers else f"has no valid hosts and ports. {_QUOTE}"


def _topology_problem(servers: Topology, value: str) -> str | None:
    sentinel = servers.kind == "sentinel"
    example = _SENTINEL_EXAMPLE if sentinel else _CLUSTER_EXAMPLE
    options = dict(parse_qsl(urlsplit(value).query, keep_blank_values=True))
    hosts = [re.sub("^rediss?://(.*@)?", "", url) for url in servers.asked]
    if any(re.match(r"[:?]|$", host) for host in hosts):
        return f"names no host, or a comma too many: it must be {example}. {_QUOTE}"
    if sentinel and not re.fullmatch(r"[\w.-]+", servers.name):
        return f"must end in the name by which the Sentinels know the primary, {example}"
    if not sentinel and (servers.name or "db" in options):
        return f"must end in the last host: a cluster has no other database than 0, {example}"
    if not sentinel and options.keys() & _FOR_SENTINELS:
        return f"has an option behind ? that is for redis+sentinel:// only. {_QUOTE}"
    if options.get("sentinel_ssl", "true") not in ("true", "false"):
        return "sentinel_ssl must be true or false"
    return next(filter(None, map(_server_problem, (*servers.asked, servers.primary))), None)


def _server_problem(value: str) -> str | None:
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
