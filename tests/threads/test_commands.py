"""What an operator's commands of docs/threads.md delete, export and sum up, on SQLite and on PostgreSQL."""

import json
import subprocess
import sys
from collections.abc import Iterator
from secrets import token_hex
from typing import Any

import pytest

from tests.server import ROOT, Valkey, environment
from tests.threads.manage import manage, shell, variables
from tests.threads.site import Site, query

EMPTY: dict[str, Any] = {"messages": []}
LONG_AGO = "2020-02-01 12:00:00+00:00"


@pytest.fixture(scope="module")
def kept(database: str, valkey: Valkey) -> Iterator[Site]:
    running = Site(database, REDIS_URL=valkey.url, RUN_LOG_PREFIX=token_hex(4))
    yield running
    assert running.server.stop() == 0


@pytest.fixture
def site(kept: Site) -> Site:
    query(kept.url, "DELETE FROM assistant_threads_message")
    query(kept.url, "DELETE FROM assistant_threads_runrecord")
    query(kept.url, "DELETE FROM assistant_threads_thread")
    kept.renew()
    kept.said("hello", EMPTY)
    kept.wait_for_end(1)
    return kept


def run(site: Site, *arguments: str, **others: str) -> str:
    return manage(site.url, *arguments, **{**site.others, **others})


def refused(site: Site, *arguments: str) -> str:
    command = [sys.executable, "manage.py", *arguments]
    done = subprocess.run(
        command, env=environment(**variables(site.url, **site.others)), cwd=ROOT, capture_output=True, text=True
    )
    assert done.returncode == 1
    return done.stderr


def count(site: Site, table: str) -> int:
    ((rows,),) = query(site.url, f"SELECT count(*) FROM assistant_threads_{table}")
    return int(rows)


def somebody_else(site: Site) -> Site:
    """The same site, for another client that has a thread with one run."""
    site.renew()
    site.said("hello", EMPTY)
    site.wait_for_end(1)
    return site


def resumable(site: Site, me: dict[str, str], name: str) -> bool:
    return site.client.post("/initial-state", {"threadId": name}, **me).status == 200


def test_threads_without_a_run_for_long_are_deleted_in_batches(site: Site) -> None:
    old, me = site.name, site.me
    for _ in range(2):
        somebody_else(site)
    query(site.url, f"UPDATE assistant_threads_thread SET last_activity = '{LONG_AGO}' WHERE name != '{site.name}'")
    assert run(site, "delete_old_threads", "--days", "30", "--dry-run") == "2 threads had no run for 30 days.\n"
    assert resumable(site, me, old)
    done = run(site, "delete_old_threads", "--batch", "1", THREAD_TTL_DAYS="30")
    assert done == "Deleted 2 threads without a run for 30 days.\n"
    assert (count(site, "thread"), count(site, "message")) == (1, 2)
    assert not resumable(site, me, old)
    assert count(site, "runrecord") == 3


def test_threads_are_kept_for_ever_by_default(site: Site) -> None:
    assert "THREAD_TTL_DAYS" in refused(site, "delete_old_threads")
    assert count(site, "thread") == 1


def test_everything_of_one_owner_is_erased(site: Site) -> None:
    name, me = site.name, site.me
    somebody_else(site)
    assert run(site, "erase_owner", "--client-id", me["X-Client-Id"]) == "Erased 1 threads and the records of 1 runs.\n"
    assert (count(site, "thread"), count(site, "message"), count(site, "runrecord")) == (1, 2, 1)
    assert not resumable(site, me, name)
    assert resumable(site, site.me, site.name)


def test_everything_of_one_owner_is_exported(site: Site) -> None:
    me = site.me["X-Client-Id"]
    somebody_else(site)
    file = json.loads(run(site, "export_owner", "--client-id", me))
    (thread,) = file["threads"]
    assert [each["message"]["role"] for each in thread["messages"]] == ["user", "assistant"]
    assert thread["approvals"] == []
    (record,) = file["runs"]
    assert (record["owner"], record["outcome"]) == (file["owner"], "done")


def test_an_owner_who_is_no_user_is_an_error(site: Site) -> None:
    assert "There is no user 'nobody'" in refused(site, "erase_owner", "--user", "nobody")


RECORDS = """
from datetime import datetime, timezone
def record(day, owner, key, model, tokens, outcome="done"):
    RunRecord.objects.create(
        owner=owner, key=key, assistant="a", model=model, input_tokens=tokens, output_tokens=2, seconds=0.5,
        outcome=outcome, begun=datetime(2026, 1, day, 23, 30, tzinfo=timezone.utc),
    )
RunRecord.objects.all().delete()
record(1, "ann", "web", "small", 10)
record(1, "ann", "web", "large", 20)
record(2, "ben", "app", "small", None, "error")
"""


def test_usage_is_summed_by_day_owner_key_and_model(site: Site) -> None:
    shell(site.url, RECORDS)
    assert run(site, "report_usage").splitlines() == [
        "day,runs,failed,input_tokens,output_tokens,cached_tokens,seconds",
        "2026-01-01,2,0,30,4,,1.0",
        "2026-01-02,1,1,,2,,0.5",
    ]
    by_key = run(site, "report_usage", "--by", "owner,key,model", "--since", "2026-01-01", "--until", "2026-01-01")
    assert by_key.splitlines()[1:] == ["ann,web,large,1,0,20,2,,0.5", "ann,web,small,1,0,10,2,,0.5"]
    (row,) = run(site, "report_usage", "--owner", "ben", "--format", "json").splitlines()
    assert json.loads(row)["runs"] == 1
    assert "there is no 'weather'" in refused(site, "report_usage", "--by", "weather")
