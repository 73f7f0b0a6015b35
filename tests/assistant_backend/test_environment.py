"""Settings come from the environment, are checked at the start, and are documented."""

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from assistant_backend import variables
from assistant_backend.environment import VARIABLES, InvalidEnvironmentError, parse
from assistant_backend.variables import OF_THE_SITE
from tests.docs.pages import blocks
from tests.server import ROOT, environment, without_admin


def problems(**variables: str) -> list[str]:
    with pytest.raises(InvalidEnvironmentError) as raised:
        parse(variables)
    return [line.removeprefix("  - ") for line in str(raised.value).splitlines()[1:]]


def test_an_empty_environment_has_the_defaults_and_so_has_one_of_empty_values() -> None:
    defaults = {variable.name: variable.default for variable in VARIABLES}
    assert parse({}) == defaults
    assert parse(dict.fromkeys(defaults, " ")) == defaults


@pytest.mark.parametrize(
    ("name", "value", "parsed"),
    [
        ("PORT", "9000", 9000),
        ("DEBUG", "True", True),
        ("DEBUG", "off", False),
        ("ALLOWED_HOSTS", "a.example, b.example ,", ["a.example", "b.example"]),
        ("CORS_ORIGINS", "https://a.example,http://b.example:3000", ["https://a.example", "http://b.example:3000"]),
        ("FORWARDED_ALLOW_IPS", "10.0.0.0/8, ::1", ["10.0.0.0/8", "::1"]),
        ("FORWARDED_ALLOW_IPS", "*", ["*"]),
        ("LOG_LEVEL", "debug", "DEBUG"),
        ("HEARTBEAT_SECONDS", "2.5", 2.5),
        ("ASSISTANT", "my_package.assistant.Assistant", "my_package.assistant.Assistant"),
        ("OPENAI_BASE_URL", " http://localhost:11434/v1/\n", "http://localhost:11434/v1/"),
        ("OPENAI_BASE_URL", "https://openrouter.ai/api/v1", "https://openrouter.ai/api/v1"),
        ("OPENAI_BASE_URL", "http://[::1]:8080/v1", "http://[::1]:8080/v1"),
        ("ANTHROPIC_BASE_URL", "https://api.deepseek.com/anthropic", "https://api.deepseek.com/anthropic"),
        ("ANTHROPIC_BASE_URL", "http://localhost:8080/v1", "http://localhost:8080/v1"),
        ("LOG_PROVIDER_MESSAGES", "true", True),
    ],
)
def test_values_are_parsed(name: str, value: str, parsed: Any) -> None:
    assert parse({name: value})[name] == parsed


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("PORT", "http", "'http' is not a whole number"),
        ("PORT", "70000", "must be a port from 1 to 65535"),
        ("DEBUG", "maybe", "'maybe' is not true or false"),
        ("SECRET_KEY", "short", "50 characters or more"),
        ("ROOT_PATH", "/", "must be a path such as /chat"),
        ("ROOT_PATH", "chat/", "must be a path such as /chat"),
        ("ALLOWED_HOSTS", "https://a.example", "without scheme or path"),
        ("CORS_ORIGINS", "*", "must be an origin"),
        ("CORS_ORIGINS", "https://a.example/", "must be an origin"),
        ("FORWARDED_ALLOW_IPS", "proxy.example", "must be an address or a network"),
        ("FORWARDED_ALLOW_IPS", "*,10.0.0.1", "* alone trusts everybody"),
        ("LOG_LEVEL", "LOUD", "must be one of"),
        ("ASSISTANT", "langgraph", "langgraph:module:graph"),
        ("ASSISTANT", "nonsense!", "must be auto, mock, openai, anthropic, langgraph:module:graph, or the dotted path"),
        ("ASSISTANT_PROTOCOL", "sse", "must be one of data-stream, assistant-transport"),
        ("ASSISTANT_MESSAGE_FORMAT", "openai", "must be one of parts, langchain"),
        ("HEARTBEAT_SECONDS", "0", "must be 0.1 or more"),
        ("HEARTBEAT_SECONDS", "nan", "is not a number"),
        ("FLUSH_INTERVAL_MS", "-1", "must be 0 or more"),
        ("MAX_BODY_BYTES", "1", "must be 1024 or more"),
        ("KEY_QUOTAS", "alice", "must be name:runs,name:runs"),
        ("KEY_QUOTAS", "alice:0", "must be name:runs,name:runs"),
        ("KEY_QUOTAS", "alice:1,alice:2", "'alice' has two quotas"),
        ("KEY_QUOTAS", "nobody:1", "no key in API_KEYS is named 'nobody'"),
        ("CLIENT_TOOLS", "{nonsense", "must be JSON such as"),
        ("CLIENT_TOOLS", "[]", "must be an object such as"),
        ("CLIENT_TOOLS", '{"a b": {"parameters": {}}}', "'a b' must be 1 to 64 letters, digits, _ and -"),
        ("CLIENT_TOOLS", '{"t": {"description": "d"}}', "t needs `parameters`, a JSON Schema"),
        ("CLIENT_TOOLS", '{"t": {"description": 1, "parameters": {}}}', "the description of t must be a text"),
        ("MAX_BODY_BYTES", "16777217", "must be 16777216 or less: the npm client fails a reply that has a longer line"),
        ("MAX_RUN_BYTES", "16777217", "must be 16777216 or less: the npm client fails a reply that has a longer line"),
        ("SENTRY_DSN", "somewhere", "must be a Sentry DSN"),
        ("MAX_RUNS_PER_OWNER", "0", "must be 1 or more"),
        ("MAX_RUNS_PER_KEY", "0", "must be 1 or more"),
        ("OPENAI_BASE_URL", "localhost:11434/v1", "must begin with http:// or https://, as http://host:11434/v1 does"),
        ("OPENAI_BASE_URL", "api.example.com", "must begin with http:// or https://"),
        ("OPENAI_BASE_URL", "ftp://host/v1", "must begin with http:// or https://"),
        ("OPENAI_BASE_URL", "http://", "must be a URL such as http://host:11434/v1"),
        ("OPENAI_BASE_URL", "http:///v1", "must be a URL such as"),
        ("OPENAI_BASE_URL", "http://host:port/v1", "must be a URL such as"),
        ("OPENAI_BASE_URL", "http://[::1/v1", "must be a URL such as"),
        ("OPENAI_BASE_URL", "http://a host/v1", "must be a URL such as"),
        ("OPENAI_BASE_URL", "http://host/v1?api-version=1", "must have no ? and no #"),
        ("OPENAI_BASE_URL", "http://host/v1#", "must have no ? and no #"),
        ("OPENAI_BASE_URL", "http://host/v1/chat/completions", "must end before /chat/completions, which is added"),
        ("OPENAI_BASE_URL", "http://host/v1/chat/completions/", "must end before /chat/completions, which is added"),
        ("OPENAI_BASE_URL", "https://api.openai.com/v1/responses", "must end before /responses, which is added"),
        ("ANTHROPIC_BASE_URL", "https://host/v1/messages", "must end before /v1/messages, which is added to it"),
        ("DATABASE_URL", "db.sqlite3", "must be a URL such as postgres://"),
        ("DATABASE_URL", "nosuch://user:hunter2@host/name", "must be a URL such as postgres://"),
    ],
)
def test_a_wrong_value_is_named_with_the_fix(name: str, value: str, says: str) -> None:
    (problem,) = problems(**{name: value})
    assert problem.startswith(f"{name}: ")
    assert says in problem


