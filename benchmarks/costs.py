"""`python -m benchmarks costs`: what replies cost here and with peers, as a table.

The servers take turns on one core, whose other processes wait; the client has the others.
"""

import json
import os
import subprocess
import sys
from contextlib import ExitStack
from statistics import median

from benchmarks import pinning, results
from tests.server import GUNICORN, ROOT, Server, Valkey

ROUNDS = int(os.environ.get("ROUNDS", "3"))
RAW, UPSTREAM = "raw ASGI", "FastAPI"
OURS, VALKEY, LOGGED = "this project", "this project, log in Valkey", "this project, access logs on"
_PYTHON = (sys.executable, "-m")
_PEER = (str(ROOT / "build/benchmarks/bin/python"), "-m")
_SETTINGS = {
    "ASSISTANT": "benchmarks.assistant.Assistant",
    "PYTHONPATH": f"{ROOT / 'src'}:{ROOT}",
    "MAX_CONCURRENT_RUNS": "3000",
    "RUN_GRACE_SECONDS": "1",
    "LOG_LEVEL": "WARNING",
}
# Of each figure: its title, its name in the file, and at most how many times the peer's it should be.
ROWS = [
    ("short run, CPU µs", "short_us", 1.0),
    ("first frame p99, 16 connections, short, ms", "short_first_p99", 1.0),
    ("first frame p99, 16 connections, burst, ms", "burst_first_p99", 1.0),
    ("burst of 500 tokens, CPU µs a token", "burst_token_us", 0.12),
    ("200 streams at 50 tokens/s, CPU µs a token", "token_200_us", 0.5),
    ("500 such: wait between tokens p99 beyond 20 ms, ms", "wait_500", 0.3),
    ("memory of an idle open stream, KiB", "idle_kib", 0.5),
    ("resident with 2,000 open, MB", "resident_2000", 0.8),
    ("bytes of a short run on the wire", "short_bytes", 1.2),
]
Samples = dict[str, list[dict[str, float]]]


def start(stack: ExitStack) -> dict[str, Server]:
    def server(command: tuple[str, ...], **variables: str) -> Server:
        with pinning.server():
            started = Server(command, **(_SETTINGS | variables))
        stack.callback(started.stop)
        return started

    valkey = Valkey()
    stack.callback(valkey.kill)
    return {
        RAW: server((*_PYTHON, "benchmarks.raw")),
        UPSTREAM: server((*_PEER, "benchmarks.upstream")),
        OURS: server(GUNICORN),
        VALKEY: server(GUNICORN, REDIS_URL=valkey.url),
        LOGGED: server(GUNICORN, LOG_LEVEL="INFO"),
    }


def measure(server: Server, *, is_first: bool) -> dict[str, float]:
    command = [*_PYTHON, "benchmarks.cost", str(server.port), str(server.process.pid), *["first"] * is_first]
    found: dict[str, float] = json.loads(subprocess.check_output(command, cwd=ROOT, timeout=300))
    return found | {"burst_token_us": found["burst_us"] / 500}


def table(samples: Samples) -> str:
    names = list(samples)
    lines = [f"| measure | {' | '.join(names)} | this project / FastAPI | target |", "| --- |" + " ---: |" * 7]
    for title, name, target in ROWS:
        cells = [_cell([one[name] for one in samples[server] if name in one]) for server in names]
        pairs = zip(samples[OURS], samples[UPSTREAM], strict=True)
        ratio = median([ours[name] / peer[name] for ours, peer in pairs if name in ours and peer[name]] or [0.0])
        lines.append(f"| {title} | {' | '.join(cells)} | {ratio:.2f} | ≤ {target:g} |")
    return "\n".join(lines)


def _cell(values: list[float]) -> str:
    form = ".0f" if median(values) >= 100 else ".1f"
    spread = f" ({min(values):{form}} to {max(values):{form}})" if len(values) > 1 else ""
    return f"{median(values):{form}}{spread}"


def main() -> None:
    samples: Samples = {}
    with ExitStack() as stack, pinning.load(), pinning.Disturbance() as disturbance:
        servers = start(stack)
        for number in range(ROUNDS):
            print(f"round {number + 1} of {ROUNDS}", file=sys.stderr, flush=True)
            names = list(servers)
            for name in names[number:] + names[:number]:
                found = measure(servers[name], is_first=number == 0)
                samples.setdefault(name, []).append(found)
    samples = {name: samples[name] for name in servers}
    print(table(samples))
    print(f"\n{disturbance}")
    results.save("costs", disturbance, samples)
