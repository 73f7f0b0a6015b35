"""What keeping threads costs: counted statements and counted calls, so that the figures hold on a busy machine."""

import json
import subprocess
import sys
from typing import Any

from tests.server import ROOT, environment
from tests.threads.manage import variables


def printed(module: str, **settings: str) -> Any:
    command = [sys.executable, "-m", module]
    return json.loads(subprocess.check_output(command, cwd=ROOT, env=environment(**settings), timeout=100))


def test_a_reply_is_stored_by_two_batches_and_two_statements_for_its_record(database: str) -> None:
    statements = [sql for sql in printed("tests.threads.queries", **variables(database)) if not sql.startswith("BEGIN")]
    verbs = [sql.split('"')[0].strip() + " " + sql.split('"')[1].rpartition("_")[2] for sql in statements]
    read, stored = verbs[:2], verbs[2:]
    assert all(verb.startswith("SELECT") for verb in read)
    batch = ["UPDATE thread", "INSERT INTO message"]
    apart = [*batch, "INSERT INTO runrecord", *batch, "UPDATE runrecord"]
    together = ["UPDATE thread", *batch, "INSERT INTO runrecord"]  # it ended before its beginning was stored
    assert stored in (apart, together)


def test_a_token_costs_about_what_it_does_on_a_thread_that_is_not_kept(database_file: str) -> None:
    with_threads = printed("tests.counted", **variables(database_file))["token"]
    without = printed("tests.counted", DATABASE_URL=database_file)["token"]
    assert with_threads <= 1.1 * without