@pytest.mark.parametrize("name", ["OPENAI_API_KEY", "ANTHROPIC_API_KEY"])
def test_a_providers_key_needs_a_locked_door_or_a_word(name: str) -> None:
    (problem,) = problems(**{name: "sk-123"})
    assert problem.startswith(f"{name} is set, but anybody could spend it")
    assert "sk-123" not in problem
    assert parse({name: "sk-123", "API_KEYS": "me:a-key-of-16-letters"})["API_KEYS"] == (("me", "a-key-of-16-letters"),)
    assert parse({name: "sk-123", "ALLOW_ANONYMOUS": "true"})


@pytest.mark.parametrize("name", ["OPENAI_API_KEY", "ANTHROPIC_API_KEY"])
def test_white_space_around_a_providers_key_is_not_part_of_it(name: str) -> None:
    assert parse({name: "\t sk-123\r\n", "ALLOW_ANONYMOUS": "true"})[name] == "sk-123"


@pytest.mark.parametrize(
    "key", ["sk-\nhunter2", "sk-\rhunter2", "sk-hünter2", "“sk-hunter2”", "sk-\x00hunter2", "sk-\u200bhunter2"]
)
@pytest.mark.parametrize("name", ["OPENAI_API_KEY", "ANTHROPIC_API_KEY"])
def test_a_key_that_no_header_can_carry_is_refused_and_not_shown(name: str, key: str) -> None:
    (problem,) = problems(**{name: key, "ALLOW_ANONYMOUS": "true"})
    assert problem.startswith(f"{name}: holds a line break or another character that no HTTP header can carry")
    assert "nter2" not in problem


