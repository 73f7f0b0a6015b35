"""The timeout ladder: each part waits longer than the part it waits for. Read from the files that are deployed."""

import re
import subprocess
import sys
import tomllib
from functools import cache
from typing import Any

import yaml

from assistant_backend.variables import VARIABLES
from assistant_transport.serving.server import LAST_BYTES_SECONDS
from tests.deploy.manifests import one, render
from tests.server import ROOT, environment

DEFAULTS = {variable.name: variable.default for variable in VARIABLES}
HEARTBEAT, DRAIN, LONGEST = (DEFAULTS[f"{name}_SECONDS"] for name in ("HEARTBEAT", "DRAIN", "MAX_RUN"))
# Fixed by the platforms.
CLOUD_RUN_KILLS_AFTER, CLOUD_RUN_LONGEST_REQUEST = 10, 3600
FLY_LONGEST_KILL_TIMEOUT, FLY_IDLE_CONNECTION = 300, 60
ENVOY_IDLE_STREAM = 300


def read(path: str) -> str:
    return (ROOT / path).read_text()


def seconds(duration: str) -> int:
    assert re.fullmatch(r"\d+s", duration), duration
    return int(duration[:-1])


def nginx(directive: str) -> list[int]:
    return [int(value) for value in re.findall(rf"\s{directive} (\d+)s;", read("nginx.conf"))]


@cache
def gunicorn(setting: str, **variables: str) -> int:
    """docker/gunicorn.conf.py as gunicorn itself reads it."""
    command = [sys.executable, "-m", "gunicorn", "--config", "docker/gunicorn.conf.py", "--print-config"]
    done = subprocess.run(command, env=environment(**variables), cwd=ROOT, capture_output=True, text=True, check=True)
    (value,) = re.findall(rf"^{setting}\s*= (\d+)$", done.stdout, re.MULTILINE)
    return int(value)


def compose() -> Any:
    return yaml.safe_load(read("compose.yaml"))["services"]


def test_heartbeats_come_more_often_than_anyones_read_timeout() -> None:
    (read_timeout,) = nginx("proxy_read_timeout")
    for patience in (read_timeout, FLY_IDLE_CONNECTION, ENVOY_IDLE_STREAM):
        assert patience > HEARTBEAT


def test_nginx_never_reuses_a_connection_that_the_app_is_closing() -> None:
    upstream, _client = nginx("keepalive_timeout")
    assert upstream < gunicorn("keepalive")


def test_each_supervisor_waits_longer_than_what_it_supervises() -> None:
    stop = [seconds(compose()[name]["stop_grace_period"]) for name in ("app", "nginx")]
    uvicorn = DRAIN + LAST_BYTES_SECONDS
    assert DRAIN < uvicorn < gunicorn("graceful_timeout") < min(stop)
    pod = one(render(), "Deployment")["spec"]["template"]["spec"]
    (container,) = pod["containers"]
    pause = container["lifecycle"]["preStop"]["sleep"]["seconds"]
    assert max(stop) < pod["terminationGracePeriodSeconds"]
    assert pause + gunicorn("graceful_timeout") < pod["terminationGracePeriodSeconds"]
    readiness = container["readinessProbe"]
    assert readiness["periodSeconds"] * readiness["failureThreshold"] <= pause


def test_the_notice_of_a_drain_counts_in_gunicorns_graceful_time() -> None:
    longer = gunicorn("graceful_timeout", DRAIN_NOTICE_SECONDS="4.5")
    assert longer == gunicorn("graceful_timeout") + 5


def test_nginx_stops_before_the_app_and_lets_its_streams_end() -> None:
    assert "app" in compose()["nginx"]["depends_on"]
    assert compose()["nginx"]["stop_signal"] == "SIGQUIT"


def test_no_route_cuts_the_longest_reply() -> None:
    (rule,) = one(render(), "HTTPRoute")["spec"]["rules"]
    cloud_run = yaml.safe_load(read("deploy/cloud-run.yaml"))["spec"]["template"]["spec"]
    assert seconds(rule["timeouts"]["request"]) > LONGEST
    assert LONGEST < cloud_run["timeoutSeconds"] <= CLOUD_RUN_LONGEST_REQUEST


def test_the_drain_fits_into_cloud_runs_grace_period() -> None:
    (container,) = yaml.safe_load(read("deploy/cloud-run.yaml"))["spec"]["template"]["spec"]["containers"]
    drain = next(int(entry["value"]) for entry in container["env"] if entry["name"] == "DRAIN_SECONDS")
    assert drain + LAST_BYTES_SECONDS < CLOUD_RUN_KILLS_AFTER


def test_the_drain_fits_into_flys_grace_period() -> None:
    fly = tomllib.loads(read("deploy/fly.toml"))
    assert fly["kill_signal"] == "SIGTERM"
    assert gunicorn("graceful_timeout") < seconds(fly["kill_timeout"]) <= FLY_LONGEST_KILL_TIMEOUT


def test_the_docs_table_has_these_values() -> None:
    pod = one(render(), "Deployment")["spec"]["template"]["spec"]
    (rule,) = one(render(), "HTTPRoute")["spec"]["rules"]
    rungs = [
        HEARTBEAT,
        *nginx("proxy_read_timeout"),
        DRAIN,
        DRAIN + LAST_BYTES_SECONDS,
        gunicorn("graceful_timeout"),
        seconds(compose()["app"]["stop_grace_period"]),
        pod["terminationGracePeriodSeconds"],
        LONGEST,
        seconds(rule["timeouts"]["request"]),
    ]
    assert [
        int(value) for value in re.findall(r"^\| .* \| (\d+) \| ", read("docs/deployment.md"), re.MULTILINE)
    ] == rungs
