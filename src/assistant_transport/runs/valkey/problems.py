"""Why Valkey cannot be used: a kind with a stable name, and a hint. Neither quotes anything that the server said."""

import socket
import ssl
from collections.abc import Iterator
from typing import NamedTuple

from redis import exceptions as redis
from redis.asyncio.sentinel import MasterNotFoundError


class Problem(NamedTuple):
    """`kind` is for readiness and logs, `hint` for whoever mends it."""

    kind: str
    hint: str


CONNECTING = Problem("connecting", "it has not answered yet")

_CLUSTER = Problem("cluster", "it is part of a cluster, which in REDIS_URL is redis+cluster://")
_CLUSTER_DOWN = Problem("cluster", "the cluster is down, or no node has the slot of the run log's keys")
_MOVING = Problem("slot_moving", "the slot of its keys is being moved to another node, and it goes on after that")
_ACL = Problem("not_allowed", "its user lacks a command or key of the list in docs/deployment.md")
_REPLICA = Problem("read_only", "it is a replica: REDIS_URL must lead to the primary")
_CLOSED = Problem("closed", "it closes the connection: it stops, or it takes TLS only, which is rediss://")
_TIMEOUT = Problem("timeout", "no answer in time: it hangs, a firewall is in between, or rediss:// meets no TLS there")
_UNREACHABLE = "unreachable"
_NO_WAY = Problem(_UNREACHABLE, "the way to REDIS_URL's host and port is broken")
_TLS = "tls"

# The first that fits an error, or what caused it: by its type and by a part of its text.
_PROBLEMS: tuple[tuple[type[BaseException], str, Problem], ...] = (
    (redis.OutOfMemoryError, "", Problem("full", "it has reached its maxmemory: give it more")),
    (redis.ReadOnlyError, "", _REPLICA),
    (redis.MasterDownError, "", _REPLICA),
    (redis.MovedError, "", _CLUSTER),
    (redis.AskError, "", _MOVING),
    (redis.TryAgainError, "", _MOVING),
    (redis.ClusterDownError, "", _CLUSTER_DOWN),
    (redis.ResponseError, "non local key", _CLUSTER),
    (redis.ResponseError, "cluster support disabled", Problem("no_cluster", "it is no cluster: that is redis://")),
    (redis.ResponseError, "No such master", Problem("unknown_name", "its Sentinels know no primary of that name")),
    (redis.ResponseError, "unknown command 'SENTINEL", Problem("no_sentinel", "it is no Sentinel, as a rule on 26379")),
    (MasterNotFoundError, "", Problem("no_primary", "its Sentinels have no living primary: they are electing one")),
    (redis.NoPermissionError, "", _ACL),
    (redis.ResponseError, "ACL failure", _ACL),  # in a script of Valkey 9
    (redis.ResponseError, "user executing the script", _ACL),  # in one of Redis 7.0
    (
        redis.AuthenticationError,
        "",
        Problem(
            "wrong_password",
            "check REDIS_URL's user and password, and those of the Sentinels if it names them (?sentinel_password=); "
            "in them #, /, @ and % are written as %23 and so on",
        ),
    ),
    (redis.BusyLoadingError, "", Problem("loading", "it is reading its data from disk")),
    (redis.ConnectionError, "max number of clients", Problem("too_many_clients", "raise its maxclients")),
    (redis.ResponseError, "MISCONF", Problem("cannot_save", "it cannot write to its disk, so it refuses writes")),
    (redis.ResponseError, "NOREPLICAS", Problem("no_replicas", "too few replicas follow it, so it refuses writes")),
    (redis.ResponseError, "DB index", Problem("wrong_database", "it has fewer databases than REDIS_URL's number")),
    (
        redis.ResponseError,
        "DENIED",
        Problem("protected", "it is in protected mode: give it a password, or turn that off"),
    ),
    (
        ssl.SSLCertVerificationError,
        "",
        Problem(_TLS, "its certificate is not valid: name a private CA by ?ssl_ca_certs=/path/ca.pem or SSL_CERT_FILE"),
    ),
    (ssl.SSLError, "", Problem(_TLS, "the TLS handshake failed: a server without TLS is redis://, not rediss://")),
    (FileNotFoundError, "", Problem(_UNREACHABLE, "a file or socket that REDIS_URL names is not there")),
    (socket.gaierror, "", Problem(_UNREACHABLE, "its host's name is unknown: check REDIS_URL")),
    (ConnectionRefusedError, "", Problem(_UNREACHABLE, "nothing listens at REDIS_URL's host and port")),
    (redis.TimeoutError, "", _TIMEOUT),
    (TimeoutError, "", _TIMEOUT),
    (redis.ConnectionError, "closed", _CLOSED),
    (ConnectionError, "", _CLOSED),
    (redis.ConnectionError, "", _NO_WAY),
    (OSError, "", _NO_WAY),
)
_OTHER = Problem("refused", "it refuses a command that it should know: Valkey 9 and Redis 7 do")


def diagnose(error: BaseException) -> Problem:
    """What an error of the client means. Its own text stays unsaid: it may quote a password."""
    errors = list(_causes(error))
    for kind, text, problem in _PROBLEMS:
        if any(isinstance(each, kind) and text in str(each) for each in errors):
            return problem
    return _OTHER


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__