def test_a_key_from_a_file_is_held_to_the_same(tmp_path: Path) -> None:
    file = tmp_path / "key"
    file.write_text("sk-123\nsk-456\n")
    (problem,) = problems(OPENAI_API_KEY_FILE=str(file), ALLOW_ANONYMOUS="true")
    assert problem.startswith("OPENAI_API_KEY: holds a line break")


def test_a_graph_needs_the_layout_that_it_writes() -> None:
    (problem,) = problems(ASSISTANT="langgraph:my_package.graph:graph")
    assert problem.startswith("ASSISTANT_MESSAGE_FORMAT: ")
    assert problem.endswith("set it to langchain")
    assert parse({"ASSISTANT": "langgraph:my_package.graph:graph", "ASSISTANT_MESSAGE_FORMAT": "langchain"})


@pytest.mark.parametrize("url", ["postgres://me:hunter2@host/name", "redshift://me:hunter2@host/name"])
def test_a_database_without_its_driver_says_what_to_install(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("psycopg", "psycopg2"):
        monkeypatch.setitem(sys.modules, name, None)
    (problem,) = problems(DATABASE_URL=url)
    assert problem.startswith("DATABASE_URL: its driver is not installed (")
    assert problem.endswith("for PostgreSQL: pip install 'psycopg[binary]'")
    assert "hunter2" not in problem


def test_the_documented_databases_can_be_set() -> None:
    (shown,) = [block.text for block in blocks(ROOT / "docs/data.md") if block.language == "sh"]
    for line in shown.splitlines():
        name, _, url = line.partition("=")
        assert parse({name: url})["DATABASE_URL"] == url


def test_several_workers_need_a_log_that_they_share() -> None:
    assert "needs REDIS_URL" in problems(WEB_CONCURRENCY="2")[0]
    assert parse({"WEB_CONCURRENCY": "2", "REDIS_URL": "redis://valkey:6379/0"})["WEB_CONCURRENCY"] == 2


@pytest.mark.parametrize("keys", ["alone", "me:short", "me:", ":a-key-of-16-letters", "a b:a-key-of-16-letters"])
def test_wrong_api_keys_are_refused_and_not_shown(keys: str) -> None:
    (problem,) = problems(API_KEYS=keys)
    assert "API_KEYS: must be name:key" in problem
    assert "letters" not in problem


def test_all_problems_are_reported_at_once() -> None:
    found = problems(PORT="x", DEBUG="y", LOG_LEVEL="z")
    assert [problem.split(":")[0] for problem in found] == ["PORT", "DEBUG", "LOG_LEVEL"]


def test_a_secret_is_never_shown() -> None:
    assert "hunter2" not in "".join(problems(SECRET_KEY="hunter2", SENTRY_DSN="hunter2", DATABASE_URL="hunter2"))


def test_a_value_that_begins_with_a_dollar_is_a_value() -> None:
    key = "$" + "k" * 60
    assert parse({"SECRET_KEY": key})["SECRET_KEY"] == key


def test_a_key_is_rotated_by_giving_its_name_twice() -> None:
    keys = "me:an-old-key-of-mine,me:a-new-key-of-mine"
    assert parse({"API_KEYS": keys})["API_KEYS"] == (("me", "an-old-key-of-mine"), ("me", "a-new-key-of-mine"))


def test_a_secret_may_come_from_a_file(tmp_path: Path) -> None:
    file = tmp_path / "key"
    file.write_text("k" * 50 + "\n")
    assert parse({"SECRET_KEY_FILE": str(file)})["SECRET_KEY"] == "k" * 50
    assert "both set" in problems(SECRET_KEY_FILE=str(file), SECRET_KEY="k" * 50)[0]
    assert "cannot read" in problems(SECRET_KEY_FILE=str(tmp_path / "none"))[0]


def start(*command: str, **variables: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *command], env=environment(**variables), cwd=ROOT, capture_output=True, text=True, timeout=60
    )


