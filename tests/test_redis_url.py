"""REDIS_URL is checked at the start, and what is wrong is said without a word of it."""

import subprocess
import sys

import pytest

from assistant_transport import redis_url
from tests.server import ROOT, environment

SECRET = "hunter"  # the head of a password with a character that must be quoted


@pytest.mark.parametrize(
    "url",
    [
        "",
        "redis://valkey",
        "redis://valkey:6379",
        "redis://valkey:6379/",
        "redis://user:pass%23word@[::1]:6379/15",
        "redis://:password@valkey:6379?db=3",
        "rediss://user:password@host.example:6380/0?ssl_ca_certs=/run/secrets/ca.pem&ssl_check_hostname=false",
        "rediss://host?ssl_cert_reqs=none",
        "unix:///run/valkey.sock?db=1",
        "unix://user:password@/run/valkey.sock",
        "redis+sentinel://one:26379,two:26379,[::1]:26380/main",
        "redis+sentinel://user:pass%23word@one,two/main?db=2&sentinel_username=s&sentinel_password=p%2Fw",
        "rediss+sentinel://:password@one/main?ssl_ca_certs=/run/secrets/ca.pem&sentinel_ssl=false",
        "redis+sentinel://one/main?sentinel_ssl=true&ssl_ca_certs=/run/secrets/ca.pem",
        "redis+cluster://one:6379,two:6379",
        "redis+cluster://:password@one",
        "rediss+cluster://user:password@one,two/?ssl_ca_certs=/run/secrets/ca.pem",
    ],
)
def test_what_the_client_takes_is_valid(url: str) -> None:
    assert redis_url.problem(url) is None


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("valkey:6379", "must be redis://"),
        ("sentinel://valkey:26379", "must be redis://"),
        ("redis+sentinel://valkey:26379", "name by which the Sentinels know"),
        ("redis+sentinel://one:26379,/main", "a comma too many"),
        ("redis+sentinel:///main", "names no host"),
        ("redis+sentinel://one:port/main", "no valid host and port"),
        ("redis+sentinel://one/main/0", "name by which the Sentinels know"),
        ("redis+sentinel://one/main?db=x", "number of a database"),
        ("redis+sentinel://one/main?socket_timeout=1", "an option behind ?"),
        ("redis+sentinel://one/main?sentinel_port=1", "an option behind ?"),
        ("redis+sentinel://one/main?sentinel_ssl=yes", "true or false"),
        ("redis+sentinel://one/main?ssl_ca_certs=/ca.pem", "with rediss://"),
        (f"redis+sentinel://:{SECRET}/2@one/main", "no valid host and port"),
        (f"redis+sentinel://:{SECRET}#2@one/main", "write # as %23"),
        (f"redis+sentinel://one/main?sentinel_password={SECRET}#2", "write # as %23"),
        (f"redis+cluster://:{SECRET}?2@one", "no valid host and port"),
        ("redis+cluster://one,two/0", "no other database"),
        ("redis+cluster://one?db=1", "no other database"),
        ("redis+cluster://one?sentinel_password=x", "for redis+sentinel:// only"),
        ("redis+cluster://one:99999", "no valid host and port"),
        (f"redis://:{SECRET}#2@valkey:6379/0", "write # as %23"),
        (f"redis://:{SECRET}/2@valkey:6379/0", "no valid host and port"),
        (f"redis://:{SECRET}?2@valkey:6379/0", "no valid host and port"),
        (f"redis://user?{SECRET}=2@valkey:6379/0", "an option behind ?"),
        ("redis://:6379/0", "names no host"),
        ("redis://valkey:6379/main", "number of a database"),
        ("redis://valkey:6379/0/1", "number of a database"),
        ("redis://valkey:99999/0", "no valid host and port"),
        ("redis://valkey?db=main", "number of a database"),
        ("redis://valkey?protocol=3", "an option behind ?"),
        ("redis://valkey?decode_responses=true", "an option behind ?"),
        ("redis://valkey?legacy_responses=false", "an option behind ?"),
        ("redis://valkey?socket_timeout=1", "an option behind ?"),
        ("redis://valkey?ssl_ca_certs=/ca.pem", "with rediss://"),
        ("rediss://valkey?ssl_cert_reqs=maybe", "ssl_cert_reqs must be"),
        ("unix://valkey", "path of a socket"),
        ("redis://val key:6379", "white space"),
    ],
)
def test_what_would_break_the_client_is_named_and_never_quoted(url: str, says: str) -> None:
    problem = redis_url.problem(url)
    assert problem is not None
    assert says in problem
    assert SECRET not in problem


def test_sentinels_have_users_and_tls_of_their_own() -> None:
    secured = redis_url.topology(
        "rediss+sentinel://u:p%40w@one,two:1/main?db=2&ssl_ca_certs=/ca&sentinel_password=s%2Fw&sentinel_ssl=false"
    )
    assert secured == redis_url.Topology(
        "sentinel",
        ("redis://:s%2Fw@one:26379?", "redis://:s%2Fw@two:1?"),
        "rediss://u:p%40w@primary?db=2&ssl_ca_certs=%2Fca",
        "main",
    )
    assert redis_url.topology("redis://one/0") is None


def test_the_nodes_of_a_cluster_share_users_and_tls() -> None:
    assert redis_url.topology("rediss+cluster://u:p@one,[::1]:7/?ssl_ca_certs=/ca") == redis_url.Topology(
        "cluster",
        ("rediss://u:p@one:6379?ssl_ca_certs=%2Fca", "rediss://u:p@[::1]:7?ssl_ca_certs=%2Fca"),
        "rediss://u:p@primary?ssl_ca_certs=%2Fca",
        "",
    )


def test_the_process_does_not_start_and_names_the_variable() -> None:
    variables = environment(REDIS_URL=f"redis://:{SECRET}#2@valkey:6379/0", HOST="127.0.0.1")
    command = [sys.executable, str(ROOT / "docker/serve.py")]
    done = subprocess.run(command, env=variables, capture_output=True, text=True, timeout=60)
    assert done.returncode != 0
    assert "REDIS_URL: has a #" in done.stderr
    assert SECRET not in done.stdout + done.stderr
