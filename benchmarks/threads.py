"""`python -m benchmarks.threads`: how long 100,000 kept threads take to list and to search on PostgreSQL, by HTTP."""

import sys
from time import perf_counter

import psycopg

from assistant_transport.callers import opaque
from benchmarks.client import percentile
from tests.postgres import Postgres
from tests.server import Server
from tests.threads.manage import manage, variables
from tests.wire import Client

THREADS, MESSAGES, ROUNDS = 100_000, 2, 60
ME = "a-client-id-that-nobody-guesses"  # it has half of the threads; the other half is of 500 others

_FILL = f"""
INSERT INTO assistant_threads_thread
    (name, owner, title, archived, imported, created, updated, last_activity, version, revision, layout, rest, head,
     lost)
SELECT 't' || i, CASE WHEN i % 2 = 0 THEN 'OWNER' ELSE 'owner' || i % 1000 END,
    'About subject' || lpad(i::text, 6, '0') || ' and more', i % 20 = 0, false, now(), now(),
    now() - i * interval '1 minute', 1, 0,
    'parts', '{{}}', {MESSAGES}, 0
FROM generate_series(1, {THREADS}) i;
INSERT INTO assistant_threads_message (thread_id, number, parent, name, data, text)
SELECT t.id, n, nullif(n - 1, 0), 'm' || n, '{{}}',
    'an ordinary answer of some length which everybody writes ' ||
    (SELECT string_agg(
        'word' || lpad(((t.id * 7919 + n * 104729 + k * 1299709) % 20000)::text, 5, '0'), ' ')
     FROM generate_series(1, 25) k)
FROM assistant_threads_thread t, generate_series(1, {MESSAGES}) n;
"""
_ASKED = {
    "the newest 50": "",
    "archived and not": "?archived=all",
    "a page further on": "?cursor={cursor}",
    "a word of one title": "?q=subject{number:06d}",
    "a word of 250 messages": "?q=word{word:05d}",
    "two words": "?q=word{word:05d}%20word{other:05d}",
    "the beginning of ten words": "?q=word0{beginning:03d}",
    "a word of every message": "?q=ordinary",
    "no such word": "?q=nowhere{number}",
}


def main() -> None:
    postgres = Postgres()
    try:
        url = postgres.new_database()
        manage(url, "migrate", "assistant_threads", "0001")  # the rest makes the indexes, which is faster at the end
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute(_FILL.replace("OWNER", opaque("", ME)).encode())
        manage(url, "migrate")
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute("VACUUM ANALYZE")
        server = Server(**variables(url))
        try:
            _measure(Client(server.host, server.port))
        finally:
            server.stop()
    finally:
        postgres.stop()


def _measure(client: Client) -> None:
    cursor = client.get("/threads?limit=100", **{"X-Client-Id": ME}).json()["nextCursor"]
    sys.stdout.write("| asked for | median | p95 | found |\n|---|---|---|---|\n")
    for name, query in _ASKED.items():
        times, found = [], 0
        for number in range(ROUNDS):
            path = query.format(
                cursor=cursor, number=2 * number + 1000, word=number * 37, other=number * 41, beginning=number
            )
            began = perf_counter()
            reply = client.get(f"/threads{path}", **{"X-Client-Id": ME})
            times.append((perf_counter() - began) * 1000)
            assert reply.status == 200, reply.body()
            found += len(reply.json()["threads"])
        row = f"{percentile(times, 50):.1f} ms | {percentile(times, 95):.1f} ms | {found / ROUNDS:.0f}"
        sys.stdout.write(f"| {name} | {row} |\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