@pytest.mark.parametrize(
    "command",
    [
        ("docker/serve.py",),
        ("manage.py", "check"),
        ("run_server.py",),
    ],
)
def test_a_wrong_setting_stops_every_way_to_start(command: tuple[str, ...]) -> None:
    done = start(*command, PORT="x", LOG_LEVEL="y", WEB_CONCURRENCY="z")
    assert done.returncode != 0
    assert "  - PORT: 'x' is not a whole number\n  - LOG_LEVEL: must be one of" in done.stderr
    assert "  - WEB_CONCURRENCY: 'z' is not a whole number" in done.stderr
    assert "Traceback" not in done.stderr


def test_without_a_secret_key_one_is_made_for_all_workers_with_a_warning() -> None:
    code = "from assistant_backend import environment as e; print(e.read()['SECRET_KEY'], e.os.environ['SECRET_KEY'])"
    done = start("-c", code, SECRET_KEY="")
    parsed, inherited = done.stdout.split()
    assert parsed == inherited
    assert len(parsed) >= 50
    assert done.stderr.count("WARNING: SECRET_KEY is not set") == 1


def test_docs_say_which_settings_a_project_of_its_own_does_not_have() -> None:
    page = (ROOT / "docs/django.md").read_text()
    (said,) = re.findall(r"stays out of it: (.*?)\. ", page, re.DOTALL)
    assert re.findall(r"`([A-Z_]+)`", said) == [variable.name for variable in OF_THE_SITE]


@without_admin
def test_sessions_need_a_secret_key_that_stays() -> None:
    assert "signed_in needs a fixed one" in problems(CALLER="assistant_transport.callers.signed_in")[0]
    code = "from django.conf import settings as s; s.INSTALLED_APPS += ['django.contrib.sessions']\n"
    code += "from assistant_backend import asgi"
    variables = {"DJANGO_SETTINGS_MODULE": "assistant_backend.settings"}
    done = start("-c", code, SECRET_KEY="", **variables)
    assert "SECRET_KEY: sessions need a fixed one, for a random one is each container's own" in done.stderr
    assert start("-c", code, **variables).returncode == 0


def test_the_environment_wins_over_dot_env(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("PORT=1111\nLOG_LEVEL=ERROR\n")
    code = (
        "import pathlib; from assistant_backend import environment as e; "
        f"e.ROOT = pathlib.Path({str(tmp_path)!r}); v = e.read(); print(v['PORT'], v['LOG_LEVEL'])"
    )
    variables = environment(PORT="2222")
    del variables["IGNORE_DOT_ENV"]
    done = subprocess.run([sys.executable, "-c", code], env=variables, cwd=ROOT, capture_output=True, text=True)
    assert done.stdout.split() == ["2222", "ERROR"]


def _shown(default: Any) -> str:
    if isinstance(default, bool):
        return str(default).lower()
    return ",".join(default) if isinstance(default, list) else str(default)


def test_env_example_docs_and_settings_agree() -> None:
    example = dict(re.findall(r"^([A-Z_]+)=(.*)$", (ROOT / ".env.example").read_text(), re.MULTILINE))
    rows = re.findall(
        r"^\| `([A-Z_]+)`( \(secret\))? \| (.*?) \|", (ROOT / "docs/configuration.md").read_text(), re.MULTILINE
    )
    settings = {variable.name: variable for variable in VARIABLES}
    assert set(example) == set(settings)
    assert {name for name, _, _ in rows} == {variable.name for variable in variables.VARIABLES}
    assert parse(example) == parse({})
    for name, secret, default in rows:
        assert bool(secret) == settings[name].secret
        if default.startswith("`"):
            assert default.strip("`") == _shown(settings[name].default), name
        else:
            assert not settings[name].default
