"""`python -m benchmarks.log_writer URL RUNS RATE SECONDS FOLLOWED`: writes runs to the log as a process's replies do.

It uses the project's own log, without HTTP and assistants, from the source that is first on PYTHONPATH. It prints a
line when the runs have begun, waits for one on its input, and prints one when the seconds are over and all is written.
"""

import asyncio
import json
import secrets
import sys

from assistant_transport.runs import Head, Quotas, Status
from assistant_transport.runs.feed import Feed
from assistant_transport.runs.valkey import ValkeyLog

FRAME = b'aui-state:[{"type":"append-text","path":["messages","1","parts","0","text"],"value":" token"}]\n'
GROUPS = 10  # runs write in so many groups, one after the other within the time of a token


def open_log(url: str) -> ValkeyLog:
    return ValkeyLog(
        url, prefix="bench", ttl=10, lease=5, max_run_seconds=600, cancel=lambda run_id: None, quotas=Quotas()
    )


async def follow(log: ValkeyLog, run_id: str) -> asyncio.Task[None]:
    """Begins to read a run."""
    record = await log.find(run_id)
    assert record is not None
    reader = (await log.subscribe(record)).read(b"", 60)

    async def read() -> None:
        async for _ in reader:
            pass

    return asyncio.create_task(read())


async def main(url: str, runs: int, rate: float, seconds: float, followed: bool) -> None:
    log, other = open_log(url), open_log(url)
    await log.open()
    await other.open()
    loop = asyncio.get_running_loop()
    heads = [
        Head(secrets.token_urlsafe(24), secrets.token_hex(16), True, "t", "data-stream", '{"messages":[]}')
        for _ in range(runs)
    ]
    writers = [log.begin(head, Feed()) for head in heads]
    assert await log._batches.written(60)
    followers = [await follow(other, head.id) for head in heads if followed]
    print("begun", flush=True)
    await loop.run_in_executor(None, sys.stdin.readline)
    started = loop.time()
    steps = int(seconds * rate * GROUPS)
    for step in range(steps):
        for writer in writers[step % GROUPS :: GROUPS]:
            writer.append(FRAME)
        await asyncio.sleep(max(0, started + (step + 1) / (rate * GROUPS) - loop.time()))
    took = loop.time() - started
    lag = log.lag
    await log._batches.written(60)
    print(json.dumps({"tokens": steps * runs // GROUPS, "took": took, "lag": lag}), flush=True)
    await loop.run_in_executor(None, sys.stdin.readline)
    for writer in writers:
        writer.end(Status.DONE)
    await log._batches.written(60)
    await asyncio.gather(*followers)
    await log.close()
    await other.close()


if __name__ == "__main__":
    _, given_url, given_runs, given_rate, given_seconds, given_followed = sys.argv
    asyncio.run(main(given_url, int(given_runs), float(given_rate), float(given_seconds), given_followed == "1"))
